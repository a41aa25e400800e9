// SPDX-License-Identifier: MIT
/* The comparison for people: who is who, whether it is like for like, tables, verdicts, doubts. */
#include "render/compare_text.h"

#include <stdio.h>
#include <string.h>

#include "compare/likeness.h"
#include "render/compare_says.h"
#include "render/compare_tables.h"
#include "render/compare_why.h"
#include "render/compare_words.h"

#define FACT_COLUMNS 20

static void add_title(struct buf *to, const char *title, bool colour)
{
	buf_puts(to, colour ? "\n\033[1m" : "\n");
	words_wrap(to, "", title);
	if (colour)
		buf_puts(to, "\033[0m");
}

/* --- who is who --- */

static void add_environment(struct buf *to, const struct comparison *c, uint32_t i)
{
	const struct comparison_environment *e = &c->environment[i];
	struct buf first = BUF_INIT, line = BUF_INIT;
	char tag[8];

	buf_printf(&first, "  %-3s", words_tag(tag, i));
	buf_printf(&line, "%s", e->label);
	if (e->boots_n > 1)
		buf_printf(&line, "; %u boots", e->boots_n);
	if (i == c->baseline && c->environments_n > 1)
		buf_puts(&line, "  (baseline)");
	words_wrap(to, first.data ? first.data : "", line.data ? line.data : "");
	buf_free(&first);
	buf_free(&line);
}

/* --- like for like --- */

/* "A, B  virtio_blk", a line for each value; where many say it, it stands behind them. */
static void add_values(struct buf *to, const struct comparison *c,
		       const struct comparison_difference *d)
{
	const char *label = likeness_rows[d->fact].label;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct buf first = BUF_INIT, tags = BUF_INIT, value = BUF_INIT, line = BUF_INIT;

		if (!says_value(&tags, &value, c, d, i))
			continue;
		buf_printf(&first, "  %-*s%s  ", FACT_COLUMNS, label, tags.data ? tags.data : "");
		if (first.len >= COMPARE_WIDTH / 2) {
			first.len = 0;
			buf_printf(&first, "  %-*s", FACT_COLUMNS, label);
			buf_printf(&line, "%s: ", tags.data);
		}
		buf_puts(&line, value.data ? value.data : "");
		words_wrap(to, first.data ? first.data : "", line.data ? line.data : "");
		label = "";
		buf_free(&first);
		buf_free(&tags);
		buf_free(&value);
		buf_free(&line);
	}
}

static void add_difference(struct buf *to, const struct comparison *c,
			   const struct comparison_difference *d, bool colour)
{
	char first[FACT_COLUMNS + 8];

	add_values(to, c, d);
	snprintf(first, sizeof(first), "  %*s", FACT_COLUMNS, "");
	if (colour)
		buf_puts(to, "\033[2m");
	words_wrap(to, first, likeness_rows[d->fact].effect);
	if (colour)
		buf_puts(to, "\033[0m");
}

static void add_told(struct buf *to, const struct comparison *c, const char *first,
		     enum says_told told)
{
	struct buf line = BUF_INIT;

	says_told(&line, c, told);
	if (line.len)
		words_wrap(to, first, line.data);
	buf_free(&line);
}

static void add_likeness(struct buf *to, const struct comparison *c, bool colour)
{
	struct buf title = BUF_INIT;

	buf_puts(&title, "like for like?  ");
	says_likeness(&title, c);
	add_title(to, title.data ? title.data : "", colour);
	buf_free(&title);
	for (uint32_t i = 0; i < c->differences_n; i++)
		if (c->difference[i].differs)
			add_difference(to, c, &c->difference[i], colour);
	add_told(to, c, "  the same          : ", SAYS_TOLD_ALIKE);
	add_told(to, c, "  told by some only : ", SAYS_TOLD_BY_SOME);
	add_told(to, c, "  told by none      : ", SAYS_TOLD_BY_NONE);
}

/* --- tables --- */

static void add_group(struct buf *to, const struct comparison *c, const struct comparison_group *g,
		      bool colour)
{
	struct buf title = BUF_INIT;

	words_name(&title, g);
	buf_puts(&title, ": ");
	words_shape(&title, &g->shape);
	add_title(to, title.data ? title.data : "", colour);
	compare_table(to, c, g);
	buf_free(&title);
}

/* --- verdicts --- */

struct lines {
	struct buf *to;
	bool colour;
};

