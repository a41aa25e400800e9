// SPDX-License-Identifier: MIT
/* Gaps between readings of the clock: which are counted, and that none is lost at the end. */
#include "unit.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "probe/gaps.h"

#define MS_NS UINT64_C(1000000)

/* This test will check that gaps are found, from the threshold on, and add up. */
static void gaps_should_be_found(void **state)
{
	static const uint64_t readings[] = { 1020, 1040, 2040, 2060, 3059, 3100, 53100, 53110 };
	struct gaps g;

	(void)state;
	gaps_begin(&g, 1000, 1000);
	for (size_t i = 0; i < N(readings); i++)
		gaps_look(&g, readings[i]);
	assert_int_equal(g.length.n, 2);
	assert_int_equal(g.length.min_ns, 1000);
	assert_int_equal(g.length.max_ns, 50000);
	assert_int_equal(g.lost_ns, 51000);
}

/* Takes 200 ms from whatever runs. */
static void on_alarm(int number)
{
	struct timespec left = { .tv_nsec = 200 * (long)MS_NS };

	(void)number;
	while (nanosleep(&left, &left))
		continue;
}

/* This test will check that a gap is counted that begins before the end and lasts beyond it. */
static void gap_across_the_end_should_be_counted(void **state)
{
	static struct gaps gaps;
	struct sigaction act = { .sa_handler = on_alarm }, was;
	/* late enough that listening has begun, whatever else the machine does */
	struct itimerval timer = { .it_value.tv_usec = 50000 };
	uint64_t listened_ns;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &act, &was), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
	listened_ns = gaps_listen(&gaps, 1000, 100 * MS_NS);
	assert_int_equal(sigaction(SIGALRM, &was, NULL), 0);
	assert_true(listened_ns >= 200 * MS_NS);
	assert_true(gaps.length.max_ns >= 200 * MS_NS);
	assert_true(gaps.lost_ns >= 200 * MS_NS && gaps.lost_ns <= listened_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_should_be_found),
		cmocka_unit_test(gap_across_the_end_should_be_counted),
	};

	return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
