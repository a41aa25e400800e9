/* SPDX-License-Identifier: MIT */
/* The charts of a comparison, each with its figures as a table: in formats that have charts. */
#ifndef TARE_RENDER_COMPARE_CHARTS_H
#define TARE_RENDER_COMPARE_CHARTS_H

#include "model/comparison.h"
#include "render/page.h"

/* A section of what changes with depth and jobs, and one of each workload's distribution and
 * series; nothing of what the samples have not. */
void compare_charts(const struct page *p, const struct comparison *c);

/* The data that render/html/report.js draws them from: JSON on one line, in the order of the
 * comparison. Returns 0 or -errno of json_print(). */
int compare_charts_data(struct buf *to, const struct comparison *c);

#endif
