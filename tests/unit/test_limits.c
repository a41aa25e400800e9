// SPDX-License-Identifier: MIT
/* What bound figures: the submitting threads of some environments, and not of others. */
#include "why_fixture.h"

#include "compare/limits.h"

/* The rows of a forum thread's table: one thread at its limit in five of six. */
static const struct {
	double iops, usr_pct, sys_pct;
} rows[] = {
	{ 166000, 21.30, 78.61 }, { 173000, 19.31, 75.50 }, { 109000, 14.93, 84.82 },
	{ 173000, 17.33, 59.60 }, { 158000, 14.56, 84.75 }, { 197000, 17.67, 82.01 },
};

static void set(struct sample_workload *w, double usr_pct, double sys_pct)
{
	w->usr_pct = usr_pct;
	w->sys_pct = sys_pct;
	w->cpu_ns_per_io = (usr_pct + sys_pct) / 100 * 1e9 / w->iops;
}

static void make(struct why_fixture *f)
{
	static const char *const labels[] = { "a", "b", "c", "d", "e", "f" };

	for (size_t i = 0; i < N(rows); i++) {
		struct sample_run *run = why_run(f, labels[i]);

		set(why_workload(run, "randread-4k-qd64", SAMPLE_READ, rows[i].iops),
		    rows[i].usr_pct, rows[i].sys_pct);
	}
}

/* This test will check that threads at their limit are named, and the one that is not. */
static void threads_at_their_limit_should_be_named(void **state)
{
	struct why_fixture f = { 0 };
	const struct comparison_cause *limit;

	(void)state;
	make(&f);
	why_compare(&f);
	limit = f.c.group[0].limit;
	assert_int_equal(f.c.group[0].limits_n, 1);
	assert_string_equal(limit->rule, "submitter");
	check_has(limit->says, "in A, B, C, E and F");
	check_has(limit->says, "not in D (77 %)");
	check_has(limit->evidence, "A 6.02, B 5.48, C 9.15, D 4.45, E 6.29, F 5.06 us");
	check_has(limit->measure, "`tare run` there: ");
	why_free(&f);
}

/* This test will check that what is to be measured is asked of those that wait, however many. */
static void measuring_should_be_asked_of_all_that_wait(void **state)
{
	static const char *const where[] = { "there: ", "in both: ", "in each: ", "in each: " };

	(void)state;
	for (size_t more = 0; more < N(where); more++) {
		struct why_fixture f = { 0 };

		make(&f);
		for (size_t i = 0; i < more; i++)
			set(f.samples.run[i].workload, 5, 30);
		why_compare(&f);
		check_has(f.c.group[0].limit->measure, where[more]);
		why_free(&f);
	}
}

/* This test will check that where waiting is measured, nothing is left open. */
static void waiting_that_is_measured_should_close_the_question(void **state)
{
	struct why_fixture f = { 0 };

	(void)state;
	make(&f);
	for (size_t i = 0; i < N(rows); i++)
		f.samples.run[i].workload->account.part_ns[ACCOUNT_HOST] = 100;
	why_compare(&f);
	check_has(f.c.group[0].limit->says, "not in D (77 %)");
	check_has_not(f.c.group[0].limit->says, "elsewhere");
	assert_false(f.c.group[0].limit->cannot[0]);
	why_free(&f);
}

/* This test will check that threads that wait, and threads of which nothing is known, bind nothing.
 */
static void others_should_not_be_named(void **state)
{
	static const double usr_pct[] = { 5, 30, NAN };

	(void)state;
	for (size_t i = 0; i < N(usr_pct); i++) {
		struct why_fixture f = { 0 };

		set(why_workload(why_run(&f, "a"), "randread-4k-qd1", SAMPLE_READ, 10000),
		    usr_pct[i], 60);
		set(why_workload(why_run(&f, "b"), "randread-4k-qd1", SAMPLE_READ, 12000),
		    usr_pct[i], 64.4);
		why_compare(&f);
		assert_int_equal(f.c.group[0].limits_n, 0);
		why_free(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_at_their_limit_should_be_named),
		cmocka_unit_test(measuring_should_be_asked_of_all_that_wait),
		cmocka_unit_test(waiting_that_is_measured_should_close_the_question),
		cmocka_unit_test(others_should_not_be_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
