// SPDX-License-Identifier: MIT
/* A plan in words, before anything is touched. */
#include <inttypes.h>
#include <string.h>

#include "config/options.h"
#include "hw/disk_title.h"
#include "hw/disk_token.h"
#include "hw/disk_verdict.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "plan/plan.h"
#include "store/gpt.h"

const char *plan_access_words(const struct plan *plan)
{
	if (plan->target == PLAN_TARGET_NONE)
		return "";
	switch (plan->access) {
	case PLAN_PROVE_AND_WRITE:
		return "will be PROVEN BLANK, then marked and written";
	case PLAN_WRITE_MARKED:
		return "will be written (our own scratch partition)";
	case PLAN_DESTROY:
		return "will be DESTROYED: wiped at both ends, marked and written";
	case PLAN_WRITE_FILE:
		return "will be written";
	case PLAN_READ_FOUND:
	case PLAN_READ_ANY:
		return "will only be read";
	}
	return "";
}

/* Which bytes, and what becomes of them. */
static void print_places(struct buf *to, const struct plan *plan)
{
	if (plan->access == PLAN_PROVE_AND_WRITE || plan->access == PLAN_DESTROY)
		buf_printf(to, "        writes bytes 0 to %" PRIu64 ", and %s\n",
			   plan->span_bytes + GPT_ALIGN_BYTES,
			   plan->access == PLAN_DESTROY ? "the last 16 MiB"
							: "the table in the last blocks");
	else if (plan->access == PLAN_WRITE_MARKED)
		buf_puts(to, "        writes inside partition " GPT_SCRATCH_LABEL " alone\n");
	if (plan->restore && plan_writes(plan))
		buf_puts(to, "        at the end what was written is wiped (tare.restore=yes)\n");
}

static void print_target(struct buf *to, const struct plan *plan)
{
	char span[32];

	str_from_bytes(span, sizeof(span), plan->span_bytes);
	if (plan->target == PLAN_TARGET_NONE) {
		buf_printf(to, "target: none: %s\n", plan->reason);
		return;
	}
	if (plan->target == PLAN_TARGET_FILE) {
		buf_printf(to, "target: file %s, span %s: %s\n", plan->path, span,
			   plan_access_words(plan));
		buf_printf(to, "        %s\n", plan->reason);
		print_places(to, plan);
		return;
	}
	buf_puts(to, "target: ");
	disk_title(to, &plan->disk);
	buf_printf(to, ": %s\n", plan_access_words(plan));
	buf_printf(to, "        span %s; %s\n", span, plan->reason);
	print_places(to, plan);
}

void plan_print_disks(struct buf *to, const struct disk_list *disks, const struct plan *const *plan,
		      uint32_t n)
{
	buf_puts(to, "disks:\n");
	for (uint32_t i = 0; i < disks->n; i++) {
		const struct disk *disk = &disks->disk[i];
		struct buf words = BUF_INIT;
		uint32_t number = 0;

		for (uint32_t k = 0; k < n; k++)
			if (!strcmp(plan[k]->disk.node, disk->node))
				number = k + 1;
		if (number)
			buf_printf(to, "%6" PRIu32 "  ", number);
		else
			buf_puts(to, "     -  ");
		disk_title(to, disk);
		buf_printf(to, ": %s: %s\n", disk_verdict_name(disk->verdict), disk->reason);
		if (disk_token_offer(&words, disk) && !buf_failed(&words))
			buf_printf(to, "        to overwrite it: %s\n", words.data);
		buf_free(&words);
	}
}

void plan_print(struct buf *to, const struct plan *plan)
{
	uint64_t seconds = (plan->measure_ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S;
	char bs[32];

	print_target(to, plan);
	if (plan->probes_ms)
		buf_printf(to, "probes: what the platform costs, at most %" PRIu32 " s, first\n",
			   (plan->probes_ms + 999) / 1000);
	if (plan->detects && plan->detect_ms)
		buf_printf(to, "detectors: what is behind it, at most %" PRIu32 " s%s\n",
			   (plan->detect_ms + 999) / 1000,
			   plan_writes(plan) ? "; what they write is filled over" : "");
	buf_printf(to,
		   "suite:  %s, %s%" PRIu32 " round%s%s, at most %" PRIu64
		   " s of measuring, seed %" PRIu64 "\n",
		   plan->suite, plan->until_steady ? "at most " : "", plan->rounds,
		   plan->rounds == 1 ? "" : "s", plan->until_steady ? " (until steady)" : "",
		   seconds, plan->seed);
	for (uint32_t i = 0; i < plan->sections_n; i++) {
		const struct workload *w = &plan->section[i];

		buf_printf(to,
			   "        %-22s %s, bs %s, iodepth %" PRIu32 ", jobs %" PRIu32
			   ", %s%s%s\n",
			   w->name, options_rw_name(w->rw),
			   str_from_bytes(bs, sizeof(bs), w->bs_bytes), w->iodepth, w->numjobs,
			   options_engine_name(w->ioengine), plan->skip[i][0] ? ": skipped: " : "",
			   plan->skip[i]);
	}
}
