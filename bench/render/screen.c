// SPDX-License-Identifier: MIT
/* The result for whoever stands in front of the machine. The whole report goes to files and serial
 * lines. */
#include "render/screen.h"

#include <inttypes.h>
#include <string.h>

#include "hw/disk_title.h"
#include "lib/str.h"
#include "lib/table.h"
#include "result/result.h"

#define NAME_CHARS 24 /* of a workload, where figures leave room for it */

static const char *const direction_names[] = { "read", "write" };
static const char *const column_names[] = { "workload", "",	  "IOPS",      "MiB/s",
					    "mean us",	"p99 us", "CPU us/IO", "s" };

/* One line, cut where the screen ends. */
static void add_line(struct buf *to, struct buf *line)
{
	if (line->data)
		buf_printf(to, "%.*s\n",
			   (int)str_utf8_head(line->data, line->len, SCREEN_COLUMNS - 1),
			   line->data);
	buf_free(line);
}

static const char *known(const struct result *result, enum host_fact i)
{
	return result->host.fact[i].unknown[0] ? "unknown" : result->host.fact[i].text;
}

static void add_head(struct buf *to, const struct result *result)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "tare %s, run %s, build %s", result->version, result->run,
		   result->build_id);
	add_line(to, &line);
	buf_printf(&line, "%s, %" PRIu64 " x %s", known(result, HOST_HYPERVISOR),
		   result->host.fact[HOST_CPUS].number, known(result, HOST_CPU_MODEL));
	add_line(to, &line);
	if (result->has_target && !result->target_is_file) {
		disk_title(&line, &result->target);
		buf_printf(&line, ", %s", result->access);
		add_line(to, &line);
	}
	buf_printf(&line, "suite %s: %s%s%s", result->suite, result_state_name(result->state),
		   result->state == RESULT_DONE ? "" : ": ",
		   result->state == RESULT_DONE ? "" : result->reason);
	add_line(to, &line);
}

static void add_row(struct table *t, const struct result_workload *w, int d, size_t name_chars)
{
	const struct histogram *clat = &w->io[d].clat;
	double cpu_ns = (double)(w->cpu.thread_ns + w->cpu.irq_ns + w->cpu.softirq_ns);

	table_cell(t, "%.*s", (int)str_utf8_head(w->work.name, strlen(w->work.name), name_chars),
		   w->work.name);
	table_cell(t, "%s", direction_names[d]);
	table_cell(t, "%.0f", result_iops(w, d));
	table_cell(t, "%.1f", result_bytes_per_s(w, d) / (1 << 20));
	table_cell(t, "%.1f", histogram_mean_ns(clat) / 1e3);
	if (histogram_percentile_holds(w->io[d].ios, 99))
		table_cell(t, "%.1f", (double)histogram_percentile_ns(clat, 99) / 1e3);
	else
		table_cell(t, "-");
	table_cell(t, "%.2f", cpu_ns / (double)result_ios(w) / 1e3);
	table_cell(t, "%.1f", (double)w->measured_ns / 1e9);
}

/* Returns the width of the table, whose names have at most that many characters. */
static size_t try_table(struct buf *to, const struct result *result, size_t name_chars)
{
	struct table t;
	size_t width = 0;

	table_init(&t, "llrrrrrr");
	for (size_t i = 0; i < sizeof(column_names) / sizeof(column_names[0]); i++)
		table_cell(&t, "%s", column_names[i]);
	for (uint32_t i = 0; i < result->workloads_n; i++)
		for (int d = 0; d < 2; d++)
			if (result->workload[i].io[d].ios)
				add_row(&t, &result->workload[i], d, name_chars);
	table_render(to, &t, "");
	table_free(&t);
	/* the rule below the header is as wide as the widest cells, and of one byte a character */
	if (to->data && strchr(to->data, '\n'))
		width = strcspn(strchr(to->data, '\n') + 1, "\n");
	return width;
}

/* Figures are never cut: names give way. */
static void add_table(struct buf *to, const struct result *result)
{
	struct buf text = BUF_INIT;
	size_t width = try_table(&text, result, NAME_CHARS), over;

	if (width > SCREEN_COLUMNS - 1) {
		over = width - (SCREEN_COLUMNS - 1);
		buf_free(&text);
		try_table(&text, result, over < NAME_CHARS ? NAME_CHARS - over : 1);
	}
	to->failed |= buf_failed(&text);
	buf_puts(to, text.data ? text.data : "");
	buf_free(&text);
}

void render_screen(struct buf *to, const struct result *result)
{
	uint64_t ios = 0;

	for (size_t i = 0; i < result->warnings.n; i++) {
		struct buf line = BUF_INIT;

		buf_printf(&line, "warning: %s", result->warnings.text[i]);
		add_line(to, &line);
	}
	add_head(to, result);
	for (uint32_t i = 0; i < result->workloads_n; i++)
		ios += result_ios(&result->workload[i]);
	if (ios)
		add_table(to, result);
}
