/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that repeat from a seed (wyrand, Wang Yi 2019: a counter of period 2^64, hashed by
 * one wide multiplication), and a random order of 0..n-1 that needs no memory.
 */
#ifndef TARE_LIB_RNG_H
#define TARE_LIB_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

void rng_seed(struct rng *r, uint64_t seed);

static inline uint64_t rng_next(struct rng *r)
{
	unsigned __int128 product;

	r->state += UINT64_C(0xa0761d6478bd642f);
	product = (unsigned __int128)r->state * (r->state ^ UINT64_C(0xe7037ed1a0b428db));
	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* Uniform in [0, n), n > 0, by multiplication; the bias is below n / 2^64. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)rng_next(r) * n) >> 64);
}

void rng_fill(struct rng *r, void *to, size_t len);
/* Shuffles 0..n-1 into `order` (Fisher and Yates). */
void rng_shuffle(struct rng *r, uint32_t *order, size_t n);
/* A number derived from two: for sub-seeds (round, job) that do not resemble each other. */
uint64_t rng_mix(uint64_t seed, uint64_t salt);

/*
 * Every number of [0, n) once, in an order fixed by the seed: a generator of full period on the
 * next power of two (Hull and Dobell 1962), whose states are scrambled by a bijection; numbers
 * beyond n are passed over, fewer than one for each that is given.
 */
struct permutation {
	uint64_t n, mask;
	uint64_t state;
	uint64_t multiplier, addend; /* multiplier mod 4 is 1, addend odd */
	uint64_t scramble[2];	     /* odd */
	unsigned int shift;
};

void permutation_init(struct permutation *p, uint64_t n, uint64_t seed); /* n > 0 */

/*
 * The next number; after n of them the same order begins again. With one scrambling round,
 * neighbours correlate by more than chance for one seed in 250; with two, for none of 4600.
 */
static inline uint64_t permutation_next(struct permutation *p)
{
	uint64_t x;

	do {
		p->state = (p->state * p->multiplier + p->addend) & p->mask;
		x = p->state;
		x = ((x ^ x >> p->shift) * p->scramble[0]) & p->mask;
		x = ((x ^ x >> p->shift) * p->scramble[1]) & p->mask;
		x ^= x >> p->shift;
	} while (x >= p->n);
	return x;
}

#endif
