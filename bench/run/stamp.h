/* SPDX-License-Identifier: MIT */
/*
 * What tare writes: incompressible bytes, every 4 KiB stamped with where and when it was written,
 * so that no two blocks are alike and a block can later be told from any other.
 */
#ifndef TARE_RUN_STAMP_H
#define TARE_RUN_STAMP_H

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

#endif
