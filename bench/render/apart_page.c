// SPDX-License-Identifier: MIT
/* The report on foreign figures as a page, in the order of its text. */
#include "render/apart_page.h"

#include <stdbool.h>

#include "render/apart.h"
#include "render/compare_account.h"
#include "render/compare_charts.h"
#include "render/compare_facts.h"
#include "render/compare_page.h"
#include "render/compare_tables.h"
#include "render/compare_words.h"

static void add_environments(const struct page *p, const struct comparison *c)
{
	bool repeated = false;
	struct table t;
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++)
		repeated = repeated || c->environment[i].boots_n > 1;
	table_init(&t, repeated ? "lr" : "l");
	table_cell(&t, "%s", "environment");
	if (repeated)
		table_cell(&t, "%s", "boots");
	for (uint32_t i = 0; i < c->environments_n; i++) {
		table_cell(&t, "%s  %s", words_tag(tag, i), c->environment[i].label);
		if (repeated)
			table_cell(&t, "%u", c->environment[i].boots_n);
	}
	page_table(p, &t, true);
}

static void add_facts(const struct page *p, const struct comparison *c)
{
	struct buf untold = BUF_INIT, line = BUF_INIT;
	struct table t;

	compare_facts(&t, c);
	if (t.cells_n > t.columns)
		page_table(p, &t, false);
	else
		table_free(&t);
	compare_facts_untold(&untold, c);
	if (untold.len) {
		buf_printf(&line, "Not told: %s.", untold.data);
		page_note(p, &line);
	}
	p->to->failed |= buf_failed(&untold);
	buf_free(&untold);
}

/* --- figures --- */

static void add_workloads(const struct page *p, const struct comparison *c)
{
	struct says notes = page_notes(p);
	struct table t;

	table_init(&t, "ll");
	table_cell(&t, "%s", "workload");
	table_cell(&t, "%s", "what it does");
	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct buf name = BUF_INIT, shape = BUF_INIT;

		words_name(&name, &c->group[i]);
		words_shape(&shape, &c->group[i].shape);
		table_cell(&t, "%s", name.data ? name.data : "");
		table_cell(&t, "%s", shape.data ? shape.data : "");
		t.failed |= buf_failed(&name) || buf_failed(&shape);
		buf_free(&name);
		buf_free(&shape);
	}
	page_table(p, &t, false);
	compare_table_whole(&t, c, NULL);
	page_table(p, &t, false);
	compare_table_says(&notes, c, NULL);
}

static void add_figures(const struct page *p, const struct comparison *c)
{
	p->style->heading(p->to, 2, "Figures");
	if (c->environments_n == 1)
		add_workloads(p, c);
	else
		for (uint32_t i = 0; i < c->groups_n; i++)
			compare_page_group(p, c, &c->group[i]);
	p->style->note(p->to, apart_columns);
	if (c->environments_n > 1)
		p->style->note(p->to, apart_ranked);
}

/* --- what bound them, and what is to be known --- */

/* A list whose heading waits for its first line. */
struct section {
	const struct page *p;
	const char *heading;
};

static void add_item(void *ctx, enum says_tone tone, const char *first, const char *text)
{
	struct section *s = ctx;
	struct buf line = BUF_INIT;

	(void)tone;
	if (s->heading) {
		s->p->style->heading(s->p->to, 2, s->heading);
		s->p->style->list(s->p->to, true);
	}
	s->heading = NULL;
	buf_printf(&line, "%s%s", first, text);
	page_item(s->p, &line);
}

static void end(const struct section *s)
{
	if (!s->heading)
		s->p->style->list(s->p->to, false);
}

void apart_page(const struct page *p, const struct comparison *c, const struct notes *notes)
{
	struct section limits = { p, "Limits" }, warnings = { p, "Warnings" };
	struct buf title = BUF_INIT;

	apart_title(&title, c);
	page_heading(p, 1, &title);
	if (c->environments_n > 1)
		add_environments(p, c);
	add_facts(p, c);
	add_figures(p, c);
	compare_account(p, c);
	apart_limits(&(struct says){ add_item, &limits }, c);
	end(&limits);
	compare_charts(p, c);
	for (size_t i = 0; i < notes->n; i++)
		add_item(&warnings, SAYS_PLAIN, "", notes->text[i]);
	end(&warnings);
}
