// SPDX-License-Identifier: MIT
/* The report. */
#include "render/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hw/disk_title.h"
#include "hw/disk_verdict.h"
#include "hw/host.h"
#include "lib/str.h"
#include "render/account.h"
#include "render/clean.h"
#include "render/probes.h"
#include "render/tables.h"
#include "render/wrap.h"
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

static const char *fact(const struct result *result, enum host_fact i)
{
	const struct host_value *value = &result->host.fact[i];

	return value->unknown[0] ? "unknown" : value->text;
}

/* The one that the loop reads. */
static void add_clock(struct buf *to, const struct tsc *tsc)
{
	struct buf line = BUF_INIT;

	if (tsc->used)
		buf_printf(&line, "tsc (%s), %.0f ns a read",
			   tsc->invariant ? "invariant" : "invariant bit hidden", tsc->call_ns);
	else
		buf_printf(&line, "the kernel's, %.0f ns a read%s%s", tsc->call_ns,
			   tsc->words[0] ? "; tsc not used: " : "", tsc->words);
	add_wrapped(to, "clock", line.data ? line.data : "");
	buf_free(&line);
}

void render_machine(struct buf *to, const struct result *result)
{
	const struct host_value *f = result->host.fact;
	struct buf line = BUF_INIT;
	char memory[32];

	buf_printf(&line, "%s; hypervisor %s", fact(result, HOST_MACHINE),
		   fact(result, HOST_HYPERVISOR));
	if (!f[HOST_HYPERVISOR_BACKDOOR].unknown[0])
		buf_printf(&line, " (backdoor: %s)", f[HOST_HYPERVISOR_BACKDOOR].text);
	buf_printf(&line, "; firmware %s, Secure Boot %s", fact(result, HOST_FIRMWARE),
		   fact(result, HOST_SECURE_BOOT));
	add_wrapped(to, "machine", line.data ? line.data : "");
	buf_free(&line);
	str_from_bytes(memory, sizeof(memory), f[HOST_MEMORY_BYTES].number);
	buf_printf(&line, "%" PRIu64 " x %s (%s); memory %s", f[HOST_CPUS].number,
		   fact(result, HOST_CPU_MODEL), fact(result, HOST_CPU_TOPOLOGY), memory);
	add_wrapped(to, "cpu", line.data ? line.data : "");
	buf_free(&line);
	buf_printf(&line, "%s; clock %s, %.0f ns a call (%.0f ns as a system call)",
		   fact(result, HOST_KERNEL), fact(result, HOST_CLOCKSOURCE), result->clock.call_ns,
		   result->clock.syscall_ns);
	add_wrapped(to, "kernel", line.data ? line.data : "");
	buf_free(&line);
	add_clock(to, &result->tsc);
	add_wrapped(to, "mitigations", fact(result, HOST_MITIGATIONS));
	if (!f[HOST_NETWORK].unknown[0])
		add_wrapped(to, "network", f[HOST_NETWORK].text);
}

static void add_disk_words(struct buf *line, const struct disk *d)
{
	disk_title(line, d);
	buf_printf(line, "; %s, %" PRIu32 " queue%s", d->driver[0] ? d->driver : "driver unknown",
		   d->hw_queues, d->hw_queues == 1 ? "" : "s");
	if (d->nr_requests)
		buf_printf(line, " of %" PRIu32, d->nr_requests);
	if (d->queue_depth)
		buf_printf(line, ", depth %" PRIu32, d->queue_depth);
	buf_printf(line, ", blocks %" PRIu32 "/%" PRIu32 ", scheduler %s, cache %s",
		   d->logical_block_bytes, d->physical_block_bytes,
		   d->scheduler[0] ? d->scheduler : "unknown",
		   d->write_cache[0] ? d->write_cache : "unknown");
}

