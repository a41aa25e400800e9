/* SPDX-License-Identifier: MIT */
/* What may be said of each pair of environments. */
#ifndef TARE_COMPARE_VERDICT_H
#define TARE_COMPARE_VERDICT_H

#include "model/comparison.h"

#define VERDICT_LEVEL	 0.05 /* of the corrected p */
#define VERDICT_SURE_MIN 8    /* samples of each: fewer never give more than "probably" */

/*
 * Fills the pairs of every group, whose figures are there (compare/figures.h). Samples are rounds;
 * boots where both environments have several. "Faster" needs all of: corrected p below
 * VERDICT_LEVEL, a ratio above the noise floor, an interval that leaves 1 out, and
 * VERDICT_SURE_MIN samples each. Returns 0 or -ENOMEM.
 */
int verdict_find(struct comparison *c);

const char *verdict_name(enum comparison_verdict verdict); /* "the same within noise" */

#endif
