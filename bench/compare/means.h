/* SPDX-License-Identifier: MIT */
/*
 * Means of logarithms and what may be said of them. A rate is compared by ratios: a round that is a
 * tenth slower weighs as much on a fast disk as on a slow one, and the mean of the logarithms is
 * the geometric mean of the rates.
 */
#ifndef TARE_COMPARE_MEANS_H
#define TARE_COMPARE_MEANS_H

#include <stdint.h>

#define MEANS_CONFIDENCE 0.95

/* The least effect that is called one, whatever the rounds say: two boots of the same machine
 * differ by as much. */
#define MEANS_FLOOR_MIN_LOG 0.00995033 /* log(1.01) */

struct means {
	uint32_t n;
	double mean, sd; /* of the logarithms; sd is NAN below two values */
};

/* Of n logarithms. */
struct means means_of(const double *logs, uint32_t n);

/* Half the width of the 95 % interval of the mean: Student's t, n - 1 degrees of freedom. NAN below
 * two values. */
double means_half_width(const struct means *s);

/*
 * Likewise of the difference of two means, by Welch: variances need not be alike, degrees of
 * freedom after Satterthwaite. NAN where one has fewer than two values.
 */
double means_welch_half_width(const struct means *a, const struct means *b);

/*
 * Noise floor of a difference of means: 2 s, at least MEANS_FLOOR_MIN_LOG, where s is the standard
 * deviation of single values, pooled:
 *     s^2 = ((na - 1) sa^2 + (nb - 1) sb^2) / (na + nb - 2)
 * An effect below it is less than what two rounds of one environment differ by now and then.
 */
double means_floor(const struct means *a, const struct means *b);

/* Holm's correction, in place: p[i] becomes the level at which it is still rejected when all n are
 * tested (S. Holm, 1979). Returns 0 or -ENOMEM. */
int means_holm(double *p, uint32_t n);

#endif
