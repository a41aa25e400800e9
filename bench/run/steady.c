// SPDX-License-Identifier: MIT
/* Excursion and slope of a window of rounds. */
#include "run/steady.h"

#include <math.h>

/* The least-squares slope times the distance of the window's ends: the rise over it. x are the
 * rounds 0 to 4; with their mean taken off, the sum of products over the sum of squares is the
 * least-squares slope. */
static double rise(const double *y)
{
	const double middle = (STEADY_WINDOW_ROUNDS - 1) / 2.0;
	double products = 0, squares = 0;

	for (int i = 0; i < STEADY_WINDOW_ROUNDS; i++) {
		products += (i - middle) * y[i];
		squares += (i - middle) * (i - middle);
	}
	return products * (STEADY_WINDOW_ROUNDS - 1) / squares;
}

bool steady_window(struct steady *s, const double *iops, uint32_t n)
{
	double sum = 0, least = INFINITY, most = 0, mean;

	*s = (struct steady){ 0 };
	if (n < STEADY_WINDOW_ROUNDS)
		return false;
	iops += n - STEADY_WINDOW_ROUNDS;
	for (int i = 0; i < STEADY_WINDOW_ROUNDS; i++) {
		sum += iops[i];
		least = fmin(least, iops[i]);
		most = fmax(most, iops[i]);
	}
	mean = sum / STEADY_WINDOW_ROUNDS;
	if (mean <= 0)
		return false;
	s->excursion_pct = (most - least) * 100 / mean;
	s->slope_pct = rise(iops) * 100 / mean;
	s->reached = s->excursion_pct <= STEADY_EXCURSION_MAX_PCT &&
		     fabs(s->slope_pct) <= STEADY_SLOPE_MAX_PCT;
	return true;
}

bool steady_reached(const double *iops, uint32_t n)
{
	struct steady s;

	return steady_window(&s, iops, n) && s.reached;
}
