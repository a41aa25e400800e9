// SPDX-License-Identifier: MIT
/* The kernel's counters of a block device. */
#include "unit.h"

#include <errno.h>

#include "run/diskstat.h"

/* This test will check every field in the forms that kernels have: 11 fields, 15 with discards
 * (4.18), 17 with flushes (5.5). */
static void fields_should_be_read_from_any_kernel(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} cases[] = {
		{ "     101        2     3003      44      505        6     7007      88        0"
		  "      999     1010\n",
		  0 },
		{ "101 2 3003 44 505 6 7007 88 0 999 1010 1 2 3 4\n", 0 },
		{ "     101        2     3003      44      505        6     7007      88        3"
		  "      999     1010        1        2        3        4        5        6\n",
		  0 },
		{ "101 2 3003 44 505 6 7007 88 0 999", -EBADMSG },
		{ "101 2 3003 44 505 six 7007 88 0 999 1010\n", -EBADMSG },
		{ "", -EBADMSG },
	};
	char dir[PATH_MAX];

	(void)state;
	temp_make(dir);
	for (size_t i = 0; i < N(cases); i++) {
		struct diskstat s = { .ios = { 12345, 0 } };

		temp_text(dir, "sys/class/block/sda/stat", cases[i].text);
		assert_int_equal(diskstat_read(&s, dir, "sda"), cases[i].ret);
		if (cases[i].ret) {
			assert_int_equal(s.ios[0], 12345); /* left as it was */
			continue;
		}
		assert_true(s.ios[0] == 101 && s.ios[1] == 505);
		assert_true(s.merges[0] == 2 && s.merges[1] == 6);
		assert_true(s.bytes[0] == 3003 * 512 && s.bytes[1] == 7007 * 512);
		assert_true(s.ticks_ms[0] == 44 && s.ticks_ms[1] == 88);
		assert_true(s.busy_ms == 999 && s.queue_ms == 1010);
	}
	temp_remove(dir);
}

/* This test will check that a device that is not there is an error. */
static void missing_device_should_be_an_error(void **state)
{
	struct diskstat s;
	char dir[PATH_MAX];

	(void)state;
	temp_make(dir);
	assert_int_equal(diskstat_read(&s, dir, "sda"), -ENOENT);
	temp_remove(dir);
}

/* This test will check sums and differences, field by field. */
static void readings_should_add_and_subtract(void **state)
{
	struct diskstat a = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 }, 9, 10 };
	struct diskstat b = { { 11, 22 }, { 33, 44 }, { 55, 66 }, { 77, 88 }, 99, 110 };
	struct diskstat want = { { 10, 20 }, { 30, 40 }, { 50, 60 }, { 70, 80 }, 90, 100 };
	struct diskstat since = diskstat_since(&b, &a);

	(void)state;
	assert_memory_equal(&since, &want, sizeof(want));
	diskstat_add(&since, &a);
	assert_memory_equal(&since, &b, sizeof(b));
}

/* This test will check that counters which went back to 0, all or one, are not taken for later
 * ones. */
static void counters_that_run_backwards_should_be_told(void **state)
{
	static const struct diskstat zero;
	const struct diskstat a = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 }, 9, 10 };

	(void)state;
	assert_true(diskstat_follows(&a, &a));
	assert_true(diskstat_follows(&a, &zero));
	assert_false(diskstat_follows(&zero, &a));
	for (size_t at = 0; at < sizeof(a); at += sizeof(uint64_t)) {
		struct diskstat later = a;

		*(uint64_t *)((char *)&later + at) -= 1;
		assert_false(diskstat_follows(&later, &a));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_should_be_read_from_any_kernel),
		cmocka_unit_test(missing_device_should_be_an_error),
		cmocka_unit_test(readings_should_add_and_subtract),
		cmocka_unit_test(counters_that_run_backwards_should_be_told),
	};

	return cmocka_run_group_tests_name("diskstat", tests, NULL, NULL);
}
