// SPDX-License-Identifier: MIT
/* Functions in processes of their own: how they end, and what that leaves. */
#include "unit.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/apart.h"
#include "lib/clock.h"

static int own; /* of each process */

static void returns(void *context)
{
	own = 7;
	*(int *)context = 1;
}

static void crashes(void *context)
{
	*(int *)context = 2;
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void hangs(void *context)
{
	*(int *)context = 3;
	for (;;)
		pause();
}

static bool once_it_runs(void *of)
{
	return *(volatile int *)of == 3;
}

/* This test will check that every way to end is told from the others, that what was shared is kept,
 * and that what the process did to itself is not. */
static void ends_should_be_told_apart(void **state)
{
	int *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct apart apart = { .name = "t", .work = returns, .context = shared, .limit_ms = 20000 };
	uint64_t begin_ns;

	(void)state;
	assert_ptr_not_equal(shared, MAP_FAILED);
	assert_int_equal(apart_run(&apart), APART_ENDED);
	assert_int_equal(*shared, 1);
	assert_int_equal(own, 0);
	apart.work = crashes;
	assert_int_equal(apart_run(&apart), APART_SIGNALLED);
	assert_int_equal(apart.code, SIGABRT);
	assert_int_equal(*shared, 2);
	apart.work = hangs;
	apart.asked = once_it_runs;
	apart.of = shared;
	apart.look_ms = 10;
	assert_int_equal(apart_run(&apart), APART_STOPPED);
	apart.asked = NULL;
	apart.limit_ms = 50;
	begin_ns = clock_now_ns();
	assert_int_equal(apart_run(&apart), APART_CUT_OFF);
	assert_in_range(clock_now_ns() - begin_ns, 50000000, 3000000000);
	munmap(shared, sizeof(*shared));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_should_be_told_apart),
	};

	return cmocka_run_group_tests_name("apart", tests, NULL, NULL);
}
