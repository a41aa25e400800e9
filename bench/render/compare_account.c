// SPDX-License-Identifier: MIT
/* Accounts as bars and as a table. */
#include "render/compare_account.h"

#include <stdlib.h>
#include <string.h>

#include "compare/gap.h"
#include "render/compare_words.h"

#define UNEXPLAINED ACCOUNT_PARTS_N /* behind the parts */

/* One figure: its rows, whose labels it owns. */
struct figure {
	struct page_stack_row *row;
	const struct account **account;
	size_t n, max;
	bool failed;
};

static bool has_account(const struct comparison_figure *f)
{
	return f->present && account_known(&f->account);
}

/* Takes the label. */
static void add_row(struct figure *to, const struct account *a, struct buf *label, bool tagged)
{
	struct page_stack_row *row = &to->row[to->n];

	if (to->n == to->max || !label->data) {
		to->failed = true;
		buf_free(label);
		return;
	}
	*row = (struct page_stack_row){ .label = label->data,
					.tagged = tagged,
					.error = account_error_ns(a) / 1000 };
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		row->part[i] = a->part_ns[i] / 1000;
	row->part[UNEXPLAINED] = account_unexplained_ns(a) / 1000;
	to->account[to->n++] = a;
}

static void begin(struct figure *f, size_t max)
{
	*f = (struct figure){ .row = calloc(max, sizeof(*f->row)),
			      .account = calloc(max, sizeof(*f->account)),
			      .max = max };
	if (!f->row || !f->account)
		f->max = 0;
}

/* A column for each part that some row has. */
static void fill_table(struct table *t, const struct figure *f)
{
	bool part[ACCOUNT_PARTS_N] = { false };
	char align[ACCOUNT_PARTS_N + 5] = "lr";

	for (int i = 0; i < ACCOUNT_PARTS_N; i++) {
		for (size_t k = 0; k < f->n; k++)
			part[i] = part[i] || sample_known(f->account[k]->part_ns[i]);
		if (part[i])
			strcat(align, "r");
	}
	strcat(align, "rr");
	table_init(t, align);
	table_cell(t, "%s", "us");
	table_cell(t, "%s", "whole");
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		if (part[i])
			table_cell(t, "%s", gap_parts[i].label);
	table_cell(t, "%s", "unexplained");
	table_cell(t, "%s", "+-");
	for (size_t k = 0; k < f->n; k++) {
		const struct account *a = f->account[k];

		table_cell(t, "%s", f->row[k].label);
		table_cell(t, "%.2f", a->whole_ns / 1000);
		for (int i = 0; i < ACCOUNT_PARTS_N; i++)
			if (part[i])
				table_cell(t, sample_known(a->part_ns[i]) ? "%.2f" : "-",
					   a->part_ns[i] / 1000);
		table_cell(t, "%+.2f", account_unexplained_ns(a) / 1000);
		table_cell(t, "%.2f", account_error_ns(a) / 1000);
	}
}

static void end(const struct page *p, struct figure *f, const char *caption, bool shares)
{
	struct page_stack stack = { .caption = caption,
				    .unit = "us",
				    .parts_n = ACCOUNT_PARTS_N + 1,
				    .row = f->row,
				    .rows_n = f->n,
				    .shares = shares };
	struct table t;

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		stack.part[i] = gap_parts[i].label;
	stack.part[UNEXPLAINED] = "unexplained";
	if (f->n) {
		fill_table(&t, f);
		p->style->stack(p->to, &stack, &t);
		p->to->failed |= t.failed;
		table_free(&t);
	}
	p->to->failed |= f->failed;
	for (size_t i = 0; i < f->n; i++)
		free((char *)f->row[i].label);
	free(f->row);
	free(f->account);
}

static void add_alone(const struct page *p, const struct comparison *c)
{
	struct figure f;

	begin(&f, c->groups_n);
	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct buf label = BUF_INIT;

		if (!has_account(&c->group[i].figure[0]))
			continue;
		words_name(&label, &c->group[i]);
		add_row(&f, &c->group[i].figure[0].account, &label, false);
	}
	end(p, &f, "Shares of a submitting thread's time per I/O, and the whole of it", true);
}

static void add_group(const struct page *p, const struct comparison *c,
		      const struct comparison_group *g)
{
	struct buf caption = BUF_INIT;
	struct figure f;
	char tag[8];

	begin(&f, c->environments_n);
	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct buf label = BUF_INIT;

		if (!has_account(&g->figure[i]))
			continue;
		buf_printf(&label, "%s  %s", words_tag(tag, i), c->environment[i].label);
		add_row(&f, &g->figure[i].account, &label, true);
	}
	words_name(&caption, g);
	end(p, &f, caption.data ? caption.data : "", false);
	buf_free(&caption);
}

void compare_account(const struct page *p, const struct comparison *c)
{
	bool any = false;

	for (uint32_t i = 0; i < c->groups_n; i++)
		for (uint32_t env = 0; env < c->environments_n; env++)
			any = any || has_account(&c->group[i].figure[env]);
	if (!p->style->stack || !any)
		return;
	p->style->heading(p->to, 2, "Where the time of an I/O goes");
	p->style->note(p->to,
		       "What the submitting threads had for each I/O, in parts that were "
		       "measured apart; lines: by how much their sum may be off; unexplained: "
		       "what they leave of the whole.");
	if (c->environments_n == 1)
		add_alone(p, c);
	else
		for (uint32_t i = 0; i < c->groups_n; i++)
			add_group(p, c, &c->group[i]);
}
