// SPDX-License-Identifier: MIT
/* Accounts of two sides, made comparable part by part, and their difference. */
#include "compare/gap.h"

const struct gap_part gap_parts[ACCOUNT_PARTS_N] = {
	[ACCOUNT_TOOL] = { "tool", "tool", "the tool's own code" },
	[ACCOUNT_CLOCK] = { "clock", "clock", "reading the clock" },
	[ACCOUNT_SUBMISSION] = { "submission", "submit", "submission" },
	[ACCOUNT_COMPLETION] = { "completion", "complete", "completion" },
	[ACCOUNT_KERNEL] = { "kernel", "kernel", "submission and completion, not told apart" },
	[ACCOUNT_WAKE] = { "wake", "wake-up", "waking up" },
	[ACCOUNT_HOST] = { "host", "wait", "waiting for device and host" },
	[ACCOUNT_STOLEN] = { "stolen", "stolen", "CPU time that the host took away" },
};

struct account gap_mean(const struct sample_workload *const *boot, uint32_t n)
{
	struct account mean = { 0 };

	for (uint32_t b = 0; b < n; b++) {
		const struct account *a = &boot[b]->account;

		mean.whole_ns += a->whole_ns / n;
		for (int i = 0; i < ACCOUNT_PARTS_N; i++) {
			mean.part_ns[i] += a->part_ns[i] / n;
			mean.error_ns[i] += a->error_ns[i] / n;
		}
	}
	return account_known(&mean) ? mean : account_none();
}

/* What holds a part where that is not told apart. */
static const struct {
	enum account_part part, within;
} folds[] = {
	{ ACCOUNT_CLOCK, ACCOUNT_TOOL },
	{ ACCOUNT_WAKE, ACCOUNT_HOST },
	{ ACCOUNT_SUBMISSION, ACCOUNT_KERNEL },
	{ ACCOUNT_COMPLETION, ACCOUNT_KERNEL },
};

static void add(double *to, double value)
{
	*to = isnan(*to) ? value : *to + value;
}

static void fold(struct account *a, enum account_part part, enum account_part within)
{
	if (isnan(a->part_ns[part]))
		return;
	add(&a->part_ns[within], a->part_ns[part]);
	if (!isnan(a->error_ns[part]))
		add(&a->error_ns[within], a->error_ns[part]);
	a->part_ns[part] = a->error_ns[part] = NAN;
}

static bool one_lacks(const struct comparison_gap *gap, enum account_part part)
{
	return isnan(gap->slow.part_ns[part]) != isnan(gap->fast.part_ns[part]);
}

/* Both sides get the same parts. What the other side does not tell at all is left unexplained on
 * both: half an answer would look like a difference. */
static void make_alike(struct comparison_gap *gap)
{
	bool split = !one_lacks(gap, ACCOUNT_KERNEL) && !one_lacks(gap, ACCOUNT_SUBMISSION) &&
		     !one_lacks(gap, ACCOUNT_COMPLETION);

	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		if (folds[i].within == ACCOUNT_KERNEL ? split : !one_lacks(gap, folds[i].part))
			continue;
		fold(&gap->slow, folds[i].part, folds[i].within);
		fold(&gap->fast, folds[i].part, folds[i].within);
	}
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		if (one_lacks(gap, i))
			gap->slow.part_ns[i] = gap->fast.part_ns[i] = gap->slow.error_ns[i] =
				gap->fast.error_ns[i] = NAN;
}

static struct comparison_gap no_gap(void)
{
	struct comparison_gap gap = { .slow = account_none(),
				      .fast = account_none(),
				      .whole_ns = NAN,
				      .unexplained_ns = NAN };

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		gap.part_ns[i] = gap.error_ns[i] = NAN;
	return gap;
}

struct comparison_gap gap_of(const struct account *slow, const struct account *fast)
{
	struct comparison_gap gap = no_gap();

	if (!account_known(slow) || !account_known(fast))
		return gap;
	gap.slow = *slow;
	gap.fast = *fast;
	make_alike(&gap);
	gap.whole_ns = gap.unexplained_ns = slow->whole_ns - fast->whole_ns;
	for (int i = 0; i < ACCOUNT_PARTS_N; i++) {
		gap.part_ns[i] = gap.slow.part_ns[i] - gap.fast.part_ns[i];
		gap.error_ns[i] = gap.slow.error_ns[i] + gap.fast.error_ns[i];
		gap.unexplained_ns -= isnan(gap.part_ns[i]) ? 0 : gap.part_ns[i];
	}
	return gap;
}

bool gap_differs(const struct comparison_pair *pair)
{
	bool tested = pair->verdict == COMPARISON_FASTER ||
		      pair->verdict == COMPARISON_PROBABLY_FASTER;
	bool untested = pair->verdict == COMPARISON_TOO_FEW ||
			pair->verdict == COMPARISON_NOT_RANKED;

	return (tested && pair->ratio >= GAP_RATIO_MIN) ||
	       (untested && pair->ratio >= GAP_RATIO_UNTESTED_MIN);
}

static void choose_explained(struct comparison_group *g, uint32_t baseline)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->pairs_n; i++)
		n += gap_differs(&g->pair[i]);
	for (uint32_t i = 0; i < g->pairs_n; i++) {
		struct comparison_pair *pair = &g->pair[i];

		pair->explained =
			gap_differs(pair) &&
			(n <= GAP_PAIRS_MAX || pair->slow == baseline || pair->fast == baseline);
	}
}

void gap_find(struct comparison *c)
{
	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct comparison_group *g = &c->group[i];

		for (uint32_t k = 0; k < g->pairs_n; k++) {
			struct comparison_pair *pair = &g->pair[k];

			pair->gap = g->open_loop ? no_gap()
						 : gap_of(&g->figure[pair->slow].account,
							  &g->figure[pair->fast].account);
		}
		choose_explained(g, c->baseline);
	}
}
