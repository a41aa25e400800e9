// SPDX-License-Identifier: MIT
/* Tables of fields: what is written is what is read, member by member. */
#include "unit.h"

#include <math.h>

#include "lib/histogram.h"
#include "model/series.h"
#include "result/fields.h"

#define STRUCT_MAX (1u << 18)

static size_t field_bytes(const struct field *f)
{
	static const size_t bytes[] = {
		[FIELD_U64] = 8,  [FIELD_U32] = 4,     [FIELD_I32] = 4,	    [FIELD_DOUBLE] = 8,
		[FIELD_BOOL] = 1, [FIELD_ROUNDED] = 8, [FIELD_MEAN_US] = 8, [FIELD_BUCKET_US] = 8
	};

	return f->bytes ? f->bytes : bytes[f->type];
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
		case FIELD_ROUNDED:
			*(uint64_t *)at = (JSON_INTEGER_MAX / f->unit - i) * f->unit;
			break;
		case FIELD_MEAN_US:
			*(double *)at = 12.5 * (double)(i + 1);
			break;
		case FIELD_BUCKET_US:
			*(uint64_t *)at =
				histogram_value_ns(HISTOGRAM_BUCKETS - 1 - (unsigned int)i);
			break;
		case FIELD_TYPES_N:
			fail();
			break;
		case FIELD_TEXT:
		case FIELD_TEXT_IF_ANY:
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
		&fields_result,	 &fields_target,   &fields_disk,       &fields_cpu,
		&fields_tuned,	 &fields_workload, &fields_rounds,     &fields_key,
		&fields_error,	 &fields_clock,	   &fields_tsc,	       &fields_kernel,
		&fields_steady,	 &fields_series,   &fields_clock_1,    &fields_cpu_2,
		&fields_round_2, &fields_series_2, &fields_round_io_2, &fields_rounds_bytes,
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

/* This test will check that a text which is there only where it says something is left out whole,
 * and one that is always there is not. */
static void empty_text_should_be_left_out_where_it_may(void **state)
{
	static const struct disk nothing;
	struct json *object = json_object();
	struct disk back = { 0 };

	(void)state;
	fields_encode(object, &fields_disk, &nothing);
	assert_non_null(json_get(object, "serial"));
	assert_null(json_get(object, "irq_cpus"));
	assert_null(json_get(object, "unknown"));
	fields_decode(&back, &fields_disk, object);
	assert_memory_equal(&back, &nothing, sizeof(back));
	json_free(object);
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
		{ "u32", FIELD_U32, offsetof(struct thing, u32), 0, 0 },
		{ "i32", FIELD_I32, offsetof(struct thing, i32), 0, 0 },
		{ "u64", FIELD_U64, offsetof(struct thing, u64), 0, 0 },
		{ "real", FIELD_DOUBLE, offsetof(struct thing, real), 0, 0 },
		{ "flag", FIELD_BOOL, offsetof(struct thing, flag), 0, 0 },
		{ "word", FIELD_TEXT, offsetof(struct thing, word), 8, 0 },
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

struct row {
	uint32_t number;
	char word[8];
	uint64_t ns, rough_ns;
	double mean_ns;
	uint64_t never;
};

static const struct field row_fields[] = {
	{ "number", FIELD_U32, offsetof(struct row, number), 0, 0 },
	{ "word", FIELD_TEXT, offsetof(struct row, word), 8, 0 },
	{ "ns_ms", FIELD_ROUNDED, offsetof(struct row, ns), 0, 1000000 },
	{ "rough_us", FIELD_BUCKET_US, offsetof(struct row, rough_ns), 0, 0 },
	{ "mean_us", FIELD_MEAN_US, offsetof(struct row, mean_ns), 0, 0 },
	{ "never", FIELD_U64, offsetof(struct row, never), 0, 0 },
};
static const struct fields row_table = { row_fields, N(row_fields) };

/* This test will check columns as they are printed, and that what they were rounded to comes back:
 * a column of nothing is left out, but not the first. */
static void columns_should_hold_what_there_is(void **state)
{
	static const struct {
		struct row row[3];
		size_t n;
		const char *want;
	} cases[] = {
		{ { { 0 } }, 0, "{\"number\":[]}\n" },
		{ { { 0 } }, 2, "{\"number\":[0,0]}\n" },
		{ { { 1, "a", 1, 0, 0, 0 }, { 2, "", 0, 0, 0, 0 } },
		  2,
		  "{\"number\":[1,2],\"word\":[\"a\",\"\"],\"ns_ms\":[1,0]}\n" },
		{ { { 7, "", 2499999, 84480, 12345678, 0 },
		    { 0, "", 2500000, 127, 0.5, 0 },
		    { 0, "", 499999, 0, 1000, 0 } },
		  3,
		  "{\"number\":[7,0,0],\"ns_ms\":[2,3,1],\"rough_us\":[84,0.127,0],"
		  "\"mean_us\":[12346,0.0005,1]}\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct json *object = json_object(), *again = json_object();
		struct buf text = BUF_INIT, text_again = BUF_INIT;
		struct row back[3] = { 0 };

		columns_encode(object, &row_table, cases[i].row, sizeof(back[0]), cases[i].n);
		assert_int_equal(json_print(&text, object, false), 0);
		assert_string_equal(text.data, cases[i].want);
		assert_int_equal(columns_count(&row_table, object), cases[i].n);
		columns_decode(back, &row_table, object, sizeof(back[0]), 3);
		columns_encode(again, &row_table, back, sizeof(back[0]), cases[i].n);
		assert_int_equal(json_print(&text_again, again, false), 0);
		assert_string_equal(text_again.data, text.data);
		buf_free(&text);
		buf_free(&text_again);
		json_free(object);
		json_free(again);
	}
}

/* This test will check every bucket of a histogram: it comes back as itself, from three digits, or
 * four where buckets are narrower than a step of three. */
static void buckets_should_come_back_from_few_digits(void **state)
{
	size_t digits_sum = 0;

	(void)state;
	for (unsigned int b = 0; b < HISTOGRAM_BUCKETS; b++) {
		struct row row = { .rough_ns = histogram_value_ns(b) }, back = { 0 };
		struct json *object = json_object();
		char text[40];
		double us;

		fields_encode(object, &row_table, &row);
		assert_true(json_double(json_get(object, "rough_us"), &us));
		snprintf(text, sizeof(text), "%.*e", 3, us);
		assert_true(strtod(text, NULL) == us);
		for (int digits = 1; digits <= 4; digits++) {
			snprintf(text, sizeof(text), "%.*e", digits - 1, us);
			if (strtod(text, NULL) != us)
				continue;
			digits_sum += (size_t)digits;
			break;
		}
		fields_decode(&back, &row_table, object);
		check_number("bucket", back.rough_ns, row.rough_ns);
		json_free(object);
	}
	assert_true(digits_sum <= 3 * HISTOGRAM_BUCKETS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_should_survive),
		cmocka_unit_test(empty_text_should_be_left_out_where_it_may),
		cmocka_unit_test(values_that_do_not_fit_should_change_nothing),
		cmocka_unit_test(columns_should_hold_what_there_is),
		cmocka_unit_test(buckets_should_come_back_from_few_digits),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
