/* SPDX-License-Identifier: MIT */
/* Why a pair differs: rules as a table, in order of what they account for. */
#ifndef TARE_COMPARE_CAUSES_H
#define TARE_COMPARE_CAUSES_H

#include "model/comparison.h"

/* Word for it in a report: "measured", "likely", "undecided". */
const char *causes_strength(enum comparison_strength strength);

/*
 * Fills causes of every pair that differs, limits of every group and findings of the comparison,
 * with advice; gaps must be there. Returns 0 or -ENOMEM.
 */
int causes_find(struct comparison *c);

void causes_free_group(struct comparison_group *g);

#endif
