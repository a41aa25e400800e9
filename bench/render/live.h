/* SPDX-License-Identifier: MIT */
/*
 * The picture of a run for whoever stands in front of the machine: what machine this is, the disks
 * with their verdicts, the plan as a table that fills with figures, and a line that lives. Reads
 * the board as it is, while jobs count on it; writes nothing.
 */
#ifndef TARE_RENDER_LIVE_H
#define TARE_RENDER_LIVE_H

#include <stdint.h>

#include "model/disk.h"
#include "model/host.h"
#include "plan/plan.h"
#include "render/sheet.h"
#include "run/board.h"

/* What the picture is made of; all of it outlives the picture. */
struct live {
	const struct host *host;
	const struct disk_list *disks;
	const struct plan *const *plan; /* plans_n > 0 */
	uint32_t plans_n, current;	/* whose workloads are shown */
	const struct board *board;	/* of the current one; NULL: nothing has begun */
};

/* What the running jobs have counted in their window until a moment. */
struct live_count {
	uint64_t at_ns; /* tsc_now_ns() */
	uint64_t ios, clat_sum_ns;
};

/* Rows at the bottom that are left for messages. */
uint32_t live_messages(uint32_t rows);

/* The picture; where everything does not fit, disks that are not measured and workloads that do not
 * run give way. Returns the row of the line that lives, which is empty. */
uint32_t live_sheet(struct sheet *sheet, const struct live *live);

struct live_count live_count(const struct board *board, uint64_t now_ns);

/* What the plan still takes at most, by the clock now_ns = tsc_now_ns(). */
uint64_t live_left_ns(const struct plan *plan, const struct board *board, uint64_t now_ns);

/* Steps of all rounds that came to an end, of how many. */
void live_steps(uint32_t *done, uint32_t *total, const struct plan *plan,
		const struct board *board);

/*
 * The line that lives while a window is open: round, how far the workload is, seconds left; I/Os
 * per second and mean latency since `before`; and what the run still takes.
 */
void live_line(struct buf *to, const struct plan *plan, const struct board *board,
	       const struct live_count *now, const struct live_count *before);

/* The same while bytes are read or written before or after measuring: `what` is done to `done` of
 * `total` bytes, since `ns`. */
void live_progress(struct buf *to, const char *what, uint64_t done, uint64_t total, uint64_t ns);

#endif
