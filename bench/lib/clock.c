// SPDX-License-Identifier: MIT
/* Time that is not read in the hot loop. */
#include "lib/clock.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CLOCK_STEP_MAX_NS (CLOCK_NS_PER_S / 20)
#define CLOCK_STEP_CALLS  2000000 /* at least 50 ms where a call takes 25 ns */
#define CLOCK_BATCH	  64
#define CLOCK_MEASURE_NS  UINT64_C(1000000) /* for each of the two ways */

static uint64_t to_ns(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * CLOCK_NS_PER_S + (uint64_t)ts->tv_nsec;
}

uint64_t clock_thread_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return to_ns(&ts);
}

uint64_t clock_unix_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec < 0 ? 0 : (uint64_t)ts.tv_sec;
}

uint64_t clock_boot_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * CLOCK_NS_PER_S + (uint64_t)ts.tv_nsec;
}

void clock_sleep_ns(uint64_t ns)
{
	uint64_t until_ns = clock_now_ns();
	struct timespec until;

	if (__builtin_add_overflow(until_ns, ns, &until_ns) || until_ns > INT64_MAX)
		until_ns = INT64_MAX;
	until.tv_sec = (time_t)(until_ns / CLOCK_NS_PER_S);
	until.tv_nsec = (long)(until_ns % CLOCK_NS_PER_S);
	/* Until a point in time: a signal does not stretch the sleep. */
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		continue;
}

uint64_t clock_step_ns(void)
{
	uint64_t start_ns = clock_now_ns(), least_ns = CLOCK_STEP_MAX_NS, now_ns = start_ns;

	/* A few steps are enough; spinning counts calls, so that a clock that stands still ends it
	 * too. */
	for (uint32_t calls = 0, steps = 0; steps < 3 && calls < CLOCK_STEP_CALLS; calls++) {
		uint64_t next_ns = clock_now_ns();

		if (next_ns == now_ns)
			continue;
		if (steps++ && next_ns - now_ns < least_ns) /* the first may be half of one */
			least_ns = next_ns - now_ns;
		now_ns = next_ns;
		if (now_ns - start_ns > CLOCK_STEP_MAX_NS)
			break;
	}
	return least_ns;
}

static uint64_t now_by_syscall_ns(void)
{
	struct timespec ts;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	return to_ns(&ts);
}

/* The least of many batches' means: what an interrupt or another guest took is no cost of the
 * call. */
static double measure_ns(uint64_t (*now_ns)(void))
{
	uint64_t start_ns = clock_now_ns(), before_ns = start_ns, least_ns = UINT64_MAX;

	do {
		uint64_t after_ns;

		for (int i = 0; i < CLOCK_BATCH - 1; i++)
			now_ns();
		after_ns = now_ns();
		if (after_ns - before_ns < least_ns)
			least_ns = after_ns - before_ns;
		before_ns = after_ns;
	} while (before_ns - start_ns < CLOCK_MEASURE_NS);
	return (double)least_ns / CLOCK_BATCH;
}

static uint64_t now_by_vdso_ns(void)
{
	return clock_now_ns();
}

void clock_measure(struct clock_cost *cost)
{
	cost->call_ns = measure_ns(now_by_vdso_ns);
	cost->syscall_ns = measure_ns(now_by_syscall_ns);
}
