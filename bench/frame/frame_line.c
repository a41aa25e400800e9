// SPDX-License-Identifier: MIT
/* Makes and finds single lines. Holds no state between them. */
#include "frame/frame_line.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/digest.h"

#define PREFIX_BYTES (sizeof(FRAME_PREFIX) - 1)
#define HEAD_BYTES   (PREFIX_BYTES + 3) /* " K " */
#define CRC_BYTES    8
#define ESCAPE	     '\033'

void frame_line_add(struct buf *to, char kind, const char *text, size_t text_len)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s %c ", FRAME_PREFIX, kind);
	buf_add(&line, text, text_len);
	if (buf_failed(&line)) {
		to->failed = true;
	} else {
		buf_add(to, line.data, line.len);
		buf_printf(to, " *%08x\r\n", digest_crc32(line.data, line.len));
	}
	buf_free(&line);
}

/* Value of a lower-case hex digit, or -1. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void frame_line_id(char id[FRAME_ID_BYTES], const char *sha256)
{
	char text[BASE64_TEXT_BYTES(6)];
	uint8_t head[6];

	for (size_t i = 0; i < sizeof(head); i++) {
		int high = hex_value(sha256[2 * i]), low = hex_value(sha256[2 * i + 1]);

		head[i] = (uint8_t)((high & 15) << 4 | (low & 15));
	}
	base64_encode(text, head, sizeof(head));
	memcpy(id, text, FRAME_ID_BYTES - 1);
	id[FRAME_ID_BYTES - 1] = '\0';
}

static bool in_range(char c, unsigned char from, unsigned char to)
{
	return (unsigned char)c >= from && (unsigned char)c <= to;
}

/* Length of the escape sequence (ECMA-48) at `at`. One that is cut by a line's end stops there. */
static size_t escape_length(const char *at, size_t len)
{
	size_t i = 1;

	if (i < len && at[i] == ']') {
		/* A command to the terminal: up to BEL or ESC backslash. */
		for (i++; i < len && at[i] != '\n' && at[i] != '\a' && at[i] != ESCAPE;)
			i++;
		if (i < len && at[i] == ESCAPE)
			return i + 1 < len && at[i + 1] == '\\' ? i + 2 : i;
		return i < len && at[i] == '\a' ? i + 1 : i;
	}
	if (i < len && at[i] == '[') {
		for (i++; i < len && in_range(at[i], 0x30, 0x3f);)
			i++;
	}
	while (i < len && in_range(at[i], 0x20, 0x2f))
		i++;
	return i < len && in_range(at[i], 0x30, 0x7e) ? i + 1 : i;
}

void frame_line_clean(struct buf *to, const char *data, size_t len)
{
	size_t at = 0;

	buf_reserve(to, len);
	while (at < len) {
		size_t plain = at;

		while (plain < len && (in_range(data[plain], ' ', 0x7e) || data[plain] == '\n' ||
				       (unsigned char)data[plain] >= 0x80))
			plain++;
		buf_add(to, data + at, plain - at);
		at = plain;
		if (at < len)
			at += data[at] == ESCAPE ? escape_length(data + at, len - at) : 1;
	}
}

/* Does " *" and the right eight digits stand at text[at]? */
static bool check_at(const char *text, size_t at)
{
	uint32_t crc = 0;

	if (text[at] != ' ' || text[at + 1] != '*')
		return false;
	for (size_t i = 0; i < CRC_BYTES; i++) {
		int value = hex_value(text[at + 2 + i]);

		if (value < 0)
			return false;
		crc = crc << 4 | (uint32_t)value;
	}
	return crc == digest_crc32(text, at);
}

/* Reads the line that begins with the prefix at `text`; returns its length or 0. */
static size_t parse_line(struct frame_line *line, const char *text, size_t len)
{
	const char *feed;

	if (len > FRAME_COLUMNS)
		len = FRAME_COLUMNS;
	feed = memchr(text, '\n', len);
	if (feed)
		len = (size_t)(feed - text);
	if (len < HEAD_BYTES || text[PREFIX_BYTES] != ' ' || text[PREFIX_BYTES + 2] != ' ')
		return 0;
	/* Other text may follow, and the text itself may have " *": any place may be the end. */
	for (size_t at = HEAD_BYTES; at + 2 + CRC_BYTES <= len; at++) {
		if (!check_at(text, at))
			continue;
		line->kind = text[PREFIX_BYTES + 1];
		memcpy(line->text, text + HEAD_BYTES, at - HEAD_BYTES);
		line->text[at - HEAD_BYTES] = '\0';
		return at + 2 + CRC_BYTES;
	}
	return 0;
}

int frame_line_next(struct frame_line *line, const char *log, size_t len, size_t *at)
{
	const char *found;

	while ((found = memchr(log + *at, FRAME_PREFIX[0], len - *at))) {
		size_t length = 0;

		*at = (size_t)(found - log);
		if (len - *at >= HEAD_BYTES && !memcmp(found, FRAME_PREFIX, PREFIX_BYTES))
			length = parse_line(line, found, len - *at);
		/* A broken line may hold the begin of a sound one. */
		*at += length ? length : 1;
		if (length)
			return 1;
	}
	*at = len;
	return 0;
}
