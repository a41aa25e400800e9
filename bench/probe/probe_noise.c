// SPDX-License-Identifier: MIT
/*
 * Time that is taken away: a thread on every CPU does nothing but read the clock, and wherever two
 * readings lie further apart than they can by themselves, something else ran: an interrupt, another
 * program, the hypervisor, another guest. Beside it what the kernel calls stolen, which is what the
 * hypervisor admits (KVM, Xen; VMware where stealclock is on; Hyper-V never).
 *
 * A gap is 1 us or ten readings, whichever is more. lost: share of a CPU's time in gaps, over the
 * CPUs; an idle Linux of 250 ticks a second loses 0.05 to 0.2 %. Error: one reading a gap; steal is
 * counted in ticks.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tsc.h"
#include "probe/gaps.h"
#include "probe/probes.h"
#include "run/cpu.h"

#define GAP_LEAST_NS 1000
#define GAP_READS    10
#define START_NS     UINT64_C(20000000) /* all threads are there by then */

struct listener {
	pthread_t thread;
	uint32_t cpu;
	bool runs;
	uint64_t begin_ns, end_ns, gap_ns;
	uint64_t listened_ns;
	struct gaps gaps;
};

static void *listen(void *arg)
{
	struct listener *l = arg;
	uint64_t now_ns;

	probing_pin(l->cpu);
	gaps_begin(&l->gaps, l->gap_ns, 0); /* its pages are there before it counts */
	while ((now_ns = tsc_now_ns()) < l->begin_ns)
		continue;
	l->listened_ns =
		gaps_listen(&l->gaps, l->gap_ns, now_ns < l->end_ns ? l->end_ns - now_ns : 0);
	return NULL;
}

/* Returns how many CPUs were listened on. */
static uint32_t run_all(struct listener *all, const struct probing *p, uint64_t begin_ns)
{
	double gap_ns = GAP_READS * tsc_state.call_ns;
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->cpus_n; i++) {
		struct listener *l = &all[i];

		l->cpu = p->cpu[i];
		l->begin_ns = begin_ns;
		l->end_ns = p->until_ns;
		l->gap_ns = gap_ns > GAP_LEAST_NS ? (uint64_t)gap_ns : GAP_LEAST_NS;
		l->runs = !pthread_create(&l->thread, NULL, listen, l);
		n += l->runs;
	}
	for (uint32_t i = 0; i < p->cpus_n; i++)
		if (all[i].runs)
			pthread_join(all[i].thread, NULL);
	return n;
}

static void add_up(struct probing *p, struct listener *all)
{
	double value[PROBING_CPUS_MAX], listened_ns = 0;
	struct readings lost = { .value = value, .max = PROBING_CPUS_MAX };
	struct histogram *gaps = NULL;

	for (uint32_t i = 0; i < p->cpus_n; i++) {
		if (!all[i].runs)
			continue;
		readings_add(&lost, 100 * (double)all[i].gaps.lost_ns / (double)all[i].listened_ns);
		listened_ns += (double)all[i].listened_ns;
		if (gaps)
			histogram_merge(gaps, &all[i].gaps.length);
		else
			gaps = &all[i].gaps.length;
	}
	probe_add(p->to, "lost_pct", &lost);
	probe_add_histogram(p->to, "gap_ns", gaps);
	probe_add_value(p->to, "longest_ns", (double)gaps->max_ns);
	probe_add_value(p->to, "gaps_per_s", (double)gaps->n * 1e9 / listened_ns);
}

/* Of all CPUs' time, listened on or not. */
static double steal_pct(const struct cpu_times *of)
{
	uint64_t all_ns = of->user_ns + of->system_ns + of->irq_ns + of->softirq_ns + of->steal_ns +
			  of->idle_ns;

	return all_ns ? 100 * (double)of->steal_ns / (double)all_ns : 0;
}

void probe_noise(struct probing *p)
{
	uint64_t begin_ns = tsc_now_ns() + START_NS;
	struct listener *all = calloc(p->cpus_n, sizeof(*all));
	struct cpu_times before = { 0 }, after = { 0 };
	bool known = !cpu_read(&before, "/");
	uint32_t n = all ? run_all(all, p, begin_ns) : 0;

	known = known && !cpu_read(&after, "/");
	if (!n) {
		probe_add_why(p->to, "lost_pct", "no memory, or no threads");
	} else {
		add_up(p, all);
		after = cpu_since(&after, &before);
		if (known)
			probe_add_value(p->to, "steal_pct", steal_pct(&after));
		else
			probe_add_why(p->to, "steal_pct", "/proc/stat cannot be read");
	}
	free(all);
}
