// SPDX-License-Identifier: MIT
/* The results partition as slots_store() sees it: reads anything, writes inside it only. */
#include "hw/disk_results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/block.h"

struct results {
	struct block block;
	int fd;
	int (*write)(int fd, const void *from, size_t len, uint64_t offset);
	uint64_t start_bytes, end_bytes; /* equal until the partition is found: nothing passes */
};

static int results_read(void *self, void *to, size_t len, uint64_t offset)
{
	struct results *results = self;
	struct block plain;

	block_from_fd(&plain, &results->fd, results->block.size_bytes, results->block.sector_bytes);
	return block_read(&plain, to, len, offset);
}

static int results_write(void *self, const void *from, size_t len, uint64_t offset)
{
	struct results *results = self;

	if (offset < results->start_bytes || offset > results->end_bytes ||
	    len > results->end_bytes - offset)
		return -EPERM;
	return results->write(results->fd, from, len, offset);
}

static int results_flush(void *self)
{
	struct results *results = self;

	if (fsync(results->fd))
		return -errno;
	/* What is read back afterwards shall come from the disk. */
	return -posix_fadvise(results->fd, 0, 0, POSIX_FADV_DONTNEED);
}

int disk_results_write(int fd, int (*write)(int fd, const void *from, size_t len, uint64_t offset),
		       const struct disk *disk, const char *run,
		       const struct buf body[SLOTS_PARTS_N], struct err *e)
{
	struct results results = { .block = { .self = &results,
					      .size_bytes = disk->size_bytes,
					      .sector_bytes = disk->logical_block_bytes,
					      .read = results_read,
					      .write = results_write,
					      .flush = results_flush },
				   .fd = fd,
				   .write = write };
	struct slots *slots = malloc(sizeof(*slots));
	int ret;

	if (!slots)
		return err_set(e, -ENOMEM, "disk %s: out of memory", disk->node);
	ret = slots_find(slots, &results.block, e);
	if (!ret) {
		results.start_bytes = slots->start_bytes;
		results.end_bytes = slots->start_bytes + slots->size_bytes;
		ret = slots_store(slots, &results.block, run, body, e);
	}
	free(slots);
	return ret;
}
