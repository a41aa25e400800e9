// SPDX-License-Identifier: MIT
/* Means, intervals and their coverage, the noise floor, Holm's correction. */
#include "compare_fixture.h"

#include "compare/means.h"

#define REPEATS 4000

static void check_near(const char *what, double got, double want, double error)
{
	if (!(fabs(got - want) <= error))
		fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

/* This test will check a sample worked out by hand. */
static void means_should_be_those_of_the_formulas(void **state)
{
	static const double a[] = { 1, 2, 3, 4 }, b[] = { 2, 4, 9 };
	struct means ma = means_of(a, 4), mb = means_of(b, 3), one = means_of(a, 1);
	double va = 5.0 / 3 / 4, vb = 13.0 / 3;

	(void)state;
	check_near("mean", ma.mean, 2.5, 1e-15);
	check_near("sd", ma.sd, sqrt(5.0 / 3), 1e-15);
	check_near("half width", means_half_width(&ma), 3.18244630528 * sqrt(va), 1e-9);
	/* Welch: df = (va + vb)^2 / (va^2 / 3 + vb^2 / 2) = 2.3811..., t by a table of fractions */
	check_near("df", (va + vb) * (va + vb) / (va * va / 3 + vb * vb / 2), 2.386, 0.01);
	assert_true(means_welch_half_width(&ma, &mb) > 3.18244630528 * sqrt(va + vb));
	assert_true(means_welch_half_width(&ma, &mb) < 4.30265272975 * sqrt(va + vb));
	/* pooled: (3 x 5/3 + 2 x 13) / 5 */
	check_near("floor", means_floor(&ma, &mb), 2 * sqrt((5.0 + 26) / 5), 1e-12);
	assert_true(isnan(one.sd) && isnan(means_half_width(&one)));
	assert_true(isnan(means_welch_half_width(&ma, &one)));
	check_near("floor of one", means_floor(&ma, &one), 2 * ma.sd, 1e-12);
	check_near("least floor", means_floor(&one, &one), log(1.01), 1e-8);
}

/* This test will check Holm's steps: the example of four, ties, and one at the top. */
static void holm_should_step_down(void **state)
{
	double p[] = { 0.01, 0.04, 0.03, 0.005 }, ties[] = { 0.02, 0.02, 0.02 },
	       high[] = { 0.6, 0.5 };

	(void)state;
	assert_int_equal(means_holm(p, 4), 0);
	check_near("second", p[0], 0.03, 1e-12);
	check_near("fourth", p[1], 0.06, 1e-12); /* not below the third's */
	check_near("third", p[2], 0.06, 1e-12);
	check_near("first", p[3], 0.02, 1e-12);
	assert_int_equal(means_holm(ties, 3), 0);
	for (int i = 0; i < 3; i++)
		check_near("tie", ties[i], 0.06, 1e-12);
	assert_int_equal(means_holm(high, 2), 0);
	check_near("at most 1", high[1], 1, 1e-12);
	check_near("at most 1", high[0], 1, 1e-12);
	assert_int_equal(means_holm(p, 0), 0);
}

/* A round's logarithm, around 0 with a deviation of 1 %; its mean is true_mean(). */
enum kind { NORMAL, EXPONENTIAL, OUTLIERS };

static double draw(struct rng *rng, enum kind kind)
{
	double u = ((double)rng_next(rng) + 1) / 18446744073709551616.0;

	switch (kind) {
	case NORMAL:
		return 0.01 * draw_normal(rng);
	case EXPONENTIAL: /* slow rounds, never fast ones */
		return 0.01 * log(u);
	case OUTLIERS: /* one in ten loses 3 % */
		return 0.01 * draw_normal(rng) - (rng_below(rng, 10) ? 0 : 0.03);
	}
	return 0;
}

static double true_mean(enum kind kind)
{
	return kind == EXPONENTIAL ? -0.01 : kind == OUTLIERS ? -0.003 : 0;
}

/* Share of samples whose interval holds the truth, in percent. */
static double coverage(enum kind kind, uint32_t na, uint32_t nb, struct rng *rng)
{
	int held = 0;

	for (int i = 0; i < REPEATS; i++) {
		double a[16], b[16], off;
		struct means ma, mb;

		for (uint32_t k = 0; k < na; k++)
			a[k] = draw(rng, kind);
		for (uint32_t k = 0; k < nb; k++)
			b[k] = draw(rng, kind);
		ma = means_of(a, na);
		mb = means_of(b, nb);
		/* Of one mean, and with another sample of the difference, which truly is 0. */
		off = nb ? fabs(ma.mean - mb.mean) : fabs(ma.mean - true_mean(kind));
		held += off <= (nb ? means_welch_half_width(&ma, &mb) : means_half_width(&ma));
	}
	return 100.0 * held / REPEATS;
}

/* This test will check that 95 % intervals are: 93 to 97 % on normal rounds, 88 to 97 % on skewed
 * ones, of means and of differences; Welch's is somewhat wide below 8 rounds. */
static void intervals_should_hold_what_they_say(void **state)
{
	static const struct {
		enum kind kind;
		uint32_t na, nb;
		double least, most;
	} cases[] = {
		{ NORMAL, 5, 0, 93, 97 },      { NORMAL, 8, 0, 93, 97 },
		{ NORMAL, 16, 0, 93, 97 },     { NORMAL, 8, 8, 93, 97 },
		{ NORMAL, 8, 16, 93, 97 },     { NORMAL, 5, 5, 93, 97 },
		{ EXPONENTIAL, 8, 0, 88, 97 }, { EXPONENTIAL, 16, 0, 88, 97 },
		{ EXPONENTIAL, 8, 8, 88, 97 }, { OUTLIERS, 8, 0, 88, 97 },
		{ OUTLIERS, 8, 8, 88, 97 },    { OUTLIERS, 16, 8, 88, 97 },
	};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11);
	for (size_t i = 0; i < N(cases); i++) {
		double got = coverage(cases[i].kind, cases[i].na, cases[i].nb, &rng);

		print_message("coverage, kind %d, %u and %u rounds: %.1f %%\n", cases[i].kind,
			      cases[i].na, cases[i].nb, got);
		if (got < cases[i].least || got > cases[i].most)
			fail_msg("kind %d, %u and %u: %.1f %%: should be %g to %g", cases[i].kind,
				 cases[i].na, cases[i].nb, got, cases[i].least, cases[i].most);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_should_be_those_of_the_formulas),
		cmocka_unit_test(holm_should_step_down),
		cmocka_unit_test(intervals_should_hold_what_they_say),
	};

	return cmocka_run_group_tests_name("means", tests, NULL, NULL);
}
