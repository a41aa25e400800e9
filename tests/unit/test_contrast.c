// SPDX-License-Identifier: MIT
/* The sign test of pairs: its arithmetic, how often it is wrong, and what it can see. */
#include "unit.h"

#include "detect/contrast.h"
#include "noise.h"

#define DRAWS 1000
#define PAIRS 300

static void draw(struct noise *n, double *a, double *b, uint32_t pairs, double ratio)
{
	for (uint32_t i = 0; i < pairs; i++) {
		noise_step(n);
		a[i] = noise_time(n, 1e5 * ratio);
		b[i] = noise_time(n, 1e5);
	}
}

/* This test will check tails of the binomial distribution against fractions. */
static void tails_should_be_those_of_coins(void **state)
{
	(void)state;
	assert_true(fabs(contrast_tail(4, 0) - 1) < 1e-12);
	assert_true(fabs(contrast_tail(4, 3) - 5.0 / 16) < 1e-12);
	assert_true(fabs(contrast_tail(10, 10) - 1.0 / 1024) < 1e-12);
	assert_true(fabs(contrast_tail(0, 0) - 1) < 1e-12);
	assert_true(contrast_tail(3, 4) == 0);
}

/* This test will check samples worked out by hand, and none at all. */
static void contrasts_should_be_those_of_the_pairs(void **state)
{
	static const double a[] = { 2, 3, 8, 4, 10 }, b[] = { 1, 3, 4, 2, 5 };
	struct contrast c;

	(void)state;
	contrast_pairs(&c, a, b, 5, 1.15);
	assert_true(c.n == 5 && c.a == 4 && c.b == 3 && c.ratio == 2);
	assert_true(fabs(c.p_beyond - 6.0 / 32) < 1e-12); /* four of five */
	assert_true(fabs(c.p_within - 31.0 / 32) < 1e-12);
	assert_int_equal(contrast_verdict(&c, 1), DETECTION_UNDECIDED);
	assert_true(fabs(contrast_confidence_pct(&c, 1) - 100 * 26.0 / 32) < 1e-9);
	contrast_pairs(&c, a, b, 0, 1.15);
	assert_true(isnan(c.ratio) && c.p_beyond == 1 && c.p_within == 1);
	assert_int_equal(contrast_verdict(&c, 1), DETECTION_UNDECIDED);
	assert_true(contrast_median(a, 5) == 4 && contrast_median(a, 4) == 3.5);
	assert_true(isnan(contrast_median(a, 0)));
}

static uint32_t count(enum detection_verdict wanted, double sigma, double ratio, uint32_t pairs,
		      uint32_t looks)
{
	static double a[PAIRS], b[PAIRS];
	struct noise n = noise_begin(looks + pairs, sigma);
	struct contrast c;
	uint32_t times = 0;

	for (int i = 0; i < DRAWS; i++) {
		draw(&n, a, b, pairs, ratio);
		contrast_pairs(&c, a, b, pairs, 1.15);
		times += contrast_verdict(&c, looks) == wanted;
	}
	return times;
}

/* This test will check that nothing is found where there is nothing, however noisy it is, nor
 * more often than promised where the effect is exactly at the bound. */
static void noise_should_not_be_found(void **state)
{
	static const double sigmas[] = { 0.02, 0.2, 0.5, 1.0 };

	(void)state;
	for (size_t i = 0; i < N(sigmas); i++) {
		assert_in_range(count(DETECTION_FOUND, sigmas[i], 1, PAIRS, 1), 0, 0);
		assert_in_range(count(DETECTION_FOUND, sigmas[i], 1, 16, 2), 0, 3);
		assert_in_range(count(DETECTION_FOUND, sigmas[i], 1.15, PAIRS, 1), 0, 5);
	}
}

/* This test will check what can be seen: a ratio of 1.5 in noise of half its size, and that a quiet
 * sample says that there is nothing. */
static void effects_should_be_found(void **state)
{
	(void)state;
	assert_in_range(count(DETECTION_FOUND, 0.2, 1.5, PAIRS, 1), 995, DRAWS);
	assert_in_range(count(DETECTION_FOUND, 0.5, 2, PAIRS, 8), 990, DRAWS);
	assert_in_range(count(DETECTION_FOUND, 0.2, 3, 16, 2), 700, DRAWS);
	assert_in_range(count(DETECTION_CLEAR, 0.2, 1, PAIRS, 1), 950, DRAWS);
	assert_in_range(count(DETECTION_CLEAR, 0.2, 1.5, PAIRS, 1), 0, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tails_should_be_those_of_coins),
		cmocka_unit_test(contrasts_should_be_those_of_the_pairs),
		cmocka_unit_test(noise_should_not_be_found),
		cmocka_unit_test(effects_should_be_found),
	};

	return cmocka_run_group_tests_name("contrast", tests, NULL, NULL);
}
