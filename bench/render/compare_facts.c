// SPDX-License-Identifier: MIT
/* The facts of environments side by side. */
#include "render/compare_facts.h"

#include <string.h>

#include "compare/likeness.h"
#include "render/compare_words.h"

static const char *fact_of(const struct comparison *c, uint32_t env, int fact)
{
	return c->environment[env].boot[0]->fact[fact];
}

/* Environments that say what `env` says: "A, C"; false where one before it is among them. */
static bool add_like(struct buf *tags, const struct comparison *c, uint32_t env, int fact)
{
	uint32_t n = 0;
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++) {
		const char *other = fact_of(c, i, fact);

		if (!other || strcmp(other, fact_of(c, env, fact)) != 0)
			continue;
		if (i < env)
			return false;
		buf_printf(tags, "%s%s", n++ ? ", " : "", words_tag(tag, i));
	}
	if (n == c->environments_n) {
		tags->len = 0;
		buf_puts(tags, "all");
	}
	return true;
}

static void add_fact(struct table *t, const struct comparison *c, int fact)
{
	const char *label = likeness_rows[fact].label;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct buf tags = BUF_INIT;

		if (fact_of(c, i, fact) && add_like(&tags, c, i, fact)) {
			table_cell(t, "%s", label);
			if (c->environments_n > 1)
				table_cell(t, "%s", tags.data ? tags.data : "");
			table_cell(t, "%s", fact_of(c, i, fact));
			label = "";
		}
		t->failed |= buf_failed(&tags);
		buf_free(&tags);
	}
}

void compare_facts(struct table *t, const struct comparison *c)
{
	table_init(t, c->environments_n > 1 ? "lll" : "ll");
	table_cell(t, "%s", "fact");
	if (c->environments_n > 1)
		table_cell(t, "%s", "of");
	table_cell(t, "%s", "value");
	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++)
		add_fact(t, c, fact);
}

void compare_facts_untold(struct buf *to, const struct comparison *c)
{
	const char *between = "";

	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++) {
		bool told = false;

		for (uint32_t i = 0; i < c->environments_n; i++)
			told = told || fact_of(c, i, fact);
		if (told)
			continue;
		buf_printf(to, "%s%s", between, likeness_rows[fact].label);
		between = ", ";
	}
}
