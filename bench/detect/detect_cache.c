// SPDX-License-Identifier: MIT
/*
 * First reads of this run beside second ones. What was not read yet comes from the medium, what was
 * read a moment ago from a cache, where there is one in front of the disk: the host's page cache, a
 * controller's, an array's.
 *
 * Before anything but the look at the disk (hw/disk_sample.h) reads it, places all over it are
 * read, 4 KiB at depth 1; beside each first read one of a place that was read earlier, in an order
 * that is drawn. Where that shows a cache, a span that doubles is read whole, and each time a few
 * blocks that were read first again, beside some that were read last and some that never were: the
 * cache holds one span and not the next one where its size lies between.
 *
 * Once the target may be written, what was just written is read beside what was not: a cache that
 * keeps writes alone is seen there. Not told: a cache that holds everything already.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/str.h"
#include "lib/tsc.h"

#define PAIRS_MAX   400
#define BLOCK_BYTES 4096u
#define LOOKS	    2 /* reads again, reads of what was written: each may find it */
/* Of its share the pairs have a half at most; what is left is the spans'. */
#define PAIRS_PART 2

#define SPAN_MIN_BYTES (8u << 20)
#define READ_BYTES     (256u << 10)
#define READ_DEPTH     4
#define OLDEST_PART    4 /* of a span: what any cache that drops the oldest drops first */
#define NEWEST_BYTES   (2u << 20)

/* Of each kind as many as are needed, of those that the newest part has. */
#define SPAN_READS_MIN 25
#define SPAN_READS_MAX 400
#define SPAN_LOOKS     5 /* 25, 50, 100, 200, 400 */

void conclude_cache(struct detection *to, const double *first, const double *second, uint32_t n)
{
	struct contrast c;
	enum detection_verdict verdict;

	contrast_pairs(&c, first, second, n, DETECT_RATIO);
	verdict = contrast_verdict(&c, LOOKS);
	detection_size(to, verdict == DETECTION_FOUND ? c.b / 1e3 : c.ratio,
		       verdict == DETECTION_FOUND ? "us" : "ratio");
	detection_say(to, verdict, contrast_confidence_pct(&c, LOOKS),
		      "reads of 4 KiB at depth 1: %.1f us for the first time, %.1f us again: %.2f "
		      "times as long, over %u pairs%s",
		      c.a / 1e3, c.b / 1e3, c.ratio, c.n,
		      verdict == DETECTION_FOUND ? ": a cache answers what was read before"
						 : "; a cache that holds all of it cannot be seen");
}

/* Beyond halfway between a read that the cache answers and one that it does not, as this run has
 * them. The newest may not be in the cache either, where it does not take what is read in order:
 * that the oldest come as fast as those shows nothing. */
enum cache_hold conclude_cache_span(const struct cache_reads *r, uint32_t n, double ratio)
{
	struct contrast gone, held;

	contrast_pairs(&gone, r->oldest, r->newest, n, sqrt(ratio));
	if (contrast_verdict(&gone, 2 * SPAN_LOOKS) == DETECTION_FOUND)
		return CACHE_GONE;
	contrast_pairs(&held, r->never, r->oldest, n, sqrt(ratio));
	return contrast_verdict(&held, 2 * SPAN_LOOKS) == DETECTION_FOUND ? CACHE_HELD : CACHE_OPEN;
}

/* How many spans from i on are so. */
static uint32_t alike(const struct cache_span *span, uint32_t i, uint32_t n, enum cache_hold oldest)
{
	uint32_t from = i;

	while (i < n && span[i].oldest == oldest)
		i++;
	return i - from;
}

void conclude_cache_knee(struct detection *to, const struct cache_span *span, uint32_t n)
{
	uint32_t held = alike(span, 0, n, CACHE_HELD), gone = held;
	char size[24], more[24];

	if (!n)
		return;
	/* The oldest part of one span may be held in part. */
	if (held && gone < n && span[gone].oldest == CACHE_OPEN)
		gone++;
	str_from_bytes(size, sizeof(size), span[held ? held - 1 : 0].bytes);
	if (held == n)
		detection_add(to, "; it holds %s, the most that was read", size);
	else if (gone == n || alike(span, gone, n, CACHE_GONE) < n - gone)
		detection_add(to, "; no size shows");
	else if (!held)
		detection_add(to, "; it holds less than %s", size);
	else {
		str_from_bytes(more, sizeof(more), span[gone].bytes);
		detection_add(to, "; it holds %s and not %s", size, more);
	}
}

