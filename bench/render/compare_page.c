// SPDX-License-Identifier: MIT
/* The comparison as a page, in the order of its text. */
#include "render/compare_page.h"

#include <string.h>

#include "compare/likeness.h"
#include "render/compare_account.h"
#include "render/compare_charts.h"
#include "render/compare_facts.h"
#include "render/compare_tables.h"
#include "render/compare_why.h"
#include "render/compare_words.h"

/* --- who is who --- */

static void add_environments(const struct page *p, const struct comparison *c)
{
	struct table t;
	char tag[8];

	table_init(&t, "lrl");
	table_cell(&t, "%s", "environment");
	table_cell(&t, "%s", "boots");
	table_cell(&t, "%s", c->environments_n > 1 ? "ratios" : "");
	for (uint32_t i = 0; i < c->environments_n; i++) {
		table_cell(&t, "%s  %s", words_tag(tag, i), c->environment[i].label);
		table_cell(&t, "%u", c->environment[i].boots_n);
		table_cell(&t, "%s",
			   i == c->baseline && c->environments_n > 1 ? "are to this one" : "");
	}
	page_table(p, &t, true);
}

/* --- like for like --- */

static void add_difference(struct table *t, const struct comparison *c,
			   const struct comparison_difference *d)
{
	const struct likeness_row *row = &likeness_rows[d->fact];
	bool first = true;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct buf tags = BUF_INIT, value = BUF_INIT;

		if (!says_value(&tags, &value, c, d, i))
			continue;
		table_cell(t, "%s", first ? row->label : "");
		table_cell(t, "%s", tags.data ? tags.data : "");
		table_cell(t, "%s", value.data ? value.data : "");
		table_cell(t, "%s", first ? row->effect : "");
		first = false;
		buf_free(&tags);
		buf_free(&value);
	}
}

static void add_told(const struct page *p, const struct comparison *c, const char *first,
		     enum says_told told)
{
	struct buf labels = BUF_INIT, line = BUF_INIT;

	says_told(&labels, c, told);
	if (labels.len) {
		buf_printf(&line, "%s: %s", first, labels.data);
		page_item(p, &line);
	}
	buf_free(&labels);
}

static void add_likeness(const struct page *p, const struct comparison *c)
{
	static const char *const heads[] = { "fact", "of", "value", "what it can do" };
	struct buf words = BUF_INIT;
	struct table t;

	p->style->heading(p->to, 2, "Like for like?");
	says_likeness(&words, c);
	buf_puts(&words, ".");
	page_text(p, &words);
	table_init(&t, "llll");
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		table_cell(&t, "%s", heads[i]);
	for (uint32_t i = 0; i < c->differences_n; i++)
		if (c->difference[i].differs)
			add_difference(&t, c, &c->difference[i]);
	if (t.cells_n > t.columns)
		page_table(p, &t, false);
	table_free(&t);
	p->style->list(p->to, true);
	add_told(p, c, "the same", SAYS_TOLD_ALIKE);
	add_told(p, c, "told by some only", SAYS_TOLD_BY_SOME);
	add_told(p, c, "told by none", SAYS_TOLD_BY_NONE);
	p->style->list(p->to, false);
}

/* --- tables and verdicts --- */

void compare_page_group(const struct page *p, const struct comparison *c,
			const struct comparison_group *g)
{
	struct says notes = page_notes(p);
	struct buf title = BUF_INIT;
	struct table t;

	words_name(&title, g);
	buf_puts(&title, ": ");
	words_shape(&title, &g->shape);
	page_heading(p, 3, &title);
	compare_table_whole(&t, c, g);
	page_table(p, &t, true);
	compare_table_says(&notes, c, g);
}

static void add_verdicts(const struct page *p, const struct comparison *c)
{
	struct says items = page_items(p);
	uint32_t pairs = 0;

	p->style->heading(p->to, 2, "Verdicts");
	for (uint32_t i = 0; i < c->groups_n; i++) {
		const struct comparison_group *g = &c->group[i];
		struct buf title = BUF_INIT;

		pairs += g->pairs_n;
		if (!g->pairs_n)
			continue;
		words_name(&title, g);
		page_heading(p, 3, &title);
		p->style->list(p->to, true);
		says_verdicts(&items, g);
		p->style->list(p->to, false);
	}
	if (!pairs)
		p->style->text(p->to,
			       "None: no workload was measured in more than one environment.");
}

