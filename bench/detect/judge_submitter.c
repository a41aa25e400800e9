// SPDX-License-Identifier: MIT
/*
 * Whether a figure is one of the CPU: a submitting thread whose CPU had work for 95 % of the window
 * could not have carried more, whatever the disk. Of all workloads that were so, the one with the
 * least time for each I/O is told: what it costs is what bounds this machine.
 *
 * Kernels that account interrupts by clock, as this image's does, leave them and stolen time out of
 * a thread's. Those that hit its CPU count, too; which did is not known. They did where all that
 * there were would fill what it did not wait, and it hardly ever went to sleep.
 */
#include <math.h>

#include "detect/detectors.h"
#include "result/account.h"
#include "result/result.h"

#define BUSY   0.95
#define SLEEPS 0.01 /* for each I/O: it waits for some of them */

/* Shares of the threads' time. */
struct load {
	const struct result_workload *w;
	double share;	   /* that they were on their CPUs, with interrupts where these are told */
	double threads;	   /* without */
	double us;	   /* for each I/O */
	bool bound, maybe; /* by the CPU */
};

static struct load load_of(const struct result *result, uint32_t i)
{
	const struct result_workload *w = &result->workload[i];
	const struct result_cpu *c = &w->cpu;
	double window_ns = (double)w->measured_ns * w->work.numjobs, n = (double)result_ios(w);
	double taken_ns = (double)(c->thread_ns + c->irq_ns + c->softirq_ns + c->steal_ns);
	struct load l = { .w = w, .threads = (double)c->thread_ns / window_ns };
	double waits = account_waiting_share(result, i);
	double most = isnan(waits) ? 0 : fmin(taken_ns / window_ns, 1 - waits);

	l.share = fmax(l.threads, most);
	l.us = l.share * window_ns / n / 1e3;
	l.maybe = l.share >= BUSY;
	l.bound = l.threads >= BUSY || (l.maybe && (double)w->switches_voluntary < SLEEPS * n);
	return l;
}

static void say(struct detection *to, const struct load *l, uint32_t bound_n, uint32_t n)
{
	detection_size(to, l->bound ? l->us : 100 * l->share, l->bound ? "us" : "pct");
	if (l->bound)
		detection_say(
			to, DETECTION_FOUND, NAN,
			"%.40s: its threads, with interrupts, were on their CPUs for %.1f %% of "
			"the time, %.2f us for each I/O: a figure of the CPU, not of the disk (%u "
			"of %u workloads)",
			l->w->work.name, 100 * l->share, l->us, bound_n, n);
	else if (l->maybe)
		detection_say(
			to, DETECTION_UNDECIDED, NAN,
			"%.40s had the busiest threads: on their CPUs for %.1f %% of the time, "
			"with all interrupts for %.1f %%, but other CPUs may have served these",
			l->w->work.name, 100 * l->threads, 100 * l->share);
	else
		detection_say(to, DETECTION_CLEAR, NAN,
			      "%.40s had the busiest threads: on their CPUs for %.1f %% of the "
			      "time, with all interrupts for %.1f %%",
			      l->w->work.name, 100 * l->threads, 100 * l->share);
}

void judge_submitter(struct detection *to, const struct result *result)
{
	struct load busiest = { 0 }, bound = { 0 };
	uint32_t n = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		struct load l;

		if (!result_ios(&result->workload[i]) || !result->workload[i].measured_ns)
			continue;
		l = load_of(result, i);
		if (!busiest.w || l.share > busiest.share)
			busiest = l;
		n += l.bound;
		if (l.bound && (!bound.w || l.us < bound.us))
			bound = l;
	}
	if (busiest.w)
		say(to, bound.w ? &bound : &busiest, n, result->workloads_n);
}
