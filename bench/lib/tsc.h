/* SPDX-License-Identifier: MIT */
/*
 * The clock of the measuring loop: the CPU's time stamp counter where it proves steady, else
 * CLOCK_MONOTONIC through the vDSO. Both give nanoseconds of CLOCK_MONOTONIC, so that their times
 * compare. Guests often hide the bit that says the counter is invariant, and clock sources that
 * exit to the hypervisor cost more than an I/O: so the counter is judged by what it does.
 *
 * One state for the process: chosen before any thread reads it, set again between steps only.
 */
#ifndef TARE_LIB_TSC_H
#define TARE_LIB_TSC_H

#include <stdbool.h>
#include <stdint.h>
#include <x86intrin.h>

#include "lib/clock.h"

#define TSC_WORDS_BYTES 160

struct tsc {
	bool used;
	bool invariant; /* the CPU, or the hypervisor, says so: CPUID 0x80000007, EDX bit 8 */
	uint64_t base;	/* counter and time of the same moment */
	uint64_t base_ns;
	uint64_t mult;		     /* ns of a tick, times 2^32 */
	uint64_t offset_ns;	     /* time at counter 0, modulo 2^64 */
	double hz;		     /* ticks per second; 0: no counter, or no rate */
	double skew_ns;		     /* largest distance between CPUs, at most */
	double call_ns;		     /* what tsc_now_ns() costs */
	char words[TSC_WORDS_BYTES]; /* what was found, or why it is not used */
};

extern struct tsc tsc_state;

/* Ticks as ns, modulo 2^64. */
static inline uint64_t tsc_ns(uint64_t ticks, uint64_t mult)
{
	return (uint64_t)((unsigned __int128)ticks * mult >> 32);
}

/* Now, in ns of CLOCK_MONOTONIC. */
static inline uint64_t tsc_now_ns(void)
{
	if (!tsc_state.used)
		return clock_now_ns();
	return tsc_ns(__rdtsc(), tsc_state.mult) + tsc_state.offset_ns;
}

/*
 * Judges the counter: its rate over eight pieces of 4 ms against CLOCK_MONOTONIC, its offset on
 * every CPU this thread may run on, and its cost beside the vDSO's. Sets tsc_state. Takes about 40
 * ms and a few microseconds for each CPU; the thread's affinity is as before afterwards.
 */
void tsc_choose(void);

/*
 * Takes counter and time again, with the rate since tsc_choose(): long runs do not drift. Returns
 * what the clock was off by at that moment, in ns (0 where the vDSO is used); where that is more
 * than the greater of 100 us and 200 ppm of the time since the last call, the counter is not used
 * any more and `words` says why. No other thread may read the clock meanwhile.
 */
int64_t tsc_recalibrate(void);

#endif
