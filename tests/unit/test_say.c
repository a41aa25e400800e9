// SPDX-License-Identifier: MIT
/* Letters and sentences that are cut. */
#include "unit.h"

#include "compare/say.h"

/* This test will check letters past the alphabet. */
static void letters_should_go_on_behind_z(void **state)
{
	static const struct {
		uint32_t environment;
		const char *tag;
	} cases[] = { { 0, "A" },   { 25, "Z" },   { 26, "AA" },   { 51, "AZ" },
		      { 52, "BA" }, { 701, "ZZ" }, { 702, "AAA" }, { 999, "ALL" } };
	char tag[8];

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(say_tag(tag, cases[i].environment), cases[i].tag);
}

/* This test will check that a text that is too long ends whole, and takes no more. */
static void long_texts_should_be_cut(void **state)
{
	char text[COMPARISON_TEXT_BYTES] = "";

	(void)state;
	for (int i = 0; i < 100; i++)
		say(text, "%s", "\xc3\xa9\xc3\xa9\xc3\xa9"); /* of two bytes each */
	assert_true(strlen(text) < COMPARISON_TEXT_BYTES);
	check_has(text, "\xc3\xa9...");
	assert_string_equal(text + strlen(text) - 3, "...");
}

/* This test will check lists of one, two and three. */
static void lists_should_read_as_lists(void **state)
{
	static const bool is[] = { true, false, true, false, true };
	char text[COMPARISON_TEXT_BYTES] = "";

	(void)state;
	say_tags(text, is, 1);
	say(text, "; ");
	say_tags(text, is, 3);
	say(text, "; ");
	say_tags(text, is, 5);
	assert_string_equal(text, "A; A and C; A, C and E");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_should_go_on_behind_z),
		cmocka_unit_test(long_texts_should_be_cut),
		cmocka_unit_test(lists_should_read_as_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
