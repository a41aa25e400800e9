// SPDX-License-Identifier: MIT
/* This test will check what becomes of files as targets: created, read, refused. */
#include "hw/disk_open.h"

#include <errno.h>

#include "disk_image.h"

static void files_are_created_but_not_replaced(void **state)
{
	struct err e = ERR_INIT;
	char path[PATH_MAX];
	uint64_t size;
	bool created;
	int fd;

	snprintf(path, sizeof(path), "%s/target", (char *)*state);
	assert_int_equal(disk_open_file(path, 0, false, false, &created, &size, &e), -EINVAL);
	assert_int_equal(access(path, F_OK), -1);
	e = ERR_INIT;
	fd = disk_open_file(path, MIB, false, false, &created, &size, &e);
	assert_true(fd >= 0 && created);
	assert_int_equal(size, MIB);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	close(fd);
	/* There now: read-only, and its size is what it is. */
	fd = disk_open_file(path, 2 * MIB, false, false, &created, &size, &e);
	assert_true(fd >= 0 && !created);
	assert_int_equal(size, MIB);
	assert_int_equal(pwrite(fd, "y", 1, 0), -1);
	close(fd);
	fd = disk_open_file(path, 2 * MIB, false, true, &created, &size, &e);
	assert_true(fd >= 0 && !created);
	assert_int_equal(pwrite(fd, "z", 1, 0), 1);
	close(fd);
	assert_int_equal(e.code, 0);
}

static void what_is_no_file_is_refused(void **state)
{
	static const char *const paths[] = { "/dev/null", "/tmp", "/dev/loop0" };
	char path[PATH_MAX];
	uint64_t size;
	bool created;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct err e = ERR_INIT;

		if (access(paths[i], F_OK))
			continue;
		assert_int_equal(disk_open_file(paths[i], MIB, false, true, &created, &size, &e),
				 -EINVAL);
		assert_non_null(strstr(e.text, "should be a regular file"));
	}
	/* A link that leads nowhere is not followed to make a file elsewhere. */
	snprintf(path, sizeof(path), "%s/link", (char *)*state);
	image_run("ln -s %s/elsewhere %s", (char *)*state, path);
	{
		struct err e = ERR_INIT;

		assert_int_equal(disk_open_file(path, MIB, false, true, &created, &size, &e),
				 -EEXIST);
	}
	snprintf(path, sizeof(path), "%s/elsewhere", (char *)*state);
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_are_created_but_not_replaced, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
