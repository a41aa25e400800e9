// SPDX-License-Identifier: MIT
/* Keys to decisions, without a console. */
#include "unit.h"

#include "session/pick.h"

/* This test will check what each sequence of keys decides. */
static void keys_should_decide_as_told(void **state)
{
	static const struct {
		uint32_t n;
		const char *keys;
		enum pick_state state;
		const char *picked; /* a digit for each disk that is */
	} cases[] = {
		{ 2, "", PICK_WAITING, "12" },
		{ 2, "1", PICK_WAITING, "2" },
		{ 2, "2", PICK_WAITING, "1" },
		{ 2, "11", PICK_WAITING, "12" },
		{ 2, "12", PICK_WAITING, "" },
		{ 2, "1\r", PICK_START, "2" },
		{ 2, "\n", PICK_START, "12" },
		{ 2, "c", PICK_CANCELLED, "12" },
		{ 2, "C", PICK_CANCELLED, "12" },
		{ 2, "q", PICK_CANCELLED, "12" },
		{ 2, "Q", PICK_CANCELLED, "12" },
		{ 2, "\x1b", PICK_CANCELLED, "12" },
		{ 2, "c\r", PICK_CANCELLED, "12" }, /* a decision is one */
		{ 2, "\rc", PICK_START, "12" },
		{ 2, "\r1", PICK_START, "12" },
		{ 2, "0 x3459:/", PICK_WAITING, "12" },
		{ 9, "9", PICK_WAITING, "12345678" },
		{ 40, "1", PICK_WAITING, "23456789" },
		{ 0, "1", PICK_WAITING, "" }, /* a file: nothing to pick from */
		{ 0, "\r", PICK_START, "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct pick pick = pick_begin(cases[i].n);
		char picked[PICK_MAX + 1] = "";

		for (const char *key = cases[i].keys; *key; key++)
			pick = pick_key(pick, (unsigned char)*key);
		for (uint32_t k = 0; k < pick.n; k++)
			if (pick.picked[k])
				strncat(picked, &"123456789"[k], 1);
		assert_int_equal(pick.state, cases[i].state);
		assert_string_equal(picked, cases[i].picked);
		assert_int_equal(pick_count(&pick), strlen(cases[i].picked));
	}
}

/* This test will check that no key at all, a NUL, and bytes beyond ASCII change nothing. */
static void noise_should_change_nothing(void **state)
{
	const struct pick before = pick_begin(3);

	(void)state;
	for (int key = -1; key < 256; key++) {
		struct pick after = pick_key(before, key);
		bool known = key > 0 && key < 128 && strchr("123cCqQ\r\n\x1b", key);

		assert_int_equal(memcmp(&after, &before, sizeof(after)) != 0, known);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_should_decide_as_told),
		cmocka_unit_test(noise_should_change_nothing),
	};

	return cmocka_run_group_tests_name("pick", tests, NULL, NULL);
}