void conclude_cache_of_writes(struct detection *to, bool adds, bool holds_data,
			      const double *others, const double *written, uint32_t n)
{
	struct contrast c;
	enum detection_verdict verdict;

	contrast_pairs(&c, others, written, n, DETECT_RATIO);
	verdict = contrast_verdict(&c, LOOKS);
	/* Blocks of zeros may never have been written: their reads may be fast without any cache.
	 */
	if (verdict == DETECTION_CLEAR && !holds_data)
		verdict = DETECTION_UNDECIDED;
	if (verdict == DETECTION_FOUND && !(adds && to->verdict == DETECTION_FOUND)) {
		detection_size(to, c.b / 1e3, "us");
		detection_say(to, DETECTION_FOUND, contrast_confidence_pct(&c, LOOKS),
			      "reads of 4 KiB at depth 1: %.1f us right after a write, %.1f us of "
			      "other places: %.2f times as long, over %u pairs: a cache answers "
			      "what was just written",
			      c.b / 1e3, c.a / 1e3, c.ratio, c.n);
	} else if (adds) {
		if (to->verdict == DETECTION_CLEAR && holds_data)
			to->verdict = verdict; /* clear are both, or neither */
		detection_add(to, "; right after a write %.1f us, other places %.1f", c.b / 1e3,
			      c.a / 1e3);
	} else {
		detection_size(to, c.ratio, "ratio");
		detection_say(
			to, verdict,
			verdict == DETECTION_UNDECIDED ? NAN : contrast_confidence_pct(&c, LOOKS),
			"reads of 4 KiB at depth 1: %.1f us right after a write, %.1f us of "
			"other places%s: %.2f times as long, over %u pairs",
			c.b / 1e3, c.a / 1e3,
			holds_data ? "" : ", which may never have been written", c.ratio, c.n);
	}
}

/* --- read again --- */

static int read_pairs(struct detecting *d, double *first, double *second, uint32_t *n,
		      uint64_t until_ns, struct err *e)
{
	static uint64_t read[PAIRS_MAX + 1];
	uint32_t reads = 0;
	struct places places;
	struct pulse p = { 0 };
	struct rng rng;
	int ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	while (*n < PAIRS_MAX && !ret && tsc_now_ns() < until_ns) {
		struct shot new = { .offset_bytes = places_next(&places) };
		struct shot old = { .offset_bytes = reads ? read[rng_below(&rng, reads)] : 0 };
		bool old_first = rng_below(&rng, 2);

		if (reads && old_first)
			ret = pulse_one(&p, &old, &second[*n]);
		if (!ret)
			ret = pulse_one(&p, &new, &first[*n]);
		if (reads && !old_first && !ret)
			ret = pulse_one(&p, &old, &second[*n]);
		*n += reads > 0 && !ret;
		read[reads++] = new.offset_bytes;
	}
	pulse_close(&p);
	places_free(&places);
	return ret;
}

/* --- a span that grows --- */

/* Reads it whole, in order; *whole: there was time for all of it. */
static int read_all(struct pulse *p, uint64_t from, uint64_t to, uint64_t until_ns, bool *whole)
{
	int ret = 0;

	while (from < to && !ret && tsc_now_ns() < until_ns) {
		struct shot shot[READ_DEPTH];
		uint32_t n = 0;

		for (; n < READ_DEPTH && from < to; n++, from += READ_BYTES)
			shot[n] = (struct shot){ .offset_bytes = from };
		ret = pulse_fire(p, shot, &n, 0);
	}
	*whole = !ret && from >= to;
	return ret;
}

/* Where the reads beside a span go. Each block is read once, where the target is large enough: a
 * cache keeps what it was asked for twice. */
struct beside {
	struct places oldest, newest, never;
};

/* Three reads at a time, until they decide. *whole: there was time for it. */
static int read_beside(struct pulse *p, struct beside *b, struct rng *rng, double ratio,
		       uint64_t until_ns, enum cache_hold *hold, bool *whole)
{
	static double oldest[SPAN_READS_MAX], newest[SPAN_READS_MAX], never[SPAN_READS_MAX];
	const struct cache_reads reads = { oldest, newest, never };
	uint32_t n = 0, look = SPAN_READS_MIN;
	int ret = 0;

	*hold = CACHE_OPEN;
	while (n < SPAN_READS_MAX && *hold == CACHE_OPEN && !ret && tsc_now_ns() < until_ns) {
		struct {
			struct places *at;
			double *ns;
		} turn[] = { { &b->oldest, &oldest[n] },
			     { &b->newest, &newest[n] },
			     { &b->never, &never[n] } };
		uint32_t from = rng_below(rng, 3), step = 1 + rng_below(rng, 2);

		for (uint32_t i = 0; i < 3 && !ret; i++) {
			uint32_t k = (from + i * step) % 3;
			struct shot shot = { .offset_bytes = places_next(turn[k].at) };

			ret = pulse_one(p, &shot, turn[k].ns);
		}
		if (++n < look || ret)
			continue;
		*hold = conclude_cache_span(&reads, n, ratio);
		look *= 2;
	}
	*whole = !ret && (*hold != CACHE_OPEN || n == SPAN_READS_MAX);
	return ret;
}

/* The oldest part lies behind the one that was read again after the span before. The newest is
 * small whatever the span: all of it must be what was read last. */
