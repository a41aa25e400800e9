// SPDX-License-Identifier: MIT
/* Rules on figures and facts where nobody looked behind the disk: they point at something, or say
 * what could be there and what would decide it. */
#include <math.h>
#include <string.h>

#include "compare/advice.h"
#include "compare/say.h"
#include "compare/why.h"

#define US		  1e3
#define DEPTH_FULL	  0.9
#define DEPTH_SHORT	  0.75
#define SCALES		  1.2  /* jobs that do less do not scale */
#define IDLE_PCT	  80.0 /* a thread that uses less of its CPU waits */
#define LOST_PCT	  1.0
#define ALLOCATION_RATIO  1.15
#define DETECT_SUITE_PAIR "`tare run --suite detect` in both"

#define WAIT_PARTS (1u << ACCOUNT_HOST | 1u << ACCOUNT_PARTS_N)

/* --- queues --- */

/* I/Os in flight on average, of those asked for: counted, else by Little's law. */
static double filled(const struct comparison_group *g, const struct comparison_figure *f,
		     double *depth)
{
	const struct sample_workload *w = f->boot[0];
	double jobs = sample_known(g->shape.numjobs) ? g->shape.numjobs : 1;
	double in_flight = w->iops * w->latency.mean_ns / 1e9;

	*depth = sample_known(w->depth) ? w->depth : in_flight;
	return *depth / (g->shape.iodepth * jobs);
}

/* Of I/Os in the kernel the detector knows more. */
bool why_queue(struct comparison_cause *to, const struct why_case *w)
{
	static const enum sample_fact facts[] = { SAMPLE_REQUESTS, SAMPLE_QUEUES, SAMPLE_DRIVER };
	double slow_depth, fast_depth, slow = filled(w->g, w->slow.f, &slow_depth);
	double fast = filled(w->g, w->fast.f, &fast_depth);

	if (w->g->open_loop || !(w->g->shape.iodepth > 1) || !(slow < DEPTH_SHORT) ||
	    !(fast > DEPTH_FULL) || why_was_asked(w->slow.e, "queue"))
		return false;
	to->strength = COMPARISON_LIKELY;
	to->gap_ns = why_within_ns(&w->pair->gap, WAIT_PARTS);
	say(to->says, "%s does not reach the depth asked for: something holds I/Os back",
	    w->slow.tag);
	say(to->evidence, "in flight on average: %.1f in %s, %.1f in %s, of %.0f asked for",
	    slow_depth, w->slow.tag, fast_depth, w->fast.tag, slow_depth / slow);
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
	return true;
}

/* --- one thread of the host --- */

static bool does_same_but_jobs(const struct sample_shape *a, const struct sample_shape *b)
{
	return !strcmp(a->rw, b->rw) && !strcmp(a->bs, b->bs) && !strcmp(a->engine, b->engine) &&
	       a->iodepth == b->iodepth && !(a->fsync_writes > 0) && !(b->fsync_writes > 0) &&
	       !(a->fdatasync_writes > 0) && !(b->fdatasync_writes > 0);
}

/* What more jobs bring: the rate of the most by that of one. NAN: not measured. */
static double scaling(const struct why_case *w, const struct why_side *side, double *jobs)
{
	double one = NAN, most = NAN;

	*jobs = 1;
	for (uint32_t i = 0; i < w->c->groups_n; i++) {
		const struct comparison_group *g = &w->c->group[i];
		const struct comparison_figure *f = &g->figure[side->environment];

		if (!f->present || g->direction != w->g->direction ||
		    !does_same_but_jobs(&g->shape, &w->g->shape))
			continue;
		if (g->shape.numjobs == 1)
			one = f->iops;
		if (g->shape.numjobs > *jobs) {
			*jobs = g->shape.numjobs;
			most = f->iops;
		}
	}
	return most / one;
}

bool why_host_thread(struct comparison_cause *to, const struct why_case *w)
{
	double slow_jobs, fast_jobs, slow = scaling(w, &w->slow, &slow_jobs);
	double fast = scaling(w, &w->fast, &fast_jobs);
	double busy_pct = w->slow.f->usr_pct + w->slow.f->sys_pct;

	if (!(slow < SCALES) || !(fast >= SCALES) || !(busy_pct < IDLE_PCT) ||
	    why_was_asked(w->slow.e, "host-thread"))
		return false;
	to->strength = COMPARISON_LIKELY;
	to->gap_ns = why_within_ns(&w->pair->gap, WAIT_PARTS);
	say(to->says, "one thread of the host may serve the disk of %s: more jobs bring it no more",
	    w->slow.tag);
	say(to->evidence,
	    "%.0f jobs do %.2f times what one does in %s, its threads busy for %.0f %%; %.0f jobs "
	    "%.2f times in %s",
	    slow_jobs, slow, w->slow.tag, busy_pct, fast_jobs, fast, w->fast.tag);
	say(to->cannot, "whether it is a thread of the host or the device's own limit");
	return true;
}

