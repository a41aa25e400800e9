/* SPDX-License-Identifier: MIT */
/*
 * The rounds of a workload as columns of a JSON object, one value a round in each (fields.c); up to
 * schema 2 they were an array of objects. Bytes have a column only where not every I/O was whole:
 * else they are I/Os times bs.
 */
#ifndef TARE_RESULT_ROUNDS_JSON_H
#define TARE_RESULT_ROUNDS_JSON_H

#include "lib/json.h"
#include "model/result.h"

void rounds_encode(struct json *to, const struct result_workload *w);

/* Rounds that a document's member "rounds" holds. */
size_t rounds_count(const struct json *from, uint64_t schema);

/* Reads w->rounds_n of them, for which there is room. */
void rounds_decode(struct result_workload *w, const struct json *from, uint64_t schema);

#endif
