// SPDX-License-Identifier: MIT
/* Seeds, fills and shuffles; the generator itself is inline in the header. */
#include "lib/rng.h"

#include <string.h>

/* splitmix64 (Steele, Lea, Flood 2014): one step of its counter, and the hash of it, so that
 * neighbouring seeds do not begin beside each other. */
#define RNG_GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static uint64_t scramble(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void rng_seed(struct rng *r, uint64_t seed)
{
	r->state = scramble(seed + RNG_GOLDEN);
}

void rng_fill(struct rng *r, void *to, size_t len)
{
	unsigned char *at = to;

	while (len) {
		uint64_t word = rng_next(r);
		size_t part = len < sizeof(word) ? len : sizeof(word);

		memcpy(at, &word, part);
		at += part;
		len -= part;
	}
}

void rng_shuffle(struct rng *r, uint32_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = (size_t)rng_below(r, i + 1);

		/* The next number goes to a place among those before, whose number moves here. */
		order[i] = order[j];
		order[j] = (uint32_t)i;
	}
}

uint64_t rng_mix(uint64_t seed, uint64_t salt)
{
	/* Two rounds: seeds and salts that people choose are small and near each other. */
	return scramble(scramble(seed + RNG_GOLDEN) + (salt + 1) * RNG_GOLDEN);
}

void permutation_init(struct permutation *p, uint64_t n, uint64_t seed)
{
	unsigned int bits = n > 1 ? 64 - (unsigned int)__builtin_clzll(n - 1) : 0;

	*p = (struct permutation){
		.n = n,
		.mask = bits ? UINT64_MAX >> (64 - bits) : 0,
		.shift = bits > 3 ? bits / 2 : 1,
		.multiplier = (rng_mix(seed, 0) & ~UINT64_C(7)) | 5,
		.addend = rng_mix(seed, 1) | 1,
		.scramble = { rng_mix(seed, 2) | 1, rng_mix(seed, 3) | 1 },
	};
	p->state = rng_mix(seed, 4) & p->mask;
}
