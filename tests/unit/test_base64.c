// SPDX-License-Identifier: MIT
/* Base64: the examples of RFC 4648, and everything that is not base64. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base64.h"
#include "lib/rng.h"

/* This test will check the examples of RFC 4648 both ways. */
static void examples_should_match(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i][0]), text_len = strlen(cases[i][1]);
		char text[16];
		uint8_t data[16];

		assert_int_equal(base64_encode(text, cases[i][0], len), text_len);
		assert_string_equal(text, cases[i][1]);
		assert_int_equal(BASE64_TEXT_BYTES(len), text_len + 1);
		assert_true(BASE64_DATA_BYTES(text_len) >= len);
		assert_int_equal(base64_decode(data, text, text_len), len);
		assert_memory_equal(data, cases[i][0], len);
	}
}

/* This test will check that all bytes of all lengths come back. */
static void all_bytes_should_come_back(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (size_t len = 0; len < 300; len++) {
		/* Exact sizes: the sanitizer sees a byte too many. */
		uint8_t *data = malloc(len + !len), *back;
		char *text = malloc(BASE64_TEXT_BYTES(len));
		size_t text_len;

		rng_fill(&rng, data, len);
		text_len = base64_encode(text, data, len);
		assert_int_equal(strlen(text), text_len);
		back = malloc(BASE64_DATA_BYTES(text_len) + !text_len);
		assert_int_equal(base64_decode(back, text, text_len), len);
		assert_memory_equal(back, data, len);
		free(data);
		free(text);
		free(back);
	}
}

/* This test will check that only one text stands for each sequence of bytes. */
static void other_texts_should_be_refused(void **state)
{
	static const char *const cases[] = {
		"A",	  "AA",	  "AAA",      "A===",	  "====",	"=AAA",
		"A=AA",	  "AA=A", "Zg==Zg==", "Zm8=Zm8=", "Zh==",	"Zm9=",
		"Zm9v\n", "Zm9 ", "Zm9-",     "Zm9_",	  "Zm\xc3\xa4", "Zg=",
	};
	uint8_t data[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("\"%s\"\n", cases[i]);
		assert_int_equal(base64_decode(data, cases[i], strlen(cases[i])), -EINVAL);
	}
	assert_int_equal(base64_decode(data, "AA\0A", 4), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_should_match),
		cmocka_unit_test(all_bytes_should_come_back),
		cmocka_unit_test(other_texts_should_be_refused),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
