// SPDX-License-Identifier: MIT
/* Words and facts of a report on figures that are not tare's own. */
#include "render/apart.h"

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
