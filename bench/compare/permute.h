/* SPDX-License-Identifier: MIT */
/* The permutation test of two means. */
#ifndef TARE_COMPARE_PERMUTE_H
#define TARE_COMPARE_PERMUTE_H

#include <stdbool.h>
#include <stdint.h>

/* Above so many arrangements, so many of them are drawn (with a fixed seed) in place of all. */
#define PERMUTE_EXACT_MAX 200000
#define PERMUTE_DRAWS	  20000
#define PERMUTE_DRAWN_MAX 4096 /* values of the smaller sample; above, the normal limit is p */

/*
 * Two-sided p: the share of all ways to split the pooled values into na and nb whose means differ
 * at least as much as these do. 1 where one sample is empty. Drawn ones count (k + 1) / (n + 1),
 * and the normal limit of large samples (W. Hoeffding, A combinatorial central limit theorem, 1951)
 * is never below what those can show. NAN without memory.
 */
double permute_p(const double *a, uint32_t na, const double *b, uint32_t nb);

/* Whether all splits of samples of these sizes are looked at. */
bool permute_is_exact(uint32_t na, uint32_t nb);

/* The least p that samples of these sizes can have: 2 / C(na + nb, na) where both are of one size
 * (a split and its mirror differ alike), else 1 / C. */
double permute_p_min(uint32_t na, uint32_t nb);

#endif
