/* SPDX-License-Identifier: MIT */
/*
 * Runs a plan in a process of its own and watches it: whatever happens to the measuring process,
 * what it had measured is on the board.
 */
#ifndef TARE_RUN_RUN_H
#define TARE_RUN_RUN_H

#include <signal.h>

#include "model/plan.h"
#include "run/board.h"
#include "run/moment.h"

/* Who is told how the run goes. The measuring side waits between windows until all is told (60 s at
 * most): but for tick(), nobody is told anything inside a window. */
struct run_watcher {
	void (*record)(void *context, const struct plan *plan, const struct board *board,
		       uint32_t round, uint32_t section); /* a record is complete */
	void (*progress)(void *context, const struct plan *plan,
			 const struct board *board); /* while preparing, about twice a second */
	/* About once a second while a window is open, jobs count and nothing must disturb them. May
	 * be NULL. */
	void (*tick)(void *context, const struct plan *plan, const struct board *board);
	/* Every record of a round is complete and told. May be NULL. */
	void (*round)(void *context, const struct plan *plan, const struct board *board,
		      uint32_t round);
	/* The last call before the next window may open: whatever was told must have left the
	 * machine when it returns. May be NULL. */
	void (*quiet)(void *context);
	void *context;
};

/*
 * Runs to the end. `visitor` (may be NULL) looks at the target on the way, in the measuring
 * process. Sets board->stop when *stop becomes not 0. Never fails: what went wrong is on
 * the board, and records that were running are completed from what their jobs had counted.
 */
void run_plan(struct board *board, const struct plan *plan, const struct run_visitor *visitor,
	      const struct run_watcher *watcher, const volatile sig_atomic_t *stop);

#endif
