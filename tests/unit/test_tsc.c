// SPDX-License-Identifier: MIT
/* The counter as a clock: it tells the time, and is given up where it does not. */
#include "unit.h"

#include <sched.h>

#include "lib/tsc.h"

#define MS (CLOCK_NS_PER_S / 1000)

/* How far tsc_now_ns() lies outside the two readings of CLOCK_MONOTONIC around it: the least of a
 * few tries, so that what comes between readings does not count. */
static uint64_t off_ns(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 100; i++) {
		uint64_t before = clock_now_ns(), now = tsc_now_ns(), after = clock_now_ns();
		uint64_t off = now < before ? before - now : now > after ? now - after : 0;

		least = off < least ? off : least;
	}
	return least;
}

/* Chooses; where this machine's counter will not do, the test has nothing to look at. */
static void choose(void)
{
	tsc_choose();
	if (!tsc_state.used) {
		print_message("left out: the counter is not used here: %s\n", tsc_state.words);
		skip();
	}
}

/* This test will check what is said of a choice: why, at what rate and cost; and that the thread
 * may run where it could before. */
static void choice_should_give_its_reasons(void **state)
{
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	tsc_choose();
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_true(strlen(tsc_state.words) > 10);
	assert_true(tsc_state.call_ns > 0);
	if (!tsc_state.used)
		return;
	check_has(tsc_state.words, "steady against CLOCK_MONOTONIC");
	check_has(tsc_state.words, tsc_state.invariant ? "invariant, " : "invariant bit hidden, ");
	assert_true(tsc_state.hz > 1e8 && tsc_state.hz < 1e11);
}

/* This test will check that the clock agrees with CLOCK_MONOTONIC while time goes by, and with it
 * from calibration to calibration. */
static void clock_should_agree_with_the_kernels(void **state)
{
	(void)state;
	choose();
	for (int i = 0; i < 20; i++) {
		assert_true(off_ns() < 50000);
		clock_sleep_ns(10 * MS);
	}
	for (int i = 0; i < 3; i++) {
		int64_t off = tsc_recalibrate();

		assert_true(off > -50000 && off < 50000);
		assert_true(tsc_state.used);
		assert_true(off_ns() < 20000);
		clock_sleep_ns(20 * MS);
	}
}

/* This test will check that the clock never runs backwards between two readings. */
static void clock_should_not_run_backwards(void **state)
{
	uint64_t last_ns;

	(void)state;
	choose();
	last_ns = tsc_now_ns();
	for (int i = 0; i < 1000000; i++) {
		uint64_t now_ns = tsc_now_ns();

		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
	}
}

static void set_rate_off(void)
{
	tsc_state.mult += tsc_state.mult / 100;
}

static void jump_ahead(void)
{
	tsc_state.base_ns += 5 * MS;
}

static void jump_back(void)
{
	tsc_state.base_ns -= 5 * MS;
}

static void jump_by_ticks(void) /* as a counter does that a machine's sleep, or its move, sets */
{
	tsc_state.base -= (uint64_t)(tsc_state.hz / 200);
}

/* This test will check that a counter which goes wrong is given up, in words, and that time then
 * comes from the vDSO. */
static void wrong_counter_should_be_given_up(void **state)
{
	static const struct {
		void (*damage)(void);
		double least_ms, most_ms; /* that it is off by, at least 50 ms later */
	} cases[] = {
		{ set_rate_off, 0.45, 1000 },
		{ jump_ahead, 4.9, 5.1 },
		{ jump_back, -5.1, -4.9 },
		{ jump_by_ticks, 4.9, 5.1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char want[64];
		int64_t off;
		double off_ms;

		choose();
		cases[i].damage();
		clock_sleep_ns(50 * MS);
		off = tsc_recalibrate();
		off_ms = (double)off / 1e6;
		if (off_ms < cases[i].least_ms || off_ms > cases[i].most_ms)
			print_error("case %zu: off by %f ms\n", i, off_ms);
		assert_true(off_ms >= cases[i].least_ms && off_ms <= cases[i].most_ms);
		assert_false(tsc_state.used);
		snprintf(want, sizeof(want), "it was off by %llu us after ",
			 (unsigned long long)llabs(off) / 1000);
		check_has(tsc_state.words, want);
		assert_int_equal(off_ns(), 0);
		assert_int_equal(tsc_recalibrate(), 0); /* it is not tried again */
		assert_false(tsc_state.used);
	}
}

/* This test will check the clock where no counter is used. */
static void unused_counter_should_not_matter(void **state)
{
	(void)state;
	tsc_state = (struct tsc){ .base = 1, .base_ns = 2, .mult = 3, .hz = 4 };
	assert_int_equal(off_ns(), 0);
	assert_int_equal(tsc_recalibrate(), 0);
	assert_true(tsc_state.base == 1 && tsc_state.base_ns == 2 && tsc_state.mult == 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(choice_should_give_its_reasons),
		cmocka_unit_test(clock_should_agree_with_the_kernels),
		cmocka_unit_test(clock_should_not_run_backwards),
		cmocka_unit_test(wrong_counter_should_be_given_up),
		cmocka_unit_test(unused_counter_should_not_matter),
	};

	return cmocka_run_group_tests_name("tsc", tests, NULL, NULL);
}
