// SPDX-License-Identifier: MIT
/*
 * The CPU's speed without its own counters, which guests are not given: additions that each need
 * the one before, at one a cycle on every CPU since 2000. What is added stands in a register: CPUs
 * since 2021 (Golden Cove) fold constants into later additions. In MHz of such a CPU; an emulator's
 * speed comes out as what it is. Taken before the first probe and after each, it shows turbo that
 * wears off and throttling: the time stamp counter runs on at its own rate.
 *
 * Error: of some 1 ms each; time stolen meanwhile counts as slowness, so the median of several.
 */
#include "lib/tsc.h"
#include "probe/probes.h"

#define PIECE_NS 1000000

/* So many in a row that the loop around them does not count. */
static inline void add_chain(uint64_t *x)
{
	__asm__ volatile(".rept 1000\n\tadd %1, %0\n\t.endr" : "+r"(*x) : "r"(UINT64_C(1)));
}

double probe_chain_mhz(void)
{
	uint64_t begin_ns = tsc_now_ns(), now_ns, x = 0;

	do {
		for (int i = 0; i < 20; i++)
			add_chain(&x);
		now_ns = tsc_now_ns();
	} while (now_ns - begin_ns < PIECE_NS);
	return (double)x * 1e3 / (double)(now_ns - begin_ns);
}

void probe_speed(struct probing *p)
{
	struct readings s;

	probing_pin(p->cpu[0]);
	if (!readings_init(&s, 1000))
		while (s.n < s.max && tsc_now_ns() < p->until_ns)
			readings_add(&s, probe_chain_mhz());
	probe_add(p->to, "chain_mhz", &s);
	readings_free(&s);
}
