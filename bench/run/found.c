// SPDX-License-Identifier: MIT
/* Searches for data, read only. */
#include "run/found.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES   (UINT64_C(1) << 20)
#define SEARCH_FACTOR 4

/* Zeros, or 0xFF as erased flash gives: the disk may answer without reading anything. */
static bool is_empty(const uint8_t *data, size_t len)
{
	return (!data[0] || data[0] == 0xff) && !memcmp(data, data + 1, len - 1);
}

/* Looks at one piece that was read; sets the bits of the blocks that hold something. */
static void mark_blocks(struct found *found, const uint8_t *data, uint64_t len)
{
	for (uint64_t at = 0; at + FOUND_BLOCK_BYTES <= len; at += FOUND_BLOCK_BYTES) {
		if (!is_empty(data + at, FOUND_BLOCK_BYTES)) {
			found->bitmap[found->blocks / 8] |= (uint8_t)(1u << (found->blocks % 8));
			found->found_bytes += FOUND_BLOCK_BYTES;
		}
		found->blocks++;
	}
	found->searched_bytes += len;
}

static int scan(struct found *found, const struct found_search *search, uint64_t limit,
		uint8_t *piece, struct err *e)
{
	while (found->searched_bytes < limit && found->found_bytes < search->want_bytes) {
		uint64_t len = limit - found->searched_bytes;
		ssize_t got;

		if (atomic_load(search->stop))
			return err_set(e, -EINTR, "stopped while searching for data");
		got = pread(search->fd, piece, len < PIECE_BYTES ? len : PIECE_BYTES,
			    (off_t)found->searched_bytes);
		if (got < FOUND_BLOCK_BYTES)
			return err_set(e, got < 0 ? -errno : -EIO,
				       "searching for data: read at offset %llu: %s",
				       (unsigned long long)found->searched_bytes,
				       got < 0 ? strerror(errno) : "it ends early");
		mark_blocks(found, piece, (uint64_t)got / FOUND_BLOCK_BYTES * FOUND_BLOCK_BYTES);
		atomic_store(search->done, found->searched_bytes);
	}
	return 0;
}

int found_scan(struct found *found, const struct found_search *search, struct err *e)
{
	uint64_t limit = search->want_bytes * SEARCH_FACTOR;
	void *piece;
	int ret;

	*found = (struct found){ 0 };
	if (limit > search->size_bytes)
		limit = search->size_bytes;
	limit = limit / FOUND_BLOCK_BYTES * FOUND_BLOCK_BYTES;
	if (limit / FOUND_BLOCK_BYTES > UINT32_MAX)
		limit = (uint64_t)UINT32_MAX * FOUND_BLOCK_BYTES;
	found->bitmap = calloc(1, limit / FOUND_BLOCK_BYTES / 8 + 1);
	if (!found->bitmap || posix_memalign(&piece, FOUND_BLOCK_BYTES, PIECE_BYTES))
		return err_set(e, -ENOMEM, "searching for data: no memory");
	ret = scan(found, search, limit, piece, e);
	free(piece);
	return ret;
}

static bool has_data(const struct found *found, uint64_t block)
{
	return found->bitmap[block / 8] >> (block % 8) & 1;
}

/* Counts the stretches of `each` blocks in [from, to), and lists them where `start` is given. */
static uint64_t walk(const struct found *found, uint64_t each, uint64_t from, uint64_t to,
		     uint32_t *start)
{
	uint64_t run = 0, n = 0;

	for (uint64_t b = from; b < to; b++) {
		run = has_data(found, b) ? run + 1 : 0;
		if (run < each)
			continue;
		if (start)
			start[n] = (uint32_t)(b + 1 - each);
		n++;
		run = 0;
	}
	return n;
}

int found_list(struct pattern_found *list, const struct found *found, uint64_t block_bytes,
	       uint64_t from_bytes, uint64_t to_bytes)
{
	uint64_t each = (block_bytes + FOUND_BLOCK_BYTES - 1) / FOUND_BLOCK_BYTES;
	uint64_t from = (from_bytes + FOUND_BLOCK_BYTES - 1) / FOUND_BLOCK_BYTES;
	uint64_t to = to_bytes / FOUND_BLOCK_BYTES;

	if (to > found->blocks)
		to = found->blocks;
	list->n = walk(found, each, from, to, NULL);
	list->start = malloc(list->n * sizeof(*list->start) + 1);
	if (!list->start)
		return -ENOMEM;
	walk(found, each, from, to, list->start);
	return 0;
}

void found_free(struct found *found)
{
	free(found->bitmap);
	*found = (struct found){ 0 };
}
