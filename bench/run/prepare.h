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
#include "run/step.h"

struct prepared {
	struct step_target target; /* its fd is -1 where nothing is open */
	struct found found;
};

/* Fills `prepared` and the board's account of it. Returns 0 or -errno with *e set; free in both
 * cases with prepare_free(). */
int prepare_target(struct prepared *prepared, struct board *board, const struct plan *plan,
		   struct err *e);
void prepare_free(struct prepared *prepared);

#endif
