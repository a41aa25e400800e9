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

#define PATTERN_AHEAD 64

struct pattern {
	uint64_t base_bytes;  /* of the region on the target */
	uint32_t block_bytes; /* bs */
	uint64_t blocks;      /* in the region */
	uint64_t next;	      /* position in this pass, of what is to be worked out */
	uint64_t pass;
	uint64_t seed;
	bool random, repeats;
	bool again; /* set by the caller: every pass in the order of the first, as fio's
		       randrepeat=1 has it (where blocks do not repeat) */
	void (*take)(struct pattern *p, uint32_t n); /* puts the next n offsets into `ahead` */
	const uint32_t *found; /* NULL: blocks follow each other from base_bytes */
	struct permutation order;
	struct rng rng;
	uint32_t at, ahead_n; /* in the offsets worked out ahead, many at a time */
	uint64_t ahead[PATTERN_AHEAD];
};

/*
 * Over `blocks` blocks (> 0) of block_bytes from base_bytes on; or, with `found`, over the blocks
 * it lists (at least one), which must outlive the pattern.
 */
void pattern_init(struct pattern *p, uint64_t base_bytes, uint32_t block_bytes, uint64_t blocks,
		  const struct pattern_found *found, bool random, bool repeats, uint64_t seed);

/* Begins the next pass: in a new random order, or in the same one again. */
void pattern_wrap(struct pattern *p);

/* Works out the offsets ahead. */
void pattern_refill(struct pattern *p);

/*
 * The offsets of the next blocks on the target, in bytes: up to `most` of them (at least 1, where
 * most is), and *n says how many. They are used up by this, and stand there until the next call.
 */
static inline const uint64_t *pattern_take(struct pattern *p, uint32_t most, uint32_t *n)
{
	const uint64_t *offset_bytes;

	if (p->at == p->ahead_n)
		pattern_refill(p);
	offset_bytes = &p->ahead[p->at];
	*n = p->ahead_n - p->at < most ? p->ahead_n - p->at : most;
	p->at += *n;
	return offset_bytes;
}

/* Offset of the next block on the target, in bytes. */
static inline uint64_t pattern_next(struct pattern *p)
{
	if (p->at == p->ahead_n)
		pattern_refill(p);
	return p->ahead[p->at++];
}

#endif
