// SPDX-License-Identifier: MIT
/* Rules on detectors: what was found behind one disk, and was looked for in vain behind the other,
 * or is much less there. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/say.h"
#include "compare/why.h"

#define CONFIDENCE_MIN_PCT 95.0
#define MUCH		   3.0 /* times as much is another finding */
#define LEAST		   1e-9
#define ALL_PARTS	   (~0u)
#define WAIT_PARTS	   (1u << ACCOUNT_HOST | 1u << ACCOUNT_WAKE | 1u << ACCOUNT_PARTS_N)
#define THREAD_PARTS                                                                               \
	(1u << ACCOUNT_TOOL | 1u << ACCOUNT_CLOCK | 1u << ACCOUNT_SUBMISSION |                     \
	 1u << ACCOUNT_COMPLETION | 1u << ACCOUNT_KERNEL)

enum side { MAKES_SLOW, MAKES_FAST };

/* What a detector's value says: a limit binds the more, the lower it is. */
enum scale { NO_SCALE, HIGHER_IS_MORE, LOWER_IS_MORE };

/* In the order in which they are told of: findings, then limits; of these last what is concluded
 * from the absence of others, and what follows from them. */
enum row {
	UNWRITTEN,
	ALLOCATION,
	CACHE,
	FLUSH,
	COMPRESS,
	THROTTLE,
	QUEUE,
	PUNT,
	CLOCK,
	WAKE,
	CONTENTION,
	SUBMITTER,
	HOST_THREAD,
	STEADY,
	ROWS_N,
};

static const struct {
	const char *name;
	enum side side;
	unsigned int parts; /* of the gap that it can account for */
	const char *says;   /* behind "in B, " */
	enum scale scale;
} rows[ROWS_N] = {
	[UNWRITTEN] = { "unwritten", MAKES_FAST, WAIT_PARTS,
			"blocks that were never written are answered without a medium" },
	[ALLOCATION] = { "allocation", MAKES_SLOW, WAIT_PARTS,
			 "storage is allocated by the first write to it (thin, qcow2, sparse)",
			 HIGHER_IS_MORE },
	[CACHE] = { "cache", MAKES_FAST, WAIT_PARTS,
		    "a cache in front of the disk answers what was read or written before" },
	[FLUSH] = { "flush", MAKES_FAST, WAIT_PARTS,
		    "a flush is faster than flash can store: a protected cache, or ignored" },
	[COMPRESS] = { "compress", MAKES_FAST, WAIT_PARTS,
		       "zeros or repeats are not stored as they are (zero detection, compression, "
		       "deduplication)" },
	[THROTTLE] = { "throttle", MAKES_SLOW, WAIT_PARTS, "something limits the rate",
		       LOWER_IS_MORE },
	/* What finds no room waits in the submitting call, or goes to a thread of the kernel. */
	[QUEUE] = { "queue", MAKES_SLOW, ALL_PARTS,
		    "guest or device hold fewer I/Os in flight than were asked for",
		    LOWER_IS_MORE },
	[PUNT] = { "punt", MAKES_SLOW, ALL_PARTS,
		   "io_uring hands I/Os to threads of the kernel: the device cannot be asked "
		   "without waiting" },
	[SUBMITTER] = { "submitter", MAKES_SLOW, THREAD_PARTS,
			"the CPU of the submitting thread is the limit, not the disk" },
	[HOST_THREAD] = { "host-thread", MAKES_SLOW, WAIT_PARTS,
			  "one thread of the host seems to serve the disk" },
	[CLOCK] = { "clock", MAKES_SLOW, 1u << ACCOUNT_CLOCK | 1u << ACCOUNT_TOOL,
		    "reading the clock takes a good part of each I/O", HIGHER_IS_MORE },
	[WAKE] = { "wake", MAKES_SLOW, WAIT_PARTS,
		   "going to sleep and waking up is a good part of each I/O", HIGHER_IS_MORE },
	[CONTENTION] = { "contention", MAKES_SLOW, ALL_PARTS,
			 "the host gives CPU time to others: rerun when it is quiet",
			 HIGHER_IS_MORE },
	[STEADY] = { "steady", MAKES_SLOW, ALL_PARTS, "the figures were not steady yet" },
};

