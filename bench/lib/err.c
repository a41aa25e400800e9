// SPDX-License-Identifier: MIT
/* Errors and warnings as data. Prints nothing. */
#include "lib/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list args;

	if (e->code)
		return e->code;
	e->code = code ? code : -EINVAL;
	va_start(args, fmt);
	if (vsnprintf(e->text, sizeof(e->text), fmt, args) < 0)
		e->text[0] = '\0';
	va_end(args);
	return e->code;
}

/* Takes `text` over. */
static void notes_take(struct notes *notes, char *text)
{
	char **grown;

	for (size_t i = 0; i < notes->n; i++) {
		if (!strcmp(notes->text[i], text)) {
			free(text);
			return;
		}
	}
	grown = realloc(notes->text, (notes->n + 1) * sizeof(*grown));
	if (!grown) {
		free(text);
		return;
	}
	notes->text = grown;
	notes->text[notes->n++] = text;
}

void notes_add(struct notes *notes, const char *fmt, ...)
{
	struct buf line = BUF_INIT;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&line, fmt, args);
	va_end(args);
	if (buf_failed(&line) || !line.data) {
		buf_free(&line);
		return;
	}
	notes_take(notes, line.data);
}

void notes_merge(struct notes *to, const struct notes *from)
{
	for (size_t i = 0; i < from->n; i++)
		notes_add(to, "%s", from->text[i]);
}

void notes_free(struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		free(notes->text[i]);
	free(notes->text);
	notes->text = NULL;
	notes->n = 0;
}
