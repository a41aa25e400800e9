// SPDX-License-Identifier: MIT
/* The table of the platform's costs. */
#include "render/probes.h"

#include <math.h>
#include <string.h>

#include "lib/table.h"
#include "render/clean.h"

/* Four significant digits, or all of a whole number. */
static void add_number(struct table *t, double value)
{
	double size = fabs(value);

	if (isnan(value))
		table_cell(t, "-");
	else if (size >= 1000 || value == floor(value))
		table_cell(t, "%.0f", value);
	else
		table_cell(t, "%.*f", size >= 100 ? 1 : size >= 10 ? 2 : 3, value);
}

static void add_cell(struct table *t, const char *text)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, text, strlen(text));
	table_cell(t, "%s", clean.data ? clean.data : "");
	buf_free(&clean);
}

static void add_rows(struct table *t, const struct probe *probe)
{
	for (uint32_t i = 0; i < probe->figures_n; i++) {
		const struct probe_figure *f = &probe->figure[i];

		if (f->kind == PROBE_IMPOSSIBLE)
			continue;
		add_cell(t, probe->name);
		add_cell(t, f->name);
		add_number(t, f->p50);
		if (f->kind == PROBE_VALUE) {
			table_cell(t, "%s", "");
			table_cell(t, "%s", "");
			continue;
		}
		add_number(t, f->p99);
		add_number(t, f->spread);
	}
}

static void add_words(struct buf *to, const struct probe *probe)
{
	for (uint32_t i = 0; i < probe->figures_n; i++) {
		const struct probe_figure *f = &probe->figure[i];

		if (f->kind != PROBE_IMPOSSIBLE)
			continue;
		clean_add(to, probe->name, strlen(probe->name));
		buf_puts(to, " ");
		clean_add(to, f->name, strlen(f->name));
		buf_puts(to, ": not possible here: ");
		clean_add(to, f->why, strlen(f->why));
		buf_puts(to, "\n");
	}
	if (!probe->note[0])
		return;
	clean_add(to, probe->name, strlen(probe->name));
	buf_puts(to, ": ");
	clean_add(to, probe->note, strlen(probe->note));
	buf_puts(to, "\n");
}

bool probes_table(struct table *t, const struct probe_list *list)
{
	static const char *const columns[] = { "platform", "figure", "p50", "p99", "spread" };

	if (!list->n)
		return false;
	table_init(t, "llrrr");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_cell(t, "%s", columns[i]);
	for (uint32_t i = 0; i < list->n; i++)
		add_rows(t, &list->probe[i]);
	return true;
}

void probes_legend(struct buf *to, const struct probe_list *list)
{
	buf_puts(to, "spread: between the quarters; p99 of a rate: its low side; - : fewer than "
		     "1,000 samples\n");
	for (uint32_t i = 0; i < list->n; i++)
		add_words(to, &list->probe[i]);
}

void render_probes(struct buf *to, const struct probe_list *list)
{
	struct table t;

	if (!probes_table(&t, list))
		return;
	table_render(to, &t, "");
	table_free(&t);
	buf_puts(to, "\n");
	probes_legend(to, list);
}
