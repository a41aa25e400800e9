/* SPDX-License-Identifier: MIT */
/*
 * Plain structs to JSON and back by a table of fields, so that writer and reader cannot drift
 * apart: one struct as an object, or an array of them as columns, which name each field once.
 */
#ifndef TARE_RESULT_FIELD_H
#define TARE_RESULT_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "lib/json.h"

/*
 * What a member is, and where it differs what stands in the document. Reading what a document was
 * rounded to and writing it again gives the same document.
 */
enum field_type {
	FIELD_U64,
	FIELD_U32,
	FIELD_I32,
	FIELD_DOUBLE,
	FIELD_BOOL,
	FIELD_TEXT,
	FIELD_TEXT_IF_ANY, /* not there where it is empty */
	FIELD_ROUNDED, /* uint64_t: so many of `unit`, to the nearest; 1 at least where it is not 0
			*/
	FIELD_MEAN_US, /* double of ns: us, five significant digits */
	/* uint64_t of ns, known as well as its bucket of a histogram: us, with the fewest digits
	 * that lie in the bucket. Reads back as the bucket's middle. */
	FIELD_BUCKET_US,
	FIELD_TYPES_N,
};

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	size_t bytes;  /* FIELD_TEXT...: of the array */
	uint64_t unit; /* FIELD_ROUNDED: of the document's number, in the member's */
};

struct fields {
	const struct field *field;
	size_t n;
};

/* Adds every field of `from` to a JSON object. */
void fields_encode(struct json *to, const struct fields *fields, const void *from);

/* Reads every field that is there; what is absent stays as it is. Text is cut to its array. */
void fields_decode(void *to, const struct fields *fields, const struct json *from);

/* Rounds the members that a document has rounded to whole units. */
void fields_round(void *of, const struct fields *fields);

/*
 * An array of `n` structs of `bytes` each: every field as an array of n, but those that are zero or
 * empty in all of them are left out. The first field is not: its length
 * is the number of structs.
 */
void columns_encode(struct json *to, const struct fields *fields, const void *from, size_t bytes,
		    size_t n);

/* Structs that the columns hold. */
size_t columns_count(const struct fields *fields, const struct json *from);

/* Reads n structs at most, as fields_decode(). */
void columns_decode(void *to, const struct fields *fields, const struct json *from, size_t bytes,
		    size_t n);

#endif
