/* SPDX-License-Identifier: MIT */
/*
 * Where a disk that we may not write holds data: reads of blocks that hold nothing are answered by
 * many platforms without touching any medium, and would measure nothing.
 */
#ifndef TARE_RUN_FOUND_H
#define TARE_RUN_FOUND_H

#include <stdatomic.h>
#include <stdint.h>

#include "lib/err.h"
#include "run/pattern.h"

#define FOUND_BLOCK_BYTES 4096

struct found {
	uint8_t *bitmap; /* a bit for each block: not all zero */
	uint64_t blocks; /* searched */
	uint64_t found_bytes;
	uint64_t searched_bytes;
};

struct found_search {
	int fd;
	uint64_t size_bytes;	/* of the target */
	uint64_t want_bytes;	/* enough */
	_Atomic uint64_t *done; /* progress, in bytes */
	const atomic_int *stop;
};

/*
 * Searches from the start of the target until want_bytes of data are found, four times as much was
 * searched, or the target ends. Returns 0, -EINTR (stopped), -ENOMEM or -errno of a read, with *e
 * set. Free with found_free().
 */
int found_scan(struct found *found, const struct found_search *search, struct err *e);

/*
 * The starts of all stretches of block_bytes within [from_bytes, to_bytes) that hold data in every
 * 4 KiB. Returns 0 or -ENOMEM; the list may be empty. Free list->start.
 */
int found_list(struct pattern_found *list, const struct found *found, uint64_t block_bytes,
	       uint64_t from_bytes, uint64_t to_bytes);

void found_free(struct found *found);

#endif
