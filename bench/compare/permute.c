// SPDX-License-Identifier: MIT
/* All splits where they can be counted, else a fixed number of random ones; the limit
 * where even those would take long. */
#include "compare/permute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rng.h"

#define SEED UINT64_C(0x7461726520636d70)

/* C(n, k), or infinity. */
static double splits(uint32_t n, uint32_t k)
{
	double all = 1;

	for (uint32_t i = 1; i <= k && isfinite(all); i++)
		all = all * (n - k + i) / i;
	return round(all);
}

/* The means differ the more, the further the sum of the first sample is from its expectation. */
struct test {
	const double *pooled;
	uint32_t n, k;
	double expected; /* sum of k of them */
	double observed; /* distance from it, less what rounding can do */
};

static bool is_extreme(const struct test *t, double sum)
{
	return fabs(sum - t->expected) >= t->observed;
}

/* Every k of n in lexical order: the sum changes only from the first index that moves on. */
static double count_all(const struct test *t)
{
	uint32_t index[64];
	double sum[65] = { 0 }, extreme = 0, all = 0;
	uint32_t i = 0, k = t->k;

	for (uint32_t c = 0; c < k; c++)
		index[c] = c;
	for (;;) {
		for (; i < k; i++)
			sum[i + 1] = sum[i] + t->pooled[index[i]];
		all++;
		extreme += is_extreme(t, sum[k]);
		for (i = k; i && index[i - 1] == t->n - k + i - 1;)
			i--;
		if (!i)
			return extreme / all;
		i--;
		index[i]++;
		for (uint32_t c = i + 1; c < k; c++)
			index[c] = index[c - 1] + 1;
	}
}

static double count_drawn(const struct test *t, double *values)
{
	double extreme = 1;
	struct rng rng;

	rng_seed(&rng, SEED);
	for (int draw = 0; draw < PERMUTE_DRAWS; draw++) {
		double sum = 0;

		for (uint32_t i = 0; i < t->k; i++) {
			uint32_t other = i + (uint32_t)rng_below(&rng, t->n - i);
			double swap = values[other];

			values[other] = values[i];
			values[i] = swap;
			sum += swap;
		}
		extreme += is_extreme(t, sum);
	}
	return extreme / (PERMUTE_DRAWS + 1);
}

/* The sum of k of n values, drawn without putting back, has the variance k (n - k) / n of theirs.
 */
static double count_normal(const struct test *t)
{
	double mean = t->expected / t->k, squares = 0, sd;

	for (uint32_t i = 0; i < t->n; i++)
		squares += (t->pooled[i] - mean) * (t->pooled[i] - mean);
	sd = sqrt(squares / (t->n - 1) * t->k * (t->n - t->k) / t->n);
	if (t->observed <= 0 || sd <= 0)
		return 1;
	return fmax(erfc(t->observed / sd / sqrt(2)), 1.0 / (PERMUTE_DRAWS + 1));
}

bool permute_is_exact(uint32_t na, uint32_t nb)
{
	uint32_t k = na < nb ? na : nb;

	return k <= 64 && splits(na + nb, k) <= PERMUTE_EXACT_MAX;
}

double permute_p(const double *a, uint32_t na, const double *b, uint32_t nb)
{
	uint32_t k = na < nb ? na : nb;
	double sum = 0, small = 0, scale = 0, *pooled, p;
	struct test t;

	if (!na || !nb)
		return 1;
	pooled = malloc(((size_t)na + nb) * sizeof(*pooled));
	if (!pooled)
		return NAN;
	memcpy(pooled, a, na * sizeof(*a));
	memcpy(pooled + na, b, nb * sizeof(*b));
	for (uint32_t i = 0; i < na + nb; i++) {
		sum += pooled[i];
		scale += fabs(pooled[i]);
	}
	for (uint32_t i = 0; i < k; i++)
		small += na < nb ? a[i] : b[i];
	t = (struct test){ .pooled = pooled, .n = na + nb, .k = k };
	t.expected = sum * k / t.n;
	t.observed = fabs(small - t.expected) - 1e-12 * scale;
	if (permute_is_exact(na, nb))
		p = count_all(&t);
	else if (k > PERMUTE_DRAWN_MAX)
		p = count_normal(&t);
	else
		p = count_drawn(&t, pooled);
	free(pooled);
	return p;
}

double permute_p_min(uint32_t na, uint32_t nb)
{
	double all = splits(na + nb, na < nb ? na : nb);

	if (!na || !nb)
		return 1;
	if (all > PERMUTE_EXACT_MAX)
		return 1.0 / (PERMUTE_DRAWS + 1);
	return fmin((na == nb ? 2 : 1) / all, 1);
}
