/* SPDX-License-Identifier: MIT */
/*
 * One error, told once, and a list of warnings that travel with the data.
 *
 * An error reads `what: where: the offending text: what would be right`. The first error set wins:
 * later ones are consequences of it. Nothing here prints.
 */
#ifndef TARE_LIB_ERR_H
#define TARE_LIB_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define ERR_TEXT_BYTES 512

struct err {
	int code;		   /* 0: no error; otherwise a negative errno */
	char text[ERR_TEXT_BYTES]; /* always terminated; cut, never overrun */
};

#define ERR_INIT ((struct err){ 0 })

/*
 * Sets the error unless one is set already. `code` is a negative errno (0 becomes -EINVAL).
 * Returns the code of the error that won, so that callers can `return err_set(...)`.
 */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A list of warnings in the order they arose. Owns its strings; free with notes_free(). */
struct notes {
	char **text;
	size_t n;
};

/* Adds a formatted line; the same line is kept once. Memory that runs out loses the line, not the
 * run. */
void notes_add(struct notes *notes, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void notes_merge(struct notes *to, const struct notes *from);
void notes_free(struct notes *notes);

#endif