static bool is_sure(const struct detection *d)
{
	return isnan(d->confidence_pct) || d->confidence_pct >= CONFIDENCE_MIN_PCT;
}

static const struct detection *in_boot(const struct sample_run *run, const char *name)
{
	for (uint32_t i = 0; i < run->detectors.n; i++)
		if (!strcmp(run->detectors.detection[i].name, name))
			return &run->detectors.detection[i];
	return NULL;
}

const struct detection *why_detection(const struct comparison_environment *e, const char *name)
{
	const struct detection *first[2] = { NULL, NULL };
	uint32_t n[2] = { 0, 0 };

	for (uint32_t b = 0; b < e->boots_n; b++) {
		const struct detection *d = in_boot(e->boot[b], name);

		if (!d || (d->verdict != DETECTION_FOUND && d->verdict != DETECTION_CLEAR))
			continue;
		first[d->verdict] = first[d->verdict] ? first[d->verdict] : d;
		n[d->verdict]++;
	}
	if (n[DETECTION_FOUND] == n[DETECTION_CLEAR])
		return NULL;
	return first[n[DETECTION_FOUND] > n[DETECTION_CLEAR] ? DETECTION_FOUND : DETECTION_CLEAR];
}

bool why_was_asked(const struct comparison_environment *e, const char *name)
{
	for (uint32_t b = 0; b < e->boots_n; b++) {
		const struct detection *d = in_boot(e->boot[b], name);

		if (d && d->verdict != DETECTION_SKIPPED)
			return true;
	}
	return false;
}

/* How much of it there is: 0 where it is clear, 1 of what has no scale; NAN: not known. What was
 * found is never nothing. */
static double amount(enum row row, const struct detection *d)
{
	if (!d || (d->verdict == DETECTION_FOUND && !is_sure(d)))
		return NAN;
	if (d->verdict == DETECTION_CLEAR)
		return 0;
	if (rows[row].scale == NO_SCALE || isnan(d->value))
		return 1;
	return fmax(rows[row].scale == HIGHER_IS_MORE ? d->value : 1 / d->value, LEAST);
}

/* Surely found in the one, and clear or much less in the other. */
static bool differ(enum row row, const struct detection *here, const struct detection *there)
{
	double most = amount(row, here), least = amount(row, there);

	if (!(most > 0) || isnan(least))
		return false;
	if (least > 0 && (rows[row].scale == NO_SCALE || strcmp(here->unit, there->unit) != 0))
		return false;
	return most >= MUCH * least;
}

static void say_found(struct comparison_cause *to, enum row row, const char *here_tag,
		      const struct detection *here, const char *there_tag,
		      const struct detection *there)
{
	to->strength = COMPARISON_LIKELY;
	if (there->verdict == DETECTION_CLEAR)
		say(to->says, "in %s %s; in %s it was looked for, and is not there", here_tag,
		    rows[row].says, there_tag);
	else
		say(to->says, "in %s %s: %.4g %s, in %s %.4g", here_tag, rows[row].says,
		    here->value, here->unit, there_tag, there->value);
	say(to->evidence, "%s: %.200s", here_tag, here->evidence);
	if (there->evidence[0])
		say(to->evidence, "; %s: %.200s", there_tag, there->evidence);
}

static bool take(struct comparison_cause *to, const struct why_case *w, enum row row)
{
	bool slow = rows[row].side == MAKES_SLOW;
	const struct why_side *here = slow ? &w->slow : &w->fast;
	const struct why_side *there = slow ? &w->fast : &w->slow;
	const struct detection *found = why_detection(here->e, rows[row].name);
	const struct detection *clear = why_detection(there->e, rows[row].name);

	if (!differ(row, found, clear))
		return false;
	to->where = here->environment;
	to->gap_ns = why_within_ns(&w->pair->gap, rows[row].parts);
	say_found(to, row, here->tag, found, there->tag, clear);
	return true;
}

static bool writes(const struct why_case *w)
{
	return w->g->direction == SAMPLE_WRITE;
}

