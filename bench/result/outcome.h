/* SPDX-License-Identifier: MIT */
/* What a run came to. */
#ifndef TARE_RESULT_OUTCOME_H
#define TARE_RESULT_OUTCOME_H

#include "model/plan.h"
#include "model/result.h"
#include "run/board.h"

/*
 * Sets state and reason of a result whose workloads and probes are in it. `board` NULL: nothing
 * ran; `failure` NULL or why it did not.
 */
void outcome_judge(struct result *result, const struct plan *plan, const struct board *board,
		   const char *failure);

#endif
