/* SPDX-License-Identifier: MIT */
/* A series as columns of a JSON object, one number a point in each (fields.c). Its points follow
 * each other within a round, so that their lengths say where they begin. */
#ifndef TARE_RESULT_SERIES_JSON_H
#define TARE_RESULT_SERIES_JSON_H

#include "lib/json.h"
#include "model/series.h"

/*
 * A point as the document has it: its begin and its end in whole milliseconds, its I/Os to three
 * significant digits. p99 and maximum are buckets' middles already.
 */
struct series_point series_point_rounded(const struct series_point *p);

void series_encode(struct json *to, const struct series *series);

/* Reads the points that have a round, SERIES_POINTS_MAX at most; what a column lacks is 0. */
void series_decode(struct series *series, const struct json *from, uint64_t schema);

#endif
