// SPDX-License-Identifier: MIT
/* The stages of a comparison, one after another. */
#include "compare/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare/causes.h"
#include "compare/figures.h"
#include "compare/gap.h"
#include "compare/likeness.h"
#include "compare/limits.h"
#include "compare/match.h"
#include "compare/verdict.h"

static int add_boot(struct comparison *c, const struct sample_run *run)
{
	const struct sample_run **grown;
	struct comparison_environment *e;
	uint32_t i = 0;

	while (i < c->environments_n && strcmp(c->environment[i].label, run->label))
		i++;
	e = &c->environment[i];
	if (i == c->environments_n) {
		*e = (struct comparison_environment){ .label = run->label };
		c->environments_n++;
	}
	grown = realloc(e->boot, (e->boots_n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	e->boot = grown;
	e->boot[e->boots_n++] = run;
	return 0;
}

static int find_baseline(struct comparison *c, const char *label)
{
	while (label && c->baseline < c->environments_n &&
	       strcmp(c->environment[c->baseline].label, label))
		c->baseline++;
	return c->baseline < c->environments_n ? 0 : -ENOENT;
}

static int add_environments(struct comparison *c, const struct samples *samples)
{
	int ret = 0;

	*c = (struct comparison){ 0 };
	c->environment = calloc(samples->n + 1, sizeof(*c->environment));
	if (!c->environment)
		return -ENOMEM;
	for (uint32_t i = 0; i < samples->n && !ret; i++)
		ret = add_boot(c, &samples->run[i]);
	return ret;
}

int compare(struct comparison *c, const struct samples *samples, const char *baseline)
{
	int ret = add_environments(c, samples);

	if (!ret)
		ret = find_baseline(c, baseline);
	c->all_pairs = c->environments_n <= COMPARE_ALL_PAIRS_MAX;
	ret = ret ? ret : likeness_find(c);
	ret = ret ? ret : match(c);
	ret = ret ? ret : figures_fill(c);
	ret = ret ? ret : verdict_find(c);
	if (ret)
		return ret;
	gap_find(c);
	return causes_find(c);
}

int compare_apart(struct comparison *c, const struct samples *samples)
{
	int ret = add_environments(c, samples);

	c->apart = true;
	ret = ret ? ret : match(c);
	ret = ret ? ret : figures_fill(c);
	for (uint32_t i = 0; i < c->groups_n && !ret; i++)
		ret = limits_find(c, &c->group[i]);
	return ret;
}

static void free_group(struct comparison_group *g, uint32_t environments_n)
{
	for (uint32_t i = 0; g->figure && i < environments_n; i++) {
		free(g->figure[i].boot);
		free(g->figure[i].round_log);
		free(g->figure[i].boot_log);
	}
	causes_free_group(g);
	free(g->figure);
	free(g->pair);
}

void compare_free(struct comparison *c)
{
	for (uint32_t i = 0; i < c->groups_n; i++)
		free_group(&c->group[i], c->environments_n);
	for (int i = 0; c->difference && i < SAMPLE_FACTS_N; i++) {
		free(c->difference[i].value);
		free(c->difference[i].varies);
	}
	for (uint32_t i = 0; i < c->environments_n; i++)
		free(c->environment[i].boot);
	free(c->difference);
	free(c->finding);
	free(c->group);
	free(c->environment);
	*c = (struct comparison){ 0 };
}
