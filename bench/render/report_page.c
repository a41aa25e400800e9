// SPDX-License-Identifier: MIT
/* The report as a page, in the order of its text. */
#include "render/report_page.h"

#include "render/compare_account.h"
#include "render/compare_charts.h"
#include "render/detections.h"
#include "render/facts.h"
#include "render/probes.h"
#include "render/tables.h"

/* Rows without a label go on with the one before them. */
static void add_facts(const struct page *p, const struct result *result)
{
	struct facts facts = { 0 };
	struct table t;

	facts_machine(&facts, result);
	facts_run(&facts, result);
	table_init(&t, "ll");
	table_cell(&t, "%s", "");
	table_cell(&t, "%s", "what was measured, and where");
	for (size_t i = 0; i < facts.n; i++) {
		table_cell(&t, "%s", facts.fact[i].label);
		table_cell(&t, "%s", facts.fact[i].text);
	}
	t.failed |= facts.failed;
	page_table(p, &t, false);
	facts_free(&facts);
}

static void add_legend(const struct page *p, struct buf *legend)
{
	p->to->failed |= buf_failed(legend);
	p->style->note(p->to, legend->data ? legend->data : "");
	buf_free(legend);
}

static void add_tables(const struct page *p, const struct result *result)
{
	for (size_t i = 0; i < TABLES_N; i++) {
		struct buf legend = BUF_INIT;
		struct table t;

		if (!tables[i](&t, &legend, result))
			continue;
		if (!i)
			p->style->heading(p->to, 2, "Figures");
		page_table(p, &t, false);
		add_legend(p, &legend);
	}
}

static void add_steady(const struct page *p, const struct result *result)
{
	struct facts facts = { 0 };

	facts_steady(&facts, result);
	if (facts.n) {
		p->style->heading(p->to, 2, "Steady state, by the last five rounds");
		p->style->list(p->to, true);
		for (size_t i = 0; i < facts.n; i++)
			p->style->item(p->to, SAYS_PLAIN, facts.fact[i].text);
		p->style->list(p->to, false);
	}
	facts_free(&facts);
}

static void add_detections(const struct page *p, const struct detection_list *list)
{
	struct table t;

	if (!detections_table(&t, list))
		return;
	p->style->heading(p->to, 2, "Findings and limits");
	page_table(p, &t, false);
}

static void add_probes(const struct page *p, const struct probe_list *probes)
{
	struct buf legend = BUF_INIT;
	struct table t;

	if (!probes_table(&t, probes))
		return;
	p->style->heading(p->to, 2, "What the platform costs");
	page_table(p, &t, false);
	probes_legend(&legend, probes);
	add_legend(p, &legend);
}

static void add_notes(const struct page *p, const char *title, const struct notes *notes)
{
	if (!notes->n)
		return;
	p->style->heading(p->to, 2, title);
	p->style->list(p->to, true);
	for (size_t i = 0; i < notes->n; i++)
		p->style->item(p->to, SAYS_PLAIN, notes->text[i]);
	p->style->list(p->to, false);
}

void report_page(const struct page *p, const struct result *result, const struct comparison *charts)
{
	struct buf title = BUF_INIT;

	facts_title(&title, result);
	page_heading(p, 1, &title);
	add_facts(p, result);
	add_tables(p, result);
	add_steady(p, result);
	add_detections(p, &result->detectors);
	if (charts) {
		compare_account(p, charts);
		compare_charts(p, charts);
	}
	add_probes(p, &result->probes);
	add_notes(p, "Warnings", &result->warnings);
	add_notes(p, "Disks and what was done to them", &result->safety);
}
