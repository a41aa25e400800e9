// SPDX-License-Identifier: MIT
/* What charts are drawn from, as JSON. */
#include <math.h>
#include <string.h>

#include "lib/json.h"
#include "render/clean.h"
#include "render/compare_charts.h"
#include "render/compare_words.h"
#include "render/sweeps.h"

#define DIGITS 5 /* more than a chart can show */

static void add_clean(struct json *to, const char *key, const char *text)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, text, strlen(text));
	json_add_text(to, key, clean.data ? clean.data : "");
	buf_free(&clean);
}

/* What is absent is a null: columns stay as long as each other. */
static void add_figure(struct json *list, double value)
{
	if (isfinite(value))
		json_add_digits(list, NULL, value, DIGITS);
	else
		json_add_null(list, NULL);
}

static void add_environments(struct json *root, const struct comparison *c)
{
	struct json *list = json_add_array(root, "environments");
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++) {
		struct json *to = json_add_object(list, NULL);

		json_add_text(to, "tag", words_tag(tag, i));
		add_clean(to, "label", c->environment[i].label);
	}
}

static void add_quantiles(struct json *to, const struct sample_workload *w)
{
	struct json *pct, *us;

	if (w->quantiles_n < 2)
		return;
	pct = json_add_array(to, "pct");
	us = json_add_array(to, "us");
	for (uint32_t i = 0; i < w->quantiles_n; i++) {
		json_add_digits(pct, NULL, w->quantile[i].pct, 9);
		add_figure(us, w->quantile[i].ns / 1000);
	}
}

static void add_points(struct json *to, const struct sample_workload *w)
{
	struct json *at, *iops, *p99, *round;

	if (w->points_n < 2)
		return;
	at = json_add_array(to, "at_s");
	iops = json_add_array(to, "iops");
	p99 = json_add_array(to, "p99_us");
	round = json_add_array(to, "round");
	for (uint32_t i = 0; i < w->points_n; i++) {
		const struct sample_point *p = &w->point[i];

		add_figure(at, p->at_s);
		add_figure(iops, p->iops);
		add_figure(p99, p->p99_ns / 1000);
		json_add_u64(round, NULL, p->round + 1);
	}
}

static void add_workloads(struct json *root, const struct comparison *c)
{
	struct json *list = json_add_array(root, "workloads");

	for (uint32_t i = 0; i < c->groups_n; i++) {
		const struct comparison_group *g = &c->group[i];
		struct json *to = json_add_object(list, NULL), *lines;

		add_clean(to, "name", g->name);
		lines = json_add_array(to, "lines");
		for (uint32_t env = 0; env < c->environments_n; env++) {
			struct json *line;

			if (!g->figure[env].present)
				continue;
			line = json_add_object(lines, NULL);
			json_add_u64(line, "environment", env);
			add_quantiles(line, g->figure[env].boot[0]);
			add_points(line, g->figure[env].boot[0]);
		}
	}
}

static void add_sweep(struct json *list, const struct comparison *c, const struct sweep *s)
{
	struct json *to = json_add_object(list, NULL), *lines;

	json_add_text(to, "of", s->of);
	lines = json_add_array(to, "lines");
	for (uint32_t env = 0; env < c->environments_n; env++) {
		struct json *line = json_add_object(lines, NULL), *at, *iops, *low, *high, *p50;

		json_add_u64(line, "environment", env);
		at = json_add_array(line, "at");
		iops = json_add_array(line, "iops");
		low = json_add_array(line, "low");
		high = json_add_array(line, "high");
		p50 = json_add_array(line, "p50_us");
		for (uint32_t i = 0; i < s->n; i++) {
			const struct comparison_figure *f = &c->group[s->group[i]].figure[env];

			if (!f->present)
				continue;
			add_figure(at, s->at[i]);
			add_figure(iops, f->iops);
			add_figure(low, f->iops_low);
			add_figure(high, f->iops_high);
			add_figure(p50, f->latency.p50_ns / 1000);
		}
	}
}

int compare_charts_data(struct buf *to, const struct comparison *c)
{
	struct json *root = json_object(), *list;
	struct sweeps sweeps;
	int ret;

	add_environments(root, c);
	add_workloads(root, c);
	sweeps_find(&sweeps, c);
	list = json_add_array(root, "sweeps");
	for (uint32_t i = 0; i < sweeps.n; i++)
		add_sweep(list, c, &sweeps.sweep[i]);
	ret = json_print(to, root, false);
	json_free(root);
	return ret;
}