static bool waits_for_media(const struct why_case *w)
{
	const struct sample_shape *s = &w->g->shape;

	return s->fsync_writes > 0 || s->fdatasync_writes > 0 ||
	       (s->sync[0] && strcmp(s->sync, "none") != 0);
}

/* Whose blocks are known to hold data does not profit from those that do not. */
bool why_found_unwritten(struct comparison_cause *to, const struct why_case *w)
{
	return !writes(w) && w->fast.f->boot[0]->blocks != SAMPLE_BLOCKS_GOOD &&
	       take(to, w, UNWRITTEN);
}

bool why_found_allocation(struct comparison_cause *to, const struct why_case *w)
{
	if (!take(to, w, ALLOCATION))
		return false;
	say(to->cannot,
	    "tare writes its span before it measures: what is left of allocation in these "
	    "figures is what its map costs");
	return true;
}

bool why_found_cache(struct comparison_cause *to, const struct why_case *w)
{
	return take(to, w, CACHE);
}

bool why_found_flush(struct comparison_cause *to, const struct why_case *w)
{
	return writes(w) && waits_for_media(w) && take(to, w, FLUSH);
}

bool why_found_throttle(struct comparison_cause *to, const struct why_case *w)
{
	return take(to, w, THROTTLE);
}

bool why_found_queue(struct comparison_cause *to, const struct why_case *w)
{
	return w->g->shape.iodepth > 1 && take(to, w, QUEUE);
}

bool why_found_punt(struct comparison_cause *to, const struct why_case *w)
{
	return (!w->g->shape.engine[0] || !strcmp(w->g->shape.engine, "io_uring")) &&
	       take(to, w, PUNT);
}

bool why_found_submitter(struct comparison_cause *to, const struct why_case *w)
{
	return w->g->shape.iodepth > 1 && take(to, w, SUBMITTER);
}

bool why_found_host_thread(struct comparison_cause *to, const struct why_case *w)
{
	return take(to, w, HOST_THREAD);
}

bool why_found_clock(struct comparison_cause *to, const struct why_case *w)
{
	return take(to, w, CLOCK);
}

/* A thread that always finds something to do does not sleep. */
bool why_found_wake(struct comparison_cause *to, const struct why_case *w)
{
	return !(w->g->shape.iodepth > 4) && take(to, w, WAKE);
}

bool why_found_contention(struct comparison_cause *to, const struct why_case *w)
{
	return take(to, w, CONTENTION);
}

bool why_found_steady(struct comparison_cause *to, const struct why_case *w)
{
	return take(to, w, STEADY);
}

/* --- of environments, whatever was measured in them --- */

/* The pair that differs most, the first of several: whether there is one. d: of each environment.
 */
static bool find_contrast(const struct detection *const *d, uint32_t n, enum row row,
			  uint32_t *here, uint32_t *there)
{
	double most = 0;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++) {
			double ratio;

			if (!differ(row, d[i], d[k]))
				continue;
			ratio = amount(row, d[i]) / amount(row, d[k]); /* infinite: clear */
			if (ratio <= most)
				continue;
			most = ratio;
			*here = i;
			*there = k;
		}
	return most > 0;
}

int why_find_findings(struct comparison *c)
{
	const struct detection **d = calloc(c->environments_n + 1, sizeof(*d));

	c->finding = calloc(ROWS_N, sizeof(*c->finding));
	for (int row = 0; row < ROWS_N && d && c->finding; row++) {
		struct comparison_cause *to = &c->finding[c->findings_n];
		char here_tag[8], there_tag[8];
		uint32_t here = 0, there = 0;

		for (uint32_t i = 0; i < c->environments_n; i++)
			d[i] = why_detection(&c->environment[i], rows[row].name);
		if (!find_contrast(d, c->environments_n, row, &here, &there))
			continue;
		to->rule = rows[row].name;
		to->where = here;
		to->gap_ns = NAN;
		say_found(to, row, say_tag(here_tag, here), d[here], say_tag(there_tag, there),
			  d[there]);
		c->findings_n++;
	}
	if (!d || !c->finding) {
		free(d);
		return -ENOMEM;
	}
	free(d);
	return 0;
}
