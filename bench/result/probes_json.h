/* SPDX-License-Identifier: MIT */
/*
 * What probes found, to JSON and back: an array of {"name", "took_ms", "figures"}, with "note"
 * where there is one. A figure is [p50, p99 or null, spread], one number, or, where it is not
 * possible here, the words that say why. Four significant digits.
 */
#ifndef TARE_RESULT_PROBES_JSON_H
#define TARE_RESULT_PROBES_JSON_H

#include "lib/json.h"
#include "model/probe.h"

void probes_encode(struct json *array, const struct probe_list *list);

/* What does not fit is passed over. */
void probes_decode(struct probe_list *list, const struct json *array);

#endif
