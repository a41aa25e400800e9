// SPDX-License-Identifier: MIT
/* Adding up what jobs counted. */
#include "run_fixture.h"

#include "run/stats.h"

/* Every kind of count, with a value of its own. */
static struct stats *make(uint64_t ios, uint64_t measured_ns)
{
	struct stats *s = fixture_stats();

	for (uint64_t i = 0; i < ios; i++)
		histogram_add(&s->io[STATS_READ].clat, 100 * (i + 1));
	histogram_add(&s->io[STATS_WRITE].slat, 40);
	histogram_add(&s->io[STATS_WRITE].lat, 41);
	histogram_add(&s->io[STATS_READ].response, 42);
	histogram_add(&s->sync, 43);
	s->io[STATS_WRITE].bytes = 7;
	s->io[STATS_READ].short_ios = 1;
	s->measured_ns = measured_ns;
	s->thread_ns = 10;
	s->thread_user_ns = 6;
	s->thread_system_ns = 4;
	s->depth_ns = 20;
	s->switches_voluntary = 3;
	s->switches_involuntary = 2;
	s->unmeasured_written_bytes = 512;
	s->depth[1] = 5;
	s->submits[STATS_DEPTHS - 1] = 6;
	s->completes[0] = 8;
	s->cpu.irq_ns = 4;
	return s;
}

/* All that adds up whichever way, over `parts` made by make(). */
static void check_sums(const struct stats *sum, uint64_t parts)
{
	assert_int_equal(sum->io[STATS_WRITE].slat.n, parts);
	assert_int_equal(sum->io[STATS_WRITE].lat.sum_ns, 41 * parts);
	assert_int_equal(sum->io[STATS_READ].response.sum_ns, 42 * parts);
	assert_int_equal(sum->io[STATS_READ].slat.n, 0);
	assert_int_equal(sum->sync.sum_ns, 43 * parts);
	assert_int_equal(sum->io[STATS_WRITE].bytes, 7 * parts);
	assert_int_equal(sum->io[STATS_READ].short_ios, parts);
	assert_int_equal(sum->thread_ns, 10 * parts);
	assert_int_equal(sum->thread_user_ns, 6 * parts);
	assert_int_equal(sum->thread_system_ns, 4 * parts);
	assert_int_equal(sum->depth_ns, 20 * parts);
	assert_int_equal(sum->switches_voluntary, 3 * parts);
	assert_int_equal(sum->switches_involuntary, 2 * parts);
	assert_int_equal(sum->unmeasured_written_bytes, 512 * parts);
	assert_int_equal(sum->depth[1], 5 * parts);
	assert_int_equal(sum->submits[STATS_DEPTHS - 1], 6 * parts);
	assert_int_equal(sum->completes[0], 8 * parts);
}

/* This test will check that jobs side by side share their window and rounds follow each other. */
static void jobs_should_overlap_and_rounds_follow(void **state)
{
	struct stats *sum = make(2, 100), *job = make(3, 250), *round = make(1, 50);

	(void)state;
	stats_add_job(sum, job);
	assert_int_equal(sum->measured_ns, 250);
	assert_int_equal(sum->io[STATS_READ].clat.n, 5);
	assert_int_equal(sum->io[STATS_READ].clat.max_ns, 300);
	assert_int_equal(sum->cpu.irq_ns, 4); /* the machine's, not a job's */
	check_sums(sum, 2);
	stats_add_round(sum, round);
	assert_int_equal(sum->measured_ns, 300);
	assert_int_equal(sum->io[STATS_READ].clat.n, 6);
	assert_int_equal(sum->cpu.irq_ns, 8);
	check_sums(sum, 3);
	free(sum);
	free(job);
	free(round);
}

/* This test will check that the CPU times of machine and threads stand in their places. */
static void cpu_times_should_come_together(void **state)
{
	struct stats *s = make(0, 0);
	struct result_cpu cpu;

	(void)state;
	s->cpu = (struct cpu_times){ 1, 2, 3, 4, 5, 6 };
	cpu = stats_cpu(s);
	assert_true(cpu.user_ns == 1 && cpu.system_ns == 2 && cpu.irq_ns == 3);
	assert_true(cpu.softirq_ns == 4 && cpu.steal_ns == 5 && cpu.idle_ns == 6);
	assert_true(cpu.thread_ns == 10 && cpu.thread_user_ns == 6 && cpu.thread_system_ns == 4);
	free(s);
}

/* This test will check that the last row of a table of depths takes all that is deeper. */
static void last_row_should_take_the_deepest(void **state)
{
	(void)state;
	assert_int_equal(stats_depth(0), 0);
	assert_int_equal(stats_depth(63), 63);
	assert_int_equal(stats_depth(64), 64);
	assert_int_equal(STATS_DEPTHS, 66);
	assert_int_equal(stats_depth(65), 65);
	assert_int_equal(stats_depth(UINT32_MAX), 65);
}

/* This test will check that errors are counted by number, and none is lost past the last row. */
static void errors_should_be_counted_by_number(void **state)
{
	struct stats *s = make(0, 0), *sum = make(0, 0);
	uint64_t n = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		stats_error(s, 5);
	stats_error(s, 28);
	stats_error(s, 5);
	assert_int_equal(s->error[0].error, 5);
	assert_int_equal(s->error[0].n, 4);
	assert_int_equal(s->error[1].error, 28);
	assert_int_equal(s->error[1].n, 1);
	assert_int_equal(s->error[2].n, 0);
	for (int error = 1; error <= 20; error++)
		stats_error(s, error);
	for (int i = 0; i < STATS_ERRNOS; i++)
		n += s->error[i].n;
	assert_int_equal(n, 25);
	assert_int_equal(s->error[0].n, 5);
	stats_add_job(sum, s);
	for (int i = 0; i < STATS_ERRNOS; i++)
		assert_int_equal(sum->error[i].n, s->error[i].n);
	free(s);
	free(sum);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_should_overlap_and_rounds_follow),
		cmocka_unit_test(cpu_times_should_come_together),
		cmocka_unit_test(last_row_should_take_the_deepest),
		cmocka_unit_test(errors_should_be_counted_by_number),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
