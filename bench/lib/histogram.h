/* SPDX-License-Identifier: MIT */
/*
 * Log-linear histogram of durations: exact below 128 ns, then 64 buckets for each power of two, so
 * that a bucket's middle is within 1/128 (0.78 %) of any value in it. Counts, sum, minimum and
 * maximum are exact; merging is exact.
 *
 * Same bucket borders as fio's json+ bins (FIO_IO_U_PLAT_BITS = 6), so the exported bins mean the
 * same.
 */
#ifndef TARE_LIB_HISTOGRAM_H
#define TARE_LIB_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BITS 6
#define HISTOGRAM_SUB  (1u << HISTOGRAM_BITS)
/* Values from 2^37 ns (137 s) on fall into the last bucket; min, max and sum stay exact. */
#define HISTOGRAM_TOP_BIT 37
#define HISTOGRAM_BUCKETS ((HISTOGRAM_TOP_BIT - HISTOGRAM_BITS + 1) * HISTOGRAM_SUB)

struct histogram {
	uint64_t n;
	uint64_t min_ns; /* UINT64_MAX while n == 0 */
	uint64_t max_ns;
	uint64_t sum_ns;
	unsigned __int128 sum_sq; /* sum of squares, for the standard deviation */
	uint64_t count[HISTOGRAM_BUCKETS];
};

void histogram_init(struct histogram *h);

/* Index of the bucket that holds `ns`. */
static inline unsigned int histogram_index(uint64_t ns)
{
	unsigned int top, index;

	if (ns < 2 * HISTOGRAM_SUB)
		return (unsigned int)ns;
	top = 63 - (unsigned int)__builtin_clzll(ns);
	if (top >= HISTOGRAM_TOP_BIT)
		return HISTOGRAM_BUCKETS - 1;
	index = (top - HISTOGRAM_BITS + 1) * HISTOGRAM_SUB;
	return index + (unsigned int)((ns >> (top - HISTOGRAM_BITS)) & (HISTOGRAM_SUB - 1));
}

/* Records one duration. */
static inline void histogram_add(struct histogram *h, uint64_t ns)
{
	h->n++;
	h->sum_ns += ns;
	h->sum_sq += (unsigned __int128)ns * ns;
	if (ns < h->min_ns)
		h->min_ns = ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
	h->count[histogram_index(ns)]++;
}

/* The middle of bucket `index`, in ns: the value fio prints for it. */
uint64_t histogram_value_ns(unsigned int index);

void histogram_merge(struct histogram *to, const struct histogram *from);
double histogram_mean_ns(const struct histogram *h); /* 0 while empty */
double
histogram_stddev_ns(const struct histogram *h); /* of the population, as fio; 0 below two samples */

/*
 * The smallest bucket value with at least pct percent of the samples at or below it, kept within
 * [min, max]. 0 < pct <= 100; 0 while empty.
 */
uint64_t histogram_percentile_ns(const struct histogram *h, double pct);

#endif
