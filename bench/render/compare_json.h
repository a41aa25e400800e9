/* SPDX-License-Identifier: MIT */
/* A comparison as JSON, by bench/comparison.schema.json. */
#ifndef TARE_RENDER_COMPARE_JSON_H
#define TARE_RENDER_COMPARE_JSON_H

#include "lib/buf.h"
#include "model/comparison.h"

#define COMPARISON_SCHEMA 1

/* Appends the document. Absent figures are no members. Returns 0 or -errno of json_print(). */
int compare_json(struct buf *to, const struct comparison *c, const struct notes *notes);

#endif
