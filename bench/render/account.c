// SPDX-License-Identifier: MIT
/* A column for each part that any workload has; what is zero in all of them has none. */
#include "render/account.h"

#include <stdio.h>
#include <string.h>

#include "compare/gap.h"
#include "lib/table.h"
#include "render/clean.h"
#include "result/account.h"

#define SHOWN_NS 5.0 /* what reads as 0.00 us is nothing */

struct columns {
	bool part[ACCOUNT_PARTS_N];
	char align[ACCOUNT_PARTS_N + 5];
};

static void see(struct columns *c, const struct account *a)
{
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		c->part[i] = c->part[i] || a->part_ns[i] >= SHOWN_NS;
}

static void add_us(struct table *t, double ns, bool sign)
{
	double us = ns / 1000, size = fabs(us);

	if (isnan(us))
		table_cell(t, "-");
	else
		table_cell(t, sign ? "%+.*f" : "%.*f", size < 10 ? 2 : size < 1000 ? 1 : 0, us);
}

static void add_name(struct table *t, const char *before, const char *name)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, name, strlen(name));
	table_cell(t, "%s%s", before, clean.data ? clean.data : "");
	buf_free(&clean);
}

static void add_parts(struct table *t, const struct columns *c, const double *part_ns, bool sign)
{
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		if (c->part[i])
			add_us(t, part_ns[i], sign);
}

static void add_account(struct table *t, const struct columns *c, const struct account *a)
{
	add_us(t, a->whole_ns, false);
	add_parts(t, c, a->part_ns, false);
	add_us(t, account_unexplained_ns(a), true);
	add_us(t, account_error_ns(a), false);
}

/* What null_blk has none of is all the platform's. */
static void add_beyond(struct table *t, const struct columns *c, const struct account *a,
		       const struct account *null)
{
	struct comparison_gap gap = gap_of(a, null);

	add_name(t, "  ", "beyond null_blk");
	add_us(t, gap.whole_ns, true);
	add_parts(t, c, gap.part_ns, true);
	add_us(t, gap.unexplained_ns, true);
	table_cell(t, "%s", "");
}

static void add_header(struct table *t, struct columns *c)
{
	size_t n = 0;

	c->align[n++] = 'l';
	for (int i = 0; i < ACCOUNT_PARTS_N + 3; i++)
		if (i >= ACCOUNT_PARTS_N || c->part[i])
			c->align[n++] = 'r';
	c->align[n] = '\0';
	table_init(t, c->align);
	table_cell(t, "time per I/O");
	table_cell(t, "whole");
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		if (c->part[i])
			table_cell(t, "%s", gap_parts[i].label);
	table_cell(t, "unexpl.");
	table_cell(t, "+-");
}

static void add_null(struct table *t, const struct columns *c, const struct result *result)
{
	static const char *const names[] = { "null_blk, qd 1", "null_blk, 16 a call" };

	for (int batches = 0; batches < 2; batches++) {
		struct account null = account_null(result, batches);

		if (!account_known(&null))
			continue;
		add_name(t, "", names[batches]);
		add_account(t, c, &null);
	}
}

static void add_words(struct buf *to, const struct columns *c)
{
	buf_puts(to, "in us; whole: what the submitting threads had for each I/O; tool, clock: "
		     "outside of the calls;\n");
	if (c->part[ACCOUNT_KERNEL])
		buf_puts(to, "kernel: submission and completion, not told apart;\n");
	buf_puts(to,
		 "submit: inside of the submitting call; complete: all other CPU time, and "
		 "interrupts;\nwake-up: sleeps, by what the probe found one to cost; wait: idle, "
		 "waiting for device and host;\nunexpl.: what the parts leave of the whole; below "
		 "+- it is nothing; negative: beside the threads\n");
}

bool account_table(struct table *t, struct buf *legend, const struct result *result)
{
	struct columns c = { 0 };
	bool any = false;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		struct account a = account_of(result, i);

		any = any || account_known(&a);
		see(&c, &a);
	}
	if (!any)
		return false;
	add_header(t, &c);
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		struct account a = account_of(result, i), null = account_null_like(result, i);

		if (!account_known(&a))
			continue;
		add_name(t, "", result->workload[i].work.name);
		add_account(t, &c, &a);
		if (account_known(&null))
			add_beyond(t, &c, &a, &null);
	}
	add_null(t, &c, result);
	add_words(legend, &c);
	return true;
}
