// SPDX-License-Identifier: MIT
/* Archives for the kernel: written, read, damaged. */
#include "unit.h"

#include "lib/cpio.h"

static void make(struct buf *archive)
{
	cpio_add_folder(archive, "d");
	cpio_add_file(archive, "d/one", "1", 1);
	cpio_add_file(archive, "d/empty", "", 0);
	cpio_add_file(archive, "d/four", "abcd", 4);
	cpio_end(archive);
}

/* This test will check the bytes of a small archive against the format's description. */
static void archive_should_be_as_the_kernel_wants_it(void **state)
{
	struct buf archive = BUF_INIT;

	(void)state;
	cpio_add_file(&archive, "d/one", "xyz", 3);
	assert_memory_equal(archive.data,
			    "07070100000000000081a4"	       /* magic, inode, mode 100644 */
			    "0000000000000000"		       /* root */
			    "0000000100000000"		       /* one link, no time */
			    "00000003"			       /* size */
			    "00000000000000000000000000000000" /* devices */
			    "0000000600000000"		       /* name with its NUL, check */
			    "d/one\0",
			    116);
	assert_int_equal(archive.len, 116 + 4); /* both parts end at multiples of four */
	assert_memory_equal(archive.data + 116, "xyz", 4);
	buf_free(&archive);
}

/* This test will check that what was written is read, in order, and ends. */
static void entries_should_come_back(void **state)
{
	static const struct {
		const char *name, *data;
		bool is_file;
	} wanted[] = {
		{ "d", "", false },
		{ "d/one", "1", true },
		{ "d/empty", "", true },
		{ "d/four", "abcd", true },
	};
	struct buf archive = BUF_INIT;
	struct cpio_entry entry;
	size_t at = 0;

	(void)state;
	make(&archive);
	buf_add(&archive, "\0\0\0\0\0\0\0\0", 8); /* whatever follows is not looked at */
	for (size_t i = 0; i < N(wanted); i++) {
		assert_true(cpio_next(&entry, archive.data, archive.len, &at));
		assert_string_equal(entry.name, wanted[i].name);
		assert_int_equal(entry.len, strlen(wanted[i].data));
		assert_memory_equal(entry.data, wanted[i].data, entry.len);
		assert_int_equal(entry.is_file, wanted[i].is_file);
	}
	assert_false(cpio_next(&entry, archive.data, archive.len, &at));
	buf_free(&archive);
}

/* This test will check that archives cut anywhere, or with any one byte changed, are read without
 * harm, and entries before the damage stay what they were. */
static void damage_should_end_the_reading(void **state)
{
	struct buf archive = BUF_INIT;
	struct cpio_entry entry;

	(void)state;
	make(&archive);
	for (size_t len = 0; len < archive.len; len++) {
		char *copy = malloc(len + 1); /* so that a look beyond its end is seen */
		size_t at = 0, n = 0;

		assert_non_null(copy);
		memcpy(copy, archive.data, len);
		while (cpio_next(&entry, copy, len, &at))
			n += entry.len + 1 + strlen(entry.name);
		assert_in_range(n, 0, 4 + 5 + 19);
		free(copy);
	}
	for (size_t i = 0; i < archive.len; i++) {
		char was = archive.data[i];
		size_t at = 0;

		archive.data[i] ^= 0x7f;
		while (cpio_next(&entry, archive.data, archive.len, &at))
			assert_true(entry.len <= archive.len);
		archive.data[i] = was;
	}
	buf_free(&archive);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(archive_should_be_as_the_kernel_wants_it),
		cmocka_unit_test(entries_should_come_back),
		cmocka_unit_test(damage_should_end_the_reading),
	};

	return cmocka_run_group_tests_name("cpio", tests, NULL, NULL);
}
