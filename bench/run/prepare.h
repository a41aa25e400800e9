/* SPDX-License-Identifier: MIT */
/*
 * Gets a target ready: proves it blank, has it opened, fills it; or finds what may be read. Nothing
 * is measured, and nothing but what the plan says is touched.
 */
#ifndef TARE_RUN_PREPARE_H
#define TARE_RUN_PREPARE_H

#include "lib/err.h"
#include "model/plan.h"
#include "run/board.h"
#include "run/moment.h"
#include "run/step.h"

struct prepared {
	struct step_target target; /* its fd is -1 where nothing is open */
	struct found found;
	const struct run_visitor *visitor;
};

/* Fills `prepared` and the board's account of it; on the way `visitor` (may be NULL) looks at the
 * target. Returns 0 or -errno with *e set; free in both
 * cases with prepare_free(). */
int prepare_target(struct prepared *prepared, struct board *board, const struct plan *plan,
		   const struct run_visitor *visitor, struct err *e);
void prepare_free(struct prepared *prepared);

#endif
