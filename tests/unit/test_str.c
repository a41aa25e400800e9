// SPDX-License-Identifier: MIT
/* Text to numbers and back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/str.h"

/* This test will check that sizes parse exactly and that nonsense is refused with the right
 * reason. */
static void sizes_should_parse_as_fio_reads_them(void **state)
{
	static const struct {
		const char *in;
		int ret;
		uint64_t bytes;
	} cases[] = {
		{ "0", 0, 0 },
		{ "512", 0, 512 },
		{ "512b", 0, 512 },
		{ "4k", 0, 4096 },
		{ "4K", 0, 4096 },
		{ "4kb", 0, 4096 },
		{ "4KiB", 0, 4096 },
		{ "1M", 0, 1048576 },
		{ "2g", 0, 2147483648 },
		{ "3TIB", 0, 3298534883328 },
		{ "16383p", 0, UINT64_C(16383) << 50 },
		{ "16384p", -ERANGE, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "99999999999T", -ERANGE, 0 },
		{ "99999999999999999999999x", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "k", -EINVAL, 0 },
		{ "4 k", -EINVAL, 0 },
		{ " 4k", -EINVAL, 0 },
		{ "4k ", -EINVAL, 0 },
		{ "-4k", -EINVAL, 0 },
		{ "+4k", -EINVAL, 0 },
		{ "1.5k", -EINVAL, 0 },
		{ "4kk", -EINVAL, 0 },
		{ "4ib", -EINVAL, 0 },
		{ "4bb", -EINVAL, 0 },
		{ "4kibb", -EINVAL, 0 },
		{ "4e", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t bytes = 77;

		print_message("\"%s\"\n", cases[i].in);
		assert_int_equal(str_to_bytes(cases[i].in, &bytes), cases[i].ret);
		assert_int_equal(bytes, cases[i].ret ? 77 : cases[i].bytes);
	}
}

/* This test will check that times parse with fio's suffixes, seconds without one. */
static void times_should_parse_as_fio_reads_them(void **state)
{
	static const struct {
		const char *in;
		int ret;
		uint64_t ns;
	} cases[] = {
		{ "0", 0, 0 },
		{ "10", 0, 10000000000 },
		{ "10s", 0, 10000000000 },
		{ "10SEC", 0, 10000000000 },
		{ "1m", 0, 60000000000 },
		{ "2h", 0, 7200000000000 },
		{ "1d", 0, 86400000000000 },
		{ "5ms", 0, 5000000 },
		{ "5msec", 0, 5000000 },
		{ "7us", 0, 7000 },
		{ "7usec", 0, 7000 },
		{ "9ns", 0, 9 },
		{ "213503d", 0, UINT64_C(213503) * 86400000000000 },
		{ "213504d", -ERANGE, 0 },
		{ "18446744073709551615ns", 0, UINT64_MAX },
		{ "18446744073709551616ns", -ERANGE, 0 },
		{ "18446744074", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "1min", -EINVAL, 0 },
		{ "1w", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t ns = 77;

		print_message("\"%s\"\n", cases[i].in);
		assert_int_equal(str_to_ns(cases[i].in, &ns), cases[i].ret);
		assert_int_equal(ns, cases[i].ret ? 77 : cases[i].ns);
	}
}

/* This test will check that numbers are whole strings of digits that fit. */
static void numbers_should_parse_whole(void **state)
{
	static const struct {
		const char *in;
		int ret;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1\n", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 77;

		assert_int_equal(str_to_u64(cases[i].in, &value), cases[i].ret);
		assert_int_equal(value, cases[i].ret ? 77 : cases[i].value);
	}
}

/* This test will check that decimals parse and that strtod()'s other languages do not. */
static void decimals_should_parse_whole(void **state)
{
	static const struct {
		const char *in;
		int ret;
		double value;
	} cases[] = {
		{ "0", 0, 0 },	       { "-1.5", 0, -1.5 },	{ "+2.", 0, 2 },
		{ ".25", 0, 0.25 },    { "1e3", 0, 1000 },	{ "1.5E-3", 0, 0.0015 },
		{ "1e308", 0, 1e308 }, { "1e-999", 0, 0 },	{ "1e999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },    { ".", -EINVAL, 0 },	{ "-", -EINVAL, 0 },
		{ "1e", -EINVAL, 0 },  { "1e+", -EINVAL, 0 },	{ "inf", -EINVAL, 0 },
		{ "nan", -EINVAL, 0 }, { "0x1p3", -EINVAL, 0 }, { " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },  { "1,5", -EINVAL, 0 },	{ "1.2.3", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double value = 77;

		print_message("\"%s\"\n", cases[i].in);
		assert_int_equal(str_to_double(cases[i].in, &value), cases[i].ret);
		assert_true(value == (cases[i].ret ? 77 : cases[i].value));
	}
}

/* This test will check the words for yes and no. */
static void words_should_be_yes_or_no(void **state)
{
	static const struct {
		const char *in;
		int ret;
		bool value;
	} cases[] = {
		{ "0", 0, false },	 { "1", 0, true },	  { "no", 0, false },
		{ "yes", 0, true },	 { "Off", 0, false },	  { "ON", 0, true },
		{ "false", 0, false },	 { "true", 0, true },	  { "", -EINVAL, false },
		{ "2", -EINVAL, false }, { "y", -EINVAL, false }, { "yes ", -EINVAL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool value = !cases[i].value;

		assert_int_equal(str_to_bool(cases[i].in, &value), cases[i].ret);
		assert_int_equal(value, cases[i].ret ? !cases[i].value : cases[i].value);
	}
}

/* This test will check copying into too little room, and trimming. */
static void copies_should_end_and_trim(void **state)
{
	char small[4] = "zzz", text[] = " \t a b\r\n\v ", blank[] = " \n";

	(void)state;
	assert_true(str_copy(small, sizeof(small), "abc"));
	assert_string_equal(small, "abc");
	assert_false(str_copy(small, sizeof(small), "wxyz"));
	assert_string_equal(small, "wxy");
	assert_false(str_copy(small, 0, ""));
	assert_string_equal(small, "wxy");
	assert_string_equal(str_trim(text), "a b");
	assert_string_equal(str_trim(blank), "");
}

/* This test will check that sizes read well, also where rounding reaches the next unit. */
static void sizes_should_read_well(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} cases[] = {
		{ 0, "0 B" },
		{ 512, "512 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 4096, "4 KiB" },
		{ 1536, "1.5 KiB" },
		{ 131072, "128 KiB" },
		{ 1048575, "1 MiB" },
		{ 1000 * 1048576ull, "1000 MiB" },
		{ 1610612736, "1.5 GiB" },
		{ 2147483648, "2 GiB" },
		{ 256060514304, "238 GiB" },
		{ 15393162788864, "14 TiB" },
		{ UINT64_MAX, "16 EiB" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(str_from_bytes(text, sizeof(text), cases[i].bytes),
				    cases[i].want);
	assert_string_equal(str_from_bytes(text, 4, 1024), "1 K");
}

/* This test will check that numbers have four digits, and all of them before the point. */
static void numbers_should_read_well(void **state)
{
	static const struct {
		double value;
		const char *want;
	} cases[] = { { 0, "0" },	   { 1.25, "1.25" },   { 999.4, "999.4" },
		      { 1000, "1000" },	   { 20000, "20000" }, { 123456.7, "123457" },
		      { -54321, "-54321" } };
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(str_from_number(text, sizeof(text), cases[i].value),
				    cases[i].want);
}

/* This test will check that durations read well, also where rounding reaches the next unit. */
static void durations_should_read_well(void **state)
{
	static const struct {
		double ns;
		const char *want;
	} cases[] = {
		{ 0, "0 ns" },		{ 7, "7 ns" },	       { 7.25, "7.25 ns" },
		{ 850, "850 ns" },	{ 999.4, "999 ns" },   { 999.6, "1.00 us" },
		{ 12345, "12.3 us" },	{ 99960, "100 us" },   { 4560000, "4.56 ms" },
		{ 1.2e9, "1.20 s" },	{ 999.6e6, "1.00 s" }, { 3600e9, "3600 s" },
		{ -12345, "-12.3 us" }, { 9996, "10.0 us" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(str_from_ns(text, sizeof(text), cases[i].ns), cases[i].want);
}

/* This test will check that typing errors find their word and strange words find none. */
static void nearest_should_find_typing_errors(void **state)
{
	static const char *const words[] = { "runtime", "rw", "iodepth", "readwrite", "bs", NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *in;
		const char *want;
	} cases[] = {
		{ "runtime", "runtime" },
		{ "runtiem", "runtime" },
		{ "RUN_TIME", "runtime" },
		{ "iodpeth", "iodepth" },
		{ "readwrit", "readwrite" },
		{ "wr", "rw" },
		{ "xy", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "completely", NULL },
		{ "bss", "bs" },
	};
	char giant[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = str_nearest(cases[i].in, words);

		print_message("\"%s\": %s\n", cases[i].in, got ? got : "none");
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
		assert_null(str_nearest(cases[i].in, none));
	}
	memset(giant, 'r', sizeof(giant) - 1);
	giant[sizeof(giant) - 1] = '\0';
	assert_null(str_nearest(giant, words));
}

/* This test will check the borders of well-formed UTF-8. */
static void utf8_should_be_told_from_other_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t want;
	} cases[] = {
		{ "a", 1 },
		{ "\x7f", 1 },
		{ "\xc3\xa4", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\x80", 0 },
		{ "\xc0\x80", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xc3", 0 },
		{ "\xe2\x82", 0 },
		{ "\xe2\x82\x28", 0 },
		{ "\xff", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(str_utf8_length(cases[i].text, strlen(cases[i].text)),
				 cases[i].want);
	assert_int_equal(str_utf8_length("", 1), 1);
}

/* This test will check counts of characters, of which a byte that begins none is one for a head. */
static void characters_should_be_counted(void **state)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac!";

	(void)state;
	assert_int_equal(str_utf8_count(text), 4);
	assert_int_equal(str_utf8_count(""), 0);
	assert_int_equal(str_utf8_head(text, sizeof(text) - 1, 0), 0);
	assert_int_equal(str_utf8_head(text, sizeof(text) - 1, 2), 3);
	assert_int_equal(str_utf8_head(text, sizeof(text) - 1, 99), 7);
	assert_int_equal(str_utf8_head(text, 2, 2), 2); /* cut in a character */
	assert_int_equal(str_utf8_head("\xff\xff", 2, 1), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_should_parse_as_fio_reads_them),
		cmocka_unit_test(times_should_parse_as_fio_reads_them),
		cmocka_unit_test(numbers_should_parse_whole),
		cmocka_unit_test(decimals_should_parse_whole),
		cmocka_unit_test(words_should_be_yes_or_no),
		cmocka_unit_test(copies_should_end_and_trim),
		cmocka_unit_test(sizes_should_read_well),
		cmocka_unit_test(numbers_should_read_well),
		cmocka_unit_test(durations_should_read_well),
		cmocka_unit_test(nearest_should_find_typing_errors),
		cmocka_unit_test(utf8_should_be_told_from_other_bytes),
		cmocka_unit_test(characters_should_be_counted),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
