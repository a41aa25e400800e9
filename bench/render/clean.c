// SPDX-License-Identifier: MIT
/* Takes controls out of foreign text. */
#include "render/clean.h"

#include <stdbool.h>

#include "lib/str.h"

/* Controls below U+00A0, some of which take two bytes. */
static bool is_control(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	return c[0] < ' ' || c[0] == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0);
}

void clean_add(struct buf *to, const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		n = str_utf8_length(text + at, len - at);
		if (n && !is_control(text + at))
			buf_add(to, text + at, n);
		else
			buf_puts(to, "?");
		n = n ? n : 1;
	}
}
