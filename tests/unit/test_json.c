// SPDX-License-Identifier: MIT
/* JSON: building, exact numbers, strict reading, places of errors. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json.h"
#include "lib/rng.h"

static struct json *parse(const char *text)
{
	struct err e = ERR_INIT;
	struct json *root = json_parse(text, strlen(text), &e);

	if (!root)
		print_message("%s\n", e.text);
	return root;
}

static void check_printed(const struct json *root, bool indent, const char *want)
{
	struct buf b = BUF_INIT;

	assert_int_equal(json_print(&b, root, indent), 0);
	assert_string_equal(b.data, want);
	buf_free(&b);
}

/* This test will check both layouts of a document of every kind of value. */
static void documents_should_print_in_both_layouts(void **state)
{
	struct json *root = json_object(), *list;

	(void)state;
	json_add_text(root, "text", "\"a\\b\"\n\t\x01\x7f \u00e4/");
	json_add_u64(root, "most", JSON_INTEGER_MAX);
	json_add_i64(root, "least", -(int64_t)JSON_INTEGER_MAX);
	json_add_bool(root, "yes", true);
	list = json_add_array(root, "list");
	json_add_null(list, NULL);
	json_add_bool(list, NULL, false);
	json_add_double(json_add_object(list, NULL), "x", 0.1);
	json_add_object(root, "empty");
	json_add_array(root, "");
	check_printed(root, false,
		      "{\"text\":\"\\\"a\\\\b\\\"\\n\\t\\u0001\\u007f \u00e4/\","
		      "\"most\":9007199254740991,\"least\":-9007199254740991,\"yes\":true,"
		      "\"list\":[null,false,{\"x\":0.1}],\"empty\":{},\"\":[]}\n");
	json_free(root);
	root = json_object();
	list = json_add_array(root, "a");
	json_add_u64(json_add_object(list, NULL), "b", 1);
	json_add_text(list, NULL, "t");
	json_add_u64(list, NULL, 5);
	json_add_array(root, "c");
	json_add_object(root, "x");
	list = json_add_array(root, "d");
	json_add_u64(list, NULL, 1);
	json_add_null(list, NULL);
	check_printed(root, true,
		      "{\n  \"a\":[\n    {\"b\":1},\n    \"t\",5\n  ],\n  \"c\":[],\"x\":{},\n"
		      "  \"d\":[1,null]\n}\n");
	json_free(root);
}

static void check_number(double value, const char *want)
{
	struct json *root = json_object(), *back;
	struct buf b = BUF_INIT;
	double read;

	json_add_double(root, "n", value);
	assert_int_equal(json_print(&b, root, false), 0);
	back = parse(b.data);
	assert_non_null(back);
	assert_true(json_double(json_get(back, "n"), &read));
	assert_true(read == value);
	if (want) {
		b.data[b.len - 2] = '\0';
		assert_string_equal(b.data + 5, want);
	}
	json_free(root);
	json_free(back);
	buf_free(&b);
}

/* This test will check that doubles print short and read back exactly: chosen ones and any bits. */
static void doubles_should_read_back_exactly(void **state)
{
	static const struct {
		double value;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 3, "3" },
		{ -2.5, "-2.5" },
		{ 0.1, "0.1" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1e15, "1000000000000000" },
		{ 123456789012345.6, "123456789012345.6" },
		{ 9007199254740992.0, "9007199254740992" },
		{ 1e22, "1e+22" },
		{ 5e-324, "4.94065645841247e-324" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
	};
	struct rng rng;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_number(cases[i].value, cases[i].want);
	rng_seed(&rng, 3);
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = rng_next(&rng);
		double value;

		memcpy(&value, &bits, sizeof(value));
		if (isfinite(value))
			check_number(value, NULL);
		check_number((double)(bits >> 11), NULL);
		check_number((double)(bits >> 40) / 1000, NULL);
	}
}

/* This test will check that numbers JSON readers would change are refused when printing. */
static void unsafe_numbers_should_fail(void **state)
{
	struct json *root;
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 5; i++) {
		root = json_object();
		buf_puts(&b, "kept");
		if (i < 2)
			json_add_double(json_add_object(root, "deep"), "n", i ? NAN : -INFINITY);
		else if (i < 4)
			json_add_i64(root, "n", i == 2 ? INT64_MIN : (int64_t)JSON_INTEGER_MAX + 1);
		else
			json_add_u64(json_add_array(root, "deep"), NULL, JSON_INTEGER_MAX + 1);
		assert_int_equal(json_print(&b, root, true), -ERANGE);
		assert_string_equal(b.data, "kept");
		json_free(root);
		buf_free(&b);
	}
}

/* This test will check that a number that cannot be held can be given up, that its place is told,
 * and that all else stays. */
