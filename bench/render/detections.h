/* SPDX-License-Identifier: MIT */
/* What is behind a target and what bound a run, in words. */
#ifndef TARE_RENDER_DETECTIONS_H
#define TARE_RENDER_DETECTIONS_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/table.h"
#include "model/detection.h"

/* Findings first, each with its evidence; limits that held; what was looked for in vain in a line;
 * what is not known, and why. Nothing where none ran. */
void render_detections(struct buf *to, const struct detection_list *list);

/* The same as a table for the caller to free, a row for each; what was found comes first. False:
 * none ran, and `t` is not touched. */
bool detections_table(struct table *t, const struct detection_list *list);

#endif
