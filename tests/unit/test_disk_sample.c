// SPDX-License-Identifier: MIT
/* This test will check that samples find a single byte wherever they promise to look, and that a
 * full check misses none. */
#include "hw/disk_sample.h"

#include <errno.h>

#include "disk_image.h"
#include "lib/rng.h"

#define LIMIT_NS UINT64_C(60000000000)

static int sample_file(struct disk_sample *sample, const char *path, uint64_t size, uint64_t limit)
{
	struct block block;
	int fd = open(path, O_RDONLY), ret;

	block_from_fd(&block, &fd, size, 512);
	ret = disk_sample(sample, &block, 1, limit);
	close(fd);
	return ret;
}

static void single_bytes_are_found(void **state)
{
	static const struct {
		uint64_t size, at;
		bool found;
	} cases[] = {
		{ 3 * GIB, 0, true },
		{ 3 * GIB, 16 * MIB - 1, true },
		{ 3 * GIB, 3 * GIB - 1, true },
		{ 3 * GIB, 3 * GIB - 16 * MIB, true },
		{ 3 * GIB, GIB, true },
		{ 3 * GIB, 2 * GIB + 65535, true },
		{ 3 * GIB + 512, 3 * GIB + 511, true },
		{ 10 * MIB, 5 * MIB, true },
		{ 32 * MIB, 16 * MIB, true },
		{ 20 * MIB + 512, 20 * MIB + 511, true },
		/* Between the samples a byte is missed: why a full proof must follow. */
		{ 3 * GIB, GIB + 100 * MIB, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk_sample sample;
		char path[PATH_MAX];

		image_make(path, *state, "disk", cases[i].size);
		assert_int_equal(sample_file(&sample, path, cases[i].size, LIMIT_NS), 0);
		assert_true(sample.zero);
		assert_false(sample.cut);
		if (cases[i].size > GIB)
			assert_true(sample.blocks >= DISK_SAMPLE_BLOCKS);
		image_write(path, cases[i].at, "\x01", 1);
		assert_int_equal(sample_file(&sample, path, cases[i].size, LIMIT_NS), 0);
		assert_int_equal(sample.zero, !cases[i].found);
		if (cases[i].found)
			assert_int_equal(sample.data_offset_bytes, cases[i].at);
	}
}

/* A disk that holds one byte in each 64 KiB of its middle, and fails beyond a limit. */
struct odd {
	struct block block;
	uint64_t fail_from;
	uint64_t reads;
};

static int odd_read(void *self, void *to, size_t len, uint64_t offset)
{
	struct odd *odd = self;

	odd->reads++;
	if (offset >= odd->fail_from)
		return -EIO;
	memset(to, 0, len);
	return 0;
}

static void huge_disks_are_bounded(void **state)
{
	struct odd odd = { .block = { .self = &odd,
				      .size_bytes = 500 * 1024 * GIB, /* 500 TiB */
				      .sector_bytes = 4096,
				      .read = odd_read },
			   .fail_from = UINT64_MAX };
	struct disk_sample sample;

	(void)state;
	assert_int_equal(disk_sample(&sample, &odd.block, 1, LIMIT_NS), 0);
	assert_true(sample.zero);
	assert_true(odd.reads < 32 + DISK_SAMPLE_STEPS + DISK_SAMPLE_BLOCKS + 2);
	assert_true(sample.blocks > DISK_SAMPLE_STEPS / 2 + DISK_SAMPLE_BLOCKS);
	/* Out of time: head and tail are read all the same, and it says so. */
	assert_int_equal(disk_sample(&sample, &odd.block, 1, 0), 0);
	assert_true(sample.cut);
	assert_true(sample.read_bytes >= 32 * MIB);
	/* Errors are errors, not zeros. */
	odd.fail_from = 400 * 1024 * GIB;
	assert_int_equal(disk_sample(&sample, &odd.block, 1, LIMIT_NS), -EIO);
	assert_false(sample.zero);
}

static int stop_after(void *context, uint64_t bytes)
{
	uint64_t *left = context;

	*left = *left > bytes ? *left - bytes : 0;
	return *left ? 0 : -EINTR;
}

static void full_check_misses_nothing(void **state)
{
	uint64_t size = 5 * MIB + 512, at = 0, left;
	uint8_t *data = calloc(1, size);
	struct block_memory memory;
	struct rng rng;

	(void)state;
	assert_non_null(data);
	rng_seed(&rng, 9);
	block_from_memory(&memory, data, size, 512);
	assert_int_equal(disk_sample_range(&memory.block, 0, size, &at, NULL, NULL), 0);
	for (int i = 0; i < 300; i++) {
		uint64_t place = rng_below(&rng, size);

		data[place] = (uint8_t)(1 << i % 8);
		assert_int_equal(disk_sample_range(&memory.block, 0, size, &at, NULL, NULL), 1);
		assert_int_equal(at, place);
		/* Not in what lies before and behind it. */
		assert_int_equal(disk_sample_range(&memory.block, 0, place, &at, NULL, NULL), 0);
		assert_int_equal(disk_sample_range(&memory.block, place + 1, size, &at, NULL, NULL),
				 0);
		data[place] = 0;
	}
	left = 2 * MIB;
	assert_int_equal(disk_sample_range(&memory.block, 0, size, &at, stop_after, &left), -EINTR);
	assert_int_equal(disk_sample_range(&memory.block, 0, size + 1, &at, NULL, NULL), -ERANGE);
	free(data);
}

static void nonzero_finds_the_first_byte(void **state)
{
	uint8_t data[400] = { 0 };

	(void)state;
	assert_int_equal(disk_sample_nonzero(data, 0), 0);
	for (size_t len = 1; len < sizeof(data); len++) {
		assert_int_equal(disk_sample_nonzero(data + 1, len), len);
		data[len] = 0x80;
		assert_int_equal(disk_sample_nonzero(data + 1, len), len - 1);
		assert_int_equal(disk_sample_nonzero(data + 1, sizeof(data) - 1), len - 1);
		data[len] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(single_bytes_are_found, image_setup,
						image_teardown),
		cmocka_unit_test(huge_disks_are_bounded),
		cmocka_unit_test(full_check_misses_nothing),
		cmocka_unit_test(nonzero_finds_the_first_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