static void add_verdict(void *ctx, enum says_tone tone, const char *first, const char *text)
{
	static const char *const colours[] = {
		[SAYS_FASTER] = "\033[32m", [SAYS_PROBABLY] = "\033[33m"
	};
	const struct lines *lines = ctx;
	bool coloured = lines->colour && tone != SAYS_PLAIN;
	struct buf indented = BUF_INIT;

	buf_printf(&indented, "    %s", first);
	if (coloured)
		buf_puts(lines->to, colours[tone]);
	words_wrap(lines->to, indented.data ? indented.data : "", text);
	if (coloured)
		buf_puts(lines->to, "\033[0m");
	buf_free(&indented);
}

static void add_group_verdicts(struct buf *to, const struct comparison_group *g, bool colour)
{
	struct lines lines = { to, colour };

	words_group(to, g);
	says_verdicts(&(struct says){ add_verdict, &lines }, g);
}

static void add_method(struct buf *to, const struct comparison *c)
{
	const char *boots = says_boots(c);
	struct buf method = BUF_INIT;

	buf_puts(to, "\n");
	words_wrap(to, "  ", says_columns);
	says_method(&method, c);
	if (method.len) {
		buf_puts(to, "\n");
		words_wrap(to, "  ", method.data);
	}
	if (boots)
		words_wrap(to, "  ", boots);
	buf_free(&method);
}

static void add_verdicts(struct buf *to, const struct comparison *c, bool colour)
{
	uint32_t pairs = 0;

	for (uint32_t i = 0; i < c->groups_n; i++)
		pairs += c->group[i].pairs_n;
	if (c->environments_n < 2)
		return;
	add_title(to, "verdicts", colour);
	if (!pairs)
		words_wrap(to, "  ", "none: no workload was measured in more than one environment");
	for (uint32_t i = 0; i < c->groups_n; i++)
		if (c->group[i].pairs_n)
			add_group_verdicts(to, &c->group[i], colour);
	add_method(to, c);
}

/* --- why, and what then --- */

/* A section that has a title as soon as it has a line; a cause's head sets the indent of what is
 * open in it. */
struct section {
	struct buf *to;
	const char *title, *indent;
	bool colour, begun;
	size_t head; /* characters */
};

static void add_why(void *ctx, enum why_level level, const char *head, const char *text)
{
	static const char *const more[] = {
		[WHY_ABOUT] = "  ", [WHY_PAIR] = "    ", [WHY_MORE] = "      "
	};
	struct section *s = ctx;
	struct buf first = BUF_INIT;

	if (!s->begun)
		add_title(s->to, s->title, s->colour);
	s->begun = true;
	if (level == WHY_CAUSE) {
		s->head = strlen(s->indent) + strlen(head);
		buf_printf(&first, "%s%s", s->indent, head);
	} else if (level == WHY_OPEN) {
		buf_printf(&first, "%*s", (int)s->head, "");
	} else {
		buf_puts(&first, more[level]);
	}
	words_wrap(s->to, first.data ? first.data : "", text);
	buf_free(&first);
}

/* --- doubts --- */

static void add_doubts(struct buf *to, const struct comparison *c, const struct notes *notes,
		       bool colour)
{
	struct notes all = { 0 };

	says_doubts(&all, c, notes);
	if (all.n)
		add_title(to, "doubts", colour);
	for (size_t i = 0; i < all.n; i++)
		words_wrap(to, "  ", all.text[i]);
	notes_free(&all);
}

void compare_text(struct buf *to, const struct comparison *c, const struct notes *notes,
		  bool colour)
{
	struct section causes = { to, compare_why_title, "    ", colour, false, 0 };
	struct section advice = { to, compare_why_advice_title, "  ", colour, false, 0 };

	buf_printf(to, "%u environment%s, %u workload%s\n", c->environments_n,
		   c->environments_n == 1 ? "" : "s", c->groups_n, c->groups_n == 1 ? "" : "s");
	for (uint32_t i = 0; i < c->environments_n; i++)
		add_environment(to, c, i);
	if (c->environments_n > 1)
		add_likeness(to, c, colour);
	for (uint32_t i = 0; i < c->groups_n; i++)
		add_group(to, c, &c->group[i], colour);
	add_verdicts(to, c, colour);
	compare_why_causes(&(struct why){ add_why, &causes }, c);
	compare_why_advice(&(struct why){ add_why, &advice }, c);
	add_doubts(to, c, notes, colour);
}
