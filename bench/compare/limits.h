/* SPDX-License-Identifier: MIT */
/* What bound the figures of a group, whichever of them differ. */
#ifndef TARE_COMPARE_LIMITS_H
#define TARE_COMPARE_LIMITS_H

#include "model/comparison.h"

/* A thread that uses at least so much of its CPU is at its limit; what reads as 95 % is enough. */
#define LIMITS_BUSY_PCT 94.5

/* Fills g->limit. Returns 0 or -ENOMEM. */
int limits_find(const struct comparison *c, struct comparison_group *g);

#endif
