// SPDX-License-Identifier: MIT
/* Checks of bytes, against the published values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/digest.h"

/* This test will check CRC-32 against the check values of its catalogue. */
static void crc32_should_match_published_values(void **state)
{
	static const struct {
		const char *text;
		uint32_t want;
	} cases[] = {
		{ "", 0 },
		{ "a", 0xe8b7be43 },
		{ "123456789", 0xcbf43926 },
		{ "The quick brown fox jumps over the lazy dog", 0x414fa339 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(digest_crc32(cases[i].text, strlen(cases[i].text)), cases[i].want);
	assert_int_equal(digest_crc32("\0\0\0\0", 4), 0x2144df1c);
	assert_int_equal(digest_crc32(NULL, 0), 0);
}

/* This test will check SHA-256 against the examples of FIPS 180-4. */
static void sha256_should_match_published_values(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char text[DIGEST_SHA256_TEXT], *million = malloc(1000000);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		digest_sha256(text, cases[i].text, strlen(cases[i].text));
		assert_string_equal(text, cases[i].want);
	}
	digest_sha256(text, NULL, 0);
	assert_string_equal(text, cases[0].want);
	assert_non_null(million);
	memset(million, 'a', 1000000);
	digest_sha256(text, million, 1000000);
	assert_string_equal(text,
			    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc32_should_match_published_values),
		cmocka_unit_test(sha256_should_match_published_values),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
