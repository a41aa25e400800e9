// SPDX-License-Identifier: MIT
/* Sweeps: workloads that differ in depth or jobs alone. */
#include "compare_fixture.h"

#include "render/sweeps.h"

static void add(struct sample_run *run, const char *name, double depth, double jobs)
{
	struct sample_workload *w = samples_add_workload(run, name, SAMPLE_READ);

	assert_non_null(w);
	str_copy(w->shape.rw, sizeof(w->shape.rw), strcmp(name, "seq") ? "randread" : "read");
	w->shape.iodepth = depth;
	w->shape.numjobs = jobs;
	w->iops = 100;
	w->ios = 1e6;
	w->measured_s = 60;
}

static struct sample_run *begin(struct samples *s)
{
	struct sample_run *run = samples_add_run(s, "test");

	assert_non_null(run);
	assert_int_equal(samples_set_label(run, "a"), 0);
	return run;
}

/* This test will check that each sweep is found once, in the order of its number, and that what
 * does something else is in none. */
static void workloads_should_be_put_in_order(void **state)
{
	struct samples s = { 0 };
	struct sample_run *run = begin(&s);
	struct sweeps sweeps;
	struct comparison c;

	(void)state;
	add(run, "d64", 64, 1);
	add(run, "d1", 1, 1);
	add(run, "d16", 16, 1);
	add(run, "j4", 64, 4);
	add(run, "seq", 4, 1);
	add(run, "unknown", NAN, 1);
	assert_int_equal(compare(&c, &s, NULL), 0);
	sweeps_find(&sweeps, &c);
	assert_int_equal(sweeps.n, 2);
	assert_string_equal(sweeps.sweep[0].of, "depth");
	assert_int_equal(sweeps.sweep[0].n, 3);
	for (uint32_t i = 0; i < 3; i++) {
		static const char *const names[] = { "d1", "d16", "d64" };

		assert_string_equal(c.group[sweeps.sweep[0].group[i]].name, names[i]);
	}
	assert_string_equal(sweeps.sweep[1].of, "jobs");
	assert_int_equal(sweeps.sweep[1].n, 2);
	assert_true(sweeps.sweep[1].at[0] == 1 && sweeps.sweep[1].at[1] == 4);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that one workload, or several alike, are no sweep. */
static void one_alone_should_be_no_sweep(void **state)
{
	struct samples s = { 0 };
	struct sample_run *run = begin(&s);
	struct sweeps sweeps;
	struct comparison c;

	(void)state;
	add(run, "d64", 64, 1);
	add(run, "seq", 16, 1);
	assert_int_equal(compare(&c, &s, NULL), 0);
	sweeps_find(&sweeps, &c);
	assert_int_equal(sweeps.n, 0);
	compare_free(&c);
	samples_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workloads_should_be_put_in_order),
		cmocka_unit_test(one_alone_should_be_no_sweep),
	};

	return cmocka_run_group_tests_name("sweeps", tests, NULL, NULL);
}
