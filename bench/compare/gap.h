/* SPDX-License-Identifier: MIT */
/* Where the difference of a pair lies, in ns per I/O: part by part, and what is left. */
#ifndef TARE_COMPARE_GAP_H
#define TARE_COMPARE_GAP_H

#include "model/comparison.h"

struct gap_part {
	const char *key;   /* "submission" */
	const char *label; /* of a column or a bar: "submit" */
	const char *words; /* in a sentence: "the call that submits" */
};

extern const struct gap_part gap_parts[ACCOUNT_PARTS_N];

/* Pairs of a group that are worth a look one by one: more of them, and only those with the baseline
 * are. */
#define GAP_PAIRS_MAX 3
/* Two speeds nearer than this are worth no question: where rounds tell them apart, and where
 * nothing tells how much of it is chance. */
#define GAP_RATIO_MIN	       1.03
#define GAP_RATIO_UNTESTED_MIN 1.10

/*
 * Mean of the accounts of boots, part by part; a part that one of them lacks is absent. `n` at
 * least 1.
 */
struct account gap_mean(const struct sample_workload *const *boot, uint32_t n);

/* The difference of two accounts. Both sides of it are made alike first (see struct
 * comparison_gap). */
struct comparison_gap gap_of(const struct account *slow, const struct account *fast);

/* Whether it is worth asking why: it is not the same within noise, and not next to nothing. */
bool gap_differs(const struct comparison_pair *pair);

/* Fills gap and `explained` of every pair. In an open loop, whose time is given and not found,
 * there is no gap in the threads' time. */
void gap_find(struct comparison *c);

#endif
