/* SPDX-License-Identifier: MIT */
/* From samples to a comparison. Pure: no clock, no chance, no file. */
#ifndef TARE_COMPARE_COMPARE_H
#define TARE_COMPARE_COMPARE_H

#include "model/comparison.h"
#include "model/sample.h"

/* Up to so many environments each is tested against each other; above, against the baseline. With
 * 8 rounds and the 14 workloads of a suite, more could not be told apart after the correction. */
#define COMPARE_ALL_PAIRS_MAX 6

/*
 * Runs of one label are boots of one environment; environments come in the order of their first
 * run. `baseline` is a label or NULL: the first. Returns 0, -ENOENT (no such label), or -ENOMEM.
 */
int compare(struct comparison *c, const struct samples *samples, const char *baseline);

/* The same of samples that are only to be shown: nothing is set beside anything (`apart` of a
 * comparison). Returns 0 or -ENOMEM. */
int compare_apart(struct comparison *c, const struct samples *samples);

void compare_free(struct comparison *c);

#endif
