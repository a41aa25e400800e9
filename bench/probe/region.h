/* SPDX-License-Identifier: MIT */
/* Memory in pages of a known size, and reads that each wait for the one before. */
#ifndef TARE_PROBE_REGION_H
#define TARE_PROBE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/readings.h"

#define REGION_PAGE_BYTES ((size_t)4096)
#define REGION_HUGE_BYTES ((size_t)2 << 20)

struct region {
	char *base; /* aligned to a huge page */
	size_t bytes;
	void *map;
	size_t map_bytes;
};

/* Of what is available, a share of 1/`part`, whole huge pages, `most` at most; 0: too little. */
size_t region_room(size_t most, size_t part);

/* Maps memory that nobody has touched, in huge pages where the kernel gives them, or in none.
 * Returns 0 or -errno. */
int region_map(struct region *r, size_t bytes, bool huge);
void region_unmap(struct region *r);

/* Share of a touched region that huge pages hold, 0 to 1: where touching another part of one is no
 * page fault. */
#define REGION_HUGE_MOST 0.9 /* from here on figures are those of huge pages */
#define REGION_NOT_HUGE	 "the kernel gave no pages of 2 MiB"
double region_huge_share(const struct region *r);

/*
 * Writes one byte a page of page_bytes and times it, less what the clock costs: up to s->max of
 * them, evenly spread, none where `s` is NULL. Ends at until_ns, and cuts the region to what was
 * touched.
 */
void region_touch(struct region *r, size_t page_bytes, struct readings *s, uint64_t until_ns);

/*
 * Makes one cycle of pointers through all places of the region, `stride` bytes apart (a multiple of
 * 64), in random order, each at a random line of its place. Returns where it begins, or NULL: no
 * memory.
 */
void *region_chain(struct region *r, size_t stride, uint64_t seed);

/* Follows it: adds ns a step, means of 256 steps, until `s` is full or until_ns. Returns where it
 * came to. */
void *region_follow(void *at, struct readings *s, uint64_t until_ns);

#endif
