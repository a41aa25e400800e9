/* SPDX-License-Identifier: MIT */
/* The order in which a job visits its blocks: sequential, random with every block once a pass, or
 * random with repeats. */
#ifndef TARE_RUN_PATTERN_H
#define TARE_RUN_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rng.h"

/* Where blocks with data are: starts in units of 4 KiB, ascending. Owned by whoever made it
 * (run/found.c). */
struct pattern_found {
	uint32_t *start;
	uint64_t n;
};

struct pattern {
	uint64_t base_bytes;  /* of the region on the target */
	uint32_t block_bytes; /* bs */
	uint64_t blocks;      /* in the region */
	uint64_t next;	      /* position in this pass */
	uint64_t pass;
	uint64_t seed;
	bool random, repeats;
	const uint32_t *found; /* NULL: blocks follow each other from base_bytes */
	struct permutation order;
	struct rng rng;
};

/* Over `blocks` blocks (> 0) of block_bytes from base_bytes on. */
void pattern_init(struct pattern *p, uint64_t base_bytes, uint32_t block_bytes, uint64_t blocks,
		  bool random, bool repeats, uint64_t seed);

/* Restricts the pattern to blocks where data were found; the list must outlive it. */
void pattern_use_found(struct pattern *p, const struct pattern_found *found);

/* Begins the next pass: a new random order. */
void pattern_wrap(struct pattern *p);

/* Offset of the next block on the target, in bytes. */
static inline uint64_t pattern_next(struct pattern *p)
{
	uint64_t block;

	if (p->next == p->blocks)
		pattern_wrap(p);
	block = p->next++;
	if (p->random)
		block = p->repeats ? rng_below(&p->rng, p->blocks) : permutation_next(&p->order);
	if (p->found)
		return (uint64_t)p->found[block] << 12;
	return p->base_bytes + block * p->block_bytes;
}

#endif