static void add_method(const struct page *p, const struct comparison *c)
{
	const char *boots = says_boots(c);
	struct buf method = BUF_INIT;

	says_method(&method, c);
	if (method.len)
		p->style->note(p->to, method.data);
	if (boots)
		p->style->note(p->to, boots);
	buf_free(&method);
}

/* --- why, and what then --- */

/* A section whose heading waits for its first line; lists end where anything else begins. */
struct section {
	const struct page *p;
	const char *heading, *note;
	bool begun, listed;
};

static void begin_list(struct section *s, bool begin)
{
	if (s->listed != begin)
		s->p->style->list(s->p->to, begin);
	s->listed = begin;
}

static void add_why(void *ctx, enum why_level level, const char *head, const char *text)
{
	struct section *s = ctx;
	const struct page *p = s->p;
	struct buf line = BUF_INIT;

	if (!s->begun) {
		p->style->heading(p->to, 2, s->heading);
		p->style->note(p->to, s->note);
	}
	s->begun = true;
	begin_list(s, level == WHY_CAUSE || level == WHY_OPEN || level == WHY_MORE);
	buf_printf(&line, "%s%s%s", strcmp(head, "- ") ? head : "",
		   level == WHY_OPEN ? "open: " : "", text);
	if (level == WHY_ABOUT)
		page_heading(p, 3, &line);
	else if (level == WHY_PAIR)
		page_text(p, &line);
	else
		page_item(p, &line);
}

static void add_causes(const struct page *p, const struct comparison *c)
{
	struct section causes = {
		p, "Why", "In us of a submitting thread per I/O, by the files' own figures.", false,
		false
	};
	struct section advice = { p, "What to try next",
				  "Advice: what usually helps there; then measure again.", false,
				  false };

	compare_account(p, c);
	compare_why_causes(&(struct why){ add_why, &causes }, c);
	begin_list(&causes, false);
	compare_why_advice(&(struct why){ add_why, &advice }, c);
	begin_list(&advice, false);
}

/* --- doubts --- */

static void add_doubts(const struct page *p, const struct comparison *c, const struct notes *notes)
{
	struct notes all = { 0 };

	says_doubts(&all, c, notes);
	if (all.n) {
		p->style->heading(p->to, 2, "Doubts");
		p->style->list(p->to, true);
		for (size_t i = 0; i < all.n; i++)
			p->style->item(p->to, SAYS_PLAIN, all.text[i]);
		p->style->list(p->to, false);
	}
	notes_free(&all);
}

/* --- every fact, where there is room for them --- */

static void add_facts(const struct page *p, const struct comparison *c)
{
	struct table t;

	compare_facts(&t, c);
	p->style->fold(p->to, "All facts");
	page_table(p, &t, false);
	p->style->fold(p->to, NULL);
}

void compare_page(const struct page *p, const struct comparison *c, const struct notes *notes)
{
	struct buf title = BUF_INIT;

	buf_printf(&title, "%u environment%s, %u workload%s", c->environments_n,
		   c->environments_n == 1 ? "" : "s", c->groups_n, c->groups_n == 1 ? "" : "s");
	page_heading(p, 1, &title);
	add_environments(p, c);
	if (c->environments_n > 1)
		add_likeness(p, c);
	if (p->style->chart)
		add_facts(p, c);
	p->style->heading(p->to, 2, "Figures");
	for (uint32_t i = 0; i < c->groups_n; i++)
		compare_page_group(p, c, &c->group[i]);
	p->style->note(p->to, says_columns);
	if (c->environments_n > 1) {
		add_verdicts(p, c);
		add_method(p, c);
	}
	add_causes(p, c);
	add_doubts(p, c, notes);
	compare_charts(p, c);
}
