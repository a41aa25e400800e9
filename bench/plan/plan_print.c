// SPDX-License-Identifier: MIT
/* A plan in words, before anything is touched. */
#include <inttypes.h>

#include "config/options.h"
#include "hw/disk_title.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "plan/plan.h"

static const char *access_words(const struct plan *plan)
{
	switch (plan->access) {
	case PLAN_PROVE_AND_WRITE:
		return "will be PROVEN BLANK, then marked and written";
	case PLAN_WRITE_MARKED:
		return "will be written (our own scratch partition)";
	case PLAN_WRITE_FILE:
		return "will be written";
	case PLAN_READ_FOUND:
	case PLAN_READ_ANY:
		return "will only be read";
	}
	return "";
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
			   access_words(plan));
		buf_printf(to, "        %s\n", plan->reason);
		return;
	}
	buf_puts(to, "target: ");
	disk_title(to, &plan->disk);
	buf_printf(to, ": %s\n", access_words(plan));
	buf_printf(to, "        span %s; %s\n", span, plan->reason);
}

void plan_print(struct buf *to, const struct plan *plan)
{
	uint64_t seconds = (plan->measure_ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S;
	char bs[32];

	print_target(to, plan);
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
