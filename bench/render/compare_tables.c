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

static void print_iops(struct buf *to, const struct comparison_figure *f)
{
	words_rate(to, f->iops);
}

static void print_interval(struct buf *to, const struct comparison_figure *f)
{
	if (!sample_known(f->iops_low) || !sample_known(f->iops_high))
		return;
	words_rate(to, f->iops_low);
	buf_puts(to, "-");
	words_rate(to, f->iops_high);
}

static void print_bandwidth(struct buf *to, const struct comparison_figure *f)
{
	words_rate(to, f->bytes_per_s / 1048576);
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
		words_fixed(to, 1, f->measured_s);
}

static void print_ratio(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->ratio))
		words_fixed(to, 3, f->ratio);
}

static void print_ratio_interval(struct buf *to, const struct comparison_figure *f)
{
	if (!sample_known(f->ratio_low) || !sample_known(f->ratio_high))
		return;
	words_fixed(to, 3, f->ratio_low);
	buf_puts(to, "-");
	words_fixed(to, 3, f->ratio_high);
}

static void print_usr(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->usr_pct))
		words_fixed(to, 1, f->usr_pct);
}

static void print_sys(struct buf *to, const struct comparison_figure *f)
{
	if (sample_known(f->sys_pct))
		words_fixed(to, 1, f->sys_pct);
}

static void print_cpu(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->cpu_ns_per_io);
}

static void print_slat(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->latency.slat_mean_ns);
}

static void print_mean(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->latency.mean_ns);
}

static void print_p50(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->latency.p50_ns);
}

static void print_p99(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->latency.p99_ns);
}

static void print_p999(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->latency.p999_ns);
}

