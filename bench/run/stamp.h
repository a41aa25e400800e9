/* SPDX-License-Identifier: MIT */
/*
 * What tare writes: incompressible bytes, every 4 KiB stamped with where and when it was written,
 * so that no two blocks are alike and a block can later be told from any other.
 */
#ifndef TARE_RUN_STAMP_H
#define TARE_RUN_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define STAMP_EVERY_BYTES 4096
#define STAMP_MAGIC	  UINT64_C(0x31504d4154534554) /* "TESTAMP1" in memory order */

struct stamp {
	uint64_t magic;
	uint64_t offset_bytes; /* on the target */
	uint64_t sequence;     /* of the write, counted by the job that made it */
	uint64_t seed;	       /* of the run */
};

/* Stamps a buffer that is about to be written at `offset_bytes`. */
static inline void stamp_write(void *data, uint32_t len_bytes, uint64_t offset_bytes,
			       uint64_t sequence, uint64_t seed)
{
	struct stamp stamp = { STAMP_MAGIC, offset_bytes, sequence, seed };

	for (uint32_t at = 0; at < len_bytes; at += STAMP_EVERY_BYTES) {
		stamp.offset_bytes = offset_bytes + at;
		memcpy((char *)data + at, &stamp, sizeof(stamp));
	}
}

/* What stands where a stamp should be. */
struct stamp_fault {
	bool found; /* false: no fault */
	uint64_t offset_bytes;
	uint64_t seed;	    /* that should be there */
	struct stamp stamp; /* what is there */
};

/*
 * Looks at every stamp of a buffer that was read from `offset_bytes`: magic, place and run. Returns
 * true where all are right; else *fault is the first that is not.
 */
static inline bool stamp_check(const void *data, uint32_t len_bytes, uint64_t offset_bytes,
			       uint64_t seed, struct stamp_fault *fault)
{
	struct stamp stamp;

	for (uint32_t at = 0; at < len_bytes; at += STAMP_EVERY_BYTES) {
		memcpy(&stamp, (const char *)data + at, sizeof(stamp));
		if (stamp.magic == STAMP_MAGIC && stamp.offset_bytes == offset_bytes + at &&
		    stamp.seed == seed)
			continue;
		*fault = (struct stamp_fault){ true, offset_bytes + at, seed, stamp };
		return false;
	}
	return true;
}

/* In words: "block at offset 8192: should hold its stamp (run seed 7), holds the stamp of ...". */
void stamp_fault_words(char *to, size_t to_bytes, const struct stamp_fault *fault);

#endif
