// SPDX-License-Identifier: MIT
/* This test will check that a grant is given only where every byte to be overwritten is zero, or
 * the disk is marked, and that one byte anywhere in the range is enough to refuse. */
#include "hw/disk_proof.h"

#include <errno.h>

#include "disk_image.h"
#include "lib/rng.h"
#include "store/gpt.h"

static struct disk blank_disk(uint64_t size)
{
	return (struct disk){ .node = "sdx",
			      .major = 8,
			      .minor = 1,
			      .sequence = 5,
			      .size_bytes = size,
			      .logical_block_bytes = 512,
			      .verdict = DISK_BLANK };
}

/* A disk of 200 MiB with a span of 50: 1 to 51 MiB, and 16 MiB at each end. */
static void check_ranges(uint8_t fill, uint8_t other)
{
	static const struct {
		uint64_t at;
		int ret;
	} cases[] = {
		{ 0, -EPERM },	       { 511, -EPERM },		  { 16 * MIB - 1, -EPERM },
		{ 16 * MIB, -EPERM },  { 30 * MIB + 7, -EPERM },  { 51 * MIB - 1, -EPERM },
		{ 51 * MIB, 0 },       { 100 * MIB, 0 },	  { 184 * MIB - 1, 0 },
		{ 184 * MIB, -EPERM }, { 200 * MIB - 1, -EPERM },
	};
	uint64_t size = 200 * MIB;
	struct disk disk = blank_disk(size);
	uint8_t *data = malloc(size);
	struct block_memory memory;

	assert_non_null(data);
	memset(data, fill, size);
	disk.fill = fill;
	block_from_memory(&memory, data, size, 512);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct disk_grant grant;
		char offset[64];

		data[cases[i].at] = other;
		assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 50 * MIB, NULL, &e),
				 cases[i].ret);
		assert_int_equal(grant.proven, !cases[i].ret);
		assert_false(grant.marked);
		snprintf(offset, sizeof(offset), "offset %llu", (unsigned long long)cases[i].at);
		if (cases[i].ret)
			assert_non_null(strstr(e.text, offset));
		data[cases[i].at] = fill;
	}
	free(data);
}

static void ranges_are_read_in_full(void **state)
{
	(void)state;
	check_ranges(0x00, 0x01);
	check_ranges(0x00, 0xff); /* erased flash beside zeros is data, and the other way round */
	check_ranges(0xff, 0x00);
	check_ranges(0xff, 0xfe);
}

/* What the samples saw decides which value the proof demands; a disk of the other one has changed
 * since, and no third value can be granted. */
static void proof_demands_the_fill_of_the_samples(void **state)
{
	static const struct {
		uint8_t sampled, on_disk;
		int ret;
		const char *words;
	} cases[] = {
		{ 0x00, 0x00, 0, "were read and are zero" },
		{ 0xff, 0xff, 0, "were read and are 0xFF" },
		{ 0x00, 0xff, -EPERM, "offset 0: should be nothing but zeros" },
		{ 0xff, 0x00, -EPERM, "offset 0: should be nothing but bytes 0xFF" },
		{ 0x5a, 0x5a, -EINVAL, "should be 0x00 or 0xFF" },
	};
	uint8_t *data = malloc(40 * MIB);
	struct block_memory memory;

	(void)state;
	assert_non_null(data);
	block_from_memory(&memory, data, 40 * MIB, 512);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk disk = blank_disk(40 * MIB);
		struct err e = ERR_INIT;
		struct disk_grant grant;
		struct disk known;

		memset(data, cases[i].on_disk, 40 * MIB);
		disk.fill = cases[i].sampled;
		assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, MIB, NULL, &e),
				 cases[i].ret);
		assert_int_equal(grant.proven, !cases[i].ret);
		assert_non_null(strstr(cases[i].ret ? e.text : grant.words, cases[i].words));
		/* The last look before the mark demands the same. */
		disk_proof_identity(&known, &grant);
		assert_int_equal(known.fill, cases[i].sampled);
	}
	free(data);
}

static void grants_say_what_they_allow(void **state)
{
	static const struct {
		uint64_t size, span, want;
	} cases[] = {
		{ 200 * MIB, 50 * MIB, 50 * MIB }, { 200 * MIB, 0, 198 * MIB },
		{ 200 * MIB, GIB, 198 * MIB },	   { 20 * MIB, MIB, MIB },
		{ 4 * MIB, 0, 2 * MIB },	   { 200 * MIB + 512, 0, 198 * MIB },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk disk = blank_disk(cases[i].size);
		uint8_t *data = calloc(1, cases[i].size);
		struct block_memory memory;
		struct err e = ERR_INIT;
		struct disk_grant grant;

		assert_non_null(data);
		block_from_memory(&memory, data, cases[i].size, 512);
		assert_int_equal(
			disk_prove_block(&grant, &disk, &memory.block, cases[i].span, NULL, &e), 0);
		assert_true(grant.proven);
		assert_string_equal(grant.node, "sdx");
		assert_int_equal(grant.major, 8);
		assert_int_equal(grant.sequence, 5);
		assert_int_equal(grant.span_start_bytes, MIB);
		assert_int_equal(grant.span_bytes, cases[i].want);
		assert_non_null(strstr(grant.words, "zero"));
		free(data);
	}
}

