// SPDX-License-Identifier: MIT
/* Series to JSON and back: one table of columns for both ways. */
#include "result/series_json.h"

#include <stdbool.h>
#include <stddef.h>

#define MS_NS UINT64_C(1000000)

static const struct {
	const char *key;
	size_t offset;
	uint64_t unit;	/* of the document's number, in the member's unit */
	bool direction; /* left out where all of it is 0 */
} columns[] = {
	{ "at_ms", offsetof(struct series_point, at_ns), MS_NS, false },
	{ "length_ms", offsetof(struct series_point, length_ns), MS_NS, false },
	{ "read_ios", offsetof(struct series_point, ios[0]), 1, true },
	{ "write_ios", offsetof(struct series_point, ios[1]), 1, true },
	{ "p99_ns", offsetof(struct series_point, p99_ns), 1, false },
	{ "max_ns", offsetof(struct series_point, max_ns), 1, false },
};

#define COLUMNS_N (sizeof(columns) / sizeof(columns[0]))

static uint64_t *member(struct series_point *p, size_t column)
{
	return (uint64_t *)((char *)p + columns[column].offset);
}

static uint64_t rounded_ms(uint64_t ns)
{
	return (ns + MS_NS / 2) / MS_NS;
}

struct series_point series_point_rounded(const struct series_point *p)
{
	struct series_point r = *p;
	uint64_t at_ms = rounded_ms(p->at_ns);

	r.at_ns = at_ms * MS_NS;
	r.length_ns = (rounded_ms(p->at_ns + p->length_ns) - at_ms) * MS_NS;
	return r;
}

static bool is_empty(const struct series *series, size_t column)
{
	uint64_t any = 0;

	for (uint32_t i = 0; i < series->n; i++) {
		struct series_point p = series->point[i];

		any |= *member(&p, column);
	}
	return !any;
}

void series_encode(struct json *to, const struct series *series)
{
	struct json *list = json_add_array(to, "round");

	for (uint32_t i = 0; i < series->n; i++)
		json_add_u64(list, NULL, series->point[i].round);
	for (size_t c = 0; c < COLUMNS_N; c++) {
		if (columns[c].direction && is_empty(series, c))
			continue;
		list = json_add_array(to, columns[c].key);
		for (uint32_t i = 0; i < series->n; i++) {
			struct series_point p = series_point_rounded(&series->point[i]);

			json_add_u64(list, NULL, *member(&p, c) / columns[c].unit);
		}
	}
}

void series_decode(struct series *series, const struct json *from)
{
	const struct json *at = json_first(json_get(from, "round"));
	uint64_t value;

	for (series->n = 0; at && series->n < SERIES_POINTS_MAX; at = json_next(at), series->n++) {
		series->point[series->n] = (struct series_point){ 0 };
		if (json_u64(at, &value) && value <= UINT32_MAX)
			series->point[series->n].round = (uint32_t)value;
	}
	series->limit = series->n;
	for (size_t c = 0; c < COLUMNS_N; c++) {
		at = json_first(json_get(from, columns[c].key));
		for (uint32_t i = 0; at && i < series->n; i++, at = json_next(at))
			if (json_u64(at, &value) && value <= JSON_INTEGER_MAX / columns[c].unit)
				*member(&series->point[i], c) = value * columns[c].unit;
	}
}
