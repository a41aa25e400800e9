// SPDX-License-Identifier: MIT
/* The report on foreign figures for people, in the order of tare's own. */
#include "render/apart_text.h"

#include <string.h>

#include "lib/str.h"
#include "render/apart.h"
#include "render/compare_facts.h"
#include "render/compare_tables.h"
#include "render/compare_words.h"

#define LABEL_COLUMNS 20
#define NAME_MAX      40 /* above, what a workload does begins a line of its own */

/* Padded by what is seen of it: names are UTF-8. */
static void add_labelled(struct buf *to, const char *indent, const char *label, size_t columns,
			 const char *text)
{
	struct buf first = BUF_INIT;

	buf_printf(&first, "%s%s", indent, label);
	for (size_t n = str_utf8_count(label); n < columns; n++)
		buf_puts(&first, " ");
	words_wrap(to, first.data ? first.data : "", text);
	to->failed |= buf_failed(&first);
	buf_free(&first);
}

static void add_environments(struct buf *to, const struct comparison *c)
{
	for (uint32_t i = 0; i < c->environments_n; i++) {
		const struct comparison_environment *e = &c->environment[i];
		struct buf line = BUF_INIT;
		char tag[8];

		buf_puts(&line, e->label);
		if (e->boots_n > 1)
			buf_printf(&line, "; %u boots", e->boots_n);
		add_labelled(to, "  ", words_tag(tag, i), 3, line.data ? line.data : "");
		buf_free(&line);
	}
}

static void add_facts(struct buf *to, const struct comparison *c)
{
	struct buf untold = BUF_INIT;
	struct table t;

	compare_facts(&t, c);
	for (size_t at = t.columns; at + t.columns <= t.cells_n; at += t.columns) {
		struct buf value = BUF_INIT;

		if (t.columns > 2)
			buf_printf(&value, "%s: ", t.cells[at + 1]);
		buf_puts(&value, t.cells[at + t.columns - 1]);
		add_labelled(to, "", t.cells[at], LABEL_COLUMNS, value.data ? value.data : "");
		buf_free(&value);
	}
	to->failed |= t.failed;
	table_free(&t);
	compare_facts_untold(&untold, c);
	if (untold.len)
		add_labelled(to, "", "not told", LABEL_COLUMNS, untold.data);
	to->failed |= buf_failed(&untold);
	buf_free(&untold);
}

/* --- figures --- */

/* One environment: what each workload does, then a row for each. */
static void add_workloads(struct buf *to, const struct comparison *c)
{
	size_t longest = 0;

	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct buf name = BUF_INIT;
		size_t n;

		words_name(&name, &c->group[i]);
		n = str_utf8_count(name.data ? name.data : "");
		longest = n > longest && n <= NAME_MAX ? n : longest;
		buf_free(&name);
	}
	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct buf name = BUF_INIT, shape = BUF_INIT;

		words_name(&name, &c->group[i]);
		buf_puts(&name, "  ");
		words_shape(&shape, &c->group[i].shape);
		add_labelled(to, "  ", name.data ? name.data : "", longest + 2,
			     shape.data ? shape.data : "");
		buf_free(&name);
		buf_free(&shape);
	}
	buf_puts(to, "\n");
	compare_table(to, c, NULL);
}

static void add_group(struct buf *to, const struct comparison *c, const struct comparison_group *g)
{
	struct buf title = BUF_INIT;

	words_name(&title, g);
	buf_puts(&title, ": ");
	words_shape(&title, &g->shape);
	buf_puts(to, "\n");
	words_wrap(to, "", title.data ? title.data : "");
	buf_free(&title);
	compare_table(to, c, g);
}

static void add_figures(struct buf *to, const struct comparison *c)
{
	if (c->environments_n == 1) {
		buf_puts(to, "\nworkloads\n");
		add_workloads(to, c);
	} else {
		for (uint32_t i = 0; i < c->groups_n; i++)
			add_group(to, c, &c->group[i]);
	}
	buf_puts(to, "\n");
	words_wrap(to, "  ", apart_columns);
	if (c->environments_n > 1)
		words_wrap(to, "  ", apart_ranked);
}

/* --- what bound them, and what is to be known --- */

/* A section that has a title as soon as it has a line. */
struct section {
	struct buf *to;
	const char *title;
};

static void add_line(void *ctx, enum says_tone tone, const char *first, const char *text)
{
	struct section *s = ctx;
	struct buf line = BUF_INIT;

	(void)tone;
	if (s->title)
		buf_printf(s->to, "\n%s\n", s->title);
	s->title = NULL;
	buf_printf(&line, "%s%s", first, text);
	words_wrap(s->to, "  ", line.data ? line.data : "");
	s->to->failed |= buf_failed(&line);
	buf_free(&line);
}

void apart_text(struct buf *to, const struct comparison *c, const struct notes *notes)
{
	struct section limits = { to, "limits" }, warnings = { to, "warnings" };
	struct buf title = BUF_INIT;

	apart_title(&title, c);
	words_wrap(to, "", title.data ? title.data : "");
	buf_free(&title);
	if (c->environments_n > 1)
		add_environments(to, c);
	buf_puts(to, "\n");
	add_facts(to, c);
	add_figures(to, c);
	apart_limits(&(struct says){ add_line, &limits }, c);
	for (size_t i = 0; i < notes->n; i++)
		add_line(&warnings, SAYS_PLAIN, "", notes->text[i]);
}
