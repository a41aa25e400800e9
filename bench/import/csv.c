// SPDX-License-Identifier: MIT
/*
 * Tables that people keep: a row for each workload of each environment, or for each of its rounds.
 *
 * The first line names the columns, in any order: workload and environment must be there, and one
 * that holds a rate. Percentages are of one CPU, summed over the jobs. Cells may be quoted (RFC
 * 4180); an empty one is absent. An environment is its name and its back end.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "import/import.h"
#include "import/samples.h"
#include "lib/str.h"

#define COLUMNS_MAX 64
#define CELL_BYTES  512

enum text_column { WORKLOAD, ENVIRONMENT, BACKEND, ENGINE, TOOL, TEXTS_N };

static const char *const text_columns[TEXTS_N] = { "workload", "environment", "backend", "ioengine",
						   "tool" };

/* Figures, and what their unit is of the member's. */
static const struct {
	const char *name;
	size_t offset;
	double scale;
} columns[] = {
	{ "iops", offsetof(struct sample_workload, iops), 1 },
	{ "bw_mib_s", offsetof(struct sample_workload, bytes_per_s), 1 << 20 },
	{ "usr_pct", offsetof(struct sample_workload, usr_pct), 1 },
	{ "sys_pct", offsetof(struct sample_workload, sys_pct), 1 },
	{ "measured_s", offsetof(struct sample_workload, measured_s), 1 },
	{ "io_bytes", offsetof(struct sample_workload, bytes), 1 },
	{ "ios", offsetof(struct sample_workload, ios), 1 },
	{ "slat_us", offsetof(struct sample_workload, latency.slat_mean_ns), 1e3 },
	{ "clat_us", offsetof(struct sample_workload, latency.mean_ns), 1e3 },
	{ "p50_us", offsetof(struct sample_workload, latency.p50_ns), 1e3 },
	{ "p99_us", offsetof(struct sample_workload, latency.p99_ns), 1e3 },
	{ "p999_us", offsetof(struct sample_workload, latency.p999_ns), 1e3 },
	{ "p9999_us", offsetof(struct sample_workload, latency.p9999_ns), 1e3 },
	{ "numjobs", offsetof(struct sample_workload, shape.numjobs), 1 },
	{ "iodepth", offsetof(struct sample_workload, shape.iodepth), 1 },
};

#define FIGURES_N (sizeof(columns) / sizeof(columns[0]))

struct table_reader {
	struct samples *to;
	const struct import_source *source;
	uint32_t first;		 /* run of this file */
	int column[COLUMNS_MAX]; /* text column, or TEXTS_N + index of columns[], or -1 */
	int columns_n;
	char text[TEXTS_N][CELL_BYTES];
	double figure[FIGURES_N];
};

/* The next cell of the line at *at: a comma or the line's end stays before *at. False: too long, or
 * a quote without its partner. */
static bool next_cell(const char **at, char *cell)
{
	const char *c = *at;
	size_t n = 0;
	bool quoted = *c == '"';

	c += quoted;
	for (;; c++) {
		if (quoted && *c == '"' && *++c != '"')
			quoted = false;
		if (!*c && quoted)
			return false;
		if (!quoted && (!*c || *c == ',' || *c == '\n'))
			break;
		if (n + 1 == CELL_BYTES)
			return false;
		cell[n++] = *c;
	}
	cell[n] = '\0';
	*at = c;
	return true;
}

/* Behind the end of the line, or on the text's. */
static const char *next_line(const char *at)
{
	return *at == '\n' ? at + 1 : at;
}

static bool is_csv(const struct import_source *source)
{
	const char *at = source->bytes->data;
	char cell[CELL_BYTES];

	while (next_cell(&at, cell)) {
		if (!strcmp(str_trim(cell), "workload"))
			return true;
		if (*at++ != ',')
			break;
	}
	return false;
}

static int column_named(const char *name)
{
	for (int i = 0; i < TEXTS_N; i++)
		if (!strcmp(name, text_columns[i]))
			return i;
	for (size_t i = 0; i < FIGURES_N; i++)
		if (!strcmp(name, columns[i].name))
			return TEXTS_N + (int)i;
	return -1;
}

/* Columns that nobody here knows are passed over, and named. */
static int read_header(struct table_reader *t, const char **at, struct err *e)
{
	bool has[TEXTS_N + FIGURES_N] = { false };
	const char *line = *at;
	char cell[CELL_BYTES];

	for (;;) {
		const char *name;
		int i;

		if (t->columns_n == COLUMNS_MAX || !next_cell(at, cell))
			return import_error(e, t->source, line,
					    "header: should be at most %d names with commas",
					    COLUMNS_MAX);
		name = str_trim(cell);
		i = column_named(name);
		if (i >= 0 && has[i])
			return import_error(e, t->source, line, "header: %s stands there twice",
					    name);
		if (i < 0)
			notes_add(&t->to->notes, "%s: column \"%.40s\" is not known: passed over",
				  t->source->path, name);
		else
			has[i] = true;
		t->column[t->columns_n++] = i;
		if (**at != ',')
			break;
		(*at)++;
	}
	*at = next_line(*at);
	if (!has[ENVIRONMENT] || !(has[TEXTS_N] || has[TEXTS_N + 1]))
		return import_error(e, t->source, line,
				    "header: should have workload, environment, and iops or "
				    "bw_mib_s");
	return 0;
}

