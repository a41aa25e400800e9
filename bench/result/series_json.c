// SPDX-License-Identifier: MIT
/* Series to JSON and back. */
#include "result/series_json.h"

#include "result/fields.h"

#define MS_NS	  UINT64_C(1000000)
#define IOS_SCALE 1000 /* 10^digits that are kept */

static uint64_t rounded_ms(uint64_t ns)
{
	return (ns + MS_NS / 2) / MS_NS;
}

static uint64_t rounded_ios(uint64_t ios)
{
	uint64_t unit = 1;

	while (ios / unit >= IOS_SCALE)
		unit *= 10;
	return (ios + unit / 2) / unit * unit;
}

/*
 * What a sample of half a second can tell: the nearest of 1, 1.05 ... 2, 2.1 ... 5, 5.2 ... 10, at
 * most 2.5 % away, as the bucket that holds it reads back. Steps are twice as wide as buckets, so
 * that a second rounding changes nothing.
 */
static uint64_t rounded_latency(uint64_t ns)
{
	uint64_t unit = 1, step;

	while (ns / unit >= 1000)
		unit *= 10;
	step = (ns < 200 * unit ? 5 : ns < 500 * unit ? 10 : 20) * unit;
	if (ns < 100)
		return ns;
	return histogram_value_ns((unsigned int)histogram_index((ns + step / 2) / step * step));
}

struct series_point series_point_rounded(const struct series_point *p)
{
	struct series_point r = *p;
	uint64_t at_ms = rounded_ms(p->at_ns);

	r.at_ns = at_ms * MS_NS;
	r.length_ns = (rounded_ms(p->at_ns + p->length_ns) - at_ms) * MS_NS;
	for (int d = 0; d < 2; d++)
		r.ios[d] = rounded_ios(p->ios[d]);
	r.p99_ns = rounded_latency(p->p99_ns);
	r.max_ns = rounded_latency(p->max_ns);
	return r;
}

void series_encode(struct json *to, const struct series *series)
{
	struct series_point point[SERIES_POINTS_MAX];

	for (uint32_t i = 0; i < series->n; i++)
		point[i] = series_point_rounded(&series->point[i]);
	columns_encode(to, &fields_series, point, sizeof(point[0]), series->n);
}

/* Each point begins where the one before it in its round ends. */
static void add_begins(struct series *series)
{
	for (uint32_t i = 1; i < series->n; i++) {
		const struct series_point *before = &series->point[i - 1];

		if (before->round == series->point[i].round)
			series->point[i].at_ns = before->at_ns + before->length_ns;
	}
}

void series_decode(struct series *series, const struct json *from, uint64_t schema)
{
	const struct fields *fields = schema > 2 ? &fields_series : &fields_series_2;
	size_t n = columns_count(fields, from);

	*series = (struct series){ .n = n < SERIES_POINTS_MAX ? (uint32_t)n : SERIES_POINTS_MAX };
	series->limit = series->n;
	columns_decode(series->point, fields, from, sizeof(series->point[0]), series->n);
	if (schema > 2)
		add_begins(series);
}
