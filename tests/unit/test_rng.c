// SPDX-License-Identifier: MIT
/* Random numbers: they repeat, they spread, and permutations are permutations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/rng.h"

/* This test will check the generator against the authors' formulas, worked out apart: splitmix64
 * from seed 0, and wyrand from there and from state 0. */
static void numbers_should_be_those_of_the_authors(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 0);
	assert_true(rng.state == UINT64_C(0xe220a8397b1dcdaf));
	assert_true(rng_next(&rng) == UINT64_C(0x7950d340a3b9a42d));
	assert_true(rng_next(&rng) == UINT64_C(0xbe1a790822323877));
	assert_true(rng_next(&rng) == UINT64_C(0xdc8864b58f7f72c8));
	rng.state = 0;
	assert_true(rng_next(&rng) == UINT64_C(0x111cb3a78f59a58e));
	assert_true(rng_next(&rng) == UINT64_C(0xceabd938ff4e856d));
}

/* This test will check that filling is the same from the same seed, differs from another, and stays
 * inside its length. */
static void filling_should_repeat(void **state)
{
	unsigned char a[41], b[41];
	struct rng rng;

	(void)state;
	for (size_t len = 0; len < sizeof(a); len++) {
		memset(a, 0xee, sizeof(a));
		rng_seed(&rng, 7);
		rng_fill(&rng, a, len);
		rng_seed(&rng, 7);
		rng_fill(&rng, b, sizeof(b));
		assert_memory_equal(a, b, len);
		for (size_t i = len; i < sizeof(a); i++)
			assert_int_equal(a[i], 0xee);
	}
	rng_seed(&rng, 8);
	rng_fill(&rng, a, sizeof(a));
	assert_memory_not_equal(a, b, sizeof(a));
}

/* Chi-square of counts that should be equal. */
static double chi_square(const uint32_t *count, size_t n, double expected)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (count[i] - expected) * (count[i] - expected) / expected;
	return sum;
}

/* This test will check that numbers below a limit are below it and even: chi-square of 100 classes
 * stays below its 0.1 % bound (148.2 for 99 degrees of freedom). */
static void numbers_should_be_even(void **state)
{
	static const uint64_t limits[] = { 1, 2, 3, 100, UINT64_C(1) << 33, UINT64_MAX };
	uint32_t count[100] = { 0 };
	struct rng rng;

	(void)state;
	rng_seed(&rng, 42);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		for (int k = 0; k < 1000; k++)
			assert_true(rng_below(&rng, limits[i]) < limits[i]);
	}
	for (int i = 0; i < 100000; i++)
		count[rng_below(&rng, 100)]++;
	assert_true(chi_square(count, 100, 1000) < 148.2);
}

/* This test will check that shuffles hold every number once and that all orders are as frequent:
 * chi-square of the 24 orders of four, 0.1 % bound 49.7. */
