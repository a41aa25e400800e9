// SPDX-License-Identifier: MIT
/* Figures as cells: what is absent is a '-', and a column of nothing but those is not there. */
#include "render/compare_tables.h"

#include <stdio.h>
#include <string.h>

#include "lib/table.h"
#include "render/clean.h"
#include "render/compare_words.h"

#define LABEL_MIN 14
#define LABEL_MAX 40
#define GAP	  2

/* Each prints nothing where the figure is absent. */
typedef void print_cell(struct buf *to, const struct comparison_figure *f);

/* Of a damaged file anything can come: it must not burst the table. */
static void print_fixed(struct buf *to, int decimals, double value)
{
	if (value < 1e6)
		buf_printf(to, "%.*f", decimals, value);
	else
		buf_printf(to, "%.2g", value);
}

static void print_rate(struct buf *to, double value)
{
	char text[32];

	if (!sample_known(value))
		return;
	if (value < 100 || value >= 1e10)
		print_fixed(to, 1, value);
	else
		buf_puts(to, words_count(text, value));
}

static void print_iops(struct buf *to, const struct comparison_figure *f)
{
	print_rate(to, f->iops);
}

static void print_interval(struct buf *to, const struct comparison_figure *f)
{
	if (!sample_known(f->iops_low) || !sample_known(f->iops_high))
		return;
	print_rate(to, f->iops_low);
	buf_puts(to, "-");
	print_rate(to, f->iops_high);
}

static void print_bandwidth(struct buf *to, const struct comparison_figure *f)
{
	print_rate(to, f->bytes_per_s / 1048576);
}

static void print_rounds(struct buf *to, const struct comparison_figure *f)
{
	if (f->boots_n > 1)
		buf_printf(to, "%u/%u", f->rounds_n, f->boots_n);
	else
		buf_printf(to, "%u", f->rounds_n);
}

static void print_seconds(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->measured_s))
		print_fixed(to, 1, f->measured_s);
}

static void print_ratio(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->ratio))
		print_fixed(to, 3, f->ratio);
}

static void print_ratio_interval(struct buf *to, const struct comparison_figure *f)
{
	if (!sample_known(f->ratio_low) || !sample_known(f->ratio_high))
		return;
	print_fixed(to, 3, f->ratio_low);
	buf_puts(to, "-");
	print_fixed(to, 3, f->ratio_high);
}

static void print_usr(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->usr_pct))
		print_fixed(to, 1, f->usr_pct);
}

static void print_sys(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->sys_pct))
		print_fixed(to, 1, f->sys_pct);
}

static void print_us(struct buf *to, double ns)
{
	double us = ns / 1000;

	if (sample_known(us))
		print_fixed(to, us < 10 ? 2 : us < 1000 ? 1 : 0, us);
}

static void print_cpu(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->cpu_ns_per_io);
}

static void print_slat(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->latency.slat_mean_ns);
}

static void print_mean(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->latency.mean_ns);
}

static void print_p50(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->latency.p50_ns);
}

static void print_p99(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->latency.p99_ns);
}

static void print_p999(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->latency.p999_ns);
}

static void print_p9999(struct buf *to, const struct comparison_figure *f)
{
	print_us(to, f->latency.p9999_ns);
}

static const struct column {
	const char *head; /* "" : the baseline's */
	bool second;	  /* goes to the second table where one does not hold all */
	print_cell *print;
} columns[] = {
	{ "IOPS", false, print_iops },
	{ "95 % range", false, print_interval },
	{ "MiB/s", false, print_bandwidth },
	{ "rounds", false, print_rounds },
	{ "seconds", false, print_seconds },
	{ "", false, print_ratio },
	{ "95 % range", false, print_ratio_interval },
	{ "usr %", true, print_usr },
	{ "sys %", true, print_sys },
	{ "CPU us/IO", true, print_cpu },
	{ "submit us", true, print_slat },
	{ "mean us", true, print_mean },
	{ "p50", true, print_p50 },
	{ "p99", true, print_p99 },
	{ "p99.9", true, print_p999 },
	{ "p99.99", true, print_p9999 },
};

#define COLUMNS_N (sizeof(columns) / sizeof(columns[0]))

static void print_head(struct buf *to, const struct comparison *c, size_t column)
{
	char tag[8];

	if (*columns[column].head)
		buf_puts(to, columns[column].head);
	else
		buf_printf(to, "vs %s", words_tag(tag, c->baseline));
}

/* A column of ones says nothing; the verdicts tell it. */
static bool repeats(const struct comparison *c, const struct comparison_group *g)
{
	for (uint32_t i = 0; i < c->environments_n; i++)
		if (g->figure[i].rounds_n > 1)
			return true;
	return false;
}

/* Widest cell of each column; 0 where no environment has one. */
static void measure(size_t *width, const struct comparison *c, const struct comparison_group *g)
{
	for (size_t i = 0; i < COLUMNS_N; i++) {
		struct buf head = BUF_INIT;

		width[i] = 0;
		for (uint32_t env = 0; env < c->environments_n; env++) {
			struct buf cell = BUF_INIT;

			if (g->figure[env].present)
				columns[i].print(&cell, &g->figure[env]);
			width[i] = cell.len > width[i] ? cell.len : width[i];
			buf_free(&cell);
		}
		if (columns[i].print == print_rounds && !repeats(c, g))
			width[i] = 0;
		print_head(&head, c, i);
		if (width[i] && head.len > width[i])
			width[i] = head.len;
		buf_free(&head);
	}
}

