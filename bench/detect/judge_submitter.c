// SPDX-License-Identifier: MIT
/*
 * Whether a figure is one of the CPU: a submitting thread that was on its CPU for 95 % of the
 * window could not have carried more, whatever the disk. Of all workloads that were, the one with
 * the least time for each I/O is told: what it costs is what bounds this machine.
 */
#include <math.h>

#include "detect/detectors.h"
#include "result/result.h"

#define BUSY 0.95

static double busy_of(const struct result_workload *w)
{
	double window_ns = (double)w->measured_ns * w->work.numjobs;

	return window_ns > 0 ? (double)w->cpu.thread_ns / window_ns : 0;
}

void judge_submitter(struct detection *to, const struct result *result)
{
	const struct result_workload *busiest = NULL, *bound = NULL;
	double us = NAN;
	uint32_t n = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];
		double each_us = result_ios(w)
					 ? (double)w->cpu.thread_ns / 1e3 / (double)result_ios(w)
					 : NAN;

		if (isnan(each_us))
			continue;
		if (!busiest || busy_of(w) > busy_of(busiest))
			busiest = w;
		if (busy_of(w) < BUSY)
			continue;
		n++;
		if (bound && each_us >= us)
			continue;
		bound = w;
		us = each_us;
	}
	if (!busiest)
		return;
	detection_size(to, bound ? us : 100 * busy_of(busiest), bound ? "us" : "pct");
	if (bound)
		detection_say(
			to, DETECTION_FOUND, NAN,
			"%.40s: its threads were on their CPUs for %.1f %% of the time, %.2f us "
			"for each I/O: a figure of the CPU, not of the disk (%u of %u workloads)",
			bound->work.name, 100 * busy_of(bound), us, n, result->workloads_n);
	else
		detection_say(
			to, DETECTION_CLEAR, NAN,
			"%.40s had the busiest threads: on their CPUs for %.1f %% of the time",
			busiest->work.name, 100 * busy_of(busiest));
}
