// SPDX-License-Identifier: MIT
/*
 * What reading the clock takes of an I/O: the loop's own readings, which are counted, and what a
 * tool would pay that asks the kernel for the time twice for each I/O, as most do. Of the workload
 * with the least time for each I/O. Above a hundredth a figure depends on the clock.
 */
#include <math.h>

#include "detect/detectors.h"
#include "result/result.h"

#define MUCH_PCT     1.0
#define OTHERS_READS 2 /* as fio's: when it is issued and when it is done */

/* Calls of a table of calls by size. */
static double calls(const uint64_t row[RESULT_DEPTHS])
{
	double sum = 0;

	for (int i = 0; i < RESULT_DEPTHS; i++)
		sum += (double)row[i];
	return sum;
}

void judge_clock(struct detection *to, const struct result *result)
{
	const struct result_workload *fastest = NULL;
	double least_ns = INFINITY, reads, own_pct, others_pct;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];
		double ns = result_ios(w) ? (double)w->measured_ns * w->work.numjobs /
						    (double)result_ios(w)
					  : INFINITY;

		if (ns >= least_ns)
			continue;
		least_ns = ns;
		fastest = w;
	}
	if (!fastest)
		return;
	/* Before and after each submission, after each reap. */
	reads = (2 * calls(fastest->submits) + calls(fastest->completes)) /
		(double)result_ios(fastest);
	own_pct = 100 * reads * result->tsc.call_ns / least_ns;
	others_pct = 100 * OTHERS_READS * result->clock.call_ns / least_ns;
	detection_size(to, fmax(own_pct, others_pct), "pct");
	detection_say(to, to->value >= MUCH_PCT ? DETECTION_FOUND : DETECTION_CLEAR, NAN,
		      "%.40s: %.1f us for each I/O; tare's %.2f readings of %.0f ns are %.2f %% of "
		      "it; %d of the kernel's clock, of %.0f ns, would be %.2f %%",
		      fastest->work.name, least_ns / 1e3, reads, result->tsc.call_ns, own_pct,
		      OTHERS_READS, result->clock.call_ns, others_pct);
}
