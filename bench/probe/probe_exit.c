// SPDX-License-Identifier: MIT
/*
 * What leaving the guest costs: CPUID, which a hypervisor on VMX always emulates, and on SVM as
 * every one known does; without a hypervisor it is one slow, serialising instruction. Typical: 100
 * to 200 ticks on bare metal, 1,000 to 1,100 on KVM, 13,000 and more nested (patches to KVM, 2024).
 *
 * Error: single instructions, less what reading the clock costs; to the clock's step of 1 ns.
 * Ticks are the same at the counter's rate, where there is one.
 */
#include <cpuid.h>
#include <stddef.h>

#include "lib/tsc.h"
#include "probe/probes.h"

static void cpuid_once(void *context)
{
	unsigned int a, b, c, d;

	(void)context;
	__cpuid(0, a, b, c, d);
	__asm__ volatile("" : : "r"(a), "r"(b), "r"(c), "r"(d));
}

void probe_exit(struct probing *p)
{
	struct probe_figure ticks;
	double per_ns = tsc_state.used ? tsc_state.hz / 1e9 : 0;

	probing_pin(p->cpu[0]);
	probing_measure(p, "cpuid_ns", cpuid_once, NULL, 1, p->until_ns);
	ticks = p->to->figure[0];
	if (per_ns <= 0 || ticks.kind != PROBE_SAMPLES) {
		probe_add_why(p->to, "cpuid_ticks", "no steady counter");
		return;
	}
	probe_add_value(p->to, "cpuid_ticks", ticks.p50 * per_ns);
}
