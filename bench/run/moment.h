/* SPDX-License-Identifier: MIT */
/*
 * Moments of a run at which somebody else looks at the target, in the measuring process: whoever
 * does is given what is open, and is above this layer.
 */
#ifndef TARE_RUN_MOMENT_H
#define TARE_RUN_MOMENT_H

#include "model/plan.h"
#include "run/board.h"
#include "run/step.h"

enum run_moment {
	RUN_UNTOUCHED, /* a target that is there; nothing was read for this run but by the scan.
			  The descriptor only reads, and the span is as planned. */
	RUN_UNFILLED,  /* it may be written, and nothing in its span was yet. Whatever is left
			  there is filled over. */
	RUN_READY,     /* it was filled, or searched: what reads hit holds something */
};

struct run_visitor {
	void (*visit)(void *context, enum run_moment moment, struct board *board,
		      const struct plan *plan, const struct step_target *target);
	void *context;
};

/* NULL: nobody looks. */
static inline void run_visit(const struct run_visitor *visitor, enum run_moment moment,
			     struct board *board, const struct plan *plan,
			     const struct step_target *target)
{
	if (visitor)
		visitor->visit(visitor->context, moment, board, plan, target);
}

#endif
