/* SPDX-License-Identifier: MIT */
/* The table of one workload: a row for each environment. */
#ifndef TARE_RENDER_COMPARE_TABLES_H
#define TARE_RENDER_COMPARE_TABLES_H

#include "lib/buf.h"
#include "model/comparison.h"

/*
 * Rates and ratios, then costs and latencies, in one table or two, as they fit COMPARE_WIDTH.
 * Columns that no source fills are left out. Below it stands why rows are not to be ranked.
 */
void compare_table(struct buf *to, const struct comparison *c, const struct comparison_group *g);

#endif
