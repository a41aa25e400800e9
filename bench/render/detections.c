// SPDX-License-Identifier: MIT
/* Detections by verdict: what was found is what a reader must know. */
#include "render/detections.h"

#include <math.h>
#include <string.h>

#include "lib/str.h"
#include "render/clean.h"
#include "render/wrap.h"

#define WIDTH	 100
#define INDENT	 14
#define ANY_KIND -1

/* A paragraph for each, under a title. */
static const struct group {
	enum detection_verdict verdict;
	int kind;
	const char *title;
	const char *none; /* where there is nothing of it; or NULL: not even the title */
} groups[] = {
	{ DETECTION_FOUND, DETECTION_FINDING, "behind the target",
	  "behind the target: no finding" },
	{ DETECTION_FOUND, DETECTION_LIMIT, "what bounds these figures", NULL },
	{ DETECTION_UNDECIDED, ANY_KIND, "undecided", NULL },
	{ DETECTION_SKIPPED, ANY_KIND, "not looked for", NULL },
};

static bool belongs(const struct detection *d, const struct group *group)
{
	return d->verdict == group->verdict &&
	       (group->kind == ANY_KIND || d->kind == (enum detection_kind)group->kind);
}

static void add_one(struct buf *to, const struct detection *d)
{
	struct buf name = BUF_INIT, words = BUF_INIT;

	clean_add(&name, d->name, strlen(d->name));
	clean_add(&words, d->evidence, strlen(d->evidence));
	to->failed |= buf_failed(&name) || buf_failed(&words);
	buf_printf(to, "  %-*s", INDENT - 2, name.data ? name.data : "");
	wrap_add(to, words.data ? words.data : "", WIDTH, INDENT);
	buf_free(&name);
	buf_free(&words);
}

static void add_group(struct buf *to, const struct detection_list *list, const struct group *group)
{
	bool any = false;

	for (uint32_t i = 0; i < list->n; i++) {
		if (!belongs(&list->detection[i], group))
			continue;
		if (!any)
			buf_printf(to, "%s\n", group->title);
		any = true;
		add_one(to, &list->detection[i]);
	}
	if (!any && group->none)
		buf_printf(to, "%s\n", group->none);
}

static void add_clear(struct buf *to, const struct detection_list *list)
{
	bool any = false;

	for (uint32_t i = 0; i < list->n; i++) {
		const struct detection *d = &list->detection[i];

		if (d->verdict != DETECTION_CLEAR)
			continue;
		buf_puts(to, any ? ", " : "looked for, and not there: ");
		clean_add(to, d->name, strlen(d->name));
		any = true;
	}
	if (any)
		buf_puts(to, "\n");
}

void render_detections(struct buf *to, const struct detection_list *list)
{
	for (size_t i = 0; list->n && i < sizeof(groups) / sizeof(groups[0]); i++) {
		add_group(to, list, &groups[i]);
		if (groups[i].kind == DETECTION_LIMIT)
			add_clear(to, list);
	}
}

/* --- as a table --- */

/* In the order of its rows, and what the second column calls them. */
static const struct order {
	enum detection_verdict verdict;
	int kind;
	const char *word;
} order[] = {
	{ DETECTION_FOUND, DETECTION_FINDING, "behind the target" },
	{ DETECTION_FOUND, DETECTION_LIMIT, "bounds these figures" },
	{ DETECTION_UNDECIDED, ANY_KIND, "undecided" },
	{ DETECTION_CLEAR, ANY_KIND, "not there" },
	{ DETECTION_SKIPPED, ANY_KIND, "not looked for" },
};

static void add_size(struct table *t, const struct detection *d)
{
	char value[32];

	if (isnan(d->value))
		table_cell(t, "-");
	else
		table_cell(t, "%s %s", str_from_number(value, sizeof(value), d->value), d->unit);
}

static void add_row(struct table *t, const struct detection *d, const char *word)
{
	table_cell(t, "%s", d->name);
	table_cell(t, "%s", word);
	add_size(t, d);
	if (isnan(d->confidence_pct))
		table_cell(t, "-");
	else
		table_cell(t, "%.4g %%", d->confidence_pct);
	table_cell(t, "%s", d->evidence);
}

bool detections_table(struct table *t, const struct detection_list *list)
{
	static const char *const heads[] = { "", "verdict", "size", "sure", "by" };

	if (!list->n)
		return false;
	table_init(t, "llrrl");
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		table_cell(t, "%s", heads[i]);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (uint32_t k = 0; k < list->n; k++) {
			const struct detection *d = &list->detection[k];

			if (d->verdict == order[i].verdict &&
			    (order[i].kind == ANY_KIND ||
			     d->kind == (enum detection_kind)order[i].kind))
				add_row(t, d, order[i].word);
		}
	return true;
}
