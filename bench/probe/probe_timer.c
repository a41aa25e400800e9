// SPDX-License-Identifier: MIT
/*
 * How late a timer is: a thread sleeps until a point in time and looks when it woke. What is in it:
 * programming the timer, its interrupt, leaving idle, the scheduler. After 50 us a CPU has hardly
 * gone idle; after 1 ms it has, and in a guest the host has given it away. Timer slack, which the
 * kernel adds on purpose, is set to its least.
 *
 * Error: with one reading of the clock, which is in it. Typical: 50 us and more of default slack on
 * installed systems aside, 2 to 5 us on metal, 5 to 60 us in guests.
 */
#include <sys/prctl.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/tsc.h"
#include "probe/probes.h"

#define SAMPLES 4000

static void take(struct probing *p, const char *name, uint64_t sleep_ns, uint64_t end_ns)
{
	struct readings s;

	if (readings_init(&s, SAMPLES)) {
		probe_add_why(p->to, name, "no memory");
		return;
	}
	while (s.n < SAMPLES && tsc_now_ns() < end_ns) {
		uint64_t due_ns = clock_now_ns() + sleep_ns;
		struct timespec due = { .tv_sec = (time_t)(due_ns / CLOCK_NS_PER_S),
					.tv_nsec = (long)(due_ns % CLOCK_NS_PER_S) };

		if (!clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
			readings_add(&s, (double)(int64_t)(clock_now_ns() - due_ns));
	}
	probe_add(p->to, name, &s);
	readings_free(&s);
}

void probe_timer(struct probing *p)
{
	probing_pin(p->cpu[0]);
	prctl(PR_SET_TIMERSLACK, 1);
	take(p, "late_50us_ns", 50000, probing_part_ns(p, 0, 2));
	take(p, "late_1ms_ns", 1000000, p->until_ns);
}
