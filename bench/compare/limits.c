// SPDX-License-Identifier: MIT
/* The submitting threads: whether their CPU was the limit, and of which environments not. */
#include "compare/limits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "compare/say.h"

#define US	1e3
#define NAMED_N 8 /* environments whose figures are told one by one */

static double busy_pct(const struct comparison_figure *f)
{
	return f->present ? f->usr_pct + f->sys_pct : NAN;
}

/* "A 6.02, B 5.48 us"; of one environment no letter is needed. */
static void say_costs(char *to, const struct comparison *c, const struct comparison_group *g)
{
	uint32_t n = 0;
	char tag[8];

	say(to, "CPU time per I/O: ");
	for (uint32_t i = 0; i < c->environments_n && n < NAMED_N; i++)
		if (g->figure[i].present && sample_known(g->figure[i].cpu_ns_per_io))
			say(to, "%s%s%s%.2f", n++ ? ", " : "",
			    c->environments_n > 1 ? say_tag(tag, i) : "",
			    c->environments_n > 1 ? " " : "", g->figure[i].cpu_ns_per_io / US);
	say(to, " us");
}

static void say_range(char *to, const struct comparison *c, const struct comparison_group *g,
		      const bool *is)
{
	double least = INFINITY, most = 0;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		if (!is[i])
			continue;
		least = fmin(least, busy_pct(&g->figure[i]));
		most = fmax(most, busy_pct(&g->figure[i]));
	}
	say(to, most - least < 1 ? "%.0f %%" : "%.0f to %.0f %%", least, most);
}

/* Threads beside them that had time left: whether they waited for the disk is told by some. */
static void say_others(struct comparison_cause *to, const struct comparison *c,
		       const struct comparison_group *g, const bool *is, uint32_t n)
{
	static const char *const where[] = { "", "there", "in both", "in each" };
	bool waited = true;

	for (uint32_t i = 0; i < c->environments_n; i++)
		waited = waited && (!is[i] || !isnan(g->figure[i].account.part_ns[ACCOUNT_HOST]));
	say(to->says, "; not in ");
	say_tags(to->says, is, c->environments_n);
	say(to->says, " (");
	say_range(to->says, c, g, is);
	say(to->says, ")");
	if (waited)
		return;
	say(to->says, ": %s thread waited, or its interrupts were charged elsewhere",
	    n == 1 ? "its" : "each");
	say(to->cannot, "the two from each other");
	say(to->measure, "`tare run` %s: it counts idle time and interrupts", where[n < 3 ? n : 3]);
}

static bool find_submitter(struct comparison_cause *to, const struct comparison *c,
			   const struct comparison_group *g, bool *busy, bool *idle)
{
	uint32_t busy_n = 0, idle_n = 0;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		busy[i] = busy_pct(&g->figure[i]) >= LIMITS_BUSY_PCT;
		idle[i] = busy_pct(&g->figure[i]) < LIMITS_BUSY_PCT;
		busy_n += busy[i];
		idle_n += idle[i];
	}
	if (!busy_n)
		return false;
	*to = (struct comparison_cause){ .rule = "submitter",
					 .strength = COMPARISON_MEASURED,
					 .gap_ns = NAN };
	for (uint32_t i = 0; i < c->environments_n; i++)
		if (busy[i]) {
			to->where = i;
			break;
		}
	say(to->says, "one thread is at its limit");
	if (c->environments_n > 1) {
		say(to->says, " in ");
		say_tags(to->says, busy, c->environments_n);
	}
	say(to->says, ", busy for ");
	say_range(to->says, c, g, busy);
	say(to->says, " of its time: %s a cost in CPU time, not what a disk can do",
	    busy_n == 1 ? "the rate is" : "these rates are");
	if (idle_n)
		say_others(to, c, g, idle, idle_n);
	say_costs(to->evidence, c, g);
	return true;
}

int limits_find(const struct comparison *c, struct comparison_group *g)
{
	bool *flags = calloc(c->environments_n + 1, 2 * sizeof(*flags));

	g->limit = calloc(1, sizeof(*g->limit));
	if (flags && g->limit && find_submitter(g->limit, c, g, flags, flags + c->environments_n))
		g->limits_n = 1;
	free(flags);
	return flags && g->limit ? 0 : -ENOMEM;
}
