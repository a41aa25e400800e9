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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BITS 6
#define HISTOGRAM_SUB  (1u << HISTOGRAM_BITS)
/* For every duration of 64 bits: recording need not ask whether there is one. */
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_BITS + 1) * HISTOGRAM_SUB)

struct histogram {
	uint64_t n;
	uint64_t min_ns; /* UINT64_MAX while n == 0 */
	uint64_t max_ns;
	uint64_t sum_ns;
	unsigned __int128 sum_sq; /* sum of squares, for the standard deviation */
	uint64_t count[HISTOGRAM_BUCKETS];
};

void histogram_init(struct histogram *h);

/* Index of the bucket that holds `ns`: the place of its highest bit, and the six bits below it. */
static inline uint64_t histogram_index(uint64_t ns)
{
	unsigned int top = 63 ^ (unsigned int)__builtin_clzll(ns | HISTOGRAM_SUB);
	unsigned int width_bits = top - HISTOGRAM_BITS; /* 0 below 128, where places are exact */

	return (uint64_t)(width_bits * HISTOGRAM_SUB) + (ns >> width_bits);
}

/*
 * Records `n` equal durations. One thread records; others may look at the counts meanwhile with
 * histogram_peek(): an aligned counter of 64 bits is stored whole on the CPUs this runs on.
 */
static inline void histogram_add_n(struct histogram *h, uint64_t ns, uint64_t n)
{
	h->count[histogram_index(ns)] += n;
	h->n += n;
	h->sum_ns += ns * n;
	h->sum_sq += (unsigned __int128)(ns * n) * ns;
	if (ns < h->min_ns)
		h->min_ns = ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
}

static inline void histogram_add(struct histogram *h, uint64_t ns)
{
	histogram_add_n(h, ns, 1);
}

/* The count of one bucket while another thread records. */
static inline uint64_t histogram_peek(const struct histogram *h, unsigned int index)
{
	return __atomic_load_n(&h->count[index], __ATOMIC_RELAXED);
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

/* Percentile that the sample supports: true where at least 10 I/Os lie beyond it (10 / (1 - p)); a
 * number of I/Os that is not known (NAN) supports none. */
bool histogram_percentile_holds(double ios, double pct);

#endif
