/* SPDX-License-Identifier: MIT */
/* Limits that a caller sets: "randread-4k-qd64.iops < -5%". */
#ifndef TARE_COMPARE_THRESHOLD_H
#define TARE_COMPARE_THRESHOLD_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "model/comparison.h"

struct threshold {
	char workload[2 * SAMPLE_NAME_BYTES]; /* "*": every one */
	int metric;			      /* row of the table in threshold.c */
	bool below;			      /* crossed below the limit, else above it */
	bool relative; /* percent of the baseline's; else the figure itself */
	double limit;
};

/*
 * Reads WORKLOAD.METRIC < LIMIT, or >. A limit that ends in % is the change against the baseline in
 * percent of it; any other is the figure itself, in the metric's unit. Returns 0, or -EINVAL with
 * *e.
 */
int threshold_parse(struct threshold *t, const char *text, struct err *e);

/*
 * Appends a line to `said` for every environment that crossed it; *crossed tells whether any did. A
 * change within noise (verdict COMPARISON_SAME) crosses no limit on a rate, except in an open loop,
 * whose verdicts are on latency; where the verdict is another, the figure decides. Returns 0, or
 * -ENOENT with *e: nothing there to be held against it.
 */
int threshold_check(const struct threshold *t, const struct comparison *c, struct buf *said,
		    bool *crossed, struct err *e);

/* Appends the names of the metrics with their units, for a usage text. */
void threshold_help(struct buf *to);

#endif