static void unheld_numbers_should_become_null(void **state)
{
	struct json *root = json_object(), *list = json_add_array(root, "list");
	struct buf text = BUF_INIT, where = BUF_INIT;

	(void)state;
	json_add_double(root, "good", 1.5);
	assert_int_equal(json_null_unheld(root, &where), 0);
	assert_int_equal(where.len, 0);
	json_add_u64(list, NULL, 1);
	json_add_u64(json_add_object(list, NULL), "large", UINT64_MAX);
	json_add_double(root, "none", NAN);
	assert_int_equal(json_null_unheld(root, &where), 2);
	assert_string_equal(where.data, "list.1.large, none");
	assert_int_equal(json_print(&text, root, false), 0);
	assert_string_equal(text.data,
			    "{\"list\":[1,{\"large\":null}],\"good\":1.5,\"none\":null}\n");
	for (int i = 0; i < 3; i++)
		json_add_double(root, "more", INFINITY);
	json_add_double(root, "fourth", INFINITY);
	where.len = 0;
	assert_int_equal(json_null_unheld(root, &where), 4);
	assert_string_equal(where.data, "more, more, more");
	assert_int_equal(json_null_unheld(NULL, &where), 0);
	json_free(root);
	buf_free(&text);
	buf_free(&where);
}

/* This test will check that building on nothing does nothing, and that a member that does not fit
 * its container is not lost silently. */
static void building_should_be_sticky(void **state)
{
	struct json *root = json_object();
	struct buf b = BUF_INIT;

	(void)state;
	assert_null(json_add_object(NULL, "a"));
	assert_null(json_add_array(NULL, "a"));
	json_add_text(NULL, "a", "b");
	json_add_u64(NULL, "a", 1);
	json_add_null(NULL, "a");
	assert_int_equal(json_print(&b, NULL, true), -ENOMEM);
	assert_null(json_add_object(root, NULL));
	assert_int_equal(json_print(&b, root, true), -EINVAL);
	json_free(root);
	root = json_object();
	json_add_u64(json_add_array(root, "list"), "key", 1);
	assert_int_equal(json_print(&b, root, true), -EINVAL);
	json_free(root);
	json_free(NULL);
	buf_free(&b);
}

/* This test will check that bytes that are no UTF-8 become '?', in values and names. */
static void other_bytes_should_become_question_marks(void **state)
{
	struct json *root = json_object();

	(void)state;
	json_add_text(root, "a\xff", "\xc3(\xe4 \u00e4 \xed\xa0\x80 \xf0\x9f\x98\x80 \xc3");
	check_printed(root, false, "{\"a?\":\"?(? \u00e4 ??? \xf0\x9f\x98\x80 ?\"}\n");
	json_free(root);
}

