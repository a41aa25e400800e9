// SPDX-License-Identifier: MIT
/* The built-in suites: they parse, and what is said of them holds. */
#include "unit.h"

#include "config/jobfile.h"
#include "config/suites.h"
#include "run/steady.h"

#define NS_PER_S UINT64_C(1000000000)

static void parse(struct jobfile *job, const struct suite *suite)
{
	struct err e = ERR_INIT;

	if (jobfile_parse(job, suite->name, suite->text, strlen(suite->text), &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
}

static uint64_t seconds(const struct jobfile *job, const struct suite *suite, uint32_t cpus)
{
	uint64_t ns = 0;

	for (uint32_t i = 0; i < job->n; i++)
		if (!cpus || job->section[i].numjobs <= cpus)
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
		assert_true(suite->rounds >= 1 && suite->about[0]);
		if (!suite->text[0]) {
			assert_true(suite->probes && !suite->span_bytes);
			continue;
		}
		parse(&job, suite);
		assert_true(suite->span_bytes > 0);
		for (uint32_t i = 0; i < job.n; i++) {
			assert_true(job.section[i].runtime_ns > 0);
			assert_true(job.section[i].direct);
			assert_int_equal(job.section[i].stonewall, i > 0);
			assert_true(job.section[i].size_bytes <= suite->span_bytes);
		}
	}
	assert_int_equal(n, 7);
	assert_non_null(suite_find(SUITE_DEFAULT));
	assert_null(suite_at(UINT32_MAX));
	assert_null(suite_find("Quick"));
	assert_null(suite_find(""));
}

/* This test will check the times that the suites promise. */
static void suites_should_keep_their_time(void **state)
{
	static const struct {
		const char *name;
		uint32_t cpus; /* 0: every section counts */
		uint64_t least_s, most_s;
	} cases[] = {
		{ "smoke", 0, 1, 5 },	      { "quick", 0, 50, 70 },
		{ "standard", 1, 360, 660 },  { "standard", 4, 420, 660 },
		{ "standard", 64, 420, 660 }, { "thorough", 4, 1200, 1800 },
		{ "origin", 0, 110, 130 },    { "detect", 4, 10, 15 },
	};
	static struct jobfile job;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct suite *suite = suite_find(cases[i].name);

		parse(&job, suite);
		assert_in_range(seconds(&job, suite, cases[i].cpus), cases[i].least_s,
				cases[i].most_s);
	}
}

/* This test will check that standard holds the workloads it promises, each for long enough, and
 * thorough the same ones. */
static void standard_should_hold_what_it_promises(void **state)
{
	static const struct {
		enum workload_rw rw;
		uint64_t bs_bytes;
		uint32_t iodepth, numjobs, read_pct, sync;
	} wanted[] = {
		{ WORKLOAD_RANDREAD, 4096, 1, 1, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 4, 1, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 16, 1, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 1, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 256, 1, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 2, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 4, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 8, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 16, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 32, 50, 0 },
		{ WORKLOAD_RANDREAD, 4096, 64, 64, 50, 0 },
		{ WORKLOAD_RANDWRITE, 4096, 1, 1, 50, 0 },
		{ WORKLOAD_RANDWRITE, 4096, 64, 1, 50, 0 },
		{ WORKLOAD_RANDWRITE, 4096, 1, 1, 50, 1 },
		{ WORKLOAD_RANDRW, 4096, 64, 1, 70, 0 },
		{ WORKLOAD_READ, 1 << 20, 16, 1, 50, 0 },
		{ WORKLOAD_WRITE, 1 << 20, 16, 1, 50, 0 },
	};
	static struct jobfile job;
	const struct suite *standard = suite_find("standard"), *thorough = suite_find("thorough");

	(void)state;
	parse(&job, standard);
	assert_int_equal(job.n, N(wanted));
	for (size_t i = 0; i < N(wanted); i++) {
		const struct workload *w = &job.section[i];

		assert_int_equal(w->rw, wanted[i].rw);
		assert_int_equal(w->bs_bytes, wanted[i].bs_bytes);
		assert_int_equal(w->iodepth, wanted[i].iodepth);
		assert_int_equal(w->numjobs, wanted[i].numjobs);
		assert_int_equal(w->rwmixread_pct, wanted[i].read_pct);
		assert_int_equal(w->fsync_writes + w->fdatasync_writes, wanted[i].sync);
		assert_int_equal(w->ioengine, WORKLOAD_IO_URING);
		assert_true(w->time_based);
		assert_int_equal(w->iodepth_batch_submit, w->iodepth >= 16 ? 16 : 1);
		assert_int_equal(w->iodepth_batch_complete_max, w->iodepth >= 16 ? 16 : 0);
		assert_true(w->runtime_ns * standard->rounds >= 10 * NS_PER_S);
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(w->name, job.section[k].name);
	}
	assert_true(standard->rounds >= 8 && standard->shuffled && standard->fits_cpus);
	assert_false(standard->short_by_plan || standard->until_steady);
	assert_ptr_equal(thorough->text, standard->text);
	assert_int_equal(thorough->rounds, STEADY_ROUNDS_MAX);
	assert_int_equal(thorough->span_bytes, standard->span_bytes);
	assert_true(thorough->shuffled && thorough->until_steady && thorough->fits_cpus);
}

/* This test will check the list of names that messages have. */
static void names_should_be_listed(void **state)
{
	char names[128];

	(void)state;
	assert_string_equal(suite_names(names, sizeof(names)),
			    "smoke, quick, standard, thorough, origin, detect, probe");
	assert_string_equal(suite_names(names, 10), "smoke, qu");
}

/* This test will check which suites probe the platform, and that one does nothing else. */
static void suites_should_probe_where_they_say(void **state)
{
	const struct suite *suite;

	(void)state;
	for (uint32_t n = 0; (suite = suite_at(n)); n++)
		assert_int_equal(suite->probes, !strcmp(suite->name, "standard") ||
							!strcmp(suite->name, "thorough") ||
							!strcmp(suite->name, "probe"));
	assert_string_equal(suite_find("probe")->text, "");
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
		cmocka_unit_test(standard_should_hold_what_it_promises),
		cmocka_unit_test(names_should_be_listed),
		cmocka_unit_test(suites_should_probe_where_they_say),
		cmocka_unit_test(origin_should_be_the_forum_commands),
	};

	return cmocka_run_group_tests_name("suites", tests, NULL, NULL);
}
