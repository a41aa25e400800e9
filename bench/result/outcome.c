// SPDX-License-Identifier: MIT
/* From what was measured, of what was wanted, to a state and its reason. */
#include "result/outcome.h"

#include <stdio.h>
#include <string.h>

#include "lib/str.h"
#include "result/result.h"

/* What was said of the whole run, else of its first workload that is not as it should be. */
static void say_reason(struct result *result, const struct plan *plan, const struct board *board,
		       const char *failure)
{
	bool skips = result->state == RESULT_NOT_MEASURED;

	str_copy(result->reason, sizeof(result->reason), plan->reason);
	if (failure || (board && board->failure[0])) {
		str_copy(result->reason, sizeof(result->reason),
			 failure ? failure : board->failure);
		return;
	}
	for (uint32_t i = 0; i < result->workloads_n && result->state != RESULT_DONE; i++) {
		const struct result_workload *w = &result->workload[i];

		if (!strcmp(w->state, "done") || (!skips && !strcmp(w->state, "skipped")))
			continue;
		snprintf(result->reason, sizeof(result->reason), "%s: %s: %s", w->work.name,
			 w->state, w->reason);
		return;
	}
}

/* A suite without work is what its probes brought. */
static void judge_probes(struct result *result)
{
	uint32_t silent = 0;

	for (uint32_t i = 0; i < result->probes.n; i++)
		silent += !result->probes.probe[i].figures_n;
	result->state = silent == result->probes.n ? RESULT_FAILED
			: silent		   ? RESULT_PARTIAL
						   : RESULT_DONE;
}

/* The first probe that brought nothing, not even why. */
static void say_probe(struct result *result)
{
	for (uint32_t i = 0; i < result->probes.n; i++) {
		const struct probe *probe = &result->probes.probe[i];

		if (probe->figures_n)
			continue;
		snprintf(result->reason, sizeof(result->reason), "probe %s: %s", probe->name,
			 probe->note);
		return;
	}
}

void outcome_judge(struct result *result, const struct plan *plan, const struct board *board,
		   const char *failure)
{
	uint32_t measured = 0, whole = 0, wanted = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		wanted += strcmp(w->state, "skipped") != 0;
		measured += result_ios(w) > 0;
		whole += !strcmp(w->state, "done");
	}
	if (plan->probes && !plan->sections_n && !failure)
		judge_probes(result);
	else if (!board || (!wanted && !failure))
		result->state = failure ? RESULT_FAILED : RESULT_NOT_MEASURED;
	else if (!measured)
		result->state = RESULT_FAILED;
	else
		result->state = whole == wanted && !board->failure[0] ? RESULT_DONE
								      : RESULT_PARTIAL;
	say_reason(result, plan, board, failure);
	if (plan->probes && !plan->sections_n && !failure && result->state != RESULT_DONE)
		say_probe(result);
}
