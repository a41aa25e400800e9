// SPDX-License-Identifier: MIT
/* Whose CPU time it was: the loop's own, or that of the engine's calls. */
#include "job_bench.h"
#include "run/job_window.h"

#define WORK_NS (MS / 2)

static int busy_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	uint64_t end_ns = tsc_now_ns() + WORK_NS;

	while (tsc_now_ns() < end_ns)
		;
	return spy.real->submit(engine, io, n);
}

static void make_engine_busy(struct bench *b)
{
	spy_stand_in(b);
	spy.ops.submit = busy_submit;
}

static double user_share(const struct stats *s)
{
	assert_true(s->thread_ns > 0);
	assert_true(s->thread_user_ns + s->thread_system_ns == s->thread_ns);
	return (double)s->thread_user_ns / (double)s->thread_ns;
}

/* This test will check that what an engine's calls take is not the loop's own, for one I/O a call
 * and for batches. */
static void calls_should_be_system_time(void **state)
{
	static const char *const cases[] = {
		"ioengine=null\niodepth=4",
		"ioengine=null\niodepth=4\niodepth_batch_submit=4\niodepth_batch_complete_max=4",
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct bench b;

		bench_init(&b, cases[i], -1, 1 << 20);
		b.ready = make_engine_busy;
		b.job.total_ios = 200;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_true(b.stats->measured_ns >= 50 * WORK_NS);
		assert_true(user_share(b.stats) < 0.3);
		bench_free(&b);
	}
}

/* This test will check that what the loop does itself is its own: here it makes all data anew. */
static void work_between_calls_should_be_user_time(void **state)
{
	static struct bench b;

	(void)state;
	bench_init(&b, "ioengine=null\nrw=write\nbs=256k\nrefill_buffers", -1, 1 << 10);
	b.job.total_ios = 200;
	bench_run(&b, 0, 0);
	assert_false(b.job.failed);
	assert_true(user_share(b.stats) > 0.7);
	bench_free(&b);
}

/* This test will check that an open loop that sleeps until its next I/O spends no time of its own
 * meanwhile. */
static void sleep_should_be_nobodys_time(void **state)
{
	static struct bench b;

	(void)state;
	bench_init(&b, "ioengine=null\nrate_iops=100", -1, 1 << 20);
	bench_run(&b, 0, 300 * MS);
	assert_false(b.job.failed);
	assert_true(b.stats->thread_ns < b.stats->measured_ns / 2);
	assert_true(b.stats->thread_user_ns <= b.stats->thread_ns);
	bench_free(&b);
}

/* This test will check that I/Os which began behind the end of a window take nothing from its
 * depth: a thread that gets no CPU stamps late. */
static void late_beginnings_should_not_make_depth_negative(void **state)
{
	static struct io *idle[4];
	static struct stats stats;
	/* Two are in flight: one began in time, one did not. */
	struct job job = { .depth = 4, .idle = idle, .idle_top = idle + 2, .stats = &stats };

	(void)state;
	job_window_open(&job, 100 * MS);
	job.depth_moments -= 150 * MS;
	job.depth_moments -= 300 * MS;
	job_window_close(&job, 200 * MS);
	assert_int_equal(stats.depth_ns, 0);
	assert_int_equal(stats.measured_ns, 100 * MS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_should_be_system_time),
		cmocka_unit_test(work_between_calls_should_be_user_time),
		cmocka_unit_test(sleep_should_be_nobodys_time),
		cmocka_unit_test(late_beginnings_should_not_make_depth_negative),
	};

	return cmocka_run_group_tests_name("job_window", tests, NULL, NULL);
}
