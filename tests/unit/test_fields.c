// SPDX-License-Identifier: MIT
/* Tables of fields: what is written is what is read, member by member. */
#include "unit.h"

#include <math.h>

#include "result/fields.h"

#define STRUCT_MAX 65536

static size_t field_bytes(const struct field *f)
{
	static const size_t bytes[] = { [FIELD_U64] = 8,
					[FIELD_U32] = 4,
					[FIELD_I32] = 4,
					[FIELD_DOUBLE] = 8,
					[FIELD_BOOL] = 1 };

	return f->type == FIELD_TEXT ? f->bytes : bytes[f->type];
}

/* A value of its own for every field, at the edge of what it may hold. */
static void fill(char *to, const struct fields *fields)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];
		char *at = to + f->offset;

		switch (f->type) {
		case FIELD_U64:
			*(uint64_t *)at = JSON_INTEGER_MAX - i;
			break;
		case FIELD_U32:
			*(uint32_t *)at = UINT32_MAX - (uint32_t)i;
			break;
		case FIELD_I32:
			*(int32_t *)at = INT32_MIN + (int32_t)i;
			break;
		case FIELD_DOUBLE:
			*(double *)at = -0.1 * (double)(i + 1);
			break;
		case FIELD_BOOL:
			*(bool *)at = i % 2;
			break;
		case FIELD_TEXT:
			memset(at, (int)('a' + i % 26), f->bytes - 1);
			at[0] = '"';
			at[1] = '\n';
			break;
		}
	}
}

/* This test will check every table: keys are unique, members apart, and all of them survive. */
static void every_field_should_survive(void **state)
{
	static const struct fields *const tables[] = {
		&fields_result,	 &fields_target,   &fields_disk,   &fields_cpu,	  &fields_workload,
		&fields_round,	 &fields_round_io, &fields_key,	   &fields_error, &fields_clock,
		&fields_clock_1, &fields_tsc,	   &fields_kernel, &fields_steady
	};
	char *from = malloc(STRUCT_MAX), *to = malloc(STRUCT_MAX), *used = malloc(STRUCT_MAX);

	(void)state;
	for (size_t t = 0; t < N(tables); t++) {
		const struct fields *fields = tables[t];
		struct json *object = json_object();

		assert_true(fields->n > 0);
		memset(from, 0, STRUCT_MAX);
		memset(to, 0, STRUCT_MAX);
		memset(used, 0, STRUCT_MAX);
		fill(from, fields);
		fields_encode(object, fields, from);
		assert_int_equal(json_count(object), fields->n);
		fields_decode(to, fields, object);
		for (size_t i = 0; i < fields->n; i++) {
			const struct field *f = &fields->field[i];

			if (memcmp(from + f->offset, to + f->offset, field_bytes(f)))
				print_error("%s differs\n", f->key);
			assert_memory_equal(from + f->offset, to + f->offset, field_bytes(f));
			for (size_t b = 0; b < field_bytes(f); b++)
				assert_int_equal(used[f->offset + b]++, 0);
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(f->key, fields->field[k].key);
		}
		json_free(object);
	}
	free(from);
	free(to);
	free(used);
}

/* This test will check values that a member cannot hold: it stays as it was, or is cut. */
static void values_that_do_not_fit_should_change_nothing(void **state)
{
	static const struct {
		const char *text;
		uint32_t u32;
		int32_t i32;
		uint64_t u64;
		double real;
		bool flag;
		const char *word;
	} cases[] = {
		{ "{}", 7, 7, 7, 7, true, "7" },
		{ "{\"u32\":4294967295,\"i32\":-2147483648,\"u64\":9007199254740991,"
		  "\"real\":-0.5,\"flag\":true,\"word\":\"abcdefg\"}",
		  UINT32_MAX, INT32_MIN, JSON_INTEGER_MAX, -0.5, true, "abcdefg" },
		{ "{\"u32\":4294967296,\"i32\":2147483648,\"u64\":-1,\"real\":\"x\","
		  "\"flag\":false,\"word\":5}",
		  7, 7, 7, 7, false, "7" },
		{ "{\"u32\":1.5,\"i32\":-2147483649,\"u64\":1e300,\"real\":null,\"flag\":1,"
		  "\"word\":\"abcdefghi\"}",
		  7, 7, 7, 7, false, "abcdefg" },
	};
	struct thing {
		uint32_t u32;
		int32_t i32;
		uint64_t u64;
		double real;
		bool flag;
		char word[8], guard[8];
	};
	static const struct field rows[] = {
		{ "u32", FIELD_U32, offsetof(struct thing, u32), 0 },
		{ "i32", FIELD_I32, offsetof(struct thing, i32), 0 },
		{ "u64", FIELD_U64, offsetof(struct thing, u64), 0 },
		{ "real", FIELD_DOUBLE, offsetof(struct thing, real), 0 },
		{ "flag", FIELD_BOOL, offsetof(struct thing, flag), 0 },
		{ "word", FIELD_TEXT, offsetof(struct thing, word), 8 },
	};
	static const struct fields table = { rows, N(rows) };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct thing t = { 7, 7, 7, 7, true, "7", "guard" };
		struct err e = ERR_INIT;
		struct json *object = json_parse(cases[i].text, strlen(cases[i].text), &e);

		assert_non_null(object);
		fields_decode(&t, &table, object);
		assert_true(t.u32 == cases[i].u32 && t.i32 == cases[i].i32);
		assert_true(t.u64 == cases[i].u64 && fabs(t.real - cases[i].real) < 1e-12);
		assert_string_equal(t.word, cases[i].word);
		assert_string_equal(t.guard, "guard");
		assert_int_equal(t.flag, cases[i].flag);
		json_free(object);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_should_survive),
		cmocka_unit_test(values_that_do_not_fit_should_change_nothing),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
