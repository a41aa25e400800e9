// SPDX-License-Identifier: MIT
/* Fields by their type, and the walks over tables of them. */
#include "result/field.h"

#include <float.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/histogram.h"
#include "lib/str.h"

#define US_NS	    1e3
#define BELOW_NS    0x1p64 /* what 64 bits hold */
#define MEAN_DIGITS 5

/* --- one member: `key` NULL appends to an array --- */

static void encode_u64(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_u64(to, key, *(const uint64_t *)at);
}

static void decode_u64(void *at, const struct field *f, const struct json *value)
{
	(void)f;
	json_u64(value, at);
}

static void encode_u32(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_u64(to, key, *(const uint32_t *)at);
}

static void decode_u32(void *at, const struct field *f, const struct json *value)
{
	uint64_t number;

	(void)f;
	if (json_u64(value, &number) && number <= UINT32_MAX)
		*(uint32_t *)at = (uint32_t)number;
}

static void encode_i32(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_i64(to, key, *(const int32_t *)at);
}

static void decode_i32(void *at, const struct field *f, const struct json *value)
{
	double real;

	(void)f;
	if (json_double(value, &real) && real >= INT32_MIN && real <= INT32_MAX)
		*(int32_t *)at = (int32_t)real;
}

static void encode_double(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_double(to, key, *(const double *)at);
}

static void decode_double(void *at, const struct field *f, const struct json *value)
{
	(void)f;
	json_double(value, at);
}

static void encode_bool(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_bool(to, key, *(const bool *)at);
}

static void decode_bool(void *at, const struct field *f, const struct json *value)
{
	(void)f;
	if (value)
		*(bool *)at = json_is_true(value);
}

static void encode_text(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_text(to, key, at);
}

static void encode_text_if_any(struct json *to, const char *key, const struct field *f,
			       const void *at)
{
	if (*(const char *)at)
		encode_text(to, key, f, at);
}

static void decode_text(void *at, const struct field *f, const struct json *value)
{
	if (json_text(value))
		str_copy(at, f->bytes, json_text(value));
}

/* --- rounded --- */

static uint64_t in_units(uint64_t number, uint64_t unit)
{
	uint64_t n = number / unit + (number % unit >= unit - unit / 2);

	return n ? n : number > 0;
}

static void encode_rounded(struct json *to, const char *key, const struct field *f, const void *at)
{
	json_add_u64(to, key, in_units(*(const uint64_t *)at, f->unit));
}

static void decode_rounded(void *at, const struct field *f, const struct json *value)
{
	uint64_t number;

	if (json_u64(value, &number) && number <= JSON_INTEGER_MAX / f->unit)
		*(uint64_t *)at = number * f->unit;
}

static void encode_mean(struct json *to, const char *key, const struct field *f, const void *at)
{
	(void)f;
	json_add_digits(to, key, *(const double *)at / US_NS, MEAN_DIGITS);
}

static void decode_mean(void *at, const struct field *f, const struct json *value)
{
	double us;

	(void)f;
	if (json_double(value, &us))
		*(double *)at = us * US_NS;
}

/* The nearest to the middle of a bucket: if any number of so many digits lies in it, this one does.
 */
static double shortest_in_bucket(uint64_t bucket)
{
	double middle_ns = (double)histogram_value_ns((unsigned int)bucket);
	char text[40];

	for (int digits = 1; digits < DBL_DIG; digits++) {
		double ns;

		snprintf(text, sizeof(text), "%.*e", digits - 1, middle_ns);
		ns = strtod(text, NULL);
		if (ns < BELOW_NS && histogram_index((uint64_t)ns) == bucket)
			return ns;
	}
	return middle_ns;
}

static void encode_bucket(struct json *to, const char *key, const struct field *f, const void *at)
{
	uint64_t bucket = histogram_index(*(const uint64_t *)at);

	(void)f;
	json_add_double(to, key, shortest_in_bucket(bucket) / US_NS);
}

static void decode_bucket(void *at, const struct field *f, const struct json *value)
{
	double us;
	uint64_t bucket;

	(void)f;
	if (!json_double(value, &us) || us < 0 || us * US_NS + 0.5 >= BELOW_NS)
		return;
	bucket = histogram_index((uint64_t)(us * US_NS + 0.5));
	*(uint64_t *)at = histogram_value_ns((unsigned int)bucket);
}

static const struct {
	size_t bytes; /* 0: text, by its first */
	void (*encode)(struct json *to, const char *key, const struct field *f, const void *at);
	void (*decode)(void *at, const struct field *f, const struct json *value);
} types[FIELD_TYPES_N] = {
	[FIELD_U64] = { sizeof(uint64_t), encode_u64, decode_u64 },
	[FIELD_U32] = { sizeof(uint32_t), encode_u32, decode_u32 },
	[FIELD_I32] = { sizeof(int32_t), encode_i32, decode_i32 },
	[FIELD_DOUBLE] = { sizeof(double), encode_double, decode_double },
	[FIELD_BOOL] = { sizeof(bool), encode_bool, decode_bool },
	[FIELD_TEXT] = { 1, encode_text, decode_text },
	[FIELD_TEXT_IF_ANY] = { 1, encode_text_if_any, decode_text },
	[FIELD_ROUNDED] = { sizeof(uint64_t), encode_rounded, decode_rounded },
	[FIELD_MEAN_US] = { sizeof(double), encode_mean, decode_mean },
	[FIELD_BUCKET_US] = { sizeof(uint64_t), encode_bucket, decode_bucket },
};

/* --- objects --- */

void fields_encode(struct json *to, const struct fields *fields, const void *from)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];

		types[f->type].encode(to, f->key, f, (const char *)from + f->offset);
	}
}

void fields_decode(void *to, const struct fields *fields, const struct json *from)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];

		types[f->type].decode((char *)to + f->offset, f, json_get(from, f->key));
	}
}

void fields_round(void *of, const struct fields *fields)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];
		uint64_t *number = (uint64_t *)(void *)((char *)of + f->offset);

		if (f->type == FIELD_ROUNDED)
			*number = in_units(*number, f->unit) * f->unit;
	}
}

/* --- columns --- */

/* No type is anything but zero, or no text, where its bytes are zero. */
static bool is_empty(const struct field *f, const char *from, size_t bytes, size_t n)
{
	static const char nothing[sizeof(uint64_t)];

	for (size_t i = 0; i < n; i++)
		if (memcmp(from + i * bytes + f->offset, nothing, types[f->type].bytes))
			return false;
	return true;
}

void columns_encode(struct json *to, const struct fields *fields, const void *from, size_t bytes,
		    size_t n)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];
		struct json *column;

		if (i && is_empty(f, from, bytes, n))
			continue;
		column = json_add_array(to, f->key);
		for (size_t k = 0; k < n; k++)
			types[f->type].encode(column, NULL, f,
					      (const char *)from + k * bytes + f->offset);
	}
}

size_t columns_count(const struct fields *fields, const struct json *from)
{
	return json_count(json_get(from, fields->field[0].key));
}

void columns_decode(void *to, const struct fields *fields, const struct json *from, size_t bytes,
		    size_t n)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->field[i];
		const struct json *value = json_first(json_get(from, f->key));

		for (size_t k = 0; k < n && value; k++, value = json_next(value))
			types[f->type].decode((char *)to + k * bytes + f->offset, f, value);
	}
}
