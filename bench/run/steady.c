// SPDX-License-Identifier: MIT
/* SNIA's steady state. */
#include "run/steady.h"

#include <math.h>

/* Least squares through rounds 0 .. STEADY_WINDOW - 1. */
static double slope_of(const double *iops, double mean)
{
	double middle = (STEADY_WINDOW - 1) / 2.0, products = 0, squares = 0;

	for (int i = 0; i < STEADY_WINDOW; i++) {
		products += (i - middle) * (iops[i] - mean);
		squares += (i - middle) * (i - middle);
	}
	return products / squares;
}

bool steady_window(struct steady *steady, const double *iops, uint32_t n)
{
	double least = INFINITY, most = 0, mean = 0;

	*steady = (struct steady){ 0 };
	if (n < STEADY_WINDOW)
		return false;
	iops += n - STEADY_WINDOW;
	for (int i = 0; i < STEADY_WINDOW; i++) {
		least = fmin(least, iops[i]);
		most = fmax(most, iops[i]);
		mean += iops[i] / STEADY_WINDOW;
	}
	if (mean <= 0)
		return false;
	steady->excursion_pct = 100 * (most - least) / mean;
	steady->slope_pct = 100 * slope_of(iops, mean) * (STEADY_WINDOW - 1) / mean;
	steady->reached = steady->excursion_pct <= STEADY_EXCURSION_PCT &&
			  fabs(steady->slope_pct) <= STEADY_SLOPE_PCT;
	return steady->reached;
}
