/* SPDX-License-Identifier: MIT */
/*
 * What cJSON lets pass in a JSON text: bytes that are no UTF-8, control characters and U+0000 in
 * strings, malformed numbers and those no double holds. A part of lib/json; nothing else uses it.
 */
#ifndef TARE_LIB_JSON_SCAN_H
#define TARE_LIB_JSON_SCAN_H

#include <stddef.h>

#include "lib/err.h"

struct json_scan {
	const char *text; /* borrowed; no NUL needed behind it */
	size_t len;
	size_t at;	   /* how far it was read */
	const char *wrong; /* what is wrong there, or NULL */
};

/* Reads from `at` on. Returns 0, or -EINVAL with `at` and `wrong` set. */
int json_scan(struct json_scan *scan);

/* Sets "line, column: offending text: wrong" and returns the error's code. */
int json_scan_error(struct err *e, const struct json_scan *scan);

#endif
