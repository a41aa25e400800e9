/* SPDX-License-Identifier: MIT */
/* Plain structs to JSON objects and back by a table of fields, so that writer and reader cannot
 * drift apart. */
#ifndef TARE_RESULT_FIELDS_H
#define TARE_RESULT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/json.h"
#include "model/result.h"

enum field_type { FIELD_U64, FIELD_U32, FIELD_I32, FIELD_DOUBLE, FIELD_BOOL, FIELD_TEXT };

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	size_t bytes; /* FIELD_TEXT: of the array */
};

struct fields {
	const struct field *field;
	size_t n;
};

/* Adds every field of `from` to a JSON object. */
void fields_encode(struct json *to, const struct fields *fields, const void *from);

/* Reads every field that is there; what is absent stays as it is. Text is cut to its array. */
void fields_decode(void *to, const struct fields *fields, const struct json *from);

/* The tables. */
extern const struct fields fields_result;   /* struct result: members of "tare" */
extern const struct fields fields_target;   /* struct result: members of "target" */
extern const struct fields fields_disk;	    /* struct disk */
extern const struct fields fields_cpu;	    /* struct result_cpu */
extern const struct fields fields_workload; /* struct result_workload */
extern const struct fields fields_round;    /* struct result_round */
extern const struct fields fields_round_io; /* struct result_round_io */
extern const struct fields fields_key;	    /* struct result_key */
extern const struct fields fields_error;    /* struct result_error */
extern const struct fields fields_tsc;	    /* struct tsc: members of "clock" */
extern const struct fields fields_clock;    /* struct clock_cost: members of "clock" */
extern const struct fields fields_clock_1;  /* the same, in documents of schema 1 */
extern const struct fields fields_kernel;   /* struct result_kernel: what has no direction */
extern const struct fields fields_steady;   /* struct result_steady */

#endif
