// SPDX-License-Identifier: MIT
/* Adding up what jobs counted. */
#include "unit.h"

#include "run/stats.h"

static struct stats *make(uint64_t ios, uint64_t measured_ns)
{
	struct stats *s = malloc(sizeof(*s));

	assert_non_null(s);
	stats_init(s);
	for (uint64_t i = 0; i < ios; i++)
		histogram_add(&s->io[STATS_READ].clat, 100 * (i + 1));
	s->io[STATS_READ].ios = ios;
	s->io[STATS_WRITE].bytes = 7;
	s->io[STATS_READ].short_ios = 1;
	s->measured_ns = measured_ns;
	s->thread_ns = 10;
	s->depth_ns = 20;
	s->switches_voluntary = 3;
	s->cpu.irq_ns = 4;
	return s;
}

/* This test will check that jobs side by side share their window and rounds follow each other. */
static void jobs_should_overlap_and_rounds_follow(void **state)
{
	struct stats *sum = make(2, 100), *job = make(3, 250), *round = make(1, 50);

	(void)state;
	stats_add_job(sum, job);
	assert_int_equal(sum->measured_ns, 250);
	assert_int_equal(sum->io[STATS_READ].ios, 5);
	assert_int_equal(sum->io[STATS_READ].clat.n, 5);
	assert_int_equal(sum->io[STATS_READ].clat.max_ns, 300);
	assert_int_equal(sum->io[STATS_WRITE].bytes, 14);
	assert_int_equal(sum->io[STATS_READ].short_ios, 2);
	assert_int_equal(sum->thread_ns, 20);
	assert_int_equal(sum->depth_ns, 40);
	assert_int_equal(sum->switches_voluntary, 6);
	assert_int_equal(sum->cpu.irq_ns, 4); /* the machine's, not a job's */
	stats_add_round(sum, round);
	assert_int_equal(sum->measured_ns, 300);
	assert_int_equal(sum->io[STATS_READ].ios, 6);
	assert_int_equal(sum->cpu.irq_ns, 8);
	free(sum);
	free(job);
	free(round);
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
		cmocka_unit_test(errors_should_be_counted_by_number),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