/* One environment alone is compared with nothing. */
static bool is_shown(const struct comparison *c, const size_t *width, size_t column)
{
	return width[column] && (c->environments_n > 1 || *columns[column].head) &&
	       (c->environments_n > 1 || columns[column].print != print_ratio_interval);
}

static void add_label(struct table *t, const struct comparison *c, const struct comparison_group *g,
		      uint32_t env, size_t room)
{
	const char *label = c->environment[env].label;
	struct buf clean = BUF_INIT;
	char tag[8];
	size_t n = 0, chars = 0, cut = 0;

	clean_add(&clean, label, strlen(label));
	label = clean.data ? clean.data : "";
	for (; label[n]; n++) {
		chars += (label[n] & 0xc0) != 0x80;
		if (chars <= room - 3)
			cut = n + 1;
	}
	if (chars <= room)
		cut = n;
	table_cell(t, "%s%s %.*s%s", words_tag(tag, env), g->figure[env].not_ranked[0] ? "*" : " ",
		   (int)cut, label, cut < n ? "..." : "");
	buf_free(&clean);
}

static void add_table(struct buf *to, const struct comparison *c, const struct comparison_group *g,
		      const size_t *width, int part)
{
	char align[COLUMNS_N + 2] = "l";
	size_t used = 2 + 3, n = 1;
	struct table t;

	for (size_t i = 0; i < COLUMNS_N; i++) {
		if (!is_shown(c, width, i) || (part >= 0 && columns[i].second != part))
			continue;
		align[n++] = 'r';
		used += width[i] + GAP;
	}
	align[n] = '\0';
	table_init(&t, align);
	table_cell(&t, "%s", "");
	for (size_t i = 0; i < COLUMNS_N; i++) {
		struct buf head = BUF_INIT;

		if (!is_shown(c, width, i) || (part >= 0 && columns[i].second != part))
			continue;
		print_head(&head, c, i);
		table_cell(&t, "%s", head.data ? head.data : "");
		buf_free(&head);
	}
	for (uint32_t env = 0; env < c->environments_n; env++) {
		size_t room = used + LABEL_MIN < COMPARE_WIDTH ? COMPARE_WIDTH - used : LABEL_MIN;

		if (!g->figure[env].present)
			continue;
		add_label(&t, c, g, env, room < LABEL_MAX ? room : LABEL_MAX);
		for (size_t i = 0; i < COLUMNS_N; i++) {
			struct buf cell = BUF_INIT;

			if (!is_shown(c, width, i) || (part >= 0 && columns[i].second != part))
				continue;
			columns[i].print(&cell, &g->figure[env]);
			table_cell(&t, "%s", cell.len ? cell.data : "-");
			buf_free(&cell);
		}
	}
	table_render(to, &t, "  ");
	table_free(&t);
}

/* Environments with the same reason share a line. */
static void add_reasons(struct buf *to, const struct comparison *c,
			const struct comparison_group *g)
{
	for (uint32_t i = 0; i < c->environments_n; i++) {
		const char *why = g->figure[i].not_ranked;
		struct buf first = BUF_INIT;
		bool told = false;
		char tag[8];

		for (uint32_t k = 0; k < i; k++)
			told = told || !strcmp(g->figure[k].not_ranked, why);
		if (!*why || told)
			continue;
		buf_puts(&first, "  * not ranked: ");
		for (uint32_t k = i; k < c->environments_n; k++)
			if (!strcmp(g->figure[k].not_ranked, why))
				buf_printf(&first, "%s%s", k > i ? ", " : "", words_tag(tag, k));
		buf_puts(&first, ": ");
		buf_puts(&first, why);
		words_wrap(to, "  ", first.data ? first.data + 2 : "");
		buf_free(&first);
	}
}

static void add_missing(struct buf *to, const struct comparison *c,
			const struct comparison_group *g)
{
	struct buf line = BUF_INIT;
	char tag[8];

	for (uint32_t i = 0; i < c->environments_n; i++)
		if (!g->figure[i].present)
			buf_printf(&line, "%s%s", line.len ? ", " : "", words_tag(tag, i));
	if (line.len)
		words_wrap(to, "  not measured by ", line.data);
	buf_free(&line);
}

void compare_table(struct buf *to, const struct comparison *c, const struct comparison_group *g)
{
	size_t width[COLUMNS_N], all = 2 + 3, label = 0;

	measure(width, c, g);
	for (size_t i = 0; i < COLUMNS_N; i++)
		all += is_shown(c, width, i) ? width[i] + GAP : 0;
	for (uint32_t i = 0; i < c->environments_n; i++)
		if (strlen(c->environment[i].label) > label)
			label = strlen(c->environment[i].label);
	if (all + (label < LABEL_MAX ? label : LABEL_MAX) <= COMPARE_WIDTH) {
		add_table(to, c, g, width, -1);
	} else {
		add_table(to, c, g, width, 0);
		buf_puts(to, "\n");
		add_table(to, c, g, width, 1);
	}
	add_reasons(to, c, g);
	add_missing(to, c, g);
}
