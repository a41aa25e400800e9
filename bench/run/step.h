/* SPDX-License-Identifier: MIT */
/* Runs one step of a plan once: its jobs side by side, one window for all, and what they counted
 * onto the board. */
#ifndef TARE_RUN_STEP_H
#define TARE_RUN_STEP_H

#include "model/plan.h"
#include "run/board.h"
#include "run/found.h"

/* What the step runs on. */
struct step_target {
	int fd;
	uint64_t span_bytes;
	const struct found *found; /* NULL: the whole span was written by us */
	const char *node;	   /* of its whole disk, for the kernel's counters; NULL: a file */
};

/* Runs step `step` in round `round`, the position-th of it. Fills the records of its sections;
 * failures are in the records. */
void step_run(struct board *board, const struct plan *plan, const struct step_target *target,
	      uint32_t round, uint32_t position, uint32_t step);

/*
 * Writes the whole span once, in order, with stamped random data: 1 MiB blocks at depth 16.
 * Progress is board->done; board->blocks says so when it is done. Returns 0 or -errno with *e set.
 */
int step_fill(struct board *board, const struct plan *plan, const struct step_target *target,
	      struct err *e);

/*
 * Reads the whole span once, in the same way, and looks at every stamp. Returns 0, or -EIO with *e
 * naming the first wrong block: offset, what was expected, what was found.
 */
int step_verify(struct board *board, const struct plan *plan, const struct step_target *target,
		struct err *e);

#endif
