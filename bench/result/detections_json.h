/* SPDX-License-Identifier: MIT */
/*
 * What detectors found, to JSON and back: an array of {"name", "kind", "verdict", "value", "unit",
 * "confidence_pct", "evidence"}. Four significant digits; null where there is no number.
 */
#ifndef TARE_RESULT_DETECTIONS_JSON_H
#define TARE_RESULT_DETECTIONS_JSON_H

#include "lib/json.h"
#include "model/detection.h"

void detections_encode(struct json *array, const struct detection_list *list);

/* What does not fit is passed over; a word that is not known is undecided, or a limit. */
void detections_decode(struct detection_list *list, const struct json *array);

/* "found", "clear", "undecided", "skipped". */
const char *detection_verdict_name(enum detection_verdict verdict);

/* "finding", "limit". */
const char *detection_kind_name(enum detection_kind kind);

#endif
