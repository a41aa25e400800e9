/* SPDX-License-Identifier: MIT */
/* What is behind a target and what bound a run, in words. */
#ifndef TARE_RENDER_DETECTIONS_H
#define TARE_RENDER_DETECTIONS_H

#include "lib/buf.h"
#include "model/detection.h"

/* Findings first, each with its evidence; limits that held; what was looked for in vain in a line;
 * what is not known, and why. Nothing where none ran. */
void render_detections(struct buf *to, const struct detection_list *list);

#endif
