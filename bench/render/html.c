// SPDX-License-Identifier: MIT
/* How parts of a page look in HTML. The frame around them is html_document.c. */
#include "render/html.h"

#include <ctype.h>
#include <string.h>

#include "render/clean.h"

#define COLOURS 8 /* of environments, in render/html/report.css */

static void escape_byte(struct buf *to, const char *c)
{
	static const struct {
		char c;
		const char *entity;
	} rows[] = { { '&', "&amp;" },
		     { '<', "&lt;" },
		     { '>', "&gt;" },
		     { '"', "&quot;" },
		     { '\'', "&#39;" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (*c == rows[i].c) {
			buf_puts(to, rows[i].entity);
			return;
		}
	buf_add(to, c, 1);
}

static void escape(struct buf *to, const char *text, size_t len)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, text, len);
	for (size_t i = 0; i < clean.len; i++)
		escape_byte(to, clean.data + i);
	to->failed |= buf_failed(&clean);
	buf_free(&clean);
}

void html_escape(struct buf *to, const char *text)
{
	escape(to, text, strlen(text));
}

/* What stands in the page's list of sections names them by the words of their headings, which are
 * ours. */
static void add_id(struct buf *to, const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text))
			buf_printf(to, "%c", tolower((unsigned char)*text));
		else if (*text == ' ')
			buf_puts(to, "-");
}

static void add_heading(struct buf *to, int level, const char *text)
{
	buf_printf(to, "<h%d", level);
	if (level == 2) {
		buf_puts(to, " id=\"");
		add_id(to, text);
		buf_puts(to, "\"");
	}
	buf_puts(to, ">");
	html_escape(to, text);
	buf_printf(to, "</h%d>\n", level);
}

static void add_text(struct buf *to, const char *text)
{
	buf_puts(to, "<p>");
	html_escape(to, text);
	buf_puts(to, "</p>\n");
}

static void add_note(struct buf *to, const char *text)
{
	buf_puts(to, "<p class=\"note\">");
	while (*text) {
		size_t n = strcspn(text, "\n");

		escape(to, text, n);
		text += n + (text[n] == '\n');
		buf_puts(to, *text ? "<br>\n" : "");
	}
	buf_puts(to, "</p>\n");
}

static void add_list(struct buf *to, bool begin)
{
	buf_puts(to, begin ? "<ul>\n" : "</ul>\n");
}

static void add_item(struct buf *to, enum says_tone tone, const char *text)
{
	static const char *const classes[] = { [SAYS_PLAIN] = "",
					       [SAYS_FASTER] = " class=\"faster\"",
					       [SAYS_PROBABLY] = " class=\"probably\"" };

	buf_printf(to, "<li%s>", classes[tone]);
	html_escape(to, text);
	buf_puts(to, "</li>\n");
}

/* --- tables --- */

/* The letter of an environment, in its colour, apart from its label. */
void html_tagged(struct buf *to, const char *cell)
{
	size_t letters = strspn(cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	uint32_t number = 0;

	for (size_t i = 0; i < letters; i++)
		number = number * 26 + (uint32_t)(cell[i] - 'A') + 1;
	if (number)
		buf_printf(to, "<b class=\"tag e%u\">", (number - 1) % COLOURS);
	escape(to, cell, letters);
	buf_puts(to, number ? "</b>" : "");
	html_escape(to, cell + letters);
}

static void add_cell(struct buf *to, const struct table *t, size_t row, size_t column, bool tagged)
{
	size_t i = row * t->columns + column;
	const char *cell = i < t->cells_n ? t->cells[i] : "";
	const char *name = !row ? "th scope=\"col\"" : column ? "td" : "th scope=\"row\"";

	buf_printf(to, "<%s%s>", name, t->align[column] == 'r' ? " class=\"n\"" : "");
	if (tagged && row && !column)
		html_tagged(to, cell);
	else
		html_escape(to, cell);
	buf_puts(to, !row || !column ? "</th>" : "</td>");
}

/* Wide ones are moved in their place; a key does it where it can be reached. */
void html_table(struct buf *to, const struct table *t, bool tagged)
{
	buf_puts(to, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		     "aria-label=\"table\"><table>\n");
	for (size_t row = 0; row * t->columns < t->cells_n; row++) {
		buf_puts(to, row == 0 ? "<thead>" : row == 1 ? "<tbody>" : "");
		buf_puts(to, "<tr>");
		for (size_t column = 0; column < t->columns; column++)
			add_cell(to, t, row, column, tagged);
		buf_puts(to, row == 0 ? "</tr></thead>\n" : "</tr>\n");
	}
	buf_puts(to, t->cells_n > t->columns ? "</tbody></table></div>\n" : "</table></div>\n");
}

/* --- what opens and closes, and charts --- */

void html_fold(struct buf *to, const char *title)
{
	if (!title) {
		buf_puts(to, "</details>\n");
		return;
	}
	buf_puts(to, "<details open><summary>");
	html_escape(to, title);
	buf_puts(to, "</summary>\n");
}

/* The script draws into the place and closes the table, which stands open without it. */
static void add_chart(struct buf *to, const struct page_chart *chart, const struct table *t)
{
	buf_printf(to, "<figure data-chart=\"%s\" data-index=\"%u\"><figcaption>", chart->kind,
		   chart->index);
	html_escape(to, chart->caption);
	buf_puts(to, "</figcaption><div class=\"plot\"></div>\n");
	html_fold(to, "As a table");
	html_table(to, t, true);
	html_fold(to, NULL);
	buf_puts(to, "</figure>\n");
}

const struct page_style html_style = {
	.heading = add_heading,
	.text = add_text,
	.note = add_note,
	.list = add_list,
	.item = add_item,
	.table = html_table,
	.fold = html_fold,
	.chart = add_chart,
	.stack = html_stack,
};
