// SPDX-License-Identifier: MIT
/* Rounds to JSON and back. */
#include "result/rounds_json.h"

#include <stdbool.h>

#include "result/cpu_json.h"
#include "result/fields.h"

static const char *const directions[] = { "read", "write" };

static uint64_t whole_bytes(const struct result_workload *w, uint32_t round, int d)
{
	return w->round[round].io[d].ios * w->work.bs_bytes;
}

static bool all_whole(const struct result_workload *w)
{
	for (uint32_t i = 0; i < w->rounds_n; i++)
		for (int d = 0; d < 2; d++)
			if (w->round[i].io[d].bytes != whole_bytes(w, i, d))
				return false;
	return true;
}

void rounds_encode(struct json *to, const struct result_workload *w)
{
	columns_encode(to, &fields_rounds, w->round, sizeof(w->round[0]), w->rounds_n);
	if (!all_whole(w))
		columns_encode(to, &fields_rounds_bytes, w->round, sizeof(w->round[0]),
			       w->rounds_n);
}

size_t rounds_count(const struct json *from, uint64_t schema)
{
	return schema > 2 ? columns_count(&fields_rounds, from) : json_count(from);
}

static void decode_objects(struct result_workload *w, const struct json *from)
{
	const struct json *at = json_first(from);

	for (uint32_t i = 0; i < w->rounds_n; i++, at = json_next(at)) {
		struct result_round *round = &w->round[i];

		fields_decode(round, &fields_round_2, at);
		for (int d = 0; d < 2; d++)
			fields_decode(&round->io[d], &fields_round_io_2,
				      json_get(at, directions[d]));
		cpu_decode(&round->cpu, json_get(at, "cpu"), 2);
	}
}

static void decode_columns(struct result_workload *w, const struct json *from)
{
	bool whole = !columns_count(&fields_rounds_bytes, from);

	columns_decode(w->round, &fields_rounds, from, sizeof(w->round[0]), w->rounds_n);
	columns_decode(w->round, &fields_rounds_bytes, from, sizeof(w->round[0]), w->rounds_n);
	for (uint32_t i = 0; i < w->rounds_n; i++) {
		for (int d = 0; d < 2 && whole; d++)
			w->round[i].io[d].bytes = whole_bytes(w, i, d);
		cpu_complete(&w->round[i].cpu);
	}
}

void rounds_decode(struct result_workload *w, const struct json *from, uint64_t schema)
{
	if (schema > 2)
		decode_columns(w, from);
	else
		decode_objects(w, from);
}
