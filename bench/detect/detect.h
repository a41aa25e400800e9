/* SPDX-License-Identifier: MIT */
/*
 * Looks for what stands behind a target and for what bound a run. Detectors that do I/O run in the
 * measuring process's place, each in a process of its own, so that one that hangs costs itself
 * alone; they meet the reporter on the board. Those that judge what a run has measured do it on its
 * result.
 *
 * Those that write do so only where the plan writes, through the descriptor that the run was given,
 * inside the span, before it is filled: all they leave is filled over.
 */
#ifndef TARE_DETECT_DETECT_H
#define TARE_DETECT_DETECT_H

#include <stdint.h>

#include "lib/buf.h"
#include "model/plan.h"
#include "model/result.h"
#include "run/moment.h"

/* The longest of all shares of time together, ms, of a plan like this one. */
uint32_t detect_budget_ms(const struct plan *plan);

/* Which detectors run, how long at most and what they write, a line each; ends with a newline. */
void detect_print(struct buf *to, const struct plan *plan);

/* Visits a run: detectors of the moment, onto board->detections. */
void detect_visit(void *context, enum run_moment moment, struct board *board,
		  const struct plan *plan, const struct step_target *target);

/* Completes result->detectors by what the result itself tells. Nothing where none ran. */
void detect_judge(struct result *result);

#endif
