// SPDX-License-Identifier: MIT
/* Takes out of a result what a checkpoint can do without. */
#include "result/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const left_out[CHECKPOINT_DETAILS_N] = {
	[CHECKPOINT_ALL] = NULL,
	[CHECKPOINT_NO_BINS] = "bins and series",
	[CHECKPOINT_NO_ROUNDS] = "bins, series, depths and the figures of single rounds",
};

void checkpoint_mark(struct result *result, uint32_t rounds, enum checkpoint_detail detail)
{
	result->checkpoint = true;
	result->state = RESULT_PARTIAL;
	result->rounds_done = rounds;
	snprintf(result->reason, sizeof(result->reason),
		 "checkpoint after round %" PRIu32 " of %" PRIu32 ": the run was not over", rounds,
		 result->rounds);
	if (!left_out[detail])
		return;
	notes_add(&result->warnings, "checkpoint: %s are left out, for a slow line",
		  left_out[detail]);
	result->without_bins = true;
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		struct result_workload *w = &result->workload[i];

		w->series.n = 0;
		if (detail < CHECKPOINT_NO_ROUNDS)
			continue;
		w->rounds_n = 0;
		memset(w->depth, 0, sizeof(w->depth));
		memset(w->submits, 0, sizeof(w->submits));
		memset(w->completes, 0, sizeof(w->completes));
	}
}
