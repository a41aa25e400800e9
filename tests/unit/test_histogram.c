// SPDX-License-Identifier: MIT
/* The histogram: borders, errors, merging and figures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/histogram.h"
#include "lib/rng.h"

/* Big: on the heap. */
static struct histogram *make(void)
{
	struct histogram *h = malloc(sizeof(*h));

	assert_non_null(h);
	histogram_init(h);
	return h;
}

/* This test will check that buckets cover all values in order, without gap, each value within
 * 1/128 of its bucket's middle. */
static void buckets_should_cover_all_values(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (uint64_t ns = 0; ns < 100000; ns++) {
		unsigned int index = histogram_index(ns);

		assert_true(index == histogram_index(ns + 1) ||
			    index + 1 == histogram_index(ns + 1));
		if (ns < 128)
			assert_int_equal(histogram_value_ns(index), ns);
	}
	for (int i = 0; i < 100000; i++) {
		uint64_t ns = rng_next(&rng) >> (27 + rng_below(&rng, 30));
		unsigned int index = histogram_index(ns);
		double middle = (double)histogram_value_ns(index);

		assert_true(index < HISTOGRAM_BUCKETS);
		assert_true(fabs(middle - (double)ns) <= (double)ns / 128);
		assert_int_equal(histogram_index(histogram_value_ns(index)), index);
	}
}

/* This test will check some borders against fio's plat_idx_to_val(), and that every duration of 64
 * bits has a bucket. */
