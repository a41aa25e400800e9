/* SPDX-License-Identifier: MIT */
/* Like for like: the facts that differ, and what each can do to the numbers. */
#ifndef TARE_COMPARE_LIKENESS_H
#define TARE_COMPARE_LIKENESS_H

#include "model/comparison.h"

struct likeness_row {
	const char *key;   /* "write_cache" */
	const char *label; /* "write cache" */
	const char *effect;
};

extern const struct likeness_row likeness_rows[SAMPLE_FACTS_N];

/* Fills c->difference: a row for each fact that differs, or that some environments tell and others
 * do not. Returns 0 or -ENOMEM. */
int likeness_find(struct comparison *c);

#endif
