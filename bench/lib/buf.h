/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer. Running out of memory is sticky: later calls do nothing and buf_failed()
 * tells, so that a renderer checks once at its end.
 */
#ifndef TARE_LIB_BUF_H
#define TARE_LIB_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* terminated with NUL whenever not NULL; the NUL is not counted in len */
	size_t len;
	size_t cap;
	bool failed;
};

#define BUF_INIT ((struct buf){ 0 })

void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Makes room for `len` more bytes, so that adding them cannot fail. */
void buf_reserve(struct buf *b, size_t len);
bool buf_failed(const struct buf *b);
/* Frees the storage; the buffer can be used again. */
void buf_free(struct buf *b);

#endif
