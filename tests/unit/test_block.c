// SPDX-License-Identifier: MIT
/* This test will check that blocks, parts, descriptors and memory never reach outside themselves.
 */
#include "store/block.h"

#include <errno.h>

#include "disk_image.h"

struct plain {
	struct block block;
	uint8_t data[8192];
	int flushes;
};

static int plain_read(void *self, void *to, size_t len, uint64_t offset)
{
	memcpy(to, ((struct plain *)self)->data + offset, len);
	return 0;
}

static int plain_write(void *self, const void *from, size_t len, uint64_t offset)
{
	memcpy(((struct plain *)self)->data + offset, from, len);
	return 0;
}

static int plain_flush(void *self)
{
	((struct plain *)self)->flushes++;
	return 0;
}

static void plain_init(struct plain *plain)
{
	memset(plain, 0, sizeof(*plain));
	for (size_t i = 0; i < sizeof(plain->data); i++)
		plain->data[i] = (uint8_t)(i / 512);
	plain->block = (struct block){ .self = plain,
				       .size_bytes = sizeof(plain->data),
				       .sector_bytes = 512,
				       .read = plain_read,
				       .write = plain_write,
				       .flush = plain_flush };
}

static void transfers_outside_are_refused(void **state)
{
	static const struct {
		uint64_t offset;
		size_t len;
		int ret;
	} cases[] = {
		{ 0, 0, 0 },
		{ 0, 8192, 0 },
		{ 8191, 1, 0 },
		{ 8192, 0, 0 },
		{ 8192, 1, -ERANGE },
		{ 8193, 0, -ERANGE },
		{ 0, 8193, -ERANGE },
		{ UINT64_MAX, 1, -ERANGE },
		{ UINT64_MAX, 8192, -ERANGE },
	};
	uint8_t data[8200] = { 0 };
	struct plain plain;

	(void)state;
	plain_init(&plain);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(block_read(&plain.block, data, cases[i].len, cases[i].offset),
				 cases[i].ret);
		assert_int_equal(block_write(&plain.block, data, cases[i].len, cases[i].offset),
				 cases[i].ret);
	}
	assert_int_equal(block_flush(&plain.block), 0);
	assert_int_equal(plain.flushes, 1);
}

static void parts_shift_and_bound(void **state)
{
	struct block_part part, inner;
	struct plain plain;
	uint8_t byte = 0;

	(void)state;
	plain_init(&plain);
	assert_int_equal(block_part_init(&part, &plain.block, 512, 8192), -ERANGE);
	assert_int_equal(block_part_init(&part, &plain.block, 9000, 0), -ERANGE);
	assert_int_equal(block_part_init(&part, &plain.block, UINT64_MAX, 512), -ERANGE);
	assert_int_equal(block_part_init(&part, &plain.block, 1024, 2048), 0);
	assert_int_equal(block_part_init(&inner, &part.block, 512, 512), 0);
	assert_int_equal(block_read(&inner.block, &byte, 1, 0), 0);
	assert_int_equal(byte, 3);
	assert_int_equal(block_read(&inner.block, &byte, 1, 512), -ERANGE);
	byte = 0xaa;
	assert_int_equal(block_write(&inner.block, &byte, 1, 511), 0);
	assert_int_equal(plain.data[1024 + 512 + 511], 0xaa);
	assert_int_equal(block_flush(&inner.block), 0);
	assert_int_equal(plain.flushes, 1);
}

static void descriptors_and_memory_are_read_only(void **state)
{
	struct block_memory memory;
	struct block_part part;
	char path[PATH_MAX], text[4] = "";
	struct block block;
	int fd;

	image_make(path, *state, "file", 3);
	image_write(path, 0, "abc", 3);
	fd = open(path, O_RDONLY);
	block_from_fd(&block, &fd, 3, 512);
	assert_int_equal(block_read(&block, text, 2, 1), 0);
	assert_string_equal(text, "bc");
	assert_int_equal(block_write(&block, "x", 1, 0), -EROFS);
	assert_int_equal(block_flush(&block), -EROFS);
	/* A file that shrank behind our back gives an error, not zeros. */
	block_from_fd(&block, &fd, 4, 512);
	assert_int_equal(block_read(&block, text, 4, 0), -EIO);
	close(fd);
	assert_int_equal(block_read(&block, text, 1, 0), -EBADF);

	block_from_memory(&memory, "abc", 3, 512);
	assert_int_equal(block_part_init(&part, &memory.block, 1, 2), 0);
	assert_int_equal(block_read(&part.block, text, 1, 1), 0);
	assert_int_equal(text[0], 'c');
	assert_int_equal(block_write(&part.block, "x", 1, 0), -EROFS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transfers_outside_are_refused),
		cmocka_unit_test(parts_shift_and_bound),
		cmocka_unit_test_setup_teardown(descriptors_and_memory_are_read_only, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
