/* SPDX-License-Identifier: MIT */
/*
 * Are these times longer than those, by more than a given ratio? Asked of pairs that were measured
 * next to each other, in an order that was drawn, so that drift and the noise of the machine fall
 * on both sides alike. No shape of the noise is assumed: of the pairs alone it counts which are
 * beyond the ratio (sign test; W. J. Dixon and A. M. Mood, The statistical sign test, 1946). The
 * noisier the run, the more pairs agree by chance, and the more of an effect it takes.
 */
#ifndef TARE_DETECT_CONTRAST_H
#define TARE_DETECT_CONTRAST_H

#include <stdint.h>

#include "model/detection.h"

/* Chance of a finding where there is nothing to find, all looks of one detector together; and of
 * calling clear what is beyond the ratio. */
#define CONTRAST_FALSE_FINDING 0.001
#define CONTRAST_FALSE_CLEAR   0.01

struct contrast {
	uint32_t n;   /* pairs */
	double a, b;  /* medians of both sides */
	double ratio; /* median of a / b */
	double least; /* the ratio that was asked for */
	/* If half of all pairs were beyond `least`: how likely so many beyond it are, and so many
	 * not. Both are 1 without pairs. */
	double p_beyond, p_within;
};

/* Pairs (a[i], b[i]), all > 0. Both arrays are left as they are. Without memory: no pairs. */
void contrast_pairs(struct contrast *c, const double *a, const double *b, uint32_t n, double least);

/* One of `looks` contrasts, any of which is a finding: FOUND, CLEAR or UNDECIDED. */
enum detection_verdict contrast_verdict(const struct contrast *c, uint32_t looks);

/* That the verdict is not chance, percent: of an undecided one how near it is to the nearer of the
 * others. */
double contrast_confidence_pct(const struct contrast *c, uint32_t looks);

/* Median of n > 0 values; NAN without any, or without memory. */
double contrast_median(const double *value, uint32_t n);

/* P(X >= k) of X binomial (n, 1/2). */
double contrast_tail(uint32_t n, uint32_t k);

#endif
