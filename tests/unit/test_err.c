// SPDX-License-Identifier: MIT
/* Errors and notes: the first wins, each is kept once. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/err.h"

/* This test will check that the first error stays, whatever comes later. */
static void first_error_should_win(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, -ENOENT, "%s: %d", "disk", 7), -ENOENT);
	assert_int_equal(err_set(&e, -EIO, "later"), -ENOENT);
	assert_int_equal(e.code, -ENOENT);
	assert_string_equal(e.text, "disk: 7");
}

/* This test will check that an error without a code is one all the same. */
static void zero_should_become_an_error(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, 0, "odd"), -EINVAL);
	assert_int_equal(e.code, -EINVAL);
}

/* This test will check that long texts are cut and terminated. */
static void long_text_should_be_cut(void **state)
{
	struct {
		struct err e;
		char guard[8];
	} both = { .guard = "guarded" };
	char text[2 * ERR_TEXT_BYTES];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&both.e, -EIO, "%s", text);
	assert_int_equal(strlen(both.e.text), ERR_TEXT_BYTES - 1);
	assert_string_equal(both.guard, "guarded");
}

/* This test will check that notes keep their order, each text once, and merge the same way. */
static void notes_should_be_kept_once(void **state)
{
	static const char *const want[] = { "a 1", "b", "", "c" };
	struct notes notes = { 0 }, more = { 0 };

	(void)state;
	notes_add(&notes, "a %d", 1);
	notes_add(&notes, "b");
	notes_add(&notes, "a %s", "1");
	notes_add(&notes, "%s", "");
	notes_add(&more, "c");
	notes_add(&more, "b");
	notes_merge(&notes, &more);
	notes_merge(&notes, &notes);
	assert_int_equal(notes.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < notes.n; i++)
		assert_string_equal(notes.text[i], want[i]);
	assert_int_equal(more.n, 2);
	notes_free(&notes);
	notes_free(&more);
	assert_int_equal(notes.n, 0);
	notes_free(&notes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_error_should_win),
		cmocka_unit_test(zero_should_become_an_error),
		cmocka_unit_test(long_text_should_be_cut),
		cmocka_unit_test(notes_should_be_kept_once),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
