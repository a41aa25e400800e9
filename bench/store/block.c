// SPDX-License-Identifier: MIT
/* Bounds-checked access to blocks, parts of them, descriptors and memory. Opens nothing. */
#include "store/block.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/transfer.h"

static bool inside(const struct block *block, size_t len, uint64_t offset)
{
	return offset <= block->size_bytes && len <= block->size_bytes - offset;
}

int block_read(const struct block *block, void *to, size_t len, uint64_t offset)
{
	if (!inside(block, len, offset))
		return -ERANGE;
	return len ? block->read(block->self, to, len, offset) : 0;
}

int block_write(const struct block *block, const void *from, size_t len, uint64_t offset)
{
	if (!block->write)
		return -EROFS;
	if (!inside(block, len, offset))
		return -ERANGE;
	return len ? block->write(block->self, from, len, offset) : 0;
}

int block_flush(const struct block *block)
{
	return block->flush ? block->flush(block->self) : -EROFS;
}

int block_verify(const struct block *block, const void *written, size_t len, uint64_t offset)
{
	void *again = malloc(len);
	int ret;

	if (!again)
		return -ENOMEM;
	ret = block_read(block, again, len, offset);
	if (!ret && memcmp(again, written, len))
		ret = -EIO;
	free(again);
	return ret;
}

static int part_read(void *self, void *to, size_t len, uint64_t offset)
{
	const struct block_part *part = self;

	return block_read(part->outer, to, len, part->start_bytes + offset);
}

static int part_write(void *self, const void *from, size_t len, uint64_t offset)
{
	const struct block_part *part = self;

	return block_write(part->outer, from, len, part->start_bytes + offset);
}

static int part_flush(void *self)
{
	const struct block_part *part = self;

	return block_flush(part->outer);
}

int block_part_init(struct block_part *part, const struct block *outer, uint64_t start_bytes,
		    uint64_t size_bytes)
{
	if (start_bytes > outer->size_bytes || size_bytes > outer->size_bytes - start_bytes)
		return -ERANGE;
	*part = (struct block_part){
		.block = { .self = part,
			   .size_bytes = size_bytes,
			   .sector_bytes = outer->sector_bytes,
			   .read = part_read,
			   .write = outer->write ? part_write : NULL,
			   .flush = outer->flush ? part_flush : NULL },
		.outer = outer,
		.start_bytes = start_bytes,
	};
	return 0;
}

static int fd_read(void *self, void *to, size_t len, uint64_t offset)
{
	return transfer_read(*(int *)self, to, len, offset);
}

void block_from_fd(struct block *block, int *fd, uint64_t size_bytes, uint32_t sector_bytes)
{
	*block = (struct block){
		.self = fd, .size_bytes = size_bytes, .sector_bytes = sector_bytes, .read = fd_read
	};
}

static int memory_read(void *self, void *to, size_t len, uint64_t offset)
{
	const struct block_memory *memory = self;

	memcpy(to, memory->data + offset, len);
	return 0;
}

void block_from_memory(struct block_memory *memory, const void *data, size_t len,
		       uint32_t sector_bytes)
{
	*memory = (struct block_memory){
		.block = { .self = memory,
			   .size_bytes = len,
			   .sector_bytes = sector_bytes,
			   .read = memory_read },
		.data = data,
	};
}
