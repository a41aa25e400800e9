/* SPDX-License-Identifier: MIT */
/* Student's t distribution, with any positive number of degrees of freedom. */
#ifndef TARE_COMPARE_STUDENT_H
#define TARE_COMPARE_STUDENT_H

/*
 * P(T <= t) by the regularised incomplete beta function, which is summed as a continued fraction
 * (Lentz's method; Abramowitz and Stegun 26.5.8 and 26.7.1). To 1e-12.
 */
double student_cdf(double t, double df);

/* The t with P(T <= t) = p, 0 < p < 1. Relative error below 1e-9. */
double student_quantile(double p, double df);

#endif
