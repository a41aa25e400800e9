// SPDX-License-Identifier: MIT
/* Order statistics of known samples, and what becomes a figure. */
#include "unit.h"

#include <math.h>

#include "probe/readings.h"

/* This test will check percentiles of samples by nearest rank. */
static void percentiles_should_be_of_nearest_rank(void **state)
{
	static const struct {
		double value[8];
		uint32_t n;
		double pct, want;
	} cases[] = {
		{ { 7 }, 1, 1, 7 },
		{ { 7 }, 1, 50, 7 },
		{ { 7 }, 1, 100, 7 },
		{ { 4, 1, 3, 2 }, 4, 25, 1 },
		{ { 4, 1, 3, 2 }, 4, 26, 2 },
		{ { 4, 1, 3, 2 }, 4, 50, 2 },
		{ { 4, 1, 3, 2 }, 4, 75, 3 },
		{ { 4, 1, 3, 2 }, 4, 99, 4 },
		{ { -5, 0, -1e9, 2.5, 2.5 }, 5, 40, -5 },
		{ { -5, 0, -1e9, 2.5, 2.5 }, 5, 80, 2.5 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double value[8];
		struct readings s = { value, cases[i].n, 8 };

		memcpy(value, cases[i].value, sizeof(value));
		readings_sort(&s);
		if (readings_at(&s, cases[i].pct) != cases[i].want)
			print_error("case %zu: got %g, want %g\n", i, readings_at(&s, cases[i].pct),
				    cases[i].want);
		assert_true(readings_at(&s, cases[i].pct) == cases[i].want);
	}
	assert_true(isnan(readings_at(&(struct readings){ 0 }, 50)));
}

/* 1 to n, in an order that is not theirs. */
static void fill(struct readings *s, uint32_t n)
{
	assert_int_equal(readings_init(s, n), 0);
	for (uint32_t i = 0; i < n; i++)
		readings_add(s, (double)(i * 7919 % n + 1)); /* prime, and no divisor of n */
	readings_add(s, 1e9);				     /* beyond what there is room for */
}

/* This test will check the three figures of 1 to 2000: the bad side of a time is the high one, of a
 * rate the low one. */
static void figure_should_say_median_bad_side_and_spread(void **state)
{
	static const struct {
		const char *name;
		double p99;
	} cases[] = {
		{ "call_ns", 1980 }, { "copy_mib_per_s", 20 }, { "chain_mhz", 20 }, { "mhz", 1980 }
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct probe probe = { 0 };
		struct readings s;

		fill(&s, 2000);
		probe_add(&probe, cases[i].name, &s);
		assert_int_equal(probe.figures_n, 1);
		assert_int_equal(probe.figure[0].kind, PROBE_SAMPLES);
		assert_string_equal(probe.figure[0].name, cases[i].name);
		assert_true(probe.figure[0].p50 == 1000);
		assert_true(probe.figure[0].p99 == cases[i].p99);
		assert_true(probe.figure[0].spread == 1000);
		readings_free(&s);
	}
}

/* This test will check that 999 samples hold no p99, and 1,000 do. */
static void few_samples_should_hold_no_p99(void **state)
{
	struct probe probe = { 0 };
	struct readings s;

	(void)state;
	for (uint32_t n = 999; n <= 1000; n++) {
		fill(&s, n);
		probe_add(&probe, "call_ns", &s);
		readings_free(&s);
	}
	assert_true(isnan(probe.figure[0].p99));
	assert_true(probe.figure[0].p50 == 500);
	assert_true(probe.figure[1].p99 == 990);
}

/* This test will check that figures come from histograms as from samples. */
static void histogram_should_become_a_figure(void **state)
{
	struct probe probe = { 0 };
	struct histogram h;

	(void)state;
	histogram_init(&h);
	probe_add_histogram(&probe, "gap_ns", &h);
	for (uint64_t ns = 1; ns <= 100; ns++)
		histogram_add_n(&h, ns, 10);
	probe_add_histogram(&probe, "gap_ns", &h);
	assert_int_equal(probe.figure[0].kind, PROBE_IMPOSSIBLE);
	check_has(probe.figure[0].why, "nothing was counted");
	assert_true(probe.figure[1].p50 == 50 && probe.figure[1].p99 == 99 &&
		    probe.figure[1].spread == 50);
}

/* This test will check values, words, finding, and that a probe with too many figures keeps the
 * first ones. */
static void figures_should_be_kept_and_found(void **state)
{
	struct probe probe = { 0 };

	(void)state;
	probe_add_value(&probe, "vdso", 1);
	probe_add_why(&probe, "elcr_ns", "ioperm: %s", "no");
	for (int i = 0; i < 2 * PROBE_FIGURES_MAX; i++)
		probe_add_value(&probe, "more", i);
	assert_int_equal(probe.figures_n, PROBE_FIGURES_MAX);
	assert_true(probe_figure(&probe, "vdso")->p50 == 1);
	assert_string_equal(probe_figure(&probe, "elcr_ns")->why, "ioperm: no");
	assert_true(probe_figure(&probe, "more")->p50 == 0);
	assert_null(probe_figure(&probe, "post_ns"));
}

/* This test will check that what a clock that does not move gives is no figure, and that a few such
 * samples leave the others. */
static void infinite_figures_should_say_why(void **state)
{
	static struct probe probe;
	double value[1000];
	struct readings s = { .value = value, .max = 1000 };

	(void)state;
	probe = (struct probe){ 0 };
	probe_add(&probe, "empty_ns", &s);
	assert_int_equal(probe.figure[0].kind, PROBE_IMPOSSIBLE);
	for (int i = 0; i < 1000; i++)
		readings_add(&s, i < 980 ? 5 : INFINITY);
	probe_add(&probe, "few_ns", &s);
	assert_int_equal(probe.figure[1].kind, PROBE_SAMPLES);
	assert_true(probe.figure[1].p50 == 5 && probe.figure[1].spread == 0);
	assert_true(isnan(probe.figure[1].p99));
	for (int i = 0; i < 600; i++)
		value[i] = INFINITY;
	probe_add(&probe, "most_ns", &s);
	probe_add_value(&probe, "one_ns", INFINITY);
	probe_add_value(&probe, "none_ns", NAN);
	for (int i = 2; i < 5; i++) {
		assert_int_equal(probe.figure[i].kind, PROBE_IMPOSSIBLE);
		check_has(probe.figure[i].why, "too coarse");
	}
}

/* This test will check that several figures get one reason. */
static void figures_should_share_a_reason(void **state)
{
	static const char *const names[] = { "a_ns", "b_ns" };
	struct probe probe = { 0 };

	(void)state;
	probe_add_all_why(&probe, names, N(names), "no memory");
	assert_int_equal(probe.figures_n, 2);
	assert_string_equal(probe_figure(&probe, "b_ns")->why, "no memory");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_should_be_of_nearest_rank),
		cmocka_unit_test(figure_should_say_median_bad_side_and_spread),
		cmocka_unit_test(few_samples_should_hold_no_p99),
		cmocka_unit_test(histogram_should_become_a_figure),
		cmocka_unit_test(figures_should_be_kept_and_found),
		cmocka_unit_test(infinite_figures_should_say_why),
		cmocka_unit_test(figures_should_share_a_reason),
	};

	return cmocka_run_group_tests_name("readings", tests, NULL, NULL);
}
