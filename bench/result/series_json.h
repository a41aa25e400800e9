/* SPDX-License-Identifier: MIT */
/*
 * A series as columns of a JSON object, one number a point in each: round, at_ms, length_ms,
 * read_ios, write_ios, p99_ns, max_ns. A direction that did nothing at all has no column.
 */
#ifndef TARE_RESULT_SERIES_JSON_H
#define TARE_RESULT_SERIES_JSON_H

#include "lib/json.h"
#include "model/series.h"

/* A point as the document has it: its begin and its end in whole milliseconds. */
struct series_point series_point_rounded(const struct series_point *p);

void series_encode(struct json *to, const struct series *series);

/* Reads the points that have a round, SERIES_POINTS_MAX at most; what a column lacks is 0. */
void series_decode(struct series *series, const struct json *from);

#endif
