// SPDX-License-Identifier: MIT
/* The sign test of pairs against a ratio. Arithmetic alone. */
#include "detect/contrast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double contrast_median(const double *value, uint32_t n)
{
	double *sorted = n ? malloc(n * sizeof(*sorted)) : NULL, median;

	if (!sorted)
		return NAN;
	memcpy(sorted, value, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), ascending);
	median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
	free(sorted);
	return median;
}

double contrast_tail(uint32_t n, uint32_t k)
{
	double sum = 0;

	for (uint32_t i = k; i <= n; i++)
		sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) - n * log(2));
	return sum < 1 ? sum : 1;
}

void contrast_pairs(struct contrast *c, const double *a, const double *b, uint32_t n, double least)
{
	double *ratio = n ? malloc(n * sizeof(*ratio)) : NULL;
	uint32_t beyond = 0;

	*c = (struct contrast){
		.a = NAN, .b = NAN, .ratio = NAN, .least = least, .p_beyond = 1, .p_within = 1
	};
	if (!ratio)
		return;
	for (uint32_t i = 0; i < n; i++) {
		ratio[i] = a[i] / b[i];
		beyond += ratio[i] > least;
	}
	c->n = n;
	c->a = contrast_median(a, n);
	c->b = contrast_median(b, n);
	c->ratio = contrast_median(ratio, n);
	c->p_beyond = contrast_tail(n, beyond);
	c->p_within = contrast_tail(n, n - beyond);
	free(ratio);
}

enum detection_verdict contrast_verdict(const struct contrast *c, uint32_t looks)
{
	if (c->p_beyond * looks <= CONTRAST_FALSE_FINDING)
		return DETECTION_FOUND;
	return c->p_within <= CONTRAST_FALSE_CLEAR ? DETECTION_CLEAR : DETECTION_UNDECIDED;
}

double contrast_confidence_pct(const struct contrast *c, uint32_t looks)
{
	double p = fmin(1, c->p_beyond * looks);
	enum detection_verdict verdict = contrast_verdict(c, looks);

	if (verdict == DETECTION_CLEAR || (verdict == DETECTION_UNDECIDED && c->p_within < p))
		p = c->p_within;
	return 100 * (1 - p);
}
