// SPDX-License-Identifier: MIT
/* The permutation test against small cases that can be counted by hand or by brute force. */
#include "unit.h"

#include <math.h>

#include "compare/permute.h"
#include "lib/rng.h"

/* This test will check cases whose splits can be counted on paper. */
static void small_cases_should_be_counted_right(void **state)
{
	static const struct {
		const char *about;
		double a[4], b[4];
		uint32_t na, nb;
		double p;
	} cases[] = {
		{ "2 and 2 apart", { 1, 2 }, { 3, 4 }, 2, 2, 2.0 / 6 },
		{ "2 and 2 mixed", { 1, 4 }, { 2, 3 }, 2, 2, 1 },
		{ "2 and 2 half", { 1, 3 }, { 2, 4 }, 2, 2, 4.0 / 6 },
		{ "3 and 3 apart", { 1, 2, 3 }, { 10, 11, 12 }, 3, 3, 2.0 / 20 },
		{ "1 and 3, the odd one out", { 9 }, { 1, 2, 3 }, 1, 3, 1.0 / 4 },
		{ "3 and 1, likewise", { 1, 2, 3 }, { 9 }, 3, 1, 1.0 / 4 },
		{ "all the same", { 5, 5, 5 }, { 5, 5, 5 }, 3, 3, 1 },
		{ "4 and 4 apart", { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, 4, 4, 2.0 / 70 },
		{ "one is empty", { 1 }, { 0 }, 1, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double p = permute_p(cases[i].a, cases[i].na, cases[i].b, cases[i].nb);

		if (fabs(p - cases[i].p) > 1e-12)
			fail_msg("%s: got %.12g, want %.12g", cases[i].about, p, cases[i].p);
	}
}

/* Every subset by the bits of a number: another way to the same count. */
static double brute_force(const double *pooled, uint32_t n, uint32_t k)
{
	double all = 0, extreme = 0, sum = 0, observed = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += pooled[i];
	for (uint32_t i = 0; i < k; i++)
		observed += pooled[i];
	observed = fabs(observed / k - (sum - observed) / (n - k));
	for (uint32_t set = 0; set < 1u << n; set++) {
		double part = 0;

		if ((uint32_t)__builtin_popcount(set) != k)
			continue;
		for (uint32_t i = 0; i < n; i++)
			part += set >> i & 1 ? pooled[i] : 0;
		all++;
		extreme += fabs(part / k - (sum - part) / (n - k)) >= observed - 1e-12;
	}
	return extreme / all;
}

/* This test will check random samples of all small sizes against every subset. */
static void all_splits_should_be_looked_at(void **state)
{
	struct rng rng;
	double pooled[13];

	(void)state;
	rng_seed(&rng, 5);
	for (uint32_t na = 1; na < 7; na++) {
		for (uint32_t nb = 1; nb < 7; nb++) {
			double p, want;

			for (uint32_t i = 0; i < na + nb; i++)
				pooled[i] = (double)rng_below(&rng, 20);
			p = permute_p(pooled, na, pooled + na, nb);
			want = brute_force(pooled, na + nb, na);
			if (fabs(p - want) > 1e-12)
				fail_msg("%u and %u: got %.12g, want %.12g", na, nb, p, want);
		}
	}
}

/* This test will check that too many splits are drawn, always the same ones, and come out right:
 * against the normal limit of the test, which 30 and 30 values are close to. */
static void many_splits_should_be_drawn(void **state)
{
	double a[30], b[30], p, variance = 0, mean = 0, z;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int i = 0; i < 30; i++) {
		a[i] = (double)rng_below(&rng, 1000);
		b[i] = (double)rng_below(&rng, 1000) + 150;
		mean += (a[i] + b[i]) / 60;
	}
	for (int i = 0; i < 30; i++)
		variance += ((a[i] - mean) * (a[i] - mean) + (b[i] - mean) * (b[i] - mean)) / 59;
	for (int i = 0, n = 30; i < n; i++)
		z = i ? z + (b[i] - a[i]) / n : (b[i] - a[i]) / n;
	z /= sqrt(variance * 2 / 30);
	p = permute_p(a, 30, b, 30);
	assert_true(p == permute_p(a, 30, b, 30));
	assert_true(fabs(p - erfc(fabs(z) / sqrt(2))) < 0.01);
	assert_true(p > permute_p_min(30, 30));
}

/* This test will check that no sample is too large to be tested. */
static void large_samples_should_be_tested(void **state)
{
	enum { MANY = 5000 };
	static double a[MANY], b[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		a[i] = i % 7;
		b[i] = 10 + i % 7;
	}
	assert_true(permute_p(a, MANY, b, MANY) == 1.0 / (PERMUTE_DRAWS + 1));
	assert_true(permute_p(a, MANY, b, 8) < 0.01);
	assert_true(permute_p(a, MANY, a, MANY) > 0.9);
	/* By the limit, what is drawn just below it says as well. */
	for (int i = 0; i < MANY; i++)
		b[i] = i % 7 + (i % 25 ? 0 : 1);
	assert_true(fabs(permute_p(a, PERMUTE_DRAWN_MAX, b, MANY) -
			 permute_p(a, PERMUTE_DRAWN_MAX + 1, b, MANY)) < 0.02);
	assert_true(permute_p(a, PERMUTE_DRAWN_MAX + 1, b, MANY) < 0.5);
}

/* This test will check the least p that sizes allow. */
static void least_p_should_be_by_size(void **state)
{
	(void)state;
	assert_true(permute_is_exact(10, 10) && permute_is_exact(1, 5000));
	assert_false(permute_is_exact(11, 11) || permute_is_exact(40, 40));
	assert_true(permute_p_min(8, 8) == 2.0 / 12870);
	assert_true(permute_p_min(5, 5) == 2.0 / 252);
	assert_true(permute_p_min(4, 3) == 1.0 / 35);
	assert_true(permute_p_min(1, 1) == 1);
	assert_true(permute_p_min(0, 4) == 1);
	assert_true(permute_p_min(40, 40) == 1.0 / (PERMUTE_DRAWS + 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_cases_should_be_counted_right),
		cmocka_unit_test(all_splits_should_be_looked_at),
		cmocka_unit_test(many_splits_should_be_drawn),
		cmocka_unit_test(large_samples_should_be_tested),
		cmocka_unit_test(least_p_should_be_by_size),
	};

	return cmocka_run_group_tests_name("permute", tests, NULL, NULL);
}
