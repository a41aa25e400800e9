/* SPDX-License-Identifier: MIT */
/*
 * Time. CLOCK_MONOTONIC through the vDSO: the same on every platform, and no system call where the
 * kernel can avoid it.
 */
#ifndef TARE_LIB_CLOCK_H
#define TARE_LIB_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_NS_PER_S UINT64_C(1000000000)

static inline uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * CLOCK_NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* CPU time the calling thread has used, in ns; interrupts taken meanwhile are not in it where the
 * kernel accounts them by clock. */
uint64_t clock_thread_ns(void);

/* Wall-clock seconds since 1970 (a label, never a measure). */
uint64_t clock_unix_s(void);

/* Since the machine booted, ns. */
uint64_t clock_boot_ns(void);

void clock_sleep_ns(uint64_t ns);

/*
 * The smallest step of clock_now_ns() seen, in ns: a clock that ticks (clocksource jiffies) cannot
 * tell shorter times apart. Takes at most 50 ms, which is returned where no step was seen.
 */
uint64_t clock_step_ns(void);

struct clock_cost {
	double call_ns;	   /* mean cost of clock_now_ns() */
	double syscall_ns; /* the same clock by a raw system call: about equal means that the vDSO
			      does not help here */
};

/* Times both (about 2 ms). */
void clock_measure(struct clock_cost *cost);

#endif
