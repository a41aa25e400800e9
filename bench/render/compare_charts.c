// SPDX-License-Identifier: MIT
/* Charts and their tables. */
#include "render/compare_charts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/compare_words.h"
#include "render/sweeps.h"

/* What a latency table shows of a distribution; the chart has all of it. */
static const double shown_pcts[] = { 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 99.999 };

#define SHOWN_N (sizeof(shown_pcts) / sizeof(shown_pcts[0]))

/* The boot that stands for an environment: of several, distributions and series are the first's. */
static const struct sample_workload *boot_of(const struct comparison_group *g, uint32_t env)
{
	return g->figure[env].present ? g->figure[env].boot[0] : NULL;
}

static void add_tag(struct table *t, const struct comparison *c, uint32_t env)
{
	char tag[8];

	table_cell(t, "%s  %s", words_tag(tag, env), c->environment[env].label);
}

static void add_us(struct table *t, double ns)
{
	struct buf cell = BUF_INIT;

	words_us(&cell, ns);
	table_cell(t, "%s", cell.len ? cell.data : "-");
	buf_free(&cell);
}

static void add_rate(struct table *t, double rate)
{
	struct buf cell = BUF_INIT;

	words_rate(&cell, rate);
	table_cell(t, "%s", cell.len ? cell.data : "-");
	buf_free(&cell);
}

static void begin(struct table *t, const char *align, const char *const *heads)
{
	table_init(t, align);
	for (size_t i = 0; i < strlen(align); i++)
		table_cell(t, "%s", heads[i]);
}

/* --- latency --- */

static double quantile_ns(const struct sample_workload *w, double pct)
{
	for (uint32_t i = 0; i < w->quantiles_n; i++)
		if (fabs(w->quantile[i].pct - pct) < 1e-6)
			return w->quantile[i].ns;
	return SAMPLE_ABSENT;
}

static bool has_quantiles(const struct comparison *c, const struct comparison_group *g)
{
	for (uint32_t i = 0; i < c->environments_n; i++)
		if (boot_of(g, i) && boot_of(g, i)->quantiles_n > 1)
			return true;
	return false;
}

static void latency_table(struct table *t, const struct comparison *c,
			  const struct comparison_group *g)
{
	table_init(t, "lrrrrrrrrrrr");
	table_cell(t, "%s", "us");
	for (size_t i = 0; i < SHOWN_N; i++)
		table_cell(t, "p%g", shown_pcts[i]);
	table_cell(t, "%s", "max");
	for (uint32_t env = 0; env < c->environments_n; env++) {
		const struct sample_workload *w = boot_of(g, env);

		if (!w)
			continue;
		add_tag(t, c, env);
		for (size_t i = 0; i < SHOWN_N; i++)
			add_us(t, quantile_ns(w, shown_pcts[i]));
		add_us(t, w->latency.max_ns);
	}
}

/* --- over time --- */

static bool has_points(const struct comparison *c, const struct comparison_group *g)
{
	for (uint32_t i = 0; i < c->environments_n; i++)
		if (boot_of(g, i) && boot_of(g, i)->points_n > 1)
			return true;
	return false;
}

static void rounds_table(struct table *t, const struct comparison *c,
			 const struct comparison_group *g)
{
	static const char *const heads[] = { "",	"round", "seconds", "IOPS",
					     "mean us", "p50",	 "p99",	    "p99.9" };

	begin(t, "lrrrrrrr", heads);
	for (uint32_t env = 0; env < c->environments_n; env++) {
		const struct sample_workload *w = boot_of(g, env);

		for (uint32_t i = 0; w && i < w->rounds_n; i++) {
			const struct sample_round *r = &w->round[i];

			add_tag(t, c, env);
			table_cell(t, "%u", i + 1);
			table_cell(t, "%.1f", r->measured_s);
			add_rate(t, r->iops);
			add_us(t, r->latency.mean_ns);
			add_us(t, r->latency.p50_ns);
			add_us(t, r->latency.p99_ns);
			add_us(t, r->latency.p999_ns);
		}
	}
}

