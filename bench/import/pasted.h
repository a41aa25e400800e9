/* SPDX-License-Identifier: MIT */
/*
 * Text that went through mail and forums: quoted, wrapped at any blank, with carriage returns. Read
 * by patterns in which a blank stands for any white space or none, line ends among it.
 */
#ifndef TARE_IMPORT_PASTED_H
#define TARE_IMPORT_PASTED_H

#include <stdbool.h>

#include "lib/buf.h"

/* Appends the text without marks of quoting, leading blanks and CR; no-break spaces become blanks.
 * Lines stay lines, so that they can be counted. */
void pasted_clean(struct buf *to, const char *text, size_t len);

/* A place in a text and where to stop. */
struct pasted {
	const char *at, *end;
};

/* Goes behind `pattern` where it stands right here, else stays. */
bool pasted_take(struct pasted *p, const char *pattern);

/* Goes behind the next `pattern`, else stays. *begin (or NULL) gets where it begins. */
bool pasted_find(struct pasted *p, const char *pattern, const char **begin);

/* A decimal number that begins here, after blanks; goes behind it. Without sign. */
bool pasted_number(struct pasted *p, double *value);

/* The same with none or one of k M G T P behind it: thousands. */
bool pasted_count(struct pasted *p, double *value);

/* The same with B, KiB, kB, MiB, MB ... behind it, in bytes. */
bool pasted_bytes(struct pasted *p, double *bytes);

/* Up to one of the characters `stop`, which stays; cut to the array. False: none in to_bytes. */
bool pasted_word(struct pasted *p, const char *stop, char *to, size_t to_bytes);

#endif
