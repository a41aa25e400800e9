// SPDX-License-Identifier: MIT
/* Findings that both environments have, and that still tell them apart by how much there is. */
#include "why_fixture.h"

static const struct {
	const char *name, *a_unit, *b_unit;
	double a, b;
	bool differ;
	uint32_t where;
} amounts[] = {
	{ "throttle", "iops", "iops", 1000, 5000, true, 0 }, /* the lower limit binds */
	{ "throttle", "iops", "iops", 9000, 1000, true, 1 },
	{ "throttle", "iops", "iops", 1000, 1200, false, 0 },
	{ "throttle", "iops", "mib_per_s", 1000, 5000, false, 0 }, /* of other things */
	{ "contention", "pct", "pct", 40, 3, true, 0 },
	{ "contention", "pct", "pct", 5, 3, false, 0 },
	{ "clock", "pct", "pct", 2, 20, true, 1 },
	{ "cache", "us", "us", 10, 1000, false, 0 }, /* how fast it is says nothing of whether */
	{ "throttle", "", "", NAN, NAN, false, 0 },
};

static void detect(struct sample_run *run, const char *name, double value, const char *unit)
{
	struct detection *d = &run->detectors.detection[run->detectors.n];

	why_detect(run, name, DETECTION_FOUND, 99);
	d->value = value;
	str_copy(d->unit, sizeof(d->unit), unit);
}

/* This test will check that what is found in both is told where one has three times as much, of
 * the one that has more of it. */
static void much_more_should_tell_environments_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(amounts); i++) {
		struct why_fixture f = { 0 };
		char both[32];

		why_workload(why_run(&f, "a"), "randread-4k-qd64", SAMPLE_READ, 50000);
		why_workload(why_run(&f, "b"), "randread-4k-qd64", SAMPLE_READ, 50000);
		detect(&f.samples.run[0], amounts[i].name, amounts[i].a, amounts[i].a_unit);
		detect(&f.samples.run[1], amounts[i].name, amounts[i].b, amounts[i].b_unit);
		why_compare(&f);
		assert_int_equal(f.c.findings_n, amounts[i].differ);
		if (amounts[i].differ) {
			assert_string_equal(f.c.finding[0].rule, amounts[i].name);
			assert_int_equal(f.c.finding[0].where, amounts[i].where);
			snprintf(both, sizeof(both), "%.4g %s, in ",
				 amounts[i].where ? amounts[i].b : amounts[i].a, amounts[i].a_unit);
			check_has(f.c.finding[0].says, both);
			check_has_not(f.c.finding[0].says, "is not there");
		}
		why_free(&f);
	}
}

/* This test will check that of many environments the one that has most stands beside the one that
 * has least. */
static void most_should_stand_beside_least(void **state)
{
	static const double pct[] = { 3, 40, 2, 5 };
	static const char *const label[] = { "a", "b", "c", "d" };
	struct why_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < N(pct); i++) {
		why_workload(why_run(&f, label[i]), "randread-4k-qd64", SAMPLE_READ, 50000);
		detect(&f.samples.run[i], "contention", pct[i], "pct");
	}
	why_compare(&f);
	assert_int_equal(f.c.findings_n, 1);
	assert_int_equal(f.c.finding[0].where, 1);
	check_has(f.c.finding[0].says, "40 pct, in C 2");
	why_free(&f);
}

/* This test will check that what is in other units stands in no pair's way. */
static void other_units_should_not_hide_a_pair(void **state)
{
	struct why_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		why_workload(why_run(&f, (const char *const[]){ "a", "b", "c" }[i]),
			     "randread-4k-qd64", SAMPLE_READ, 50000);
	detect(&f.samples.run[0], "throttle", 1000, "iops");
	detect(&f.samples.run[1], "throttle", 5000, "iops");
	detect(&f.samples.run[2], "throttle", 50, "mib_per_s");
	why_compare(&f);
	assert_int_equal(f.c.findings_n, 1);
	check_has(f.c.finding[0].says, "1000 iops, in B 5000");
	why_free(&f);
}

/* This test will check that an environment that nobody looked at, or that nobody is sure of, stands
 * beside none. */
static void unknown_should_stand_beside_none(void **state)
{
	struct why_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		why_workload(why_run(&f, (const char *const[]){ "a", "b", "c" }[i]),
			     "randread-4k-qd64", SAMPLE_READ, 50000 * (double)(i + 1));
	detect(&f.samples.run[0], "throttle", 1000, "iops");
	why_detect(&f.samples.run[1], "throttle", DETECTION_UNDECIDED, NAN);
	detect(&f.samples.run[2], "contention", 40, "pct");
	why_compare(&f);
	assert_int_equal(f.c.findings_n, 0);
	why_free(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(much_more_should_tell_environments_apart),
		cmocka_unit_test(other_units_should_not_hide_a_pair),
		cmocka_unit_test(unknown_should_stand_beside_none),
		cmocka_unit_test(most_should_stand_beside_least),
	};

	return cmocka_run_group_tests_name("why_found", tests, NULL, NULL);
}