static void other_verdicts_get_nothing(void **state)
{
	uint8_t *data = calloc(1, 8 * MIB);
	struct block_memory memory;

	(void)state;
	assert_non_null(data);
	block_from_memory(&memory, data, 8 * MIB, 512);
	for (int verdict = DISK_UNKNOWN; verdict <= DISK_VERDICTS_N; verdict++) {
		struct disk disk = blank_disk(8 * MIB);
		struct err e = ERR_INIT;
		struct disk_grant grant;
		int ret;

		disk.verdict = (enum disk_verdict)verdict;
		ret = disk_prove_block(&grant, &disk, &memory.block, MIB, NULL, &e);
		assert_int_equal(ret, verdict == DISK_BLANK ? 0 : -EPERM);
		assert_int_equal(grant.proven, verdict == DISK_BLANK);
		assert_false(grant.marked);
	}
	free(data);
}

static void marks_are_checked_again(void **state)
{
	struct disk disk = blank_disk(8 * MIB);
	uint8_t *data = calloc(1, 8 * MIB);
	struct block_memory memory;
	struct err e = ERR_INIT;
	struct disk_grant grant;
	struct gpt_mark mark;

	(void)state;
	assert_non_null(data);
	assert_int_equal(gpt_mark_layout(&mark, 8 * MIB, 512, 0, 1), 0);
	memcpy(data, mark.head, mark.head_bytes);
	memset(data + 2 * MIB, 0xa5, MIB); /* what an earlier run wrote */
	block_from_memory(&memory, data, 8 * MIB, 512);
	disk.verdict = DISK_MARKED;
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 3 * MIB, NULL, &e), 0);
	assert_true(grant.marked);
	assert_false(grant.proven);
	assert_int_equal(grant.span_start_bytes, MIB);
	assert_int_equal(grant.span_bytes, 3 * MIB);
	assert_int_equal(grant.partition_size_bytes, 6 * MIB);
	/* Somebody has made a file system there since. */
	memcpy(data + MIB, "XFSB\0\0\x10\0", 8);
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 0, NULL, &e), -EPERM);
	assert_false(grant.marked);
	assert_non_null(strstr(e.text, "xfs file system inside"));
	memset(data, 0, 512 * 4);
	e = ERR_INIT;
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 0, NULL, &e), -EPERM);
	assert_non_null(strstr(e.text, "no GPT"));
	gpt_mark_free(&mark);
	free(data);
}

/* Data in the middle that samples and span miss must stay outside the partition, for ever. */
static void mark_covers_only_what_is_proven(void **state)
{
	struct disk disk = blank_disk(100 * MIB);
	uint8_t *data = calloc(1, 100 * MIB);
	struct block_memory memory;
	struct err e = ERR_INIT;
	struct disk_grant grant;

	(void)state;
	assert_non_null(data);
	data[50 * MIB] = 1;
	block_from_memory(&memory, data, 100 * MIB, 512);
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 20 * MIB + 1, NULL, &e), 0);
	assert_int_equal(grant.partition_start_bytes, MIB);
	assert_int_equal(grant.partition_size_bytes, 21 * MIB);
	assert_int_equal(grant.span_bytes, 21 * MIB);
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 50 * MIB, NULL, &e),
			 -EPERM);
	assert_false(grant.proven);
	free(data);
}

struct progress {
	uint64_t last, total, calls;
	volatile int stop;
};

static void step(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
	struct progress *progress = context;

	assert_true(done_bytes > progress->last && done_bytes <= total_bytes);
	progress->last = done_bytes;
	progress->total = total_bytes;
	if (++progress->calls == 20)
		progress->stop = 1;
}

static void progress_is_told_and_stops(void **state)
{
	struct progress seen = { 0 };
	struct disk_proof_progress progress = { .step = step, .context = &seen };
	struct disk disk = blank_disk(100 * MIB);
	uint8_t *data = calloc(1, 100 * MIB);
	struct block_memory memory;
	struct err e = ERR_INIT;
	struct disk_grant grant;

	(void)state;
	assert_non_null(data);
	block_from_memory(&memory, data, 100 * MIB, 512);
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 40 * MIB, &progress, &e),
			 0);
	assert_int_equal(seen.total, 41 * MIB + 16 * MIB);
	assert_int_equal(seen.last, seen.total);
	seen = (struct progress){ 0 };
	progress.stop = &seen.stop;
	assert_int_equal(disk_prove_block(&grant, &disk, &memory.block, 0, &progress, &e), -EINTR);
	assert_int_equal(seen.calls, 20);
	assert_false(grant.proven);
	free(data);
}

static int failing_read(void *self, void *to, size_t len, uint64_t offset)
{
	(void)self;
	memset(to, 0, len);
	return offset >= 10 * MIB ? -EIO : 0;
}

static void read_errors_are_no_zeros(void **state)
{
	struct block block = { .size_bytes = 100 * MIB, .sector_bytes = 512, .read = failing_read };
	struct disk disk = blank_disk(100 * MIB);
	struct err e = ERR_INIT;
	struct disk_grant grant;

	(void)state;
	assert_int_equal(disk_prove_block(&grant, &disk, &block, MIB, NULL, &e), -EIO);
	assert_false(grant.proven);
	block.size_bytes = 99 * MIB;
	e = ERR_INIT;
	assert_int_equal(disk_prove_block(&grant, &disk, &block, MIB, NULL, &e), -ENODEV);
	assert_false(grant.proven);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_read_in_full),
		cmocka_unit_test(proof_demands_the_fill_of_the_samples),
		cmocka_unit_test(grants_say_what_they_allow),
		cmocka_unit_test(other_verdicts_get_nothing),
		cmocka_unit_test(marks_are_checked_again),
		cmocka_unit_test(mark_covers_only_what_is_proven),
		cmocka_unit_test(progress_is_told_and_stops),
		cmocka_unit_test(read_errors_are_no_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
