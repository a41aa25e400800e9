// SPDX-License-Identifier: MIT
/* Small files, read and written whole, in a folder of their own. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/file.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/tare-file-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Path of a file in the folder; valid until the next call. */
static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text, size_t len)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

/* This test will check that texts come trimmed, cut where they must be, and errors as errors. */
static void text_should_come_trimmed_and_cut(void **state)
{
	char text[8] = "before";

	(void)state;
	put("model7", "  QEMU \n\0\n", 10);
	assert_int_equal(file_read_text(text, sizeof(text), folder, "%s%d", "model", 7), 6);
	assert_string_equal(text, "  QEMU");
	put("model7", "123456789", 9);
	assert_int_equal(file_read_text(text, sizeof(text), folder, "model7"), 7);
	assert_string_equal(text, "1234567");
	put("model7", "\n\n", 2);
	assert_int_equal(file_read_text(text, sizeof(text), folder, "model7"), 0);
	assert_string_equal(text, "");
	unlink(path_of("model7"));
	assert_int_equal(file_read_text(text, sizeof(text), folder, "model7"), -ENOENT);
	assert_int_equal(file_read_text(text, sizeof(text), folder, "."), -EISDIR);
	assert_int_equal(file_read_text(text, sizeof(text), folder, "%05000d", 1), -ENAMETOOLONG);
	assert_int_equal(file_read_text(text, 0, folder, "model7"), -EINVAL);
	assert_true(file_read_text(text, sizeof(text), "/", "proc/self/comm") > 0);
}

/* This test will check that only whole decimal numbers are numbers. */
static void numbers_should_be_numbers(void **state)
{
	static const struct {
		const char *text;
		int ret;
		uint64_t value;
	} cases[] = {
		{ "0\n", 0, 0 },
		{ "18446744073709551615\n", 0, UINT64_MAX },
		{ "18446744073709551616\n", -EINVAL, 0 },
		{ "\n", -EINVAL, 0 },
		{ "-1\n", -EINVAL, 0 },
		{ "0x10\n", -EINVAL, 0 },
		{ "1 2\n", -EINVAL, 0 },
	};
	uint64_t value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put("size", cases[i].text, strlen(cases[i].text));
		value = 77;
		assert_int_equal(file_read_u64(&value, folder, "si%s", "ze"), cases[i].ret);
		assert_int_equal(value, cases[i].ret ? 77 : cases[i].value);
	}
	unlink(path_of("size"));
	assert_int_equal(file_read_u64(&value, folder, "size"), -ENOENT);
}

/* This test will check that whole files are appended, also of exactly the limit, and that a failure
 * leaves the buffer as it was. */
static void whole_files_should_be_appended(void **state)
{
	static const size_t lengths[] = { 0, 1, 65535, 65536, 65537, 200000 };
	char *data = calloc(1, 200001);

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < 200000; i++)
		data[i] = (char)(i * 7);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf b = BUF_INIT;

		put("log", data, lengths[i]);
		buf_puts(&b, "head");
		assert_int_equal(file_read_all(&b, path_of("log"), lengths[i]), 0);
		assert_int_equal(b.len, 4 + lengths[i]);
		assert_memory_equal(b.data + 4, data, lengths[i]);
		assert_int_equal(b.data[b.len], '\0');
		if (lengths[i]) {
			assert_int_equal(file_read_all(&b, path_of("log"), lengths[i] - 1), -EFBIG);
			assert_int_equal(b.len, 4 + lengths[i]);
		}
		buf_free(&b);
	}
	unlink(path_of("log"));
	free(data);
}

/* This test will check that standard input is read by the name "-". */
static void minus_should_be_standard_input(void **state)
{
	struct buf b = BUF_INIT;
	int ends[2], before = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "by pipe", 7), 7);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(file_read_all(&b, "-", 100), 0);
	assert_string_equal(b.data, "by pipe");
	dup2(before, STDIN_FILENO);
	close(before);
	close(ends[0]);
	buf_free(&b);
}

/* This test will check that writing replaces a file whole, leaves nothing beside it, and touches
 * nothing that is no regular file. */
static void writing_should_replace_regular_files_only(void **state)
{
	struct buf b = BUF_INIT;
	struct stat st;
	mode_t before = umask(027);

	(void)state;
	assert_int_equal(file_write_all(path_of("out"), "first, longer", 13), 0);
	assert_int_equal(stat(path_of("out"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(file_write_all(path_of("out"), "second", 6), 0);
	assert_int_equal(file_read_all(&b, path_of("out"), 100), 0);
	assert_string_equal(b.data, "second");
	umask(before);
	assert_int_equal(symlink("out", path_of("link")), 0);
	assert_int_equal(file_write_all(path_of("link"), "x", 1), -EINVAL);
	assert_int_equal(file_write_all(folder, "x", 1), -EINVAL);
	assert_int_equal(file_write_all("/dev/null", "x", 1), -EINVAL);
	assert_int_equal(file_write_all(path_of("absent/out"), "x", 1), -ENOENT);
	unlink(path_of("link"));
	unlink(path_of("out"));
	buf_free(&b);
}

/* This test will check that an attribute is written nowhere but on configfs: neither a file nor a
 * device nor sysfs takes a byte. */
static void attributes_should_be_of_configfs(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(file_write_all(path_of("plain"), "old", 3), 0);
	assert_int_equal(file_write_attribute(path_of("plain"), "new"), -EINVAL);
	assert_int_equal(file_read_all(&b, path_of("plain"), 10), 0);
	assert_string_equal(b.data, "old");
	assert_int_equal(file_write_attribute("/dev/null", "new"), -EINVAL);
	assert_int_equal(file_write_attribute("/proc/self/comm", "new"), -EINVAL);
	assert_int_equal(file_write_attribute(path_of("absent"), "new"), -ENOENT);
	unlink(path_of("plain"));
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_should_come_trimmed_and_cut),
		cmocka_unit_test(numbers_should_be_numbers),
		cmocka_unit_test(whole_files_should_be_appended),
		cmocka_unit_test(minus_should_be_standard_input),
		cmocka_unit_test(writing_should_replace_regular_files_only),
		cmocka_unit_test(attributes_should_be_of_configfs),
	};

	return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}
