// SPDX-License-Identifier: MIT
/* Looks for bytes that are not what a blank disk is full of, by samples or in full. Reads only. */
#include "hw/disk_sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/rng.h"

#define PIECE_BYTES (1u << 20)
#define ALIGN	    4096

size_t disk_sample_other(const void *data, size_t len, uint8_t fill)
{
	const uint64_t pattern = fill * UINT64_C(0x0101010101010101);
	const uint8_t *at = data;
	size_t i = 0;

	/* 64 bytes at a time: the compiler makes vectors of this. */
	for (; len - i >= 64; i += 64) {
		uint64_t words[8], any = 0;

		memcpy(words, at + i, sizeof(words));
		for (int w = 0; w < 8; w++)
			any |= words[w] ^ pattern;
		if (any)
			break;
	}
	while (i < len && at[i] == fill)
		i++;
	return i;
}

const char *disk_sample_fill_words(uint8_t fill)
{
	return fill == DISK_FILL_ERASED ? "0xFF" : "zero";
}

int disk_sample_range(const struct block *block, uint8_t fill, uint64_t start_bytes,
		      uint64_t end_bytes, uint64_t *data_offset_bytes,
		      int (*step)(void *context, uint64_t bytes), void *context)
{
	uint8_t *data = aligned_alloc(ALIGN, PIECE_BYTES);
	int ret = data ? 0 : -ENOMEM;

	for (uint64_t at = start_bytes; !ret && at < end_bytes;) {
		size_t len = end_bytes - at < PIECE_BYTES ? (size_t)(end_bytes - at) : PIECE_BYTES;
		size_t other;

		ret = block_read(block, data, len, at);
		if (ret)
			break;
		other = disk_sample_other(data, len, fill);
		if (other < len) {
			*data_offset_bytes = at + other;
			ret = 1;
			break;
		}
		if (step)
			ret = step(context, len);
		at += len;
	}
	free(data);
	return ret;
}

/* One range of the sample. Returns 0 (go on), 1 (data found) or -errno. */
static int look(struct disk_sample *sample, const struct block *block, uint64_t start_bytes,
		uint64_t len)
{
	uint64_t end = block->size_bytes - start_bytes < len ? block->size_bytes
							     : start_bytes + len;
	int ret = disk_sample_range(block, sample->fill, start_bytes, end,
				    &sample->data_offset_bytes, NULL, NULL);

	if (!ret)
		sample->read_bytes += end - start_bytes;
	return ret;
}

static int look_between(struct disk_sample *sample, const struct block *block, uint64_t seed,
			uint64_t deadline_ns)
{
	uint64_t size = block->size_bytes, steps = size / DISK_SAMPLE_STEP_BYTES, step;
	uint64_t places = size / DISK_SAMPLE_BLOCK_BYTES;
	struct rng rng;

	step = steps > DISK_SAMPLE_STEPS ? steps / DISK_SAMPLE_STEPS + 1 : 1;
	rng_seed(&rng, seed);
	/* Steps and random places in turn, so that running out of time costs some of both. */
	for (uint64_t i = 0; i * step < steps || i < DISK_SAMPLE_BLOCKS; i++) {
		int ret = 0;

		if (clock_now_ns() > deadline_ns) {
			sample->cut = true;
			return 0;
		}
		if (i && i * step < steps) {
			ret = look(sample, block, i * step * DISK_SAMPLE_STEP_BYTES,
				   DISK_SAMPLE_BLOCK_BYTES);
			sample->blocks++;
		}
		if (!ret && i < DISK_SAMPLE_BLOCKS) {
			ret = look(sample, block, rng_below(&rng, places) * DISK_SAMPLE_BLOCK_BYTES,
				   DISK_SAMPLE_BLOCK_BYTES);
			sample->blocks++;
		}
		if (ret)
			return ret;
	}
	return 0;
}

int disk_sample(struct disk_sample *sample, const struct block *block, uint64_t seed,
		uint64_t limit_ns)
{
	uint64_t size = block->size_bytes, deadline = clock_now_ns() + limit_ns;
	uint64_t edge = size < DISK_SAMPLE_EDGE_BYTES ? size : DISK_SAMPLE_EDGE_BYTES;
	int ret;

	*sample = (struct disk_sample){ 0 };
	ret = size ? block_read(block, &sample->fill, 1, 0) : 0;
	/* One value for the whole disk, by its first byte: both beside each other are data. */
	if (sample->fill != DISK_FILL_ERASED)
		sample->fill = DISK_FILL_ZERO;
	if (!ret)
		ret = look(sample, block, 0, edge);
	if (!ret && size > edge)
		ret = look(sample, block, size - edge, edge);
	/* A disk no larger than both ends has been read in full. */
	if (!ret && size > 2 * DISK_SAMPLE_EDGE_BYTES)
		ret = look_between(sample, block, seed, deadline);
	sample->blank = !ret;
	return ret < 0 ? ret : 0;
}
