// SPDX-License-Identifier: MIT
/*
 * The table of rules. Several may look at the same part of the gap, so what they account for does
 * not add up: the gap's parts do. What a rule says of a part that another explains better stays,
 * behind it.
 */
#include "compare/causes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/advice.h"
#include "compare/gap.h"
#include "compare/limits.h"
#include "compare/say.h"
#include "compare/why.h"

/* Of causes that account for about as much, the row that stands first is told first: what was found
 * behind a disk, then what was measured of the platform, then parts, then what only points. */
static const struct {
	const char *name;
	why_rule *rule;
} rules[] = {
	{ "throttle", why_found_throttle },
	{ "allocation", why_found_allocation },
	{ "cache", why_found_cache },
	{ "unwritten", why_found_unwritten },
	{ "flush", why_found_flush },
	{ "queue", why_found_queue },
	{ "punt", why_found_punt },
	{ "clock", why_found_clock },
	{ "wake", why_found_wake },
	{ "host-thread", why_found_host_thread },
	{ "contention", why_found_contention },
	{ "cpu", why_cpu },
	{ "clock", why_clock },
	{ "submission", why_submission },
	{ "completion", why_completion },
	{ "kernel", why_kernel },
	{ "tool", why_tool },
	{ "wake", why_wake },
	{ "stolen", why_stolen },
	{ "queue", why_queue },
	{ "host-thread", why_host_thread },
	{ "contention", why_contention },
	{ "host", why_host },
	{ "submitter", why_found_submitter },
	{ "steady", why_found_steady },
	{ "first-write", why_first_write },
	{ "unexplained", why_unexplained },
	{ "guest-ahead", why_guest_ahead },
};

#define RULES_N (sizeof(rules) / sizeof(rules[0]))
#define ALIKE	0.1 /* of the gap: causes that are nearer are told in the order of the table */

const char *causes_strength(enum comparison_strength strength)
{
	static const char *const words[COMPARISON_STRENGTHS_N] = {
		[COMPARISON_MEASURED] = "measured",
		[COMPARISON_LIKELY] = "likely",
		[COMPARISON_UNDECIDED] = "undecided",
	};

	return words[strength];
}

static struct why_side side_of(const struct comparison *c, const struct comparison_group *g,
			       uint32_t environment)
{
	struct why_side side = { .environment = environment,
				 .e = &c->environment[environment],
				 .f = &g->figure[environment],
				 .run = c->environment[environment].boot[0] };

	say_tag(side.tag, environment);
	return side;
}

/* What a cause counts for in the order: its part of the gap. Where no gap is known, something that
 * was found counts, and what is only possible does not. */
static double weight(const struct comparison_cause *cause, double whole_ns)
{
	if (!isnan(cause->gap_ns) && whole_ns > 0)
		return cause->gap_ns / whole_ns;
	return cause->strength == COMPARISON_LIKELY ? 1 : 0;
}

/* By weight, stable: a later rule goes ahead only where it accounts for clearly more. */
static void insert(struct comparison_cause *list, uint32_t n, double whole_ns)
{
	struct comparison_cause cause = list[n];
	double own = weight(&cause, whole_ns);
	uint32_t at = n;

	while (at && weight(&list[at - 1], whole_ns) < own - ALIKE) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = cause;
}

static int find_pair(struct comparison *c, struct comparison_group *g, struct comparison_pair *pair,
		     struct comparison_cause *found)
{
	struct why_case w = { .c = c,
			      .g = g,
			      .pair = pair,
			      .slow = side_of(c, g, pair->slow),
			      .fast = side_of(c, g, pair->fast) };
	uint32_t n = 0;

	for (size_t i = 0; i < RULES_N; i++) {
		found[n] = (struct comparison_cause){ .rule = rules[i].name,
						      .where = pair->slow,
						      .gap_ns = NAN };
		if (!rules[i].rule(&found[n], &w))
			continue;
		advice_give(&found[n], c);
		insert(found, n++, pair->gap.whole_ns);
	}
	if (!n)
		return 0;
	pair->cause = malloc(n * sizeof(*found));
	if (!pair->cause)
		return -ENOMEM;
	memcpy(pair->cause, found, n * sizeof(*found));
	pair->causes_n = n;
	return 0;
}

int causes_find(struct comparison *c)
{
	struct comparison_cause *found = calloc(RULES_N, sizeof(*found));
	int ret = found ? why_find_findings(c) : -ENOMEM;

	for (uint32_t i = 0; i < c->findings_n; i++)
		advice_give(&c->finding[i], c);
	for (uint32_t i = 0; i < c->groups_n && !ret; i++) {
		struct comparison_group *g = &c->group[i];

		ret = limits_find(c, g);
		for (uint32_t k = 0; k < g->pairs_n && !ret; k++)
			if (gap_differs(&g->pair[k]))
				ret = find_pair(c, g, &g->pair[k], found);
	}
	free(found);
	return ret;
}

void causes_free_group(struct comparison_group *g)
{
	for (uint32_t i = 0; i < g->pairs_n; i++)
		free(g->pair[i].cause);
	free(g->limit);
}
