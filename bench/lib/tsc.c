// SPDX-License-Identifier: MIT
/* Judges and calibrates the time stamp counter. */
#include "lib/tsc.h"

#include <cpuid.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECES		8
#define PIECE_NS	UINT64_C(4000000)
#define TRIES		16
#define COST_CALLS	1000
#define RATE_ERROR_MAX	1e-3 /* beside what the readings themselves leave open */
#define SKEW_MAX_NS	1000.0
#define OFF_MAX_NS	100000
#define OFF_MAX_PPM	200
#define CPUID_INVARIANT 0x80000007u

struct tsc tsc_state;

/* Counter and clock of one moment, known to half of width_ns. */
struct pair {
	uint64_t ticks, ns;
	uint64_t width_ns;
};

static struct pair anchor; /* the first that was taken: the rate is measured from it */

/* The closest of a few tries: whatever came between two readings makes a try worse. */
static struct pair take_pair(void)
{
	struct pair best = { .width_ns = UINT64_MAX };

	for (int i = 0; i < TRIES; i++) {
		uint64_t before_ns = clock_now_ns();
		uint64_t ticks = __rdtsc();
		uint64_t after_ns = clock_now_ns();

		if (after_ns - before_ns < best.width_ns)
			best = (struct pair){ ticks, before_ns + (after_ns - before_ns) / 2,
					      after_ns - before_ns };
	}
	return best;
}

static double ns_per_tick(const struct pair *from, const struct pair *to)
{
	return to->ticks > from->ticks
		       ? (double)(to->ns - from->ns) / (double)(to->ticks - from->ticks)
		       : 0;
}

static void set_rate(const struct pair *now, double tick_ns)
{
	tsc_state.base = now->ticks;
	tsc_state.base_ns = now->ns;
	tsc_state.mult = (uint64_t)(tick_ns * 4294967296.0);
	tsc_state.offset_ns = now->ns - tsc_ns(now->ticks, tsc_state.mult);
	tsc_state.hz = tick_ns > 0 ? 1e9 / tick_ns : 0;
}

/* Every piece must run at the rate of the whole, to within the readings' own widths. */
static bool rate_is_steady(void)
{
	struct pair at[PIECES + 1];
	double whole;

	at[0] = anchor = take_pair();
	for (int i = 1; i <= PIECES; i++) {
		clock_sleep_ns(PIECE_NS);
		at[i] = take_pair();
	}
	whole = ns_per_tick(&at[0], &at[PIECES]);
	set_rate(&at[PIECES], whole);
	if (whole <= 0) {
		snprintf(tsc_state.words, TSC_WORDS_BYTES, "it does not count upwards");
		return false;
	}
	for (int i = 0; i < PIECES; i++) {
		double piece = ns_per_tick(&at[i], &at[i + 1]);
		double open = (double)(at[i].width_ns + at[i + 1].width_ns) /
			      (double)(at[i + 1].ns - at[i].ns);

		if (fabs(piece / whole - 1) > RATE_ERROR_MAX + open) {
			snprintf(tsc_state.words, TSC_WORDS_BYTES,
				 "its rate changes: %.0f Hz, then %.0f Hz", 1e9 / whole,
				 piece > 0 ? 1e9 / piece : 0);
			tsc_state.hz = 0; /* which of them would be anybody's guess */
			return false;
		}
	}
	return true;
}

/* Reads the counter on each CPU in turn; all must tell the time that this CPU's tells. */
static bool cpus_agree(void)
{
	cpu_set_t all, one;
	double least = INFINITY, most = -INFINITY, width = 0;

	if (sched_getaffinity(0, sizeof(all), &all))
		return true; /* more CPUs than the set holds: the loop never moves between them */
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		struct pair now;
		double off_ns;

		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (!CPU_ISSET(cpu, &all) || sched_setaffinity(0, sizeof(one), &one))
			continue;
		now = take_pair();
		off_ns = (double)(int64_t)(now.ticks - tsc_state.base) * 1e9 / tsc_state.hz -
			 (double)(int64_t)(now.ns - tsc_state.base_ns);
		least = fmin(least, off_ns);
		most = fmax(most, off_ns);
		width = fmax(width, (double)now.width_ns);
	}
	sched_setaffinity(0, sizeof(all), &all);
	tsc_state.skew_ns = most > least ? most - least : 0;
	if (tsc_state.skew_ns <= SKEW_MAX_NS + width)
		return true;
	snprintf(tsc_state.words, TSC_WORDS_BYTES, "CPUs differ by %.0f ns", tsc_state.skew_ns);
	return false;
}

/* The least of a few batches, as clock_measure() has it. */
static double cost_ns(void)
{
	uint64_t least_ns = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t begin_ns = clock_now_ns(), last_ns = 0;

		for (int k = 0; k < COST_CALLS; k++)
			last_ns += tsc_now_ns();
		__asm__ volatile("" : : "r"(last_ns));
		last_ns = clock_now_ns() - begin_ns;
		least_ns = last_ns < least_ns ? last_ns : least_ns;
	}
	return (double)least_ns / COST_CALLS;
}

static bool is_invariant(void)
{
	unsigned int a, b, c, d = 0;

	return __get_cpuid(CPUID_INVARIANT, &a, &b, &c, &d) && (d >> 8 & 1);
}

void tsc_choose(void)
{
	struct clock_cost clock;

	tsc_state = (struct tsc){ .invariant = is_invariant() };
	clock_measure(&clock);
	if (rate_is_steady() && cpus_agree()) {
		tsc_state.used = true;
		tsc_state.call_ns = cost_ns();
		snprintf(tsc_state.words, TSC_WORDS_BYTES,
			 "%s, steady against CLOCK_MONOTONIC and across CPUs to %.0f ns",
			 tsc_state.invariant ? "invariant" : "invariant bit hidden",
			 tsc_state.skew_ns);
		if (tsc_state.call_ns > 2 * clock.call_ns) { /* a hypervisor that traps it */
			snprintf(tsc_state.words, TSC_WORDS_BYTES,
				 "reading it costs %.0f ns, the vDSO %.0f ns", tsc_state.call_ns,
				 clock.call_ns);
			tsc_state.used = false;
		}
	}
	if (!tsc_state.used)
		tsc_state.call_ns = clock.call_ns;
}

int64_t tsc_recalibrate(void)
{
	struct pair now;
	uint64_t since_ns, allowed_ns, off_ns;
	int64_t off;

	if (!tsc_state.used)
		return 0;
	now = take_pair();
	since_ns = now.ns - tsc_state.base_ns;
	off = (int64_t)((double)(now.ticks - tsc_state.base) * (double)tsc_state.mult /
				4294967296.0 -
			(double)since_ns);
	off_ns = (uint64_t)llabs(off);
	allowed_ns = since_ns / 1000000 * OFF_MAX_PPM + now.width_ns;
	if (off_ns > (allowed_ns > OFF_MAX_NS ? allowed_ns : OFF_MAX_NS)) {
		snprintf(tsc_state.words, TSC_WORDS_BYTES,
			 "it was off by %" PRIu64 " us after %" PRIu64 " ms", off_ns / 1000,
			 since_ns / 1000000);
		tsc_state.used = false;
		return off;
	}
	set_rate(&now, ns_per_tick(&anchor, &now));
	return off;
}
