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
		assert_true(sample.blank);
		assert_false(sample.cut);
		if (cases[i].size > GIB)
			assert_true(sample.blocks >= DISK_SAMPLE_BLOCKS);
		image_write(path, cases[i].at, "\x01", 1);
		assert_int_equal(sample_file(&sample, path, cases[i].size, LIMIT_NS), 0);
		assert_int_equal(sample.blank, !cases[i].found);
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
	assert_true(sample.blank);
	assert_true(odd.reads < 32 + DISK_SAMPLE_STEPS + DISK_SAMPLE_BLOCKS + 2);
	assert_true(sample.blocks > DISK_SAMPLE_STEPS / 2 + DISK_SAMPLE_BLOCKS);
	/* Out of time: head and tail are read all the same, and it says so. */
	assert_int_equal(disk_sample(&sample, &odd.block, 1, 0), 0);
	assert_true(sample.cut);
	assert_true(sample.read_bytes >= 32 * MIB);
	/* Errors are errors, not zeros. */
	odd.fail_from = 400 * 1024 * GIB;
	assert_int_equal(disk_sample(&sample, &odd.block, 1, LIMIT_NS), -EIO);
	assert_false(sample.blank);
}

static int stop_after(void *context, uint64_t bytes)
{
	uint64_t *left = context;

	*left = *left > bytes ? *left - bytes : 0;
	return *left ? 0 : -EINTR;
}

static void check_in_full(uint8_t fill)
{
	uint64_t size = 5 * MIB + 512, at = 0, left;
	uint8_t *data = malloc(size);
	struct block_memory memory;
	struct rng rng;

	assert_non_null(data);
	memset(data, fill, size);
	rng_seed(&rng, 9);
	block_from_memory(&memory, data, size, 512);
	assert_int_equal(disk_sample_range(&memory.block, fill, 0, size, &at, NULL, NULL), 0);
	for (int i = 0; i < 300; i++) {
		uint64_t place = rng_below(&rng, size);

		data[place] = (uint8_t)(fill ^ 1 << i % 8);
		assert_int_equal(disk_sample_range(&memory.block, fill, 0, size, &at, NULL, NULL),
				 1);
		assert_int_equal(at, place);
		/* Not in what lies before and behind it. */
		assert_int_equal(disk_sample_range(&memory.block, fill, 0, place, &at, NULL, NULL),
				 0);
		assert_int_equal(
			disk_sample_range(&memory.block, fill, place + 1, size, &at, NULL, NULL),
			0);
		data[place] = fill;
	}
	left = 2 * MIB;
	assert_int_equal(disk_sample_range(&memory.block, fill, 0, size, &at, stop_after, &left),
			 -EINTR);
	assert_int_equal(disk_sample_range(&memory.block, fill, 0, size + 1, &at, NULL, NULL),
			 -ERANGE);
	free(data);
}

static void full_check_misses_nothing(void **state)
{
	(void)state;
	check_in_full(DISK_FILL_ZERO);
	check_in_full(DISK_FILL_ERASED);
}

static void first_other_byte_is_found(void **state)
{
	static const uint8_t fills[] = { DISK_FILL_ZERO, DISK_FILL_ERASED };
	uint8_t data[400];

	(void)state;
	for (size_t i = 0; i < sizeof(fills); i++) {
		uint8_t fill = fills[i];

		memset(data, fill, sizeof(data));
		assert_int_equal(disk_sample_other(data, 0, fill), 0);
		for (size_t len = 1; len < sizeof(data); len++) {
			assert_int_equal(disk_sample_other(data + 1, len, fill), len);
			data[len] ^= 0x80;
			assert_int_equal(disk_sample_other(data + 1, len, fill), len - 1);
			assert_int_equal(disk_sample_other(data + 1, sizeof(data) - 1, fill),
					 len - 1);
			data[len] = fill;
		}
	}
}

/* A disk of many GiB of one byte value, but for one byte. */
struct uniform {
	struct block block;
	uint8_t fill, other;
	uint64_t other_at;
};

static int uniform_read(void *self, void *to, size_t len, uint64_t offset)
{
	struct uniform *uniform = self;

	memset(to, uniform->fill, len);
	if (uniform->other_at >= offset && uniform->other_at - offset < len)
		((uint8_t *)to)[uniform->other_at - offset] = uniform->other;
	return 0;
}

static void one_value_fills_a_blank_disk(void **state)
{
	static const struct {
		uint8_t fill, other;
		uint64_t at;
		uint64_t data; /* where data is found; UINT64_MAX: blank */
	} cases[] = {
		{ 0xff, 0xff, 0, UINT64_MAX },
		{ 0x00, 0x00, 0, UINT64_MAX },
		{ 0xff, 0xfe, 1, 1 },
		{ 0xff, 0x00, 16 * MIB - 1, 16 * MIB - 1 },
		{ 0xff, 0x00, 2 * GIB, 2 * GIB },
		{ 0xff, 0x7f, 3 * GIB - 1, 3 * GIB - 1 },
		{ 0x00, 0xff, 3 * GIB - 1, 3 * GIB - 1 },
		/* The first byte decides; what follows it is then the odd one. */
		{ 0xff, 0x00, 0, 1 },
		{ 0x00, 0xff, 0, 1 },
		/* No other value counts as blank. */
		{ 0x5a, 0x5a, 0, 0 },
		{ 0xfe, 0xfe, 0, 0 },
		{ 0xfe, 0xff, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uniform disk = { .block = { .self = &disk,
						   .size_bytes = 3 * GIB,
						   .sector_bytes = 512,
						   .read = uniform_read },
					.fill = cases[i].fill,
					.other = cases[i].other,
					.other_at = cases[i].at };
		struct disk_sample sample;

		assert_int_equal(disk_sample(&sample, &disk.block, 1, LIMIT_NS), 0);
		assert_int_equal(sample.blank, cases[i].data == UINT64_MAX);
		if (sample.blank)
			assert_int_equal(sample.fill, cases[i].fill);
		else
			assert_int_equal(sample.data_offset_bytes, cases[i].data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(single_bytes_are_found, image_setup,
						image_teardown),
		cmocka_unit_test(huge_disks_are_bounded),
		cmocka_unit_test(full_check_misses_nothing),
		cmocka_unit_test(first_other_byte_is_found),
		cmocka_unit_test(one_value_fills_a_blank_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
