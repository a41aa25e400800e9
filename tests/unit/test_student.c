// SPDX-License-Identifier: MIT
/* Student's t against its tables. */
#include "unit.h"

#include <math.h>

#include "compare/student.h"

/* This test will check quantiles against the printed tables, and where a formula is known exactly
 * (1 and 2 degrees of freedom) against that. */
static void quantiles_should_be_those_of_the_tables(void **state)
{
	static const struct {
		double p, df, t, error;
	} cases[] = {
		{ 0.975, 1, 12.7062047362, 1e-9 },
		{ 0.975, 2, 4.30265272975, 1e-9 },
		{ 0.975, 3, 3.18244630528, 1e-9 },
		{ 0.975, 4, 2.77644510520, 1e-9 },
		{ 0.975, 7, 2.36462425159, 1e-9 },
		{ 0.975, 14, 2.14478668792, 1e-9 },
		{ 0.975, 30, 2.04227245630, 1e-9 },
		{ 0.975, 120, 1.97993040505, 1e-9 },
		{ 0.995, 10, 3.16927267258, 1e-9 },
		{ 0.95, 5, 2.01504837333, 1e-9 },
		{ 0.9995, 8, 5.04130543339, 1e-8 },
		{ 0.75, 1, 1, 1e-9 },
		{ 0.5, 3, 0, 1e-9 },
		{ 0.025, 7, -2.36462425159, 1e-9 },
		{ 0.975, 1e6, 1.95996640, 1e-6 },
		{ 0.995, 1, 63.6567411629, 1e-9 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double t = student_quantile(cases[i].p, cases[i].df);

		if (fabs(t - cases[i].t) > cases[i].error * fmax(1, fabs(cases[i].t)))
			fail_msg("t(%g; %g): got %.12g, want %.12g", cases[i].p, cases[i].df, t,
				 cases[i].t);
	}
	for (double p = 0.01; p < 1; p += 0.01) {
		double pi = acos(-1), two = (2 * p - 1) / sqrt(2 * p * (1 - p));

		assert_true(fabs(student_quantile(p, 1) - tan(pi * (p - 0.5))) <
			    1e-9 * (1 + fabs(tan(pi * (p - 0.5)))));
		assert_true(fabs(student_quantile(p, 2) - two) < 1e-9 * (1 + fabs(two)));
	}
}

/* This test will check that the distribution is the quantile's inverse, fractions of degrees of
 * freedom too, as Welch's. */
static void distribution_should_be_the_inverse(void **state)
{
	static const double dfs[] = { 0.7, 1, 1.5, 2.25, 6, 11.83, 40, 333.3, 5000 };

	(void)state;
	for (size_t i = 0; i < N(dfs); i++)
		for (double p = 0.001; p < 1; p += 0.037)
			assert_true(fabs(student_cdf(student_quantile(p, dfs[i]), dfs[i]) - p) <
				    1e-10);
	assert_true(fabs(student_cdf(2, 4) - 0.941941738242) < 1e-11);
	assert_true(fabs(student_cdf(-1, 1) - 0.25) < 1e-12);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_should_be_those_of_the_tables),
		cmocka_unit_test(distribution_should_be_the_inverse),
	};

	return cmocka_run_group_tests_name("student", tests, NULL, NULL);
}
