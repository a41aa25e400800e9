// SPDX-License-Identifier: MIT
/* Gaps between readings of the clock: which are counted, and that none is lost at the end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <cmocka.h>

#include "probe/gaps.h"

#define MS_NS UINT64_C(1000000)

/* This test will check that readings are a gap from the length on that was asked for. */
static void long_gaps_should_be_counted(void **state)
{
	static struct gaps gaps;

	(void)state;
	gaps_begin(&gaps, 1000, 5000);
	gaps_look(&gaps, 5999);
	assert_int_equal(gaps.lost_ns, 0);
	gaps_look(&gaps, 6999);
	gaps_look(&gaps, 9999);
	gaps_look(&gaps, 10000);
	assert_int_equal(gaps.lost_ns, 4000);
	assert_int_equal(gaps.length.n, 2);
	assert_int_equal(gaps.length.max_ns, 3000);
}

/* Takes 100 ms from whatever runs. */
static void on_alarm(int number)
{
	struct timespec left = { .tv_nsec = 100 * (long)MS_NS };

	(void)number;
	while (nanosleep(&left, &left))
		continue;
}

/* This test will check that a gap is counted that begins before the end and lasts beyond it. */
static void gap_across_the_end_should_be_counted(void **state)
{
	static struct gaps gaps;
	struct sigaction act = { .sa_handler = on_alarm }, was;
	struct itimerval timer = { .it_value.tv_usec = 5000 };
	uint64_t listened_ns;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &act, &was), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
	listened_ns = gaps_listen(&gaps, 1000, 20 * MS_NS);
	assert_int_equal(sigaction(SIGALRM, &was, NULL), 0);
	assert_true(listened_ns >= 100 * MS_NS);
	assert_true(gaps.length.max_ns >= 100 * MS_NS);
	assert_true(gaps.lost_ns >= 100 * MS_NS && gaps.lost_ns <= listened_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_gaps_should_be_counted),
		cmocka_unit_test(gap_across_the_end_should_be_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
