// SPDX-License-Identifier: MIT
/*
 * Whether somebody else has the CPUs: first a loop that does nothing but read the clock, on one CPU
 * after another: wherever two readings lie further apart than they can by themselves, time was
 * taken away. Then, of the workloads: what the kernel calls stolen, and how far rounds of one
 * workload lie apart. A host that is quiet takes less than a hundredth.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/detectors.h"
#include "lib/clock.h"
#include "lib/tsc.h"
#include "probe/gaps.h"
#include "result/result.h"
#include "run/steady.h"

#define LISTEN_NS    (CLOCK_NS_PER_S / 2)
#define GAP_LEAST_NS 1000.0
#define GAP_READS    10
#define MUCH_PCT     1.0
#define STEAL_LEAST  1e8 /* ns: ten ticks, as stolen time is counted */

int detect_contention(struct detecting *d, struct err *e)
{
	static struct gaps gaps;
	uint64_t gap_ns = (uint64_t)fmax(GAP_LEAST_NS, GAP_READS * tsc_state.call_ns);
	double lost_ns = 0, listened_ns = 0, longest_ns = 0;

	(void)e;
	gaps_listen(&gaps, gap_ns, 1000); /* its pages are there */
	for (uint32_t i = 0; i < d->cpus_n; i++) {
		detecting_pin(d->cpu[i]);
		listened_ns += (double)gaps_listen(&gaps, gap_ns, LISTEN_NS / d->cpus_n);
		lost_ns += (double)gaps.lost_ns;
		if (gaps.length.n)
			longest_ns = fmax(longest_ns, (double)gaps.length.max_ns);
	}
	detection_size(d->to, 100 * lost_ns / listened_ns, "pct");
	detection_say(d->to, d->to->value >= MUCH_PCT ? DETECTION_FOUND : DETECTION_CLEAR, NAN,
		      "%.2f %% of a spinning CPU's time was taken away, at most %.1f us at once",
		      d->to->value, longest_ns / 1e3);
	return 0;
}

/* Time is stolen from a CPU that has work: of that time. */
static double steal_pct(const struct result *result)
{
	double steal_ns = 0, busy_ns = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_cpu *c = &result->workload[i].cpu;

		steal_ns += (double)c->steal_ns;
		busy_ns += (double)(c->user_ns + c->system_ns + c->irq_ns + c->softirq_ns +
				    c->steal_ns);
	}
	return steal_ns >= STEAL_LEAST ? 100 * steal_ns / busy_ns : 0;
}

/* Greatest less least round that was measured, of their mean; 0 below two. */
static double spread_pct(const struct result_workload *w)
{
	double least = INFINITY, most = 0, sum = 0;
	uint32_t n = 0;

	for (uint32_t r = 0; r < w->rounds_n; r++) {
		const struct result_round *round = &w->round[r];
		double iops;

		if (!round->measured_ns)
			continue;
		iops = (double)(round->io[0].ios + round->io[1].ios) * 1e9 /
		       (double)round->measured_ns;
		n++;
		least = fmin(least, iops);
		most = fmax(most, iops);
		sum += iops;
	}
	return n > 1 && sum > 0 ? 100 * (most - least) * n / sum : 0;
}

void judge_contention(struct detection *to, const struct result *result)
{
	const struct result_workload *worst = NULL;
	double steal = steal_pct(result), most = 0;
	size_t len = strlen(to->evidence);

	if (to->verdict == DETECTION_SKIPPED)
		return;
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		if (spread_pct(&result->workload[i]) <= most)
			continue;
		worst = &result->workload[i];
		most = spread_pct(worst);
	}
	if (to->verdict == DETECTION_CLEAR && steal >= MUCH_PCT)
		to->verdict = DETECTION_FOUND;
	if (to->verdict == DETECTION_FOUND && steal > to->value)
		detection_size(to, steal, "pct");
	snprintf(to->evidence + len, sizeof(to->evidence) - len,
		 "; %.2f %% of the work's time stolen while workloads ran; rounds of %.40s lie "
		 "%.0f %% apart%s",
		 steal, worst ? worst->work.name : "any workload", most,
		 to->verdict == DETECTION_FOUND ? ": others use this host's CPUs: run it again"
						: "");
}
