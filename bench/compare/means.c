// SPDX-License-Identifier: MIT
/* Means, intervals, the noise floor, Holm's correction. */
#include "compare/means.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "compare/student.h"

struct means means_of(const double *logs, uint32_t n)
{
	struct means s = { .n = n, .mean = NAN, .sd = NAN };
	double sum = 0, squares = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += logs[i];
	if (n)
		s.mean = sum / n;
	for (uint32_t i = 0; i < n; i++)
		squares += (logs[i] - s.mean) * (logs[i] - s.mean);
	if (n > 1)
		s.sd = sqrt(squares / (n - 1));
	return s;
}

static double two_sided(double df)
{
	return student_quantile((1 + MEANS_CONFIDENCE) / 2, df);
}

double means_half_width(const struct means *s)
{
	return s->n < 2 ? NAN : two_sided(s->n - 1) * s->sd / sqrt(s->n);
}

double means_welch_half_width(const struct means *a, const struct means *b)
{
	double va, vb, df;

	if (a->n < 2 || b->n < 2)
		return NAN;
	va = a->sd * a->sd / a->n;
	vb = b->sd * b->sd / b->n;
	if (va + vb <= 0)
		return 0;
	df = (va + vb) * (va + vb) / (va * va / (a->n - 1) + vb * vb / (b->n - 1));
	return two_sided(df) * sqrt(va + vb);
}

double means_floor(const struct means *a, const struct means *b)
{
	double squares = 0;
	uint32_t df = 0;

	if (a->n > 1) {
		squares += (a->n - 1) * a->sd * a->sd;
		df += a->n - 1;
	}
	if (b->n > 1) {
		squares += (b->n - 1) * b->sd * b->sd;
		df += b->n - 1;
	}
	return fmax(df ? 2 * sqrt(squares / df) : 0, MEANS_FLOOR_MIN_LOG);
}

static int by_value(const void *a, const void *b)
{
	double x = **(double *const *)a, y = **(double *const *)b;

	return (x > y) - (x < y);
}

int means_holm(double *p, uint32_t n)
{
	double **order = malloc((n + 1) * sizeof(*order)), least = 0;

	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		order[i] = &p[i];
	qsort(order, n, sizeof(*order), by_value);
	for (uint32_t i = 0; i < n; i++) {
		least = fmax(least, fmin(*order[i] * (n - i), 1));
		*order[i] = least;
	}
	free(order);
	return 0;
}
