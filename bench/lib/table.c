// SPDX-License-Identifier: MIT
/* Lays out plain-text tables. Decides nothing about what the cells say. */
#include "lib/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/str.h"

void table_init(struct table *t, const char *align)
{
	size_t columns = strlen(align);

	*t = (struct table){
		.columns = columns < TABLE_COLUMNS_MAX ? columns : TABLE_COLUMNS_MAX,
	};
	memcpy(t->align, align, t->columns);
}

void table_cell(struct table *t, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	char **grown;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	grown = realloc(t->cells, (t->cells_n + 1) * sizeof(*grown));
	if (grown)
		t->cells = grown;
	if (!grown || buf_failed(&text)) {
		buf_free(&text);
		t->failed = true;
		return;
	}
	t->cells[t->cells_n++] = text.data;
}

static void add_many(struct buf *to, char c, size_t n)
{
	while (n--)
		buf_add(to, &c, 1);
}

static void add_row(struct buf *to, const struct table *t, size_t row, const size_t *width,
		    const char *indent)
{
	size_t blanks = 0;

	buf_puts(to, indent);
	for (size_t c = 0; c < t->columns; c++) {
		size_t i = row * t->columns + c;
		const char *cell = i < t->cells_n ? t->cells[i] : "";
		size_t pad = width[c] - str_utf8_count(cell);

		/* Blanks wait for a cell behind them, so that none stand at the line's end. */
		if (t->align[c] == 'r') {
			blanks += pad;
			pad = 0;
		}
		if (*cell) {
			add_many(to, ' ', blanks);
			buf_puts(to, cell);
			blanks = 0;
		} else {
			pad += str_utf8_count(cell);
		}
		blanks += pad + 2;
	}
	buf_puts(to, "\n");
}

static void add_rule(struct buf *to, const struct table *t, const size_t *width, const char *indent)
{
	buf_puts(to, indent);
	for (size_t c = 0; c < t->columns; c++) {
		add_many(to, '-', width[c]);
		if (c + 1 < t->columns)
			buf_puts(to, "  ");
	}
	buf_puts(to, "\n");
}

void table_render(struct buf *to, const struct table *t, const char *indent)
{
	size_t width[TABLE_COLUMNS_MAX] = { 0 };

	if (t->failed) {
		to->failed = true;
		return;
	}
	for (size_t i = 0; i < t->cells_n; i++) {
		size_t w = str_utf8_count(t->cells[i]);

		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
	for (size_t row = 0; row * t->columns < t->cells_n; row++) {
		add_row(to, t, row, width, indent);
		if (!row)
			add_rule(to, t, width, indent);
	}
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->cells_n; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->cells_n = 0;
	t->failed = false;
}
