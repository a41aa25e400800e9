/* SPDX-License-Identifier: MIT */
/* A result made into a checkpoint: the state of a run that goes on, small enough for a slow line.
 */
#ifndef TARE_RESULT_CHECKPOINT_H
#define TARE_RESULT_CHECKPOINT_H

#include <stdint.h>

#include "model/result.h"

/* How much is left out, least first; each leaves out what the one before does. */
enum checkpoint_detail {
	CHECKPOINT_ALL,
	CHECKPOINT_NO_BINS,   /* nor the series over time */
	CHECKPOINT_NO_ROUNDS, /* nor the depths: the figures over all rounds stay */
	CHECKPOINT_DETAILS_N,
};

/* Marks `result`, which was made while a run goes on, as its state after `rounds` rounds: state,
 * reason and a warning say what it is and what was left out of it. */
void checkpoint_mark(struct result *result, uint32_t rounds, enum checkpoint_detail detail);

#endif