static int read_ends(struct detecting *d, struct pulse *p, uint64_t from, struct cache_span *span,
		     struct beside *b, struct rng *rng, double ratio, bool *whole)
{
	uint64_t skip = span->bytes > SPAN_MIN_BYTES ? span->bytes / 2 / OLDEST_PART : 0;
	int ret = places_init(&b->oldest, d, from + skip, span->bytes / OLDEST_PART - skip,
			      BLOCK_BYTES);

	if (!ret)
		ret = places_init(&b->newest, d, from + span->bytes - NEWEST_BYTES, NEWEST_BYTES,
				  BLOCK_BYTES);
	if (!ret)
		ret = read_beside(p, b, rng, ratio, d->until_ns, &span->oldest, whole);
	places_free(&b->newest);
	places_free(&b->oldest);
	return ret;
}

/* In the middle of the target: who looks whether a disk is blank reads its ends, and a cache may
 * reckon the age of that from then. */
static int read_spans(struct detecting *d, struct cache_span *span, uint32_t *n, double ratio,
		      struct err *e)
{
	uint64_t from = (d->from_bytes + d->bytes / 4) / READ_BYTES * READ_BYTES, done = 0;
	struct pulse whole = { 0 }, single = { 0 };
	struct beside beside = { 0 };
	bool all = true;
	struct rng rng;
	uint64_t never = (d->from_bytes + d->bytes / 8) / READ_BYTES * READ_BYTES;
	int ret = places_init(&beside.never, d, never, d->bytes / 16, BLOCK_BYTES);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&whole, d->fd, WORKLOAD_LIBAIO, READ_DEPTH, READ_BYTES, d->seed,
				 e);
	if (!ret)
		ret = pulse_open(&single, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	for (uint64_t bytes = SPAN_MIN_BYTES;
	     bytes <= d->bytes / 2 && *n < CACHE_SPANS_MAX && all && !ret; bytes *= 2) {
		ret = read_all(&whole, from + done, from + bytes, d->until_ns, &all);
		if (ret || !all)
			break;
		done = bytes;
		span[*n] = (struct cache_span){ .bytes = bytes };
		ret = read_ends(d, &single, from, &span[*n], &beside, &rng, ratio, &all);
		*n += all;
	}
	pulse_close(&single);
	pulse_close(&whole);
	places_free(&beside.never);
	return ret;
}

int detect_cache(struct detecting *d, struct err *e)
{
	static double first[PAIRS_MAX], second[PAIRS_MAX];
	struct cache_span span[CACHE_SPANS_MAX];
	struct contrast again;
	uint64_t now_ns = tsc_now_ns();
	uint32_t n = 0, spans_n = 0;
	int ret = read_pairs(d, first, second, &n, now_ns + (d->until_ns - now_ns) / PAIRS_PART, e);

	if (ret)
		return ret;
	conclude_cache(d->to, first, second, n);
	/* Where the blocks that may be read are listed, they do not lie in one piece. */
	if (d->to->verdict != DETECTION_FOUND || d->found)
		return 0;
	contrast_pairs(&again, first, second, n, DETECT_RATIO);
	ret = read_spans(d, span, &spans_n, again.ratio, e);
	if (ret) /* what was found holds */
		detection_add(d->to, "; its size was not measured: %s", strerror(-ret));
	else
		conclude_cache_knee(d->to, span, spans_n);
	return 0;
}

/* --- read after a write --- */

int detect_cache_of_writes(struct detecting *d, struct err *e)
{
	/* Nobody else's: between flush's and compress's. */
	uint64_t from = d->from_bytes + d->bytes / 16 * 13 / BLOCK_BYTES * BLOCK_BYTES;
	static double others[PAIRS_MAX], written[PAIRS_MAX];
	struct places places;
	struct pulse p = { 0 };
	struct rng rng;
	uint32_t n = 0, data_n = 0;
	int ret = places_init(&places, d, from, d->bytes / 16, BLOCK_BYTES);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	pulse_let_write(&p, d->from_bytes, d->bytes);
	while (n < PAIRS_MAX && 2 * (n + 1) <= d->bytes / 16 / BLOCK_BYTES && !ret &&
	       tsc_now_ns() < d->until_ns) {
		struct shot other = { .offset_bytes = places_next(&places) };
		struct shot write = { .offset_bytes = places_next(&places), .write = true };
		struct shot again = { .offset_bytes = write.offset_bytes };
		bool other_first = rng_below(&rng, 2);
		double ns;

		if (other_first)
			ret = pulse_one(&p, &other, &others[n]);
		if (!ret)
			ret = pulse_one(&p, &write, &ns);
		if (!ret)
			ret = pulse_one(&p, &again, &written[n]);
		if (!other_first && !ret)
			ret = pulse_one(&p, &other, &others[n]);
		n += !ret;
		data_n += !ret && !other.blank;
	}
	pulse_close(&p);
	places_free(&places);
	if (!ret && n)
		conclude_cache_of_writes(d->to, d->again, data_n == n, others, written, n);
	return ret;
}
