/* SPDX-License-Identifier: MIT */
/* Puts a target back at the end (tare.restore=yes): zeros where the run wrote, and no mark. */
#ifndef TARE_RUN_RESTORE_H
#define TARE_RUN_RESTORE_H

#include "model/plan.h"
#include "run/board.h"

/* True where the plan asks for it, and something was written that can be put back. */
bool restore_is_due(const struct board *board, const struct plan *plan);

/*
 * Restores what the board says this run was granted: of a disk the span, and the mark where the
 * span is all of the scratch partition; of a file the span, whether this run made it or not. The
 * target must be closed. The outcome is board->restored and restore_failure; progress and a
 * deadline that moves with it are on the board, too.
 */
void restore_target(struct board *board, const struct plan *plan);

#endif