static void shuffles_should_be_fair(void **state)
{
	uint32_t order[100], count[256] = { 0 }, orders[24];
	struct rng rng;
	size_t n = 0;

	(void)state;
	rng_seed(&rng, 42);
	rng_shuffle(&rng, order, 0);
	rng_shuffle(&rng, order, 100);
	for (size_t i = 0; i < 100; i++)
		count[order[i]]++;
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(count[i], 1);
	memset(count, 0, sizeof(count));
	for (int i = 0; i < 24000; i++) {
		rng_shuffle(&rng, order, 4);
		count[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
	}
	for (size_t i = 0; i < 256; i++) {
		if (count[i]) {
			assert_true(n < 24);
			orders[n++] = count[i];
		}
	}
	assert_int_equal(n, 24);
	assert_true(chi_square(orders, 24, 1000) < 49.7);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* This test will check that sub-seeds of near seeds and salts all differ, and in half their bits.
 */
static void mixing_should_spread(void **state)
{
	uint64_t *all = malloc(65536 * sizeof(*all)), bits = 0;

	(void)state;
	assert_non_null(all);
	for (uint64_t seed = 0; seed < 256; seed++) {
		for (uint64_t salt = 0; salt < 256; salt++) {
			all[seed * 256 + salt] = rng_mix(seed, salt);
			bits += (uint64_t)__builtin_popcountll(rng_mix(seed, salt) ^
							       rng_mix(seed, salt + 1));
		}
	}
	assert_true(fabs((double)bits / 65536 - 32) < 0.1);
	qsort(all, 65536, sizeof(*all), compare);
	for (size_t i = 1; i < 65536; i++)
		assert_true(all[i] != all[i - 1]);
	free(all);
}

static void check_bijection(uint64_t n, uint64_t seed)
{
	struct permutation p;
	unsigned char *seen = calloc(1, n);

	assert_non_null(seen);
	permutation_init(&p, n, seed);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = permutation_next(&p);

		assert_true(at < n);
		assert_false(seen[at]);
		seen[at] = 1;
	}
	free(seen);
}

/* This test will check that every value comes once, for all small sizes, around powers of two, and
 * odd large ones; and that a size beyond any memory stays in range. */
static void permutations_should_hold_every_value_once(void **state)
{
	struct permutation p;

	(void)state;
	for (uint64_t n = 1; n <= 300; n++) {
		for (uint64_t seed = 0; seed < 5; seed++)
			check_bijection(n, seed);
	}
	for (uint64_t bits = 9; bits <= 20; bits++) {
		check_bijection((UINT64_C(1) << bits) - 1, bits);
		check_bijection(UINT64_C(1) << bits, bits);
		check_bijection((UINT64_C(1) << bits) + 1, bits);
	}
	check_bijection(1000003, 1);
	permutation_init(&p, UINT64_C(0xfffffffffffffff1), 1);
	for (uint64_t i = 0; i < 1000; i++)
		assert_true(permutation_next(&p) < p.n);
}

/* Correlation of neighbours in the order; about normal with deviation 1 / sqrt(n). */
static double serial_correlation(struct permutation *p)
{
	double mean = (double)(p->n - 1) / 2, products = 0, squares = 0;
	double a = (double)permutation_next(p) - mean;

	for (uint64_t i = 0; i < p->n; i++) {
		double b = (double)permutation_next(p) - mean;

		products += a * b;
		squares += a * a;
		a = b;
	}
	return products / squares;
}

/* This test will check that the order looks random: neighbours correlate no more than chance (four
 * deviations), and each sixteenth of the positions spreads over each sixteenth of the values
 * (chi-square below 306, the 0.02 % bound of 225 degrees of freedom: 56 orders are tried). */
static void permutations_should_look_random(void **state)
{
	static const uint64_t sizes[] = { 4096, 5000, 65536, 65537, 100000, 262144, 500009 };

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		for (uint64_t seed = 0; seed < 8; seed++) {
			uint32_t count[256] = { 0 };
			struct permutation p;
			double r, spread;

			permutation_init(&p, sizes[s], seed);
			for (uint64_t i = 0; i < p.n; i++)
				count[i * 16 / p.n * 16 + permutation_next(&p) * 16 / p.n]++;
			spread = chi_square(count, 256, (double)p.n / 256);
			r = serial_correlation(&p);
			print_message("n %llu seed %llu: correlation %.4f, chi-square %.1f\n",
				      (unsigned long long)p.n, (unsigned long long)seed, r, spread);
			assert_true(fabs(r) < 4 / sqrt((double)p.n));
			assert_true(spread < 306);
		}
	}
}

/* This test will check that seeds give different orders. */
static void seeds_should_give_different_orders(void **state)
{
	struct permutation a, b;
	int same = 0;

	(void)state;
	permutation_init(&a, 1000, 1);
	permutation_init(&b, 1000, 2);
	for (uint64_t i = 0; i < 1000; i++)
		same += permutation_next(&a) == permutation_next(&b);
	assert_true(same < 10);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_should_be_those_of_the_authors),
		cmocka_unit_test(filling_should_repeat),
		cmocka_unit_test(numbers_should_be_even),
		cmocka_unit_test(shuffles_should_be_fair),
		cmocka_unit_test(mixing_should_spread),
		cmocka_unit_test(permutations_should_hold_every_value_once),
		cmocka_unit_test(permutations_should_look_random),
		cmocka_unit_test(seeds_should_give_different_orders),
	};

	return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
