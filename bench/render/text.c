// SPDX-License-Identifier: MIT
/* The report. */
#include "render/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/str.h"
#include "lib/table.h"
#include "render/clean.h"
#include "render/detections.h"
#include "render/facts.h"
#include "render/probes.h"
#include "render/tables.h"
#include "render/wrap.h"
#include "result/detections_json.h"
#include "result/result.h"

#define WIDTH  100
#define INDENT 12

static const char *const direction_names[] = { "read", "write" };

/* --- lines of facts --- */

/* Text after a label, wrapped at blanks to the width of the report. */
static void add_wrapped(struct buf *to, const char *label, const char *text)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, text, strlen(text));
	to->failed |= buf_failed(&clean);
	buf_printf(to, "%-*s", INDENT, label);
	wrap_add(to, clean.len ? clean.data : "", WIDTH, INDENT);
	buf_free(&clean);
}

static void add_facts(struct buf *to, struct facts *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		add_wrapped(to, facts->fact[i].label, facts->fact[i].text);
	to->failed |= facts->failed;
	facts_free(facts);
}

void render_machine(struct buf *to, const struct result *result)
{
	struct facts facts = { 0 };

	facts_machine(&facts, result);
	add_facts(to, &facts);
}

static void add_head(struct buf *to, const struct result *result)
{
	struct facts facts = { 0 };
	struct buf line = BUF_INIT;

	facts_title(&line, result);
	clean_add(to, line.data ? line.data : "", line.len);
	buf_puts(to, "\n\n");
	buf_free(&line);
	facts_machine(&facts, result);
	facts_run(&facts, result);
	add_facts(to, &facts);
}

static void add_tables(struct buf *to, const struct result *result)
{
	for (size_t i = 0; i < TABLES_N; i++) {
		struct buf legend = BUF_INIT;
		struct table t;

		if (!tables[i](&t, &legend, result))
			continue;
		buf_puts(to, "\n");
		table_render(to, &t, "");
		buf_puts(to, "\n");
		buf_add(to, legend.data, legend.len);
		to->failed |= buf_failed(&legend);
		table_free(&t);
		buf_free(&legend);
	}
}

/* --- steady state --- */

static void add_steady(struct buf *to, const struct result *result)
{
	struct facts facts = { 0 };

	facts_steady(&facts, result);
	if (facts.n)
		buf_puts(to, "\nsteady state, by the last five rounds\n");
	add_facts(to, &facts);
}

static void add_notes(struct buf *to, const char *title, const struct notes *notes)
{
	if (notes->n)
		buf_printf(to, "\n%s\n", title);
	for (size_t i = 0; i < notes->n; i++)
		add_wrapped(to, "", notes->text[i]);
}

void render_text(struct buf *to, const struct result *result)
{
	add_head(to, result);
	add_tables(to, result);
	add_steady(to, result);
	if (result->detectors.n) {
		buf_puts(to, "\n");
		render_detections(to, &result->detectors);
	}
	if (result->probes.n) {
		buf_puts(to, "\n");
		render_probes(to, &result->probes);
	}
	add_notes(to, "warnings", &result->warnings);
	add_notes(to, "disks and what was done to them", &result->safety);
}

void render_round_line(struct buf *to, const char *name, const struct result_round *round)
{
	buf_printf(to, "round %" PRIu32 " ", round->round + 1);
	clean_add(to, name, strlen(name));
	buf_printf(to, ": %s", round->state);
	for (int d = 0; d < 2; d++) {
		const struct result_round_io *io = &round->io[d];
		double seconds = (double)round->measured_ns / 1e9;

		if (!io->ios || seconds <= 0)
			continue;
		buf_printf(to, "; %s %.0f IOPS, %.1f MiB/s, mean %.1f us, p99 %.1f us",
			   direction_names[d], (double)io->ios / seconds,
			   (double)io->bytes / seconds / (1 << 20), io->clat_mean_ns / 1e3,
			   (double)io->clat_p99_ns / 1e3);
	}
	if (round->failure[0])
		buf_printf(to, ": %s", round->failure);
}

/* --- the summary on a serial line --- */

static void add_quoted(struct buf *to, const char *key, const char *text)
{
	struct buf clean = BUF_INIT;

	clean_add(&clean, text, strlen(text));
	for (size_t i = 0; i < clean.len; i++)
		if (clean.data[i] == '"')
			clean.data[i] = '\'';
	buf_printf(to, " %s=\"%s\"", key, clean.data ? clean.data : "");
	buf_free(&clean);
}

/* Quoted only where it would not be one word. */
static void add_word(struct buf *to, const char *key, const char *text)
{
	bool plain = *text;

	for (const char *c = text; *c; c++)
		plain = plain && *c > ' ' && *c != 0x7f && *c != '"';
	if (plain)
		buf_printf(to, " %s=%s", key, text);
	else
		add_quoted(to, key, text);
}

void render_round_summary(struct buf *to, const char *name, const struct result_round *round)
{
	double seconds = (double)round->measured_ns / 1e9;

	buf_printf(to, "ev=round round=%" PRIu32, round->round + 1);
	add_word(to, "name", name);
	buf_printf(to, " state=%s", round->state);
	for (int d = 0; d < 2; d++)
		if (round->io[d].ios && seconds > 0)
			buf_printf(to, " %s_iops=%.0f %s_p99_us=%.1f", direction_names[d],
				   (double)round->io[d].ios / seconds, direction_names[d],
				   (double)round->io[d].clat_p99_ns / 1e3);
}

void render_summary(struct buf *to, const struct result *result)
{
	buf_printf(to, "ev=result state=\"%s\"", result_state_name(result->state));
	add_word(to, "suite", result->suite);
	buf_printf(to, " rounds=%" PRIu32 " seed=%" PRIu64, result->rounds, result->seed);
	add_word(to, "build", result->build_id);
	if (result->label[0])
		add_quoted(to, "label", result->label);
	if (result->state != RESULT_DONE)
		add_quoted(to, "reason", result->reason);
	buf_puts(to, "\n");
	for (uint32_t i = 0; i < result->workloads_n && to->len < 7000; i++) {
		const struct result_workload *w = &result->workload[i];

		for (int d = 0; d < 2; d++) {
			if (!w->io[d].ios)
				continue;
			buf_puts(to, "ev=workload");
			add_word(to, "name", w->work.name);
			buf_printf(to,
				   " rw=%s iops=%.0f mib_per_s=%.1f mean_us=%.1f p99_us=%.1f "
				   "seconds=%.1f\n",
				   direction_names[d], result_iops(w, d),
				   result_bytes_per_s(w, d) / (1 << 20),
				   histogram_mean_ns(&w->io[d].clat) / 1e3,
				   (double)histogram_percentile_ns(&w->io[d].clat, 99) / 1e3,
				   (double)w->measured_ns / 1e9);
		}
	}
	for (uint32_t i = 0; i < result->detectors.n && to->len < 7800; i++) {
		const struct detection *d = &result->detectors.detection[i];
		char value[32];

		if (d->verdict != DETECTION_FOUND)
			continue;
		buf_puts(to, "ev=detector");
		add_word(to, "name", d->name);
		buf_printf(to, " kind=%s", detection_kind_name(d->kind));
		if (isfinite(d->value))
			buf_printf(to, " value=%s unit=%s",
				   str_from_number(value, sizeof(value), d->value), d->unit);
		buf_puts(to, "\n");
	}
}
