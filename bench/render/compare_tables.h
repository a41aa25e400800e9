/* SPDX-License-Identifier: MIT */
/* The table of one workload: a row for each environment. Without a workload (g: NULL) it is that of
 * the first environment: a row for each workload. */
#ifndef TARE_RENDER_COMPARE_TABLES_H
#define TARE_RENDER_COMPARE_TABLES_H

#include "lib/buf.h"
#include "lib/table.h"
#include "model/comparison.h"
#include "render/compare_says.h"

/* Appends it, in two parts where one would not fit COMPARE_WIDTH, and below it who is not ranked
 * and why, and who did not measure it. A name in a row is cut where there is no room for it. */
void compare_table(struct buf *to, const struct comparison *c, const struct comparison_group *g);

/* The table in one piece, with whole labels, for the caller to free; and what stands below it. */
void compare_table_whole(struct table *t, const struct comparison *c,
			 const struct comparison_group *g);
void compare_table_says(const struct says *to, const struct comparison *c,
			const struct comparison_group *g);

#endif
