// SPDX-License-Identifier: MIT
/* From figures to verdicts: every pair is tested first, then all are corrected together. */
#include "compare/verdict.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/figures.h"
#include "compare/means.h"
#include "compare/permute.h"

const char *verdict_name(enum comparison_verdict verdict)
{
	static const char *const names[COMPARISON_VERDICTS_N] = {
		[COMPARISON_SAME] = "the same within noise",
		[COMPARISON_TWO_BUILDS] = "no difference seen, but by two builds",
		[COMPARISON_PROBABLY_FASTER] = "probably faster",
		[COMPARISON_FASTER] = "faster",
		[COMPARISON_TOO_FEW] = "too few rounds to say",
		[COMPARISON_NOT_RANKED] = "not ranked",
	};

	return names[verdict];
}

/* The samples of one side. */
static const double *samples_of(const struct comparison_figure *f, bool of_boots, uint32_t *n)
{
	*n = of_boots ? f->boots_n : f->logs_n;
	return of_boots ? f->boot_log : f->round_log;
}

static void name_not_ranked(struct comparison_pair *pair, const struct comparison_group *g)
{
	const char *slow = g->figure[pair->slow].not_ranked;
	const char *fast = g->figure[pair->fast].not_ranked;

	pair->verdict = COMPARISON_NOT_RANKED;
	snprintf(pair->why, sizeof(pair->why), "%s", *slow ? slow : fast);
}

static void order(struct comparison_pair *pair, struct means *slow, struct means *fast)
{
	struct means means = *slow;
	uint32_t environment = pair->slow;

	if (!(fast->mean < slow->mean))
		return;
	*slow = *fast;
	*fast = means;
	pair->slow = pair->fast;
	pair->fast = environment;
}

/* Tests a pair. What it says waits for the correction; pairs that are not tested keep p = NAN.
 * Returns 0 or -ENOMEM. */
static int test(struct comparison_pair *pair, const struct comparison_group *g)
{
	const double *slow_log, *fast_log;
	struct means slow, fast;
	double half;

	pair->of_boots = g->figure[pair->slow].boots_n > 1 && g->figure[pair->fast].boots_n > 1;
	slow = figures_means(&g->figure[pair->slow], pair->of_boots);
	fast = figures_means(&g->figure[pair->fast], pair->of_boots);
	order(pair, &slow, &fast);
	slow_log = samples_of(&g->figure[pair->slow], pair->of_boots, &pair->slow_n);
	fast_log = samples_of(&g->figure[pair->fast], pair->of_boots, &pair->fast_n);
	half = means_welch_half_width(&slow, &fast);
	pair->ratio = exp(fast.mean - slow.mean);
	pair->low = exp(fast.mean - slow.mean - half);
	pair->high = exp(fast.mean - slow.mean + half);
	pair->floor = slow.n + fast.n > 2 ? exp(means_floor(&slow, &fast)) : NAN;
	pair->p = pair->p_corrected = NAN;
	pair->verdict = COMPARISON_TOO_FEW;
	if (g->figure[pair->slow].not_ranked[0] || g->figure[pair->fast].not_ranked[0]) {
		name_not_ranked(pair, g);
	} else if (slow.n > 1 && fast.n > 1 && isfinite(slow.mean) && isfinite(fast.mean)) {
		pair->p = permute_p(slow_log, slow.n, fast_log, fast.n);
		return isnan(pair->p) ? -ENOMEM : 0;
	}
	return 0;
}

/* What two builds of tare measured alike may still differ: the instrument may hide it. Known builds
 * only. */
static bool is_of_two_builds(const struct comparison *c, const struct comparison_pair *pair)
{
	const struct comparison_environment *side[] = { &c->environment[pair->slow],
							&c->environment[pair->fast] };

	for (uint32_t i = 0; i < side[0]->boots_n; i++) {
		for (uint32_t k = 0; k < side[1]->boots_n; k++) {
			const char *a = side[0]->boot[i]->fact[SAMPLE_BUILD];
			const char *b = side[1]->boot[k]->fact[SAMPLE_BUILD];

			if (a && b && strcmp(a, b) != 0)
				return true;
		}
	}
	return false;
}

static void judge(const struct comparison *c, struct comparison_pair *pair, uint32_t tests_n)
{
	double least = permute_p_min(pair->slow_n, pair->fast_n);
	bool significant = pair->p_corrected < VERDICT_LEVEL;
	bool sure = pair->slow_n >= VERDICT_SURE_MIN && pair->fast_n >= VERDICT_SURE_MIN;

	if (pair->verdict == COMPARISON_NOT_RANKED)
		return;
	/* Holm asks less of a p the more there are below it: what reached its level was enough. */
	if (isnan(pair->p) || (!significant && least * tests_n >= VERDICT_LEVEL)) {
		pair->verdict = COMPARISON_TOO_FEW;
		if (!isnan(pair->p) && least < VERDICT_LEVEL)
			snprintf(pair->why, sizeof(pair->why),
				 "enough for one comparison, not for the %u made here", tests_n);
		return;
	}
	if (significant && pair->ratio > pair->floor && pair->low > 1)
		pair->verdict = sure ? COMPARISON_FASTER : COMPARISON_PROBABLY_FASTER;
	else
		pair->verdict = is_of_two_builds(c, pair) ? COMPARISON_TWO_BUILDS : COMPARISON_SAME;
}

static int add_pairs(struct comparison *c, struct comparison_group *g)
{
	uint32_t n = c->environments_n;

	g->pair = calloc(c->all_pairs ? n * n / 2 + 1 : n, sizeof(*g->pair));
	if (!g->pair)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = c->all_pairs ? i + 1 : 0; k < (c->all_pairs ? n : 1); k++) {
			uint32_t other = c->all_pairs ? k : c->baseline;

			if (other == i || !g->figure[i].present || !g->figure[other].present)
				continue;
			g->pair[g->pairs_n].slow = i;
			g->pair[g->pairs_n].fast = other;
			if (test(&g->pair[g->pairs_n++], g))
				return -ENOMEM;
		}
	}
	return 0;
}

/* Walks over all pairs that were tested; `to` NULL counts them. */
static uint32_t each_p(struct comparison *c, double *from, double *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->groups_n; i++) {
		for (uint32_t k = 0; k < c->group[i].pairs_n; k++) {
			struct comparison_pair *pair = &c->group[i].pair[k];

			if (isnan(pair->p))
				continue;
			if (to)
				to[n] = pair->p;
			if (from)
				pair->p_corrected = from[n];
			n++;
		}
	}
	return n;
}

int verdict_find(struct comparison *c)
{
	double *p;
	int ret = 0;

	for (uint32_t i = 0; i < c->groups_n && !ret; i++)
		ret = add_pairs(c, &c->group[i]);
	if (ret)
		return ret;
	c->tests_n = each_p(c, NULL, NULL);
	p = calloc(c->tests_n + 1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	each_p(c, NULL, p);
	ret = means_holm(p, c->tests_n);
	if (!ret)
		each_p(c, p, NULL);
	free(p);
	for (uint32_t i = 0; i < c->groups_n && !ret; i++)
		for (uint32_t k = 0; k < c->group[i].pairs_n; k++)
			judge(c, &c->group[i].pair[k], c->tests_n);
	return ret;
}
