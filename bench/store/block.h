/* SPDX-License-Identifier: MIT */
/*
 * Bytes at offsets: what the formats of store/ need of a device, an image file or a buffer. Opens
 * nothing; whoever hands in a descriptor decides what may be done with it.
 */
#ifndef TARE_STORE_BLOCK_H
#define TARE_STORE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

struct block {
	void *self;
	uint64_t size_bytes;
	uint32_t sector_bytes; /* logical block size: 512 to 4096 */
	/* Whole transfers or -errno. `write` and `flush` are NULL where the bytes are read-only.
	 * Any offset and length. Call them through block_read() and its like. */
	int (*read)(void *self, void *to, size_t len, uint64_t offset);
	int (*write)(void *self, const void *from, size_t len, uint64_t offset);
	int (*flush)(void *self);
};

/* Whole transfers. Return 0, -ERANGE (not wholly inside the block; nothing was transferred), -EROFS
 * (no `write` or `flush`), or -errno of the transfer. */
int block_read(const struct block *block, void *to, size_t len, uint64_t offset);
int block_write(const struct block *block, const void *from, size_t len, uint64_t offset);
int block_flush(const struct block *block);

/* Reads `len` bytes back and compares. Returns 0, -EIO where they differ, -ENOMEM, or as
 * block_read(). */
int block_verify(const struct block *block, const void *written, size_t len, uint64_t offset);

/* A part of another block (a partition). `outer` must outlive it, and it must stay where it is. */
struct block_part {
	struct block block;
	const struct block *outer;
	uint64_t start_bytes;
};

/* Returns 0, or -ERANGE where the part is not wholly inside `outer`. */
int block_part_init(struct block_part *part, const struct block *outer, uint64_t start_bytes,
		    uint64_t size_bytes);

/* An open descriptor of a device or file, read-only. `fd` is borrowed and must not be O_DIRECT:
 * reads come at any alignment. */
void block_from_fd(struct block *block, int *fd, uint64_t size_bytes, uint32_t sector_bytes);

/* Bytes in memory, read-only; borrowed. */
struct block_memory {
	struct block block;
	const uint8_t *data;
};

void block_from_memory(struct block_memory *memory, const void *data, size_t len,
		       uint32_t sector_bytes);

#endif
