// SPDX-License-Identifier: MIT
/* Words and facts of a report on figures that are not tare's own. */
#include "render/apart.h"

#include <string.h>

#include "compare/likeness.h"
#include "render/compare_words.h"

const char apart_columns[] =
	"IOPS: geometric mean where there are rounds; CPU: time of the submitting threads; "
	"latencies in us, of completion; -: not told, or too few I/Os for it.";

const char apart_ranked[] =
	"Nothing is ranked here: `tare compare` says which is faster, how sure that is, and why.";

static const char *fact_of(const struct comparison *c, uint32_t env, int fact)
{
	return c->environment[env].boot[0]->fact[fact];
}

void apart_title(struct buf *to, const struct comparison *c)
{
	const char *tool = fact_of(c, 0, SAMPLE_TOOL);

	if (c->environments_n > 1)
		buf_printf(to, "%u environments, %u workload%s", c->environments_n, c->groups_n,
			   c->groups_n == 1 ? "" : "s");
	else
		buf_printf(to, "%s%s%s", tool ? tool : "", tool ? ", " : "",
			   c->environment[0].label);
}

/* --- facts --- */

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

void apart_facts(struct table *t, const struct comparison *c)
{
	table_init(t, c->environments_n > 1 ? "lll" : "ll");
	table_cell(t, "%s", "fact");
	if (c->environments_n > 1)
		table_cell(t, "%s", "of");
	table_cell(t, "%s", "value");
	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++)
		add_fact(t, c, fact);
}

void apart_untold(struct buf *to, const struct comparison *c)
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

/* --- limits --- */

static void add_limit(struct buf *line, const struct comparison_cause *limit)
{
	buf_puts(line, limit->says);
	if (limit->evidence[0])
		buf_printf(line, " (%s)", limit->evidence);
	if (limit->cannot[0])
		buf_printf(line, "; these data cannot tell %s", limit->cannot);
	if (limit->measure[0])
		buf_printf(line, "; to decide: %s", limit->measure);
}

void apart_limits(const struct says *to, const struct comparison *c)
{
	for (uint32_t i = 0; i < c->groups_n; i++) {
		const struct comparison_group *g = &c->group[i];

		for (uint32_t k = 0; k < g->limits_n; k++) {
			struct buf first = BUF_INIT, line = BUF_INIT;

			words_name(&first, g);
			buf_puts(&first, ": ");
			add_limit(&line, &g->limit[k]);
			to->line(to->ctx, SAYS_PLAIN, first.data ? first.data : "",
				 line.data ? line.data : "");
			buf_free(&first);
			buf_free(&line);
		}
	}
}