/* This test will check what is refused, and that the error names line, column and text. */
static void bad_texts_should_be_refused_with_their_place(void **state)
{
	static const struct {
		const char *text;
		const char *where;
	} cases[] = {
		{ "", "line 1, column 1: \"\": " },
		{ " \n ", "line 2, column 2: " },
		{ "{", "line 1, column " },
		{ "{\n  \"a\": tru\n}", "line 2, column 8: \"tru\": not JSON" },
		{ "{\"a\":1} x", "line 1, column 9: \"x\": nothing may follow" },
		{ "[1] [2]", "line 1, column 5: \"[2]\": nothing may follow" },
		{ "[01]", "line 1, column 2: \"01]\": not a number" },
		{ "[1.]", "line 1, column 2: \"1.]\": not a number" },
		{ "[.5]", "line 1, column 2: \".5]\": no JSON value" },
		{ "[+1]", "line 1, column 2: \"+1]\": no JSON value" },
		{ "[-]", "line 1, column 2: \"-]\": not a number" },
		{ "[1e]", "line 1, column 2: \"1e]\": not a number" },
		{ "[1e+-5]", "line 1, column 2: \"1e+-5]\": not a number" },
		{ "[--1]", "line 1, column 2: \"--1]\": not a number" },
		{ "[1e999]", "line 1, column 2: \"1e999]\": a number this large" },
		{ "[NaN]", "line 1, column 2: \"NaN]\": no JSON value" },
		{ "[nan]", "line 1, column 2: \"nan]\": not JSON" },
		{ "['a']", "line 1, column 2: \"'a']\": no JSON value" },
		{ "[\"a\nb\"]", "line 1, column 4: \"\": a control character" },
		{ "[\"\xff\"]", "line 1, column 3: \"\": not UTF-8" },
		{ "[\"a\\u0000b\"]", "line 1, column 4: \"\\u0000b\"]\": the character U+0000" },
		{ "[\"\\x\"]", "line 1, column " },
		{ "[\"\\ud800\"]", "line 1, column " },
		{ "[\"abc", "line 1, column " },
		{ "[\"abc\\", "line 1, column " },
		{ "[1,]", "line 1, column 4: \"]\": not JSON" },
		{ "[1 2]", "line 1, column 4: \"2]\": not JSON" },
		{ "{\"a\" 1}", "line 1, column " },
		{ "{a:1}", "line 1, column " },
		{ "\xef\xbb\xbf{}", "line 1, column 1: \"\": no JSON value" },
		{ "[1]\v", "line 1, column 4: \"\": no JSON value" },
		{ "[0.000000000000000000000000000000000000000000000000000000000000001]",
		  "line 1, column 2: \"0.0000000000000000000000\": a number of more than 63" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		/* Exact size, no NUL: the sanitizer sees a byte too many. */
		size_t len = strlen(cases[i].text);
		char *text = malloc(len + !len);

		memcpy(text, cases[i].text, len);
		assert_null(json_parse(text, len, &e));
		assert_int_equal(e.code, -EINVAL);
		print_message("%s\n", e.text);
		assert_int_equal(strncmp(e.text, cases[i].where, strlen(cases[i].where)), 0);
		free(text);
	}
}

/* This test will check that a NUL inside is refused, and nesting too deep for the stack. */
static void odd_texts_should_be_refused(void **state)
{
	struct err e = ERR_INIT;
	struct buf deep = BUF_INIT;
	struct json *root;

	(void)state;
	assert_null(json_parse("[1\0]", 4, &e));
	e = ERR_INIT;
	assert_null(json_parse("[\"a\0b\"]", 7, &e));
	for (int i = 0; i < 100000; i++)
		buf_puts(&deep, "[");
	e = ERR_INIT;
	assert_null(json_parse(deep.data, deep.len, &e));
	deep.len = 900;
	for (int i = 0; i < 900; i++)
		buf_puts(&deep, "]");
	e = ERR_INIT;
	root = json_parse(deep.data, deep.len, &e);
	assert_non_null(root);
	json_free(root);
	buf_free(&deep);
}

/* This test will check that what is printed prints the same after parsing it. */
static void parsing_should_preserve(void **state)
{
	static const char text[] = "{\"a\":[1,-2,0.5,1e+300,\"\\u0001\\\\\u20ac\",null,true,false,"
				   "{\"b\":{}}],\"empty\":\"\",\"a\":2}\n";
	struct json *root = parse(text);

	(void)state;
	assert_non_null(root);
	check_printed(root, false, text);
	json_free(root);
	root = parse(" \t\r\n \"\\ud83d\\ude00\\/\" \r\n");
	assert_string_equal(json_text(root), "\xf0\x9f\x98\x80/");
	json_free(root);
}

/* This test will check reading: what is there, what is not, what is something else. */
static void reading_should_accept_what_is_absent(void **state)
{
	struct json *root = parse("{\"n\":7,\"neg\":-1,\"frac\":1.5,\"big\":9007199254740992,"
				  "\"max\":9007199254740991,\"s\":\"x\",\"t\":true,\"z\":null,"
				  "\"N\":8,\"list\":[1,2,3]}");
	static const char *const no_u64[] = {
		"neg", "frac", "big", "s", "t", "z", "list", "absent"
	};
	const struct json *list = json_get(root, "list");
	uint64_t n = 77;
	double d = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(no_u64) / sizeof(no_u64[0]); i++) {
		assert_false(json_u64(json_get(root, no_u64[i]), &n));
		assert_int_equal(json_get_u64(root, no_u64[i]), 0);
	}
	assert_int_equal(n, 77);
	assert_true(json_u64(json_get(root, "max"), &n) && n == JSON_INTEGER_MAX);
	assert_int_equal(json_get_u64(root, "n"), 7);
	assert_int_equal(json_get_u64(root, "N"), 8);
	assert_true(json_get_double(root, "frac") == 1.5);
	assert_false(json_double(json_get(root, "s"), &d));
	assert_string_equal(json_get_text(root, "s"), "x");
	assert_string_equal(json_get_text(root, "n"), "");
	assert_null(json_text(json_get(root, "n")));
	assert_true(json_is_true(json_get(root, "t")) && !json_is_true(json_get(root, "n")));
	assert_true(json_is_array(list) && !json_is_array(root) && !json_is_array(NULL));
	assert_int_equal(json_count(list), 3);
	assert_int_equal(json_count(json_get(root, "n")), 0);
	assert_true(json_u64(json_at(list, 2), &n) && n == 3);
	assert_null(json_at(list, 3));
	assert_null(json_get(list, "n"));
	assert_string_equal(json_key(json_at(root, 1)), "neg");
	assert_null(json_key(json_at(list, 0)));
	n = 0;
	for (const struct json *at = json_first(list); at; at = json_next(at))
		n++;
	assert_int_equal(n, 3);
	assert_null(json_get(NULL, "a"));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_int_equal(json_count(NULL), 0);
	json_free(root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_should_print_in_both_layouts),
		cmocka_unit_test(doubles_should_read_back_exactly),
		cmocka_unit_test(unsafe_numbers_should_fail),
		cmocka_unit_test(unheld_numbers_should_become_null),
		cmocka_unit_test(building_should_be_sticky),
		cmocka_unit_test(other_bytes_should_become_question_marks),
		cmocka_unit_test(bad_texts_should_be_refused_with_their_place),
		cmocka_unit_test(odd_texts_should_be_refused),
		cmocka_unit_test(parsing_should_preserve),
		cmocka_unit_test(reading_should_accept_what_is_absent),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
