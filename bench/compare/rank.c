// SPDX-License-Identifier: MIT
/* The table of reasons; the first that holds is told. */
#include "compare/rank.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define MIB 1048576.0

/* Each returns whether it holds, and then has told why. */
static bool is_broken(char *why, size_t n, const struct sample_workload *w)
{
	if (w->failure[0])
		snprintf(why, n, "not whole: %s", w->failure);
	return w->failure[0];
}

static bool has_no_rate(char *why, size_t n, const struct sample_workload *w)
{
	if (!(w->iops > 0))
		snprintf(why, n, "no rate in it");
	return !(w->iops > 0);
}

/* No ratio is to be had of such a round, and leaving it out would flatter the rest. */
static bool has_empty_round(char *why, size_t n, const struct sample_workload *w)
{
	for (uint32_t i = 0; i < w->rounds_n; i++) {
		double iops = w->round[i].iops;

		if (iops > 0 && isfinite(iops))
			continue;
		snprintf(why, n,
			 iops <= 0 ? "in round %" PRIu32 " nothing was completed"
				   : "round %" PRIu32 " has no rate",
			 i + 1);
		return true;
	}
	return false;
}

static bool is_short(char *why, size_t n, const struct sample_workload *w)
{
	/* Windows may end a moment early: what reads as 10.0 s is enough. */
	if (!(w->measured_s < RANK_SECONDS_MIN - 0.05))
		return false;
	snprintf(why, n, "too short: %.1f s were measured, 10 s are needed", w->measured_s);
	return true;
}

static bool is_few(char *why, size_t n, const struct sample_workload *w)
{
	if (!(w->ios < RANK_IOS_MIN))
		return false;
	snprintf(why, n, "too few I/Os: %.0f, 1,000 are needed", w->ios);
	return true;
}

static bool is_small(char *why, size_t n, const struct sample_workload *w)
{
	if (!(w->span_bytes < RANK_SPAN_MIN))
		return false;
	snprintf(why, n, "over too few bytes: %.0f MiB fit any cache, 1 GiB is needed",
		 w->span_bytes / MIB);
	return true;
}

static bool is_unwritten(char *why, size_t n, const struct sample_workload *w)
{
	if (w->blocks != SAMPLE_BLOCKS_UNKNOWN)
		return false;
	snprintf(why, n, "nobody knows whether the blocks read had ever been written");
	return true;
}

static bool is_unproven_write(char *why, size_t n, const struct sample_workload *w)
{
	if (w->direction != SAMPLE_WRITE || sample_known(w->measured_s) || sample_known(w->bytes))
		return false;
	snprintf(
		why, n,
		"too short or over too few bytes, for all that is told: neither time nor bytes are "
		"given, and a cache can take a write of seconds whole");
	return true;
}

static bool (*const rules[])(char *why, size_t n, const struct sample_workload *w) = {
	is_broken, has_no_rate, has_empty_round, is_short,
	is_few,	   is_small,	is_unwritten,	 is_unproven_write,
};

void rank_judge(char *why, size_t why_bytes, const struct sample_workload *w)
{
	*why = '\0';
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i](why, why_bytes, w))
			return;
}
