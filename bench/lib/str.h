/* SPDX-License-Identifier: MIT */
/*
 * Text to numbers and back, in fio's notation. Whole strings only: trailing text is an error.
 */
#ifndef TARE_LIB_STR_H
#define TARE_LIB_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes as fio reads them (kb_base=1024): digits and an optional suffix b, k, m, g, t, p (either
 * case), with `ib` or `b` behind it (k, kb and kib are all 1024). No space inside, no sign, no
 * fraction. Returns 0, -EINVAL (not a size) or -ERANGE (does not fit 64 bits); *bytes is untouched
 * on error.
 */
int str_to_bytes(const char *text, uint64_t *bytes);

/*
 * A time as fio reads it: digits with an optional suffix d, h, m, s, ms, us (or usec, msec, sec),
 * ns; a bare number is seconds. Returns 0, -EINVAL or -ERANGE; *ns is untouched on error.
 */
int str_to_ns(const char *text, uint64_t *ns);

/* Decimal digits only. Returns 0, -EINVAL or -ERANGE. */
int str_to_u64(const char *text, uint64_t *value);

/*
 * Decimal number with optional sign, fraction and exponent; finite. Returns 0, -EINVAL or -ERANGE.
 */
int str_to_double(const char *text, double *value);

/* 0/1, no/yes, off/on, false/true. Returns 0 or -EINVAL. */
int str_to_bool(const char *text, bool *value);

/* Copies and always terminates; returns false where text was cut. */
bool str_copy(char *to, size_t to_bytes, const char *text);

/* Cuts white space (and NUL, CR, LF) off both ends, in place; returns the first kept character. */
char *str_trim(char *text);

/* Bytes in the largest binary unit, three significant digits: "4 KiB", "1.5 GiB", "512 B". Returns
 * `to`. */
char *str_from_bytes(char *to, size_t to_bytes, uint64_t bytes);

/* Four significant digits, all of them before the point: "1.25", "20000", never an exponent from
 * 1000 on. Returns `to`. */
char *str_from_number(char *to, size_t to_bytes, double value);

/* A duration in a readable unit: "850 ns", "12.3 us", "4.56 ms", "1.20 s". Returns `to`. */
char *str_from_ns(char *to, size_t to_bytes, double ns);

/*
 * The candidate most like `text`, case apart: at most a third of its letters changed, at least 2,
 * never all of them (a swap of neighbours is one change). NULL: none is. For "did you mean" in
 * messages. `candidates` ends with NULL.
 */
const char *str_nearest(const char *text, const char *const *candidates);

/* Bytes of the UTF-8 character that `text` begins with (len > 0); 0: it begins with none. */
size_t str_utf8_length(const char *text, size_t len);

/* Bytes of the first `chars` characters of the len bytes, or of all there are; a byte that begins
 * none counts as one. */
size_t str_utf8_head(const char *text, size_t len, size_t chars);

/* Characters of a text: bytes that do not continue one. */
size_t str_utf8_count(const char *text);

#endif
