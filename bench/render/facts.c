// SPDX-License-Identifier: MIT
/* The head of a report. */
#include "render/facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hw/disk_title.h"
#include "lib/str.h"
#include "result/result.h"

static void add(struct facts *to, const char *label, const char *text)
{
	struct facts_row *grown = realloc(to->fact, (to->n + 1) * sizeof(*grown));

	if (grown)
		to->fact = grown;
	if (!grown || !(grown[to->n].text = strdup(text))) {
		to->failed = true;
		return;
	}
	grown[to->n++].label = label;
}

/* Frees the line. */
static void add_line(struct facts *to, const char *label, struct buf *line)
{
	to->failed |= buf_failed(line);
	add(to, label, line->data ? line->data : "");
	buf_free(line);
}

static const char *fact(const struct result *result, enum host_fact i)
{
	const struct host_value *value = &result->host.fact[i];

	return value->unknown[0] ? "unknown" : value->text;
}

/* The one that the loop reads. */
static void add_clock(struct facts *to, const struct tsc *tsc)
{
	struct buf line = BUF_INIT;

	if (tsc->used)
		buf_printf(&line, "tsc (%s), %.0f ns a read",
			   tsc->invariant ? "invariant" : "invariant bit hidden", tsc->call_ns);
	else
		buf_printf(&line, "the kernel's, %.0f ns a read%s%s", tsc->call_ns,
			   tsc->words[0] ? "; tsc not used: " : "", tsc->words);
	add_line(to, "clock", &line);
}

void facts_machine(struct facts *to, const struct result *result)
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
	add_line(to, "machine", &line);
	str_from_bytes(memory, sizeof(memory), f[HOST_MEMORY_BYTES].number);
	buf_printf(&line, "%" PRIu64 " x %s (%s); memory %s", f[HOST_CPUS].number,
		   fact(result, HOST_CPU_MODEL), fact(result, HOST_CPU_TOPOLOGY), memory);
	add_line(to, "cpu", &line);
	buf_printf(&line, "%s; clock %s, %.0f ns a call (%.0f ns as a system call)",
		   fact(result, HOST_KERNEL), fact(result, HOST_CLOCKSOURCE), result->clock.call_ns,
		   result->clock.syscall_ns);
	add_line(to, "kernel", &line);
	add_clock(to, &result->tsc);
	add(to, "mitigations", fact(result, HOST_MITIGATIONS));
	if (!f[HOST_NETWORK].unknown[0])
		add(to, "network", f[HOST_NETWORK].text);
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
static void add_setting(struct facts *to, const struct result *result)
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
		add(to, "", line.data);
	buf_free(&line);
}

static void add_target(struct facts *to, const struct result *result)
{
	struct buf line = BUF_INIT;
	char span[32];

	if (!result->has_target) {
		add(to, "target", "none");
		return;
	}
	if (result->target_is_file)
		buf_printf(&line, "file %s", result->path);
	else
		add_disk_words(&line, &result->target);
	add_line(to, "target", &line);
	if (!result->target_is_file)
		add_setting(to, result);
	buf_printf(&line, "%s; span %s; blocks read: %s", result->access,
		   str_from_bytes(span, sizeof(span), result->span_bytes),
		   result_blocks_name(result->blocks));
	if (result->fill_ns)
		buf_printf(&line, "; filled once at %.0f MiB/s",
			   (double)result->span_bytes / (1 << 20) /
				   ((double)result->fill_ns / 1e9));
	add_line(to, "", &line);
}

static void add_suite(struct facts *to, const struct result *result)
{
	struct buf line = BUF_INIT;

	if (result->until_steady)
		buf_printf(&line, "%s, to steady state: %" PRIu32 " of at most %" PRIu32 " rounds",
			   result->suite, result->rounds_done, result->rounds);
	else
		buf_printf(&line, "%s, %" PRIu32 " round%s", result->suite, result->rounds,
			   result->rounds == 1 ? "" : "s");
	buf_printf(&line, ", seed %" PRIu64, result->seed);
	add_line(to, "suite", &line);
}

void facts_run(struct facts *to, const struct result *result)
{
	struct buf line = BUF_INIT;

	add_target(to, result);
	add_suite(to, result);
	buf_printf(&line, "%s%s%s", result_state_name(result->state),
		   result->state == RESULT_DONE ? "" : ": ",
		   result->state == RESULT_DONE ? "" : result->reason);
	add_line(to, "state", &line);
}

void facts_title(struct buf *to, const struct result *result)
{
	buf_printf(to, "tare %s, build %s, run %s%s%s", result->version, result->build_id,
		   result->run, result->label[0] ? ", " : "", result->label);
}

void facts_steady(struct facts *to, const struct result *result)
{
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];
		struct buf line = BUF_INIT;

		if (!w->steady.judged)
			continue;
		buf_printf(&line, "%s: %s: spread %.1f %%, slope %.1f %%", w->work.name,
			   w->steady.reached ? "reached" : "not reached", w->steady.excursion_pct,
			   w->steady.slope_pct);
		add_line(to, "", &line);
	}
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		free(facts->fact[i].text);
	free(facts->fact);
	*facts = (struct facts){ 0 };
}
