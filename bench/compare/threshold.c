// SPDX-License-Identifier: MIT
/* The table of metrics, their limits read and held against figures. */
#include "compare/threshold.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "compare/match.h"
#include "lib/str.h"

static const struct {
	const char *name;
	size_t offset;
	double unit; /* of the name's, in the member's */
	bool rate;   /* what the verdicts are about, but in an open loop */
} metrics[] = {
	{ "iops", offsetof(struct comparison_figure, iops), 1, true },
	{ "mib_per_s", offsetof(struct comparison_figure, bytes_per_s), 1048576, true },
	{ "mean_us", offsetof(struct comparison_figure, latency.mean_ns), 1e3, false },
	{ "p50_us", offsetof(struct comparison_figure, latency.p50_ns), 1e3, false },
	{ "p99_us", offsetof(struct comparison_figure, latency.p99_ns), 1e3, false },
	{ "p999_us", offsetof(struct comparison_figure, latency.p999_ns), 1e3, false },
	{ "cpu_us", offsetof(struct comparison_figure, cpu_ns_per_io), 1e3, false },
};

#define METRICS_N (sizeof(metrics) / sizeof(metrics[0]))

void threshold_help(struct buf *to)
{
	for (size_t i = 0; i < METRICS_N; i++)
		buf_printf(to, "%s%s", i ? " " : "", metrics[i].name);
}

static int refuse(struct err *e, const char *text, const char *why)
{
	return err_set(e, -EINVAL,
		       "--fail-if: %.120s: %s: should be like \"randread-4k-qd64.iops < -5%%\"",
		       text, why);
}

int threshold_parse(struct threshold *t, const char *text, struct err *e)
{
	char words[256], *sign, *dot, *limit;
	size_t len;

	if (!str_copy(words, sizeof(words), text))
		return refuse(e, text, "too long");
	sign = strpbrk(words, "<>");
	if (!sign)
		return refuse(e, text, "no < or > in it");
	t->below = *sign == '<';
	*sign = '\0';
	limit = str_trim(sign + 1);
	dot = strrchr(words, '.');
	if (!dot)
		return refuse(e, text, "no metric");
	*dot = '\0';
	str_copy(t->workload, sizeof(t->workload), str_trim(words));
	dot = str_trim(dot + 1);
	for (t->metric = 0; t->metric < (int)METRICS_N; t->metric++)
		if (!strcmp(dot, metrics[t->metric].name))
			break;
	if (t->metric == METRICS_N)
		return refuse(e, text, "no such metric");
	len = strlen(limit);
	t->relative = len && limit[len - 1] == '%';
	if (t->relative)
		limit[len - 1] = '\0';
	return str_to_double(str_trim(limit), &t->limit) ? refuse(e, text, "no number as its limit")
							 : 0;
}

static double figure(const struct threshold *t, const struct comparison_figure *f)
{
	return *(const double *)((const char *)f + metrics[t->metric].offset) /
	       metrics[t->metric].unit;
}

/* Whether the two environments have the same rate for all that can be told. */
static bool within_noise(const struct comparison_group *g, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; !g->open_loop && i < g->pairs_n; i++) {
		const struct comparison_pair *pair = &g->pair[i];

		if ((pair->slow == a && pair->fast == b) || (pair->slow == b && pair->fast == a))
			return pair->verdict == COMPARISON_SAME ||
			       pair->verdict == COMPARISON_TWO_BUILDS;
	}
	return false;
}

static bool is_beyond(const struct threshold *t, double value)
{
	return t->below ? value < t->limit : value > t->limit;
}

/* Returns how many figures were held against it. */
static int check_group(const struct threshold *t, const struct comparison *c,
		       const struct comparison_group *g, struct buf *said, bool *crossed)
{
	const struct comparison_figure *base = &g->figure[c->baseline];
	int held = 0;

	for (uint32_t i = 0; i < c->environments_n; i++) {
		double value = figure(t, &g->figure[i]);

		if (!g->figure[i].present || (t->relative && (i == c->baseline || !base->present)))
			continue;
		if (t->relative)
			value = (value / figure(t, base) - 1) * 100;
		if (!sample_known(value))
			continue;
		held++;
		if (!is_beyond(t, value) ||
		    (t->relative && metrics[t->metric].rate && within_noise(g, i, c->baseline)))
			continue;
		*crossed = true;
		buf_printf(said, "%s.%s: %s: %.2f%s: %s the limit of %g%s\n", g->name,
			   metrics[t->metric].name, c->environment[i].label, value,
			   t->relative ? "%" : "", t->below ? "below" : "above", t->limit,
			   t->relative ? "%" : "");
	}
	return held;
}

int threshold_check(const struct threshold *t, const struct comparison *c, struct buf *said,
		    bool *crossed, struct err *e)
{
	int held = 0, groups = 0;

	for (uint32_t i = 0; i < c->groups_n; i++) {
		if (strcmp(t->workload, "*") && !match_is_named(c, &c->group[i], t->workload))
			continue;
		groups++;
		held += check_group(t, c, &c->group[i], said, crossed);
	}
	if (!groups)
		return err_set(e, -ENOENT, "--fail-if: %s: no such workload in any file",
			       t->workload);
	if (!held)
		return err_set(e, -ENOENT,
			       "--fail-if: %s.%s: no figure of it to be held against the limit",
			       t->workload, metrics[t->metric].name);
	return 0;
}
