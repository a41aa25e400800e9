// SPDX-License-Identifier: MIT
/* Clocks: they go forward, sleep long enough, and cost something. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <cmocka.h>

#include "lib/clock.h"

/* This test will check that time never goes back and passes while sleeping, at least as long as
 * asked. */
static void time_should_go_forward(void **state)
{
	uint64_t last_ns = clock_now_ns(), before_ns;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t now_ns = clock_now_ns();

		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
	}
	before_ns = clock_now_ns();
	clock_sleep_ns(5000000);
	assert_true(clock_now_ns() - before_ns >= 5000000);
	clock_sleep_ns(0);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* This test will check that signals do not end a sleep early. */
static void signals_should_not_wake(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm }, before;
	struct itimerval every = { .it_interval = { 0, 2000 }, .it_value = { 0, 2000 } };
	uint64_t before_ns;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	setitimer(ITIMER_REAL, &every, NULL);
	before_ns = clock_now_ns();
	clock_sleep_ns(20000000);
	assert_true(clock_now_ns() - before_ns >= 20000000);
	memset(&every, 0, sizeof(every));
	setitimer(ITIMER_REAL, &every, NULL);
	sigaction(SIGALRM, &before, NULL);
}

/* This test will check that a thread's time counts work and not sleep. */
static void thread_time_should_count_work(void **state)
{
	uint64_t start_ns = clock_thread_ns(), worked_ns, slept_ns;

	(void)state;
	while (clock_thread_ns() - start_ns < 3000000)
		continue;
	worked_ns = clock_thread_ns();
	assert_true(worked_ns - start_ns >= 3000000);
	clock_sleep_ns(30000000);
	slept_ns = clock_thread_ns();
	assert_true(slept_ns - worked_ns < 15000000);
}

/* This test will check that the costs are plausible: a call costs something, a system call no less
 * than a tenth of it, neither a millisecond. */
static void costs_should_be_plausible(void **state)
{
	struct clock_cost cost = { 0 };
	uint64_t before_ns = clock_now_ns();

	(void)state;
	clock_measure(&cost);
	assert_in_range(clock_step_ns(), 1,
			1000000); /* no machine that runs tests ticks by jiffies */
	print_message("call %.1f ns, system call %.1f ns\n", cost.call_ns, cost.syscall_ns);
	assert_true(clock_now_ns() - before_ns >= 2000000);
	assert_true(cost.call_ns > 0 && cost.call_ns < 1000000);
	assert_true(cost.syscall_ns > cost.call_ns / 10 && cost.syscall_ns < 1000000);
	assert_true(clock_unix_s() > 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_should_go_forward),
		cmocka_unit_test(signals_should_not_wake),
		cmocka_unit_test(thread_time_should_count_work),
		cmocka_unit_test(costs_should_be_plausible),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
