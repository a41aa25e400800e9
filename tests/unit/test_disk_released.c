// SPDX-License-Identifier: MIT
/* This test will check that what is released is read as it was written, and that nothing else is
 * taken for a release. */
#include "hw/disk_released.h"

#include <errno.h>

#include "unit.h"

static void one_release_is_known_at_a_time(void **state)
{
	static const struct disk_released first = { 8, 16, 7, 1048576, UINT64_C(1) << 40 };
	static const struct disk_released second = { 259, 0, UINT64_MAX, 512, 1 };
	struct disk_released got;
	char root[PATH_MAX];

	(void)state;
	temp_make(root);
	temp_text(root, "run/other", "");
	assert_false(disk_released_get(&got, root));
	assert_int_equal(disk_released_set(root, NULL), 0); /* nothing to take back */
	assert_int_equal(disk_released_set(root, &first), 0);
	assert_true(disk_released_get(&got, root));
	assert_memory_equal(&got, &first, sizeof(got));
	assert_int_equal(disk_released_set(root, &second), 0);
	assert_true(disk_released_get(&got, root));
	assert_memory_equal(&got, &second, sizeof(got));
	assert_int_equal(disk_released_set(root, NULL), 0);
	assert_false(disk_released_get(&got, root));
	temp_remove(root);
}

static void what_is_no_release_is_none(void **state)
{
	static const char *const texts[] = { "", "\n", "8:16", "8:16 7 1048576",
					     "8 16 7 1048576 512", "8:16 x 1048576 512",
					     /* without its diskseq a disk cannot be told from the
						next one of its name */
					     "8:16 0 1048576 512" };
	struct disk_released got;
	char root[PATH_MAX];

	(void)state;
	temp_make(root);
	for (size_t i = 0; i < N(texts); i++) {
		temp_text(root, DISK_RELEASED_FILE, texts[i]);
		assert_false(disk_released_get(&got, root));
	}
	temp_text(root, DISK_RELEASED_FILE, "8:16 1 1048576 512\n");
	assert_true(disk_released_get(&got, root));
	temp_remove(root);
	/* A folder that is not there: told, so that nothing is released without it. */
	assert_int_equal(disk_released_set("/nowhere", &got), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_release_is_known_at_a_time),
		cmocka_unit_test(what_is_no_release_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
