// SPDX-License-Identifier: MIT
/* The growing byte buffer. Knows nothing of what the bytes mean. */
#include "lib/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_BYTES 256

void buf_reserve(struct buf *b, size_t len)
{
	size_t want, cap = b->cap ? b->cap : BUF_FIRST_BYTES;
	char *grown;

	if (b->failed)
		return;
	/* Pointers into the storage are subtracted: more than PTRDIFF_MAX cannot be. */
	if (len >= (size_t)PTRDIFF_MAX - b->len) {
		b->failed = true;
		return;
	}
	want = b->len + len + 1;
	if (b->data && want <= b->cap)
		return;
	while (cap < want)
		cap = cap > (size_t)PTRDIFF_MAX / 2 ? want : cap * 2;
	grown = realloc(b->data, cap);
	if (!grown) {
		b->failed = true;
		return;
	}
	if (!b->data)
		grown[0] = '\0';
	b->data = grown;
	b->cap = cap;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	buf_reserve(b, len);
	if (b->failed)
		return;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0) {
		b->failed = true;
		return;
	}
	buf_reserve(b, (size_t)len);
	if (b->failed)
		return;
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, args);
	b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vprintf(b, fmt, args);
	va_end(args);
}

bool buf_failed(const struct buf *b)
{
	return b->failed;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = BUF_INIT;
}