/* --- a host that is busy --- */

bool why_contention(struct comparison_cause *to, const struct why_case *w)
{
	double slow = w->slow.run->probe[SAMPLE_PROBE_LOST_PCT];
	double fast = w->fast.run->probe[SAMPLE_PROBE_LOST_PCT];

	if (!(slow > LOST_PCT) || !(slow > 3 * fast) || why_was_asked(w->slow.e, "contention"))
		return false;
	to->strength = COMPARISON_LIKELY;
	to->gap_ns = why_within_ns(&w->pair->gap, 1u << ACCOUNT_STOLEN | 1u << ACCOUNT_PARTS_N);
	say(to->says, "the host of %s gave CPU time to others: rerun when it is quiet",
	    w->slow.tag);
	say(to->evidence, "of a spinning CPU's time %.2f %% was lost in %s, %.2f %% in %s", slow,
	    w->slow.tag, fast, w->fast.tag);
	if (!isnan(w->pair->gap.part_ns[ACCOUNT_STOLEN]))
		say(to->evidence, "; stolen: %.2f us of each I/O in %s, %.2f us in %s",
		    w->pair->gap.slow.part_ns[ACCOUNT_STOLEN] / US, w->slow.tag,
		    w->pair->gap.fast.part_ns[ACCOUNT_STOLEN] / US, w->fast.tag);
	return true;
}

/* --- what these data cannot tell --- */

static bool was_looked_for(const struct why_case *w, const char *name)
{
	return why_detection(w->slow.e, name) && why_detection(w->fast.e, name);
}

static bool is_by_tare(const struct why_side *side)
{
	const char *tool = side->run->fact[SAMPLE_TOOL];

	return tool && !strncmp(tool, "tare", 4);
}

/* tare writes its span first, and then looks. */
bool why_first_write(struct comparison_cause *to, const struct why_case *w)
{
	double busy_pct = w->slow.f->usr_pct + w->slow.f->sys_pct;

	if (w->g->direction != SAMPLE_WRITE || !(w->pair->ratio >= ALLOCATION_RATIO) ||
	    is_by_tare(&w->slow) || was_looked_for(w, "allocation"))
		return false;
	to->strength = COMPARISON_UNDECIDED;
	to->gap_ns = why_within_ns(&w->pair->gap, WAIT_PARTS);
	say(to->says,
	    "either %s allocates what is written for the first time (thin, qcow2, sparse), or a "
	    "cache, the host's or the disk's own, takes more of the writes of %s",
	    w->slow.tag, w->fast.tag);
	say(to->evidence, "%.0f I/Os per s in %s, %.0f in %s", w->slow.f->iops, w->slow.tag,
	    w->fast.f->iops, w->fast.tag);
	if (busy_pct < IDLE_PCT)
		say(to->evidence, "; the thread of %s uses %.0f %% of its CPU: it waits",
		    w->slow.tag, busy_pct);
	if (sample_known(w->slow.f->measured_s))
		say(to->evidence, "; measured for %.1f s in %s, %.1f s in %s",
		    w->slow.f->measured_s, w->slow.tag, w->fast.f->measured_s, w->fast.tag);
	say(to->cannot, "the two from each other");
	say(to->measure,
	    DETECT_SUITE_PAIR " (allocation: the same span written twice; cache), then "
			      "suite standard: 10 s and more of each");
	return true;
}

bool why_guest_ahead(struct comparison_cause *to, const struct why_case *w)
{
	double slow_us = w->slow.f->cpu_ns_per_io / US, fast_us = w->fast.f->cpu_ns_per_io / US;

	if (advice_is_bare(w->fast.e) || !advice_platform(w->fast.e, NULL) ||
	    !advice_is_bare(w->slow.e) || was_looked_for(w, "cache"))
		return false;
	to->strength = COMPARISON_UNDECIDED;
	to->where = w->fast.environment;
	say(to->says,
	    "%s is a guest and ahead of bare metal (%s): a cache of the host answers, or its path "
	    "costs less for each I/O",
	    w->fast.tag, w->slow.tag);
	say(to->evidence, "%.0f I/Os per s in %s, %.0f in %s", w->fast.f->iops, w->fast.tag,
	    w->slow.f->iops, w->slow.tag);
	if (sample_known(slow_us) && sample_known(fast_us))
		say(to->evidence, "; CPU time of the threads: %.2f us per I/O in %s, %.2f us in %s",
		    fast_us, w->fast.tag, slow_us, w->slow.tag);
	say(to->cannot, "the two from each other");
	say(to->measure, DETECT_SUITE_PAIR " (cache), and suite standard: the engine on null_blk, "
					   "with no storage behind it");
	return true;
}