/* --- sweeps --- */

static void sweep_table(struct table *t, const struct comparison *c, const struct sweep *s)
{
	static const char *const tail[] = { "IOPS", "95 % range", "mean us", "p50", "p99" };

	table_init(t, "lrrrrrr");
	table_cell(t, "%s", "");
	table_cell(t, "%s", s->of);
	for (size_t i = 0; i < sizeof(tail) / sizeof(tail[0]); i++)
		table_cell(t, "%s", tail[i]);
	for (uint32_t env = 0; env < c->environments_n; env++) {
		for (uint32_t i = 0; i < s->n; i++) {
			const struct comparison_figure *f = &c->group[s->group[i]].figure[env];
			struct buf range = BUF_INIT;

			if (!f->present)
				continue;
			add_tag(t, c, env);
			table_cell(t, "%.0f", s->at[i]);
			add_rate(t, f->iops);
			words_rate(&range, f->iops_low);
			if (range.len)
				buf_puts(&range, "-");
			words_rate(&range, f->iops_high);
			table_cell(t, "%s", range.len ? range.data : "-");
			buf_free(&range);
			add_us(t, f->latency.mean_ns);
			add_us(t, f->latency.p50_ns);
			add_us(t, f->latency.p99_ns);
		}
	}
}

/* --- sections --- */

static void add_chart(const struct page *p, const char *kind, uint32_t index, const char *caption,
		      struct table *t)
{
	p->to->failed |= t->failed;
	p->style->chart(p->to, &(struct page_chart){ kind, index, caption }, t);
	table_free(t);
}

static void add_sweeps(const struct page *p, const struct comparison *c)
{
	struct sweeps sweeps;

	sweeps_find(&sweeps, c);
	if (sweeps.n)
		p->style->heading(p->to, 2, "By depth and by jobs");
	for (uint32_t i = 0; i < sweeps.n; i++) {
		const struct sweep *s = &sweeps.sweep[i];
		struct comparison_group whole = c->group[s->group[0]];
		double *number = strcmp(s->of, "depth") ? &whole.shape.numjobs
							: &whole.shape.iodepth;
		struct buf caption = BUF_INIT;
		struct table t;

		*number = SAMPLE_ABSENT; /* it is what changes */
		buf_printf(&caption, "By %s: ", s->of);
		words_shape(&caption, &whole.shape);
		sweep_table(&t, c, s);
		add_chart(p, "sweep", i, caption.data ? caption.data : "", &t);
		buf_free(&caption);
	}
}

static void add_workload(const struct page *p, const struct comparison *c, uint32_t i)
{
	const struct comparison_group *g = &c->group[i];
	struct buf title = BUF_INIT;
	struct table t;

	if (!has_quantiles(c, g) && !has_points(c, g))
		return;
	words_name(&title, g);
	buf_puts(&title, ": ");
	words_shape(&title, &g->shape);
	page_heading(p, 3, &title);
	if (has_quantiles(c, g)) {
		latency_table(&t, c, g);
		add_chart(p, "latency", i, "Completion latency by percentile", &t);
	}
	if (has_points(c, g)) {
		rounds_table(&t, c, g);
		add_chart(p, "series", i, "Over the measured time, round by round", &t);
	}
}

void compare_charts(const struct page *p, const struct comparison *c)
{
	bool any = false, repeated = false;

	if (!p->style->chart)
		return;
	add_sweeps(p, c);
	for (uint32_t i = 0; i < c->groups_n; i++)
		any = any || has_quantiles(c, &c->group[i]) || has_points(c, &c->group[i]);
	for (uint32_t i = 0; i < c->environments_n; i++)
		repeated = repeated || c->environment[i].boots_n > 1;
	if (!any)
		return;
	p->style->heading(p->to, 2, "Distributions and time");
	if (repeated)
		p->style->note(p->to,
			       "Of an environment with several boots, these are of its first.");
	for (uint32_t i = 0; i < c->groups_n; i++)
		add_workload(p, c, i);
}
