/* SPDX-License-Identifier: MIT */
/*
 * JSON documents: building, reading, printing. The only module that knows cJSON.
 *
 * Building is sticky: adding to NULL does nothing and returns NULL, and a document that ran out of
 * memory or was given a number it cannot hold (integer of 2^53 or more, NaN, infinity) fails in
 * json_print().
 *
 * Parsing is strict (RFC 8259, UTF-8). Refused beyond that, because it could not be held: the
 * character U+0000, a number of more than 63 characters or too large for a double, nesting deeper
 * than 1000.
 */
#ifndef TARE_LIB_JSON_H
#define TARE_LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct json; /* a value; owned by its document's root */

#define JSON_INTEGER_MAX ((UINT64_C(1) << 53) - 1)

struct json *json_object(void); /* a new root; free with json_free() */
struct json *json_array(void);	/* likewise */
void json_free(struct json *root);

/* Members. `key` NULL appends to an array; anything else that does not fit the container counts as
 * running out of memory does, with -EINVAL. The containers return the new child. */
struct json *json_add_object(struct json *to, const char *key);
struct json *json_add_array(struct json *to, const char *key);
void json_add_u64(struct json *to, const char *key, uint64_t value);
void json_add_i64(struct json *to, const char *key, int64_t value);
void json_add_double(struct json *to, const char *key, double value);
/* Rounded to so many significant digits, 17 at most. */
void json_add_digits(struct json *to, const char *key, double value, int digits);
/* Text must be UTF-8; bytes that are not are replaced by '?'. Control characters are escaped. */
void json_add_text(struct json *to, const char *key, const char *value);
void json_add_bool(struct json *to, const char *key, bool value);
void json_add_null(struct json *to, const char *key);

/* Takes every member named `key` out of objects at any depth. */
void json_drop(struct json *root, const char *key);

/* Puts null in the place of numbers that could not be held, so that json_print() does not fail for
 * them; appends where the first three are, "jobs.0.read.bw, jobs.1.iops", to `where`. Returns how
 * many. */
uint32_t json_null_unheld(struct json *root, struct buf *where);

/*
 * Prints with two blanks of indent a level, or all on one line where `indent` is false, and a
 * newline at the end. With indent, an object or array begins a line; what holds no further one
 * stands on it whole; and members that are neither share a line. Integers print as integers,
 * doubles with 17 significant digits at most and the fewest that read back the same. Returns 0,
 * -ERANGE (a number it cannot hold was added), -EINVAL (a member without a key, or one with a key
 * in an array) or -ENOMEM; `to` is untouched then.
 */
int json_print(struct buf *to, const struct json *root, bool indent);

/* Parses one document, to be read: nothing can be added to it, or taken out. Text behind it other
 * than white space is an error. NULL on error, and *e names line and column. For json_free(). */
struct json *json_parse(const char *text, size_t len, struct err *e);

/* Reading: all accept NULL and absent members. */
const struct json *json_get(const struct json *object, const char *key);
size_t json_count(const struct json *array_or_object);
const struct json *json_at(const struct json *array_or_object, size_t i); /* walks i members */
/* One after another: json_first() of a container, then json_next() of each; NULL at the end. */
const struct json *json_first(const struct json *array_or_object);
const struct json *json_next(const struct json *member);
const char *json_key(const struct json *member); /* name of an object's member, or NULL */
bool json_u64(const struct json *value,
	      uint64_t *to); /* false: absent, no number, negative, fraction, too large */
bool json_double(const struct json *value, double *to); /* false: absent or no number */
const char *
json_text(const struct json *value); /* NULL: absent or no string; owned by the document */
bool json_is_array(const struct json *value);
bool json_is_true(const struct json *value);
uint64_t json_get_u64(const struct json *object, const char *key);     /* 0 where absent */
double json_get_double(const struct json *object, const char *key);    /* 0 where absent */
const char *json_get_text(const struct json *object, const char *key); /* "" where absent */

#endif