/* Which CPUs have to do with it, and what was set before it was measured. */
static void add_setting(struct buf *to, const struct result *result)
{
	struct buf line = BUF_INIT;
	const char *joint = "set: ";

	if (result->target.irq_cpus[0]) {
		buf_printf(&line, "interrupts to CPUs %s", result->target.irq_cpus);
		joint = "; set: ";
	}
	for (uint32_t i = 0; i < result->tuned.n; i++) {
		const struct tuned_row *row = &result->tuned.row[i];

		if (!strcmp(row->before, row->after))
			continue;
		buf_printf(&line, "%s%s %s -> %s", joint, row->attribute, row->before, row->after);
		joint = ", ";
	}
	if (line.len)
		add_wrapped(to, "", line.data);
	buf_free(&line);
}

static void add_target(struct buf *to, const struct result *result)
{
	struct buf line = BUF_INIT;
	char span[32];

	if (!result->has_target) {
		add_wrapped(to, "target", "none");
		return;
	}
	if (result->target_is_file)
		buf_printf(&line, "file %s", result->path);
	else
		add_disk_words(&line, &result->target);
	add_wrapped(to, "target", line.data ? line.data : "");
	buf_free(&line);
	if (!result->target_is_file)
		add_setting(to, result);
	buf_printf(&line, "%s; span %s; blocks read: %s", result->access,
		   str_from_bytes(span, sizeof(span), result->span_bytes),
		   result_blocks_name(result->blocks));
	if (result->fill_ns)
		buf_printf(&line, "; filled once at %.0f MiB/s",
			   (double)result->span_bytes / (1 << 20) /
				   ((double)result->fill_ns / 1e9));
	add_wrapped(to, "", line.data ? line.data : "");
	buf_free(&line);
}

static void add_suite(struct buf *to, const struct result *result)
{
	struct buf line = BUF_INIT;

	if (result->until_steady)
		buf_printf(&line, "%s, to steady state: %" PRIu32 " of at most %" PRIu32 " rounds",
			   result->suite, result->rounds_done, result->rounds);
	else
		buf_printf(&line, "%s, %" PRIu32 " round%s", result->suite, result->rounds,
			   result->rounds == 1 ? "" : "s");
	buf_printf(&line, ", seed %" PRIu64, result->seed);
	add_wrapped(to, "suite", line.data ? line.data : "");
	buf_free(&line);
}

static void add_head(struct buf *to, const struct result *result)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "tare %s, build %s, run %s%s%s", result->version, result->build_id,
		   result->run, result->label[0] ? ", " : "", result->label);
	clean_add(to, line.data ? line.data : "", line.len);
	buf_puts(to, "\n\n");
	buf_free(&line);
	render_machine(to, result);
	add_target(to, result);
	add_suite(to, result);
	buf_printf(&line, "%s%s%s", result_state_name(result->state),
		   result->state == RESULT_DONE ? "" : ": ",
		   result->state == RESULT_DONE ? "" : result->reason);
	add_wrapped(to, "state", line.data ? line.data : "");
	buf_free(&line);
}

/* --- steady state --- */

static void add_steady(struct buf *to, const struct result *result)
{
	bool any = false;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];
		struct buf line = BUF_INIT;

		if (!w->steady.judged)
			continue;
		if (!any)
			buf_puts(to, "\nsteady state, by the last five rounds\n");
		any = true;
		buf_printf(&line, "%s: %s: spread %.1f %%, slope %.1f %%", w->work.name,
			   w->steady.reached ? "reached" : "not reached", w->steady.excursion_pct,
			   w->steady.slope_pct);
		add_wrapped(to, "", line.data ? line.data : "");
		buf_free(&line);
	}
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
	bool any = false;

	add_head(to, result);
	for (uint32_t i = 0; i < result->workloads_n; i++)
		any = any || result_ios(&result->workload[i]);
	if (any) {
		buf_puts(to, "\n");
		tables_add_figures(to, result);
		tables_add_costs(to, result);
		render_account(to, result);
		tables_add_waits(to, result);
		add_steady(to, result);
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
}
