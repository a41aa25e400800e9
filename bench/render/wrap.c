// SPDX-License-Identifier: MIT
/* Breaks text into lines. */
#include "render/wrap.h"

#include <string.h>

#include "lib/str.h"

void wrap_add(struct buf *to, const char *text, size_t width, size_t indent)
{
	size_t n;

	while (n = str_utf8_head(text, strlen(text), width - indent), text[n]) {
		size_t blank = n;

		while (blank > n / 2 && text[blank] != ' ')
			blank--;
		if (text[blank] == ' ')
			n = blank;
		buf_add(to, text, n);
		buf_printf(to, "\n%*s", (int)indent, "");
		text += n;
		while (*text == ' ')
			text++;
	}
	buf_add(to, text, n);
	buf_puts(to, "\n");
}