static void borders_should_be_those_of_fio(void **state)
{
	static const struct {
		unsigned int index;
		uint64_t ns;
	} cases[] = {
		{ 0, 0 },
		{ 127, 127 },
		{ 128, 129 },
		{ 129, 131 },
		{ 192, 258 },
		{ 255, 510 },
		{ 256, 516 },
		{ 640, 33024 },
		{ 1855, 17112760320 },
		{ 2047, 136902082560 },
		{ HISTOGRAM_BUCKETS - 1, (UINT64_C(127) << 57) + (UINT64_C(1) << 56) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(histogram_value_ns(cases[i].index), cases[i].ns);
	assert_int_equal(histogram_index((UINT64_C(1) << 37) - 1), 2047);
	assert_int_equal(histogram_index(UINT64_C(1) << 37), 2048);
	assert_int_equal(histogram_index(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}

/* This test will check that an empty histogram and one of a single value give sensible figures. */
static void few_samples_should_have_figures(void **state)
{
	struct histogram *h = make();

	(void)state;
	assert_true(histogram_mean_ns(h) == 0 && histogram_stddev_ns(h) == 0);
	assert_int_equal(histogram_percentile_ns(h, 50), 0);
	assert_true(h->min_ns == UINT64_MAX);
	histogram_add(h, 1000003);
	assert_true(histogram_mean_ns(h) == 1000003 && histogram_stddev_ns(h) == 0);
	/* The bucket's middle is elsewhere; minimum and maximum are known exactly. */
	assert_int_equal(histogram_percentile_ns(h, 0.001), 1000003);
	assert_int_equal(histogram_percentile_ns(h, 100), 1000003);
	free(h);
}

/* This test will check percentiles by rank where the values are exact. */
static void percentiles_should_go_by_rank(void **state)
{
	static const struct {
		double pct;
		uint64_t want;
	} cases[] = {
		{ 0.1, 1 },   { 1, 1 },	  { 1.01, 2 },	 { 50, 50 },
		{ 50.5, 51 }, { 99, 99 }, { 99.9, 100 }, { 100, 100 },
	};
	struct histogram *h = make(), *thousand = make();

	(void)state;
	for (uint64_t ns = 100; ns; ns--)
		histogram_add(h, ns);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(histogram_percentile_ns(h, cases[i].pct), cases[i].want);
	/* 99.9 % of 1000 is 999 exactly, though 99.9 is no binary fraction. */
	for (int i = 0; i < 999; i++)
		histogram_add(thousand, 5);
	histogram_add(thousand, 100);
	assert_int_equal(histogram_percentile_ns(thousand, 99.9), 5);
	assert_int_equal(histogram_percentile_ns(thousand, 99.91), 100);
	free(h);
	free(thousand);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* This test will check percentiles, mean and deviation of skewed data against the sorted data. */
static void figures_should_match_the_sorted_data(void **state)
{
	static const double pcts[] = { 1, 10, 50, 90, 99, 99.9, 99.99, 100 };
	enum { N = 100000 };
	uint64_t *values = malloc(N * sizeof(*values));
	struct histogram *h = make();
	double sum = 0, squares = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (size_t i = 0; i < N; i++) {
		values[i] = 50000 + (rng_next(&rng) >> (40 + rng_below(&rng, 20)));
		histogram_add(h, values[i]);
		sum += (double)values[i];
	}
	for (size_t i = 0; i < N; i++)
		squares += ((double)values[i] - sum / N) * ((double)values[i] - sum / N);
	qsort(values, N, sizeof(*values), compare);
	for (size_t i = 0; i < sizeof(pcts) / sizeof(pcts[0]); i++) {
		size_t rank = (size_t)ceil(N * pcts[i] / 100 - 1e-6);
		double want = (double)values[rank - 1];
		double got = (double)histogram_percentile_ns(h, pcts[i]);

		assert_true(fabs(got - want) <= want / 128);
	}
	assert_true(fabs(histogram_mean_ns(h) - sum / N) < 1e-6 * sum / N);
	assert_true(fabs(histogram_stddev_ns(h) - sqrt(squares / N)) < 1e-9 * sqrt(squares / N));
	assert_int_equal(h->min_ns, values[0]);
	assert_int_equal(h->max_ns, values[N - 1]);
	free(values);
	free(h);
}

/* This test will check that a small deviation of long durations is not lost in their squares. */
static void small_deviation_should_survive(void **state)
{
	struct histogram *h = make();

	(void)state;
	for (int i = 0; i < 1000000; i++)
		histogram_add(h, UINT64_C(60000000000) + (i & 1) * 2);
	assert_true(fabs(histogram_stddev_ns(h) - 1) < 1e-9);
	histogram_add(h, UINT64_C(60000000001));
	assert_true(fabs(histogram_stddev_ns(h) - 1) < 1e-5);
	free(h);
}

/* This test will check that merging equals recording all in one, also with an empty one. */
static void merging_should_be_exact(void **state)
{
	struct histogram *parts[3] = { make(), make(), make() }, *all = make();
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int i = 0; i < 50000; i++) {
		uint64_t ns = rng_next(&rng) >> (20 + rng_below(&rng, 40));

		histogram_add(parts[i % 2], ns);
		histogram_add(all, ns);
	}
	histogram_merge(parts[0], parts[1]);
	histogram_merge(parts[0], parts[2]);
	histogram_merge(parts[2], parts[0]);
	assert_memory_equal(parts[0], all, sizeof(*all));
	assert_memory_equal(parts[2], all, sizeof(*all));
	for (int i = 0; i < 3; i++)
		free(parts[i]);
	free(all);
}

/* This test will check that several equal durations at once count as one after another do. */
static void many_at_once_should_count_as_many(void **state)
{
	static const struct {
		uint64_t ns, n;
	} cases[] = { { 0, 3 }, { 129, 1 }, { 5000, 64 }, { UINT64_C(3) << 37, 4096 } };
	struct histogram *at_once = make(), *singly = make();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		histogram_add_n(at_once, cases[i].ns, cases[i].n);
		for (uint64_t k = 0; k < cases[i].n; k++)
			histogram_add(singly, cases[i].ns);
	}
	assert_memory_equal(at_once, singly, sizeof(*singly));
	assert_int_equal(histogram_peek(at_once, histogram_index(5000)), 64);
	assert_int_equal(histogram_peek(at_once, histogram_index(UINT64_C(3) << 37)), 4096);
	free(at_once);
	free(singly);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_should_cover_all_values),
		cmocka_unit_test(borders_should_be_those_of_fio),
		cmocka_unit_test(few_samples_should_have_figures),
		cmocka_unit_test(percentiles_should_go_by_rank),
		cmocka_unit_test(figures_should_match_the_sorted_data),
		cmocka_unit_test(small_deviation_should_survive),
		cmocka_unit_test(merging_should_be_exact),
		cmocka_unit_test(many_at_once_should_count_as_many),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
