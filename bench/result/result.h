/* SPDX-License-Identifier: MIT */
/* Results: made from a run, to JSON and back. JSON is their only form on disk. */
#ifndef TARE_RESULT_RESULT_H
#define TARE_RESULT_RESULT_H

#include <stddef.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/json.h"
#include "model/config.h"
#include "model/plan.h"
#include "model/result.h"
#include "run/board.h"

/* What a run was made of, beside its plan and its board. */
struct result_parts {
	const char *run;
	const struct config *config;
	const struct disk_list *disks;
	const struct host *host;
	const struct clock_cost *clock;
	const struct probe_list *probes; /* NULL: none ran */
	const struct notes *warnings;
	const struct notes *added; /* devices that were added while it ran; NULL: not watched for */
	uint64_t start_unix_s;
	uint64_t first_io_ns;
};

/* Makes the result. `board` is NULL where nothing ran: then the plan's reason, or `failure` if not
 * NULL, says why. Returns 0 or -ENOMEM. */
int result_make(struct result *result, const struct result_parts *parts, const struct plan *plan,
		const struct board *board, const char *failure);

/* The figures of one record on the board, of a run that began at start_unix_s. */
void result_round_make(struct result_round *r, const struct board_record *record, uint32_t round,
		       uint64_t start_unix_s);

void result_free(struct result *result);

/* Appends the JSON document. Returns 0, -ENOMEM or -EINVAL. A number that JSON
 * cannot hold is null, and a warning names it. */
int result_encode(struct buf *to, const struct result *result);

/* Reads a JSON document of any schema number up to RESULT_SCHEMA. Returns 0 or -EINVAL with *e
 * naming what is missing or wrong. */
int result_decode(struct result *result, const char *text, size_t len, struct err *e);

/* The same of a document that is parsed already. */
int result_decode_document(struct result *result, const struct json *root, struct err *e);

const char *result_state_name(enum result_state state);
const char *result_blocks_name(enum result_blocks blocks);

/* --- figures, 0 where there is nothing to divide --- */

double result_iops(const struct result_workload *w, int direction);
double result_bytes_per_s(const struct result_workload *w, int direction);
uint64_t result_ios(const struct result_workload *w); /* both directions */
/* Mean I/Os in flight over the window. */
double result_depth(const struct result_workload *w);

/* Whether there was a window in which both counts are of this workload alone. */
bool result_kernel_compared(const struct result_kernel *k);

/* Whether kernel and tool counted the same bytes, to within what was in flight at the ends; true
 * where there was nothing to compare. */
bool result_kernel_agrees(const struct result_kernel *k, int direction);

#endif
