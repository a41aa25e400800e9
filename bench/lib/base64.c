// SPDX-License-Identifier: MIT
/* Base64, strictly: one text for each sequence of bytes, everything else is refused. */
#include "lib/base64.h"

#include <errno.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(char *text, const void *data, size_t len)
{
	const uint8_t *from = data;
	char *at = text;

	for (; len; from += 3) {
		size_t part = len < 3 ? len : 3;
		uint32_t bits = (uint32_t)from[0] << 16;

		if (part > 1)
			bits |= (uint32_t)from[1] << 8;
		if (part > 2)
			bits |= from[2];
		*at++ = alphabet[bits >> 18];
		*at++ = alphabet[bits >> 12 & 63];
		*at++ = part > 1 ? alphabet[bits >> 6 & 63] : '=';
		*at++ = part > 2 ? alphabet[bits & 63] : '=';
		len -= part;
	}
	*at = '\0';
	return (size_t)(at - text);
}

/* 0..63, or -1. */
static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

int base64_decode(uint8_t *data, const char *text, size_t text_len)
{
	uint8_t *to = data;

	if (text_len % 4)
		return -EINVAL;
	for (size_t at = 0; at < text_len; at += 4) {
		size_t chars = 4;
		uint32_t bits = 0;

		if (at + 4 == text_len)
			chars -= (text[at + 3] == '=') +
				 (text[at + 3] == '=' && text[at + 2] == '=');
		for (size_t i = 0; i < 4; i++) {
			int value = i < chars ? value_of(text[at + i]) : 0;

			if (value < 0)
				return -EINVAL;
			bits = bits << 6 | (uint32_t)value;
		}
		/* Bits behind the last byte must be zero. */
		if ((chars == 3 && (bits & 0xff)) || (chars == 2 && (bits & 0xffff)))
			return -EINVAL;
		for (size_t i = 0; i + 1 < chars; i++)
			*to++ = (uint8_t)(bits >> (16 - 8 * i));
	}
	return (int)(to - data);
}
