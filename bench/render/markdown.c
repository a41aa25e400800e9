// SPDX-License-Identifier: MIT
/* Markdown, as CommonMark and GitHub read it. */
#include "render/markdown.h"

#include <ctype.h>
#include <string.h>

#include "render/clean.h"

/* Begins something wherever it stands. */
static const char marks[] = "\\`*[]<>|~&$";

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (c & 0x80);
}

/* An underscore within a word is none of a mark: virtio_blk stays readable as source. */
static bool joins(const char *text, size_t i, size_t len)
{
	return text[i] == '_' && i && is_word(text[i - 1]) && i + 1 < len && is_word(text[i + 1]);
}

/* "1." and "1)", "-", "+", "#" and "=" begin something where they begin a line. */
static bool begins_block(const char *text, size_t i, size_t len)
{
	size_t digits = strspn(text, "0123456789");

	if (strchr(".)", text[i]))
		return i && i == digits && (i + 1 == len || text[i + 1] == ' ');
	return !i && strchr("-+#=", text[i]);
}

/* Readers make links of what looks like an address, and tell people whose name stands behind @. */
static void add_apart(struct buf *to, const char *text, size_t i, size_t len)
{
	if (text[i] == '@' && i + 1 < len && isalnum((unsigned char)text[i + 1]))
		buf_puts(to, "@&#8203;");
	else if (text[i] == ':' && i + 1 < len && text[i + 1] == '/')
		buf_puts(to, "\\:");
	else if (text[i] == '.' && i >= 3 && !strncasecmp(text + i - 3, "www", 3))
		buf_puts(to, "\\.");
	else
		buf_add(to, text + i, 1);
}

static void escape(struct buf *to, const char *text, size_t len, bool begins_line)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(marks, text[i]) || (begins_line && begins_block(text, i, len)) ||
		    (text[i] == '_' && !joins(text, i, len))) {
			buf_puts(to, "\\");
			buf_add(to, text + i, 1);
		} else {
			add_apart(to, text, i, len);
		}
	}
}

static void add_clean(struct buf *to, const char *text, bool begins_line)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, text, strlen(text));
	escape(to, clean.data ? clean.data : "", clean.len, begins_line);
	to->failed |= buf_failed(&clean);
	buf_free(&clean);
}

void markdown_escape(struct buf *to, const char *text)
{
	add_clean(to, text, true);
}

/* Blocks have an empty line between them. */
static void begin_block(struct buf *to)
{
	if (to->len)
		buf_puts(to, "\n");
}

static void add_heading(struct buf *to, int level, const char *text)
{
	static const char *const depth[] = { "", "# ", "## ", "### " };

	begin_block(to);
	buf_puts(to, depth[level]);
	markdown_escape(to, text);
	buf_puts(to, "\n");
}

static void add_text(struct buf *to, const char *text)
{
	begin_block(to);
	markdown_escape(to, text);
	buf_puts(to, "\n");
}

/* Its lines go on as one text. */
static void add_note(struct buf *to, const char *text)
{
	begin_block(to);
	while (*text) {
		size_t n = strcspn(text, "\n");
		struct buf line = BUF_INIT;

		buf_add(&line, text, n);
		markdown_escape(to, line.data ? line.data : "");
		buf_puts(to, "\n");
		buf_free(&line);
		text += n + (text[n] == '\n');
	}
}

static void add_list(struct buf *to, bool begin)
{
	if (begin)
		begin_block(to);
}

static void add_item(struct buf *to, enum says_tone tone, const char *text)
{
	buf_puts(to, tone == SAYS_PLAIN ? "- " : "- **");
	markdown_escape(to, text);
	buf_puts(to, tone == SAYS_PLAIN ? "\n" : "**\n");
}

static void add_row(struct buf *to, const struct table *t, size_t row)
{
	buf_puts(to, "|");
	for (size_t c = 0; c < t->columns; c++) {
		size_t i = row * t->columns + c;

		buf_puts(to, " ");
		add_clean(to, i < t->cells_n ? t->cells[i] : "", false);
		buf_puts(to, " |");
	}
	buf_puts(to, "\n");
}

static void add_table(struct buf *to, const struct table *t, bool tagged)
{
	(void)tagged;
	begin_block(to);
	for (size_t row = 0; row * t->columns < t->cells_n; row++) {
		add_row(to, t, row);
		if (row)
			continue;
		buf_puts(to, "|");
		for (size_t c = 0; c < t->columns; c++)
			buf_puts(to, t->align[c] == 'r' ? " ---: |" : " :--- |");
		buf_puts(to, "\n");
	}
}

static void add_fold(struct buf *to, const char *title)
{
	if (title)
		add_heading(to, 3, title);
}

const struct page_style markdown_style = {
	.heading = add_heading,
	.text = add_text,
	.note = add_note,
	.list = add_list,
	.item = add_item,
	.table = add_table,
	.fold = add_fold,
};
