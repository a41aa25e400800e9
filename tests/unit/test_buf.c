// SPDX-License-Identifier: MIT
/* The growing buffer: contents, terminator, failure that sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"

/* This test will check that what is added comes back in order and is always terminated. */
static void contents_should_grow_in_order(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		char c = (char)('a' + i % 26);

		buf_add(&b, &c, 1);
		assert_int_equal(b.data[i + 1], '\0');
	}
	assert_int_equal(b.len, 100000);
	assert_true(b.cap > b.len);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], 'a' + (int)(i % 26));
	buf_free(&b);
	assert_null(b.data);
	buf_puts(&b, "again");
	assert_string_equal(b.data, "again");
	buf_free(&b);
}

/* This test will check that bytes with NUL, nothing at all, and formats longer than any first
 * guess go in whole. */
static void all_ways_should_add(void **state)
{
	struct buf b = BUF_INIT;
	char wide[3000];

	(void)state;
	buf_add(&b, NULL, 0);
	assert_non_null(b.data);
	assert_string_equal(b.data, "");
	buf_add(&b, "a\0b", 3);
	assert_memory_equal(b.data, "a\0b", 4);
	b.len = 0;
	buf_printf(&b, "%s-%d", "x", 42);
	buf_puts(&b, "");
	assert_string_equal(b.data, "x-42");
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	buf_printf(&b, "%s%s", wide, wide);
	assert_int_equal(b.len, 4 + 2 * (sizeof(wide) - 1));
	assert_int_equal(strlen(b.data), b.len);
	assert_false(buf_failed(&b));
	buf_free(&b);
}

/* This test will check that a size that cannot be had fails, keeps the contents and sticks. */
static void failure_should_stick(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_puts(&b, "kept");
	buf_reserve(&b, SIZE_MAX);
	assert_true(buf_failed(&b));
	buf_puts(&b, "lost");
	buf_printf(&b, "%d", 1);
	assert_string_equal(b.data, "kept");
	assert_int_equal(b.len, 4);
	buf_free(&b);
	assert_false(buf_failed(&b));
}

/* This test will check that reserved room is used without moving. */
static void reserved_room_should_not_move(void **state)
{
	struct buf b = BUF_INIT;
	const char *before;

	(void)state;
	buf_reserve(&b, 5000);
	assert_int_equal(b.len, 0);
	before = b.data;
	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "x");
	assert_ptr_equal(before, b.data);
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_should_grow_in_order),
		cmocka_unit_test(all_ways_should_add),
		cmocka_unit_test(failure_should_stick),
		cmocka_unit_test(reserved_room_should_not_move),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
