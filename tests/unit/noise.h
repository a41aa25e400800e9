/* SPDX-License-Identifier: MIT */
/*
 * Times as a busy virtual machine has them, for tests of statistics: log-normal, one in twenty ten
 * times as long, all of it on a drift that both sides of a pair share.
 */
#ifndef TARE_TESTS_NOISE_H
#define TARE_TESTS_NOISE_H

#include <math.h>
#include <stdint.h>

#include "lib/rng.h"

struct noise {
	struct rng rng;
	double sigma; /* of the logarithm */
	double drift; /* of the logarithm, walks */
};

static inline double noise_uniform(struct noise *n)
{
	return ((double)rng_below(&n->rng, 1u << 30) + 0.5) / (1u << 30);
}

static inline double noise_gauss(struct noise *n)
{
	return sqrt(-2 * log(noise_uniform(n))) * cos(2 * M_PI * noise_uniform(n));
}

static inline struct noise noise_begin(uint64_t seed, double sigma)
{
	struct noise n = { .sigma = sigma };

	rng_seed(&n.rng, seed);
	return n;
}

/* The next pair: the machine has become a little faster or slower. */
static inline void noise_step(struct noise *n)
{
	n->drift = 0.95 * n->drift + 0.1 * noise_gauss(n);
}

/* About `ns`. */
static inline double noise_time(struct noise *n, double ns)
{
	double tail = rng_below(&n->rng, 20) ? 1 : 10;

	return ns * tail * exp(n->drift + n->sigma * noise_gauss(n));
}

#endif