static int read_cells(struct table_reader *t, const char **at, const char *line, struct err *e)
{
	char cell[CELL_BYTES];
	int n = 0;

	for (int i = 0; i < TEXTS_N; i++)
		t->text[i][0] = '\0';
	for (size_t i = 0; i < FIGURES_N; i++)
		t->figure[i] = SAMPLE_ABSENT;
	for (;; (*at)++) {
		const char *value;
		int i;

		if (!next_cell(at, cell))
			return import_error(e, t->source, line,
					    "cell %d: no end of it, or above %d bytes", n + 1,
					    CELL_BYTES - 1);
		if (n == t->columns_n)
			return import_error(e, t->source, line,
					    "more cells than the %d that the header names",
					    t->columns_n);
		value = str_trim(cell);
		i = t->column[n++];
		if (i >= 0 && i < TEXTS_N)
			str_copy(t->text[i], CELL_BYTES, value);
		else if (i >= TEXTS_N && *value &&
			 (str_to_double(value, &t->figure[i - TEXTS_N]) ||
			  t->figure[i - TEXTS_N] < 0))
			return import_error(
				e, t->source, line,
				"%s: \"%.40s\": should be a number that is not negative",
				columns[i - TEXTS_N].name, value);
		if (**at != ',')
			break;
	}
	if (n != t->columns_n)
		return import_error(e, t->source, line, "%d cells: the header names %d", n,
				    t->columns_n);
	return 0;
}

static struct sample_run *run_of(struct table_reader *t)
{
	char label[2 * CELL_BYTES + 2];
	struct sample_run *run;

	snprintf(label, sizeof(label), "%s%s%s", t->text[ENVIRONMENT],
		 t->text[BACKEND][0] && t->text[ENVIRONMENT][0] ? ", " : "", t->text[BACKEND]);
	for (uint32_t i = t->first; i < t->to->n; i++)
		if (!strcmp(t->to->run[i].label, label))
			return &t->to->run[i];
	run = samples_add_run(t->to, t->source->path);
	if (!run || samples_set_label(run, label) ||
	    samples_set_fact(run, SAMPLE_TOOL, t->text[TOOL]))
		return NULL;
	return run;
}

/* A row that says the same workload again is a round of it. */
static int add_row(struct table_reader *t)
{
	struct sample_run *run = run_of(t);
	struct sample_workload *w;
	uint32_t before;

	if (!run)
		return -ENOMEM;
	before = run->workloads_n;
	w = samples_add_workload(run, t->text[WORKLOAD], SAMPLE_READ);
	if (!w)
		return -ENOMEM;
	for (size_t i = 0; i < FIGURES_N; i++)
		if (sample_known(t->figure[i]))
			*(double *)((char *)w + columns[i].offset) = t->figure[i] *
								     columns[i].scale;
	str_copy(w->shape.engine, sizeof(w->shape.engine), t->text[ENGINE]);
	samples_shape_from_name(&w->shape, t->text[WORKLOAD]);
	if (strstr(w->shape.rw, "write"))
		w->direction = SAMPLE_WRITE;
	/* They are of all jobs together; of one from here on. */
	if (w->shape.numjobs > 1) {
		w->usr_pct /= w->shape.numjobs;
		w->sys_pct /= w->shape.numjobs;
	}
	samples_derive(w);
	if (samples_repeat(run, before, w))
		run->workloads_n--;
	return 0;
}

static int read_csv(struct samples *to, const struct import_source *source, struct err *e)
{
	struct table_reader t = { .to = to, .source = source, .first = to->n };
	const char *at = source->bytes->data;
	int ret;

	ret = read_header(&t, &at, e);
	while (!ret && *at) {
		const char *line = at;

		if (*at == '\n' || !strncmp(at, "\r\n", 2)) {
			at += strcspn(at, "\n");
			at = next_line(at);
			continue;
		}
		ret = read_cells(&t, &at, line, e);
		if (!ret && !t.text[WORKLOAD][0])
			ret = import_error(e, source, line, "workload: should have a name");
		ret = ret ? ret : add_row(&t);
		at = next_line(at);
	}
	return ret;
}

const struct import_format import_csv = { "a CSV of figures", is_csv, read_csv };