static void print_p9999(struct buf *to, const struct comparison_figure *f)
{
	words_us(to, f->latency.p9999_ns);
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

/* --- rows: of a workload, each environment; without one (NULL), each workload of the first --- */

static uint32_t rows_of(const struct comparison *c, const struct comparison_group *g)
{
	return g ? c->environments_n : c->groups_n;
}

static const struct comparison_figure *figure_of(const struct comparison *c,
						 const struct comparison_group *g, uint32_t row)
{
	return g ? &g->figure[row] : &c->group[row].figure[0];
}

/* What sentences call a row. */
static void add_name(struct buf *to, const struct comparison *c, const struct comparison_group *g,
		     uint32_t row)
{
	char tag[8];

	if (g)
		buf_puts(to, words_tag(tag, row));
	else
		words_name(to, &c->group[row]);
}

/* A column of ones says nothing; the verdicts tell it. */
static bool repeats(const struct comparison *c, const struct comparison_group *g)
{
	for (uint32_t i = 0; i < rows_of(c, g); i++)
		if (figure_of(c, g, i)->rounds_n > 1)
			return true;
	return false;
}

/* Widest cell of each column; 0 where no row has one. */
static void measure(size_t *width, const struct comparison *c, const struct comparison_group *g)
{
	for (size_t i = 0; i < COLUMNS_N; i++) {
		struct buf head = BUF_INIT;

		width[i] = 0;
		for (uint32_t row = 0; row < rows_of(c, g); row++) {
			struct buf cell = BUF_INIT;

			if (figure_of(c, g, row)->present)
				columns[i].print(&cell, figure_of(c, g, row));
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

/* "A* label", or the name of a workload. */
static void add_label(struct table *t, const struct comparison *c, const struct comparison_group *g,
		      uint32_t row, size_t room)
{
	const char *mark = figure_of(c, g, row)->not_ranked[0] ? "*" : g ? " " : "";
	struct buf name = BUF_INIT, clean = BUF_INIT;
	const char *label;
	size_t n = 0, chars = 0, cut = 0;

	add_name(&name, c, g, row);
	label = g ? c->environment[row].label : name.data ? name.data : "";
	clean_add(&clean, label, strlen(label));
	label = clean.data ? clean.data : "";
	for (; label[n]; n++) {
		chars += (label[n] & 0xc0) != 0x80;
		if (chars <= room - 3)
			cut = n + 1;
	}
	if (chars <= room)
		cut = n;
	if (g)
		table_cell(t, "%s%s %.*s%s", name.data ? name.data : "", mark, (int)cut, label,
			   cut < n ? "..." : "");
	else
		table_cell(t, "%.*s%s%s", (int)cut, label, cut < n ? "..." : "", mark);
	t->failed |= buf_failed(&name) || buf_failed(&clean);
	buf_free(&name);
	buf_free(&clean);
}

#define PART_ALL (-1)

static bool is_in(const struct comparison *c, const size_t *width, size_t column, int part)
{
	return is_shown(c, width, column) && (part == PART_ALL || columns[column].second == part);
}

static void add_heads(struct table *t, const struct comparison *c, const size_t *width, int part)
{
	table_cell(t, "%s", "");
	for (size_t i = 0; i < COLUMNS_N; i++) {
		struct buf head = BUF_INIT;

		if (!is_in(c, width, i, part))
			continue;
		print_head(&head, c, i);
		table_cell(t, "%s", head.data ? head.data : "");
		buf_free(&head);
	}
}

/* The columns of a part, behind labels of at most `room` characters. */
static void fill_table(struct table *t, const struct comparison *c,
		       const struct comparison_group *g, const size_t *width, int part, size_t room)
{
	char align[COLUMNS_N + 2] = "l";
	size_t n = 1;

	for (size_t i = 0; i < COLUMNS_N; i++)
		if (is_in(c, width, i, part))
			align[n++] = 'r';
	align[n] = '\0';
	table_init(t, align);
	add_heads(t, c, width, part);
	for (uint32_t row = 0; row < rows_of(c, g); row++) {
		if (!figure_of(c, g, row)->present)
			continue;
		add_label(t, c, g, row, room);
		for (size_t i = 0; i < COLUMNS_N; i++) {
			struct buf cell = BUF_INIT;

			if (!is_in(c, width, i, part))
				continue;
			columns[i].print(&cell, figure_of(c, g, row));
			table_cell(t, "%s", cell.len ? cell.data : "-");
			buf_free(&cell);
		}
	}
}

static void add_table(struct buf *to, const struct comparison *c, const struct comparison_group *g,
		      const size_t *width, int part)
{
	size_t used = 2 + 3, room;
	struct table t;

	for (size_t i = 0; i < COLUMNS_N; i++)
		used += is_in(c, width, i, part) ? width[i] + GAP : 0;
	room = used + LABEL_MIN < COMPARE_WIDTH ? COMPARE_WIDTH - used : LABEL_MIN;
	fill_table(&t, c, g, width, part, room < LABEL_MAX ? room : LABEL_MAX);
	table_render(to, &t, "  ");
	table_free(&t);
}

void compare_table_whole(struct table *t, const struct comparison *c,
			 const struct comparison_group *g)
{
	size_t width[COLUMNS_N];

	measure(width, c, g);
	fill_table(t, c, g, width, PART_ALL, SIZE_MAX);
}

/* Rows with the same reason share a line. */
static void say_reasons(const struct says *to, const struct comparison *c,
			const struct comparison_group *g)
{
	for (uint32_t i = 0; i < rows_of(c, g); i++) {
		const char *why = figure_of(c, g, i)->not_ranked;
		struct buf line = BUF_INIT;
		bool told = false;

		for (uint32_t k = 0; k < i; k++)
			told = told || !strcmp(figure_of(c, g, k)->not_ranked, why);
		if (!*why || told)
			continue;
		buf_puts(&line, c->apart ? "* not for ranking: " : "* not ranked: ");
		for (uint32_t k = i; k < rows_of(c, g); k++) {
			if (strcmp(figure_of(c, g, k)->not_ranked, why) != 0)
				continue;
			buf_puts(&line, k > i ? ", " : "");
			add_name(&line, c, g, k);
		}
		buf_printf(&line, ": %s", why);
		to->line(to->ctx, SAYS_PLAIN, "", line.data ? line.data : "");
		buf_free(&line);
	}
}

void compare_table_says(const struct says *to, const struct comparison *c,
			const struct comparison_group *g)
{
	struct buf line = BUF_INIT;
	char tag[8];

	say_reasons(to, c, g);
	for (uint32_t i = 0; g && i < c->environments_n; i++)
		if (!g->figure[i].present)
			buf_printf(&line, "%s%s", line.len ? ", " : "", words_tag(tag, i));
	if (line.len)
		to->line(to->ctx, SAYS_PLAIN, "not measured by ", line.data);
	buf_free(&line);
}

static void add_line(void *ctx, enum says_tone tone, const char *first, const char *text)
{
	struct buf indented = BUF_INIT;

	(void)tone;
	buf_printf(&indented, "  %s", first);
	words_wrap(ctx, indented.data ? indented.data : "", text);
	buf_free(&indented);
}

static size_t longest_label(const struct comparison *c, const struct comparison_group *g)
{
	size_t longest = 0;

	for (uint32_t i = 0; i < rows_of(c, g); i++) {
		struct buf name = BUF_INIT;
		size_t n;

		add_name(&name, c, g, i);
		n = g ? strlen(c->environment[i].label) : name.len;
		longest = n > longest ? n : longest;
		buf_free(&name);
	}
	return longest;
}

void compare_table(struct buf *to, const struct comparison *c, const struct comparison_group *g)
{
	size_t width[COLUMNS_N], all = 2 + 3, label;

	measure(width, c, g);
	for (size_t i = 0; i < COLUMNS_N; i++)
		all += is_shown(c, width, i) ? width[i] + GAP : 0;
	label = longest_label(c, g);
	if (all + (label < LABEL_MAX ? label : LABEL_MAX) <= COMPARE_WIDTH) {
		add_table(to, c, g, width, PART_ALL);
	} else {
		add_table(to, c, g, width, 0);
		buf_puts(to, "\n");
		add_table(to, c, g, width, 1);
	}
	compare_table_says(&(struct says){ add_line, to }, c, g);
}
