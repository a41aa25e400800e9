// SPDX-License-Identifier: MIT
/* Letters and sentences. */
#include "compare/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char *say_tag(char *to, uint32_t environment)
{
	char text[8];
	size_t n = 0;

	for (environment++; environment && n < sizeof(text) - 1; environment /= 26)
		text[n++] = (char)('A' + --environment % 26);
	for (size_t i = 0; i < n; i++)
		to[i] = text[n - 1 - i];
	to[n] = '\0';
	return to;
}

void say(char *to, const char *fmt, ...)
{
	size_t len = strlen(to);
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(to + len, COMPARISON_TEXT_BYTES - len, fmt, args);
	va_end(args);
	if (n < 0 || len + (size_t)n < COMPARISON_TEXT_BYTES)
		return;
	/* Not inside of a character of several bytes. */
	len = COMPARISON_TEXT_BYTES - 4;
	while (len && ((unsigned char)to[len] & 0xc0) == 0x80)
		len--;
	memcpy(to + len, "...", 4);
}

void say_tags(char *to, const bool *is, uint32_t n)
{
	uint32_t left = 0;
	bool first = true;
	char tag[8];

	for (uint32_t i = 0; i < n; i++)
		left += is[i];
	for (uint32_t i = 0; i < n; i++) {
		if (!is[i])
			continue;
		left--;
		say(to, "%s%s", first ? "" : left ? ", " : " and ", say_tag(tag, i));
		first = false;
	}
}
