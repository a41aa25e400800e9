// SPDX-License-Identifier: MIT
/* Reading a histogram; recording is inline in the header. */
#include "lib/histogram.h"

#include <math.h>
#include <string.h>

void histogram_init(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
	h->min_ns = UINT64_MAX;
}

uint64_t histogram_value_ns(unsigned int index)
{
	unsigned int width_bits = index / HISTOGRAM_SUB;
	uint64_t place = HISTOGRAM_SUB + index % HISTOGRAM_SUB;

	if (index < 2 * HISTOGRAM_SUB)
		return index;
	width_bits--;
	return (place << width_bits) + (UINT64_C(1) << (width_bits - 1));
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
	to->n += from->n;
	to->sum_ns += from->sum_ns;
	to->sum_sq += from->sum_sq;
	if (from->min_ns < to->min_ns)
		to->min_ns = from->min_ns;
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->count[i] += from->count[i];
}

double histogram_mean_ns(const struct histogram *h)
{
	return h->n ? (double)h->sum_ns / (double)h->n : 0;
}

double histogram_stddev_ns(const struct histogram *h)
{
	uint64_t near_mean;
	unsigned __int128 squares;
	double rest;

	if (h->n < 2)
		return 0;
	/*
	 * Squares of the distances from a whole number beside the mean, exactly (modulo 2^128,
	 * which the result never reaches); the rest of the way to the mean is below 1 ns. Sums of
	 * squares less the squared sum in floating point would lose small deviations of long
	 * durations.
	 */
	near_mean = h->sum_ns / h->n;
	squares = h->sum_sq - 2 * (unsigned __int128)near_mean * h->sum_ns +
		  (unsigned __int128)near_mean * near_mean * h->n;
	rest = (double)(h->sum_ns % h->n) / (double)h->n;
	return sqrt(fmax((double)squares / (double)h->n - rest * rest, 0));
}

uint64_t histogram_percentile_ns(const struct histogram *h, double pct)
{
	double rank = (double)h->n * pct / 100;
	uint64_t need, seen = 0, value;
	unsigned int i;

	if (!h->n)
		return 0;
	/* 99.9 is no binary fraction: what exceeds a whole rank by rounding alone is that rank. */
	rank = ceil(rank - rank * 1e-12);
	need = rank < 1 ? 1 : rank > (double)h->n ? h->n : (uint64_t)rank;
	for (i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += h->count[i];
		if (seen >= need)
			break;
	}
	value = histogram_value_ns(i);
	if (value < h->min_ns)
		return h->min_ns;
	return value > h->max_ns ? h->max_ns : value;
}

bool histogram_percentile_holds(double ios, double pct)
{
	/* 99.9 is no binary fraction: what lacks by rounding alone lacks nothing. */
	return ios * (100 - pct) / 100 >= 10 * (1 - 1e-9);
}
