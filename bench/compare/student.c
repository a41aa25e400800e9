// SPDX-License-Identifier: MIT
/* Student's t. */
#include "compare/student.h"

#include <math.h>

#define TERMS_MAX 500
#define TINY	  1e-300

/* The continued fraction of I_x(a, b), x below (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x)
{
	double c = 1, d = 1 / fmax(1 - (a + b) * x / (a + 1), TINY), f = d;

	for (int m = 1; m < TERMS_MAX; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / (fabs(1 + even * d) < TINY ? TINY : 1 + even * d);
		c = fabs(1 + even / c) < TINY ? TINY : 1 + even / c;
		f *= c * d;
		d = 1 / (fabs(1 + odd * d) < TINY ? TINY : 1 + odd * d);
		c = fabs(1 + odd / c) < TINY ? TINY : 1 + odd / c;
		step = c * d;
		f *= step;
		if (fabs(step - 1) < 1e-15)
			break;
	}
	return f;
}

/* I_x(a, b), with 1 - x given apart: near 1 a difference would lose its digits. */
static double incomplete_beta(double a, double b, double x, double rest)
{
	double front;

	if (x <= 0 || rest <= 0)
		return rest <= 0;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest));
	if (x < (a + 1) / (a + b + 2))
		return front * fraction(a, b, x) / a;
	return 1 - front * fraction(b, a, rest) / b;
}

double student_cdf(double t, double df)
{
	double all = df + t * t, tail = incomplete_beta(df / 2, 0.5, df / all, t * t / all) / 2;

	return t > 0 ? 1 - tail : tail;
}

double student_quantile(double p, double df)
{
	double low = 0, high = 1;

	if (p < 0.5)
		return -student_quantile(1 - p, df);
	while (student_cdf(high, df) < p && high < 1e300)
		high *= 2;
	/* Halving: 200 steps end at neighbouring doubles, whatever the distribution's shape. */
	for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
		double middle = (low + high) / 2;

		if (student_cdf(middle, df) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
