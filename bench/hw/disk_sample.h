/* SPDX-License-Identifier: MIT */
/*
 * Samples of a disk: is it worth the full proof that it is blank? Blank is a disk of one byte value
 * throughout: zero, or 0xFF as flash has it where it was erased and not written since. Reads only.
 */
#ifndef TARE_HW_DISK_SAMPLE_H
#define TARE_HW_DISK_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/block.h"

#define DISK_SAMPLE_EDGE_BYTES	(UINT64_C(16) << 20) /* read in full at head and tail */
#define DISK_SAMPLE_BLOCK_BYTES (64u << 10)
#define DISK_SAMPLE_BLOCKS	1024 /* at random places */
#define DISK_SAMPLE_STEP_BYTES	(UINT64_C(1) << 30)
#define DISK_SAMPLE_STEPS	4096 /* above 4 TiB the steps grow instead */

#define DISK_FILL_ZERO	 0x00
#define DISK_FILL_ERASED 0xff

struct disk_sample {
	uint8_t fill; /* DISK_FILL_ERASED where the first byte is, else DISK_FILL_ZERO */
	bool blank;   /* every byte read was `fill` */
	uint64_t data_offset_bytes; /* of the first byte found that is not */
	uint64_t read_bytes;
	uint32_t blocks; /* read away from head and tail */
	bool cut;	 /* out of time before all blocks were read */
};

/*
 * Reads head, tail, the start of every GiB and random blocks (by `seed`), and stops at the first
 * byte that is not the disk's fill, or after `limit_ns` (head and tail are always read). Returns 0,
 * -ENOMEM or -errno of a read.
 */
int disk_sample(struct disk_sample *sample, const struct block *block, uint64_t seed,
		uint64_t limit_ns);

/*
 * Reads a range in full, in pieces of 1 MiB at most, and demands nothing but `fill`. `step`, where
 * not NULL, is called after each piece with its length; a non-zero return of it ends the check with
 * that value. Returns 0 (all of it is), 1 (not: *data_offset_bytes says where), -ENOMEM or -errno.
 */
int disk_sample_range(const struct block *block, uint8_t fill, uint64_t start_bytes,
		      uint64_t end_bytes, uint64_t *data_offset_bytes,
		      int (*step)(void *context, uint64_t bytes), void *context);

/* Index of the first byte that is not `fill`; `len` where there is none. */
size_t disk_sample_other(const void *data, size_t len, uint8_t fill);

/* A fill in words: "zero", "0xFF". */
const char *disk_sample_fill_words(uint8_t fill);

#endif
