// SPDX-License-Identifier: MIT
/*
 * Whether a run was long enough for its figures to be level: SNIA's steady state, asked of the last
 * five rounds of every workload (run/steady.h). The one furthest from it is told.
 */
#include <math.h>

#include "detect/detectors.h"
#include "result/result.h"
#include "run/steady.h"

#define ROUNDS_MAX 1000

/* How far beyond the limits, 1 where it is just within. */
static double excess(const struct steady *s)
{
	return fmax(s->excursion_pct / STEADY_EXCURSION_MAX_PCT,
		    fabs(s->slope_pct) / STEADY_SLOPE_MAX_PCT);
}

static bool judge_one(struct steady *s, const struct result_workload *w)
{
	static double iops[ROUNDS_MAX];
	uint32_t n = 0;

	for (uint32_t r = 0; r < w->rounds_n && n < ROUNDS_MAX; r++) {
		const struct result_round *round = &w->round[r];

		if (round->measured_ns)
			iops[n++] = (double)(round->io[0].ios + round->io[1].ios) * 1e9 /
				    (double)round->measured_ns;
	}
	return steady_window(s, iops, n);
}

void judge_steady(struct detection *to, const struct result *result)
{
	const struct result_workload *worst = NULL;
	struct steady most = { 0 };
	uint32_t judged = 0, level = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		struct steady s;

		if (!judge_one(&s, &result->workload[i]))
			continue;
		judged++;
		level += s.reached;
		if (worst && excess(&s) <= excess(&most))
			continue;
		worst = &result->workload[i];
		most = s;
	}
	if (!worst) {
		if (result->workloads_n)
			detection_say(to, DETECTION_UNDECIDED, NAN,
				      "fewer than %d rounds were measured of any workload",
				      STEADY_WINDOW_ROUNDS);
		return;
	}
	detection_size(to, most.excursion_pct, "pct");
	detection_say(to, level < judged ? DETECTION_FOUND : DETECTION_CLEAR, NAN,
		      "%.40s: the last %d rounds span %.1f %% of their mean (allowed %.0f), slope "
		      "%.1f %% (allowed %.0f); %u of %u workloads are level%s",
		      worst->work.name, STEADY_WINDOW_ROUNDS, most.excursion_pct,
		      STEADY_EXCURSION_MAX_PCT, most.slope_pct, STEADY_SLOPE_MAX_PCT, level, judged,
		      level < judged ? ": not steady yet: it takes more rounds, or longer ones"
				     : "");
}
