// SPDX-License-Identifier: MIT
/* The tables of the report. A figure that its sample does not support is a '-'. */
#include "render/tables.h"

#include <inttypes.h>
#include <string.h>

#include "lib/table.h"
#include "render/account.h"
#include "render/clean.h"
#include "result/cost.h"
#include "result/result.h"

static const char *const direction_names[] = { "read", "write" };

static void add_us(struct table *t, double ns, bool holds)
{
	double us = ns / 1000;

	if (!holds)
		table_cell(t, "-");
	else if (us < 10)
		table_cell(t, "%.2f", us);
	else if (us < 1000)
		table_cell(t, "%.1f", us);
	else
		table_cell(t, "%.0f", us);
}

static void add_name(struct table *t, const struct result_workload *w, const char *more)
{
	struct buf name = BUF_INIT;

	clean_add(&name, w->work.name, strlen(w->work.name));
	table_cell(t, "%s%s%s", name.data ? name.data : "", more[0] ? " " : "", more);
	buf_free(&name);
}

/* Mean and percentiles, as far as the sample supports them. */
static void add_distribution(struct table *t, const struct histogram *h)
{
	add_us(t, histogram_mean_ns(h), h->n > 0);
	add_us(t, (double)histogram_percentile_ns(h, 50), h->n > 0);
	add_us(t, (double)histogram_percentile_ns(h, 99), histogram_percentile_holds(h->n, 99));
	add_us(t, (double)histogram_percentile_ns(h, 99.9), histogram_percentile_holds(h->n, 99.9));
}

static void begin_table(struct table *t, const char *align, const char *const *columns)
{
	table_init(t, align);
	for (size_t i = 0; i < strlen(align); i++)
		table_cell(t, "%s", columns[i]);
}

static void add_row(struct table *t, const struct result_workload *w, int d, bool mixed)
{
	add_name(t, w, mixed ? direction_names[d] : "");
	table_cell(t, "%.0f", result_iops(w, d));
	table_cell(t, "%.1f", result_bytes_per_s(w, d) / (1 << 20));
	table_cell(t, "%.1f", result_depth(w));
	add_distribution(t, &w->io[d].clat);
	table_cell(t, "%.1f%s", (double)w->measured_ns / 1e9,
		   w->measured_ns < 10 * CLOCK_NS_PER_S ? "*" : "");
}

static bool any_ios(const struct result *result)
{
	for (uint32_t i = 0; i < result->workloads_n; i++)
		if (result_ios(&result->workload[i]))
			return true;
	return false;
}

bool tables_figures(struct table *t, struct buf *legend, const struct result *result)
{
	static const char *const columns[] = { "workload", "IOPS", "MiB/s", "depth",  "mean",
					       "p50",	   "p99",  "p99.9", "seconds" };
	bool is_short = false;

	if (!any_ios(result))
		return false;
	begin_table(t, "lrrrrrrrr", columns);
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];
		bool mixed = w->io[0].ios && w->io[1].ios;

		if (!result_ios(w))
			continue;
		is_short = is_short || w->measured_ns < 10 * CLOCK_NS_PER_S;
		for (int d = 0; d < 2; d++)
			if (w->io[d].ios)
				add_row(t, w, d, mixed);
	}
	buf_puts(legend,
		 "depth: I/Os in flight, on average; mean to p99.9: completion latency in us;\n"
		 "- : too few I/Os for this percentile\n");
	if (is_short)
		buf_puts(legend,
			 "* : less than 10 s were measured: a first answer, not for ranking\n");
	return true;
}

/* --- CPU per I/O --- */

static void add_cost_row(struct table *t, const struct result *result,
			 const struct result_workload *w)
{
	struct cost irq = cost_per_io(result, w, COST_IRQ);
	struct cost softirq = cost_per_io(result, w, COST_SOFTIRQ);
	double cycles = cost_cycles_per_io(result, w);

	add_name(t, w, "");
	add_us(t, cost_per_io(result, w, COST_THREAD_USER).ns, true);
	add_us(t, cost_per_io(result, w, COST_THREAD_SYSTEM).ns, true);
	add_us(t, irq.ns + softirq.ns, true);
	add_us(t, irq.error_ns + softirq.error_ns, true);
	add_us(t, cost_per_io(result, w, COST_STEAL).ns, true);
	if (cycles > 0)
		table_cell(t, "%.0f", cycles);
	else
		table_cell(t, "-");
}

bool tables_costs(struct table *t, struct buf *legend, const struct result *result)
{
	static const char *const columns[] = { "CPU per I/O", "user",  "system", "intr",
					       "+-",	      "steal", "cycles" };

	if (!any_ios(result))
		return false;
	begin_table(t, "lrrrrrr", columns);
	for (uint32_t i = 0; i < result->workloads_n; i++)
		if (result_ios(&result->workload[i]))
			add_cost_row(t, result, &result->workload[i]);
	buf_puts(legend,
		 "in us; user, system: of the submitting threads; intr, steal: of the whole "
		 "machine, to within +-;\ncycles: user, system and intr, at the counter's "
		 "rate\n");
	return true;
}

/* --- flushes, and open loops --- */

static void add_wait(struct table *t, const struct result_workload *w, const char *what,
		     const struct histogram *h)
{
	if (!h->n)
		return;
	add_name(t, w, what);
	table_cell(t, "%" PRIu64, h->n);
	add_distribution(t, h);
	add_us(t, (double)h->max_ns, true);
}

bool tables_waits(struct table *t, struct buf *legend, const struct result *result)
{
	static const char *const columns[] = {
		"flushes, open loops", "n", "mean", "p50", "p99", "p99.9", "max"
	};
	static const char *const what[] = { "read response", "write response" };
	uint64_t any = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		any += w->sync.n + w->io[0].response.n + w->io[1].response.n;
	}
	if (!any)
		return false;
	begin_table(t, "lrrrrrr", columns);
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		add_wait(t, w, "flush", &w->sync);
		for (int d = 0; d < 2; d++)
			add_wait(t, w, what[d], &w->io[d].response);
	}
	buf_puts(legend,
		 "in us; flush: fsync and fdatasync; response: from when an I/O was due until "
		 "it was done\n");
	return true;
}

tables_build *const tables[TABLES_N] = { tables_figures, tables_costs, account_table,
					 tables_waits };
