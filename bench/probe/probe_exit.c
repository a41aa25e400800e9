// SPDX-License-Identifier: MIT
/*
 * What leaving the guest costs: CPUID, which a hypervisor on VMX always emulates, and on SVM as
 * every one known does; without a hypervisor it is one slow, serialising instruction. Typical: 100
 * to 200 ticks on bare metal, 1,000 to 1,100 on KVM, 13,000 and more nested (patches to KVM, 2024).
 *
 * Error: single instructions, less what reading the clock costs, to the clock's step. Where nothing
 * exits, they would vanish in that step (10 ns on some machines): there means of batches, whose p99
 * is no single instruction's. Ticks are the same at the counter's rate, where there is one.
 */
#include <cpuid.h>
#include <stddef.h>

#include "lib/tsc.h"
#include "probe/probes.h"

#define TRIES	 5
#define TRIAL	 64
#define LEAST_NS 100 /* of one, to be told from the clock's step */
#define BATCH	 32

static void cpuid_once(void *context)
{
	unsigned int a, b, c, d;

	(void)context;
	__cpuid(0, a, b, c, d);
	__asm__ volatile("" : : "r"(a), "r"(b), "r"(c), "r"(d));
}

/* How many must be taken together to be seen. The first time round may be slower by far: code is
 * fetched, or translated by an emulator. */
static uint32_t batch(void)
{
	uint64_t least_ns = UINT64_MAX;

	for (int try = 0; try < TRIES; try++) {
		uint64_t begin_ns = tsc_now_ns(), took_ns;

		for (int i = 0; i < TRIAL; i++)
			cpuid_once(NULL);
		took_ns = tsc_now_ns() - begin_ns;
		least_ns = took_ns < least_ns ? took_ns : least_ns;
	}
	return least_ns < TRIAL * LEAST_NS ? BATCH : 1;
}

void probe_exit(struct probing *p)
{
	struct probe_figure ticks;
	double per_ns = tsc_state.used ? tsc_state.hz / 1e9 : 0;

	probing_pin(p->cpu[0]);
	probing_measure(p, "cpuid_ns", cpuid_once, NULL, batch(), p->until_ns);
	ticks = p->to->figure[0];
	if (per_ns <= 0 || ticks.kind != PROBE_SAMPLES) {
		probe_add_why(p->to, "cpuid_ticks", "no steady counter");
		return;
	}
	probe_add_value(p->to, "cpuid_ticks", ticks.p50 * per_ns);
}
