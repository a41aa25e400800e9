// SPDX-License-Identifier: MIT
/* The built-in suites: they parse, and what is said of them holds. */
#include "unit.h"

#include "config/jobfile.h"
#include "config/suites.h"

#define NS_PER_S UINT64_C(1000000000)

static void parse(struct jobfile *job, const struct suite *suite)
{
	struct err e = ERR_INIT;

	if (jobfile_parse(job, suite->name, suite->text, strlen(suite->text), &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
}

static uint64_t seconds(const struct jobfile *job, const struct suite *suite)
{
	uint64_t ns = 0;

	for (uint32_t i = 0; i < job->n; i++)
		ns += job->section[i].runtime_ns + job->section[i].ramp_time_ns;
	return suite->rounds * ns / NS_PER_S;
}

/* This test will check that every suite parses, runs one section after the other in bounded time,
 * and is found by its name. */
static void every_suite_should_parse(void **state)
{
	static struct jobfile job;
	const struct suite *suite;
	uint32_t n = 0;

	(void)state;
	for (; (suite = suite_at(n)); n++) {
		assert_ptr_equal(suite_find(suite->name), suite);
		parse(&job, suite);
		assert_true(suite->rounds >= 1 && suite->span_bytes && suite->about[0]);
		for (uint32_t i = 0; i < job.n; i++) {
			assert_true(job.section[i].runtime_ns > 0);
			assert_true(job.section[i].direct);
			assert_int_equal(job.section[i].stonewall, i > 0);
			assert_true(job.section[i].size_bytes <= suite->span_bytes);
		}
	}
	assert_int_equal(n, 3);
	assert_null(suite_at(UINT32_MAX));
	assert_null(suite_find("Quick"));
	assert_null(suite_find(""));
}

/* This test will check the times that the suites promise. */
static void suites_should_keep_their_time(void **state)
{
	static const struct {
		const char *name;
		uint64_t least_s, most_s;
	} cases[] = { { "smoke", 1, 5 }, { "quick", 50, 70 }, { "origin", 110, 130 } };
	static struct jobfile job;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct suite *suite = suite_find(cases[i].name);

		parse(&job, suite);
		assert_in_range(seconds(&job, suite), cases[i].least_s, cases[i].most_s);
	}
}

/* This test will check that origin is the two commands of the forum thread, to the option. */
static void origin_should_be_the_forum_commands(void **state)
{
	static struct jobfile job;
	const struct workload *read = &job.section[0], *write = &job.section[1];

	(void)state;
	parse(&job, suite_find("origin"));
	assert_int_equal(job.n, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(job.section[i].ioengine, WORKLOAD_LIBAIO);
		assert_int_equal(job.section[i].size_bytes, UINT64_C(10) << 30);
		assert_int_equal(job.section[i].runtime_ns, 60 * NS_PER_S);
		assert_false(job.section[i].time_based);
		assert_int_equal(job.section[i].numjobs, 1);
	}
	assert_int_equal(read->rw, WORKLOAD_RANDREAD);
	assert_int_equal(read->bs_bytes, 4096);
	assert_int_equal(read->iodepth, 64);
	assert_int_equal(write->rw, WORKLOAD_WRITE);
	assert_int_equal(write->bs_bytes, 1 << 20);
	assert_int_equal(write->iodepth, 16);
	assert_int_equal(suite_find("origin")->rounds, 1);
	assert_false(suite_find("origin")->short_by_plan);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_should_parse),
		cmocka_unit_test(suites_should_keep_their_time),
		cmocka_unit_test(origin_should_be_the_forum_commands),
	};

	return cmocka_run_group_tests_name("suites", tests, NULL, NULL);
}
