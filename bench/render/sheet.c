// SPDX-License-Identifier: MIT
/* Lines, and the difference between two sheets as control sequences. */
#include "render/sheet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/str.h"
#include "render/clean.h"

#define SAVE_CURSOR    "\0337"
#define RESTORE_CURSOR "\0338"
#define HIDE_CURSOR    "\033[?25l"
#define SHOW_CURSOR    "\033[?25h"
#define CLEAR	       "\033[H\033[J"
#define REST_OF_LINE   "\033[K"
#define NO_REGION      "\033[r"

void sheet_init(struct sheet *sheet, uint32_t rows, uint32_t columns)
{
	*sheet = (struct sheet){ .rows = rows < SHEET_ROWS_MAX ? rows : SHEET_ROWS_MAX,
				 .columns = columns < SHEET_LINE_BYTES ? columns
								       : SHEET_LINE_BYTES };
}

/* Bytes of the first `chars` characters, and no more than a line holds. */
static size_t head_bytes(const char *text, size_t len, uint32_t chars)
{
	size_t at = 0;

	while (chars-- && at < len) {
		size_t n = str_utf8_length(text + at, len - at);

		n = n ? n : 1;
		if (at + n >= SHEET_LINE_BYTES)
			break;
		at += n;
	}
	return at;
}

static void set(struct sheet *sheet, uint32_t row, const char *fmt, va_list args)
{
	char text[4 * SHEET_LINE_BYTES];
	struct buf clean = BUF_INIT;
	size_t len;

	if (row >= sheet->rows || !sheet->columns)
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	clean_add(&clean, text, strlen(text));
	if (!buf_failed(&clean) && clean.data) {
		len = head_bytes(clean.data, clean.len, sheet->columns - 1);
		while (len && clean.data[len - 1] == ' ')
			len--;
		memcpy(sheet->line[row], clean.data, len);
		sheet->line[row][len] = '\0';
	} else {
		sheet->line[row][0] = '\0';
	}
	sheet->n = row >= sheet->n ? row + 1 : sheet->n;
	buf_free(&clean);
}

void sheet_set(struct sheet *sheet, uint32_t row, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(sheet, row, fmt, args);
	va_end(args);
}

void sheet_add(struct sheet *sheet, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(sheet, sheet->n, fmt, args);
	va_end(args);
}

void sheet_begin(struct buf *to, uint32_t rows, uint32_t messages)
{
	uint32_t first = rows > messages ? rows - messages + 1 : 1;

	buf_printf(to, NO_REGION CLEAR HIDE_CURSOR "\033[%" PRIu32 ";%" PRIu32 "r", first, rows);
	buf_printf(to, "\033[%" PRIu32 ";1H", first);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* From the first character that differs to the last one. */
static void draw_line(struct buf *to, uint32_t row, const char *want, const char *shown)
{
	size_t want_len = strlen(want), shown_len = strlen(shown), from = 0, end = want_len;

	if (is_ascii(want) && is_ascii(shown)) {
		while (want[from] && want[from] == shown[from])
			from++;
		while (want_len == shown_len && end > from && want[end - 1] == shown[end - 1])
			end--;
	}
	buf_printf(to, "\033[%" PRIu32 ";%zuH%.*s", row + 1, from + 1, (int)(end - from),
		   want + from);
	/* of characters of several bytes there may be fewer on the screen than were before */
	if (shown_len > want_len || !is_ascii(shown))
		buf_puts(to, REST_OF_LINE);
}

void sheet_draw(struct buf *to, const struct sheet *sheet, const struct sheet *shown)
{
	bool any = false;

	for (uint32_t row = 0; row < sheet->rows; row++) {
		if (!strcmp(sheet->line[row], shown->line[row]))
			continue;
		if (!any)
			buf_puts(to, SAVE_CURSOR);
		any = true;
		draw_line(to, row, sheet->line[row], shown->line[row]);
	}
	if (any)
		buf_puts(to, RESTORE_CURSOR);
}

void sheet_end(struct buf *to)
{
	buf_puts(to, NO_REGION CLEAR SHOW_CURSOR);
}
