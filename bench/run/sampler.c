// SPDX-License-Identifier: MIT
/* Points of a series, by the difference of two looks at the histograms. */
#include "run/sampler.h"

#include <stdbool.h>
#include <string.h>

void sampler_begin(struct sampler *s, struct series *series, const struct stats *stats,
		   uint32_t jobs, uint32_t round, uint64_t begin_ns, uint64_t interval_ns)
{
	s->series = series;
	s->stats = stats;
	s->jobs = jobs;
	s->round = round;
	s->begin_ns = s->last_ns = begin_ns;
	s->interval_ns = interval_ns;
	s->next_ns = begin_ns + interval_ns;
	memset(s->seen, 0, sizeof(s->seen));
}

/* Adds to a point what came behind it. */
static void join(struct series_point *to, const struct series_point *more)
{
	to->length_ns += more->length_ns;
	for (int d = 0; d < 2; d++)
		to->ios[d] += more->ios[d];
	to->p99_ns = more->p99_ns > to->p99_ns ? more->p99_ns : to->p99_ns;
	to->max_ns = more->max_ns > to->max_ns ? more->max_ns : to->max_ns;
}

/* Makes one point of two, within a round; `across`: of any two. */
static void fold(struct series *series, bool across)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < series->n; i++) {
		struct series_point *to = &series->point[n++];
		const struct series_point *more = &series->point[i + 1];

		*to = series->point[i];
		if (i + 1 == series->n || (more->round != to->round && !across))
			continue;
		join(to, more);
		i++;
	}
	series->n = n;
}

/* I/Os of one direction in one bucket since the last look. */
static uint64_t news(struct sampler *s, int d, unsigned int bucket)
{
	uint64_t now = 0, since;

	for (uint32_t j = 0; j < s->jobs; j++)
		now += histogram_peek(&s->stats[j].io[d].clat, bucket);
	since = now - s->seen[d][bucket];
	s->seen[d][bucket] = now;
	return since;
}

/* Buckets that anything has been counted in. */
struct range {
	unsigned int first, last; /* none: first > last */
};

static struct range filled(const struct sampler *s)
{
	uint64_t least_ns = UINT64_MAX, most_ns = 0;

	for (uint32_t j = 0; j < s->jobs; j++) {
		for (int d = 0; d < STATS_DIRECTIONS; d++) {
			const struct histogram *h = &s->stats[j].io[d].clat;
			uint64_t min_ns = __atomic_load_n(&h->min_ns, __ATOMIC_RELAXED);
			uint64_t max_ns = __atomic_load_n(&h->max_ns, __ATOMIC_RELAXED);

			least_ns = min_ns < least_ns ? min_ns : least_ns;
			most_ns = max_ns > most_ns ? max_ns : most_ns;
		}
	}
	if (least_ns > most_ns)
		return (struct range){ 1, 0 };
	return (struct range){ histogram_index(least_ns), histogram_index(most_ns) };
}

/* What was counted since the last look. */
static struct series_point look(struct sampler *s, uint64_t now_ns)
{
	struct series_point point = { .round = s->round,
				      .at_ns = s->last_ns - s->begin_ns,
				      .length_ns = now_ns - s->last_ns };
	struct range range = filled(s);
	uint64_t beyond = 0, both[HISTOGRAM_BUCKETS], total = 0;

	for (unsigned int b = range.first; b <= range.last; b++) {
		uint64_t reads = news(s, 0, b), writes = news(s, 1, b);

		point.ios[0] += reads;
		point.ios[1] += writes;
		both[b] = reads + writes;
		if (both[b])
			point.max_ns = histogram_value_ns(b);
	}
	total = point.ios[0] + point.ios[1];
	/* From the top: the bucket above which less than one in a hundred lies. */
	for (unsigned int b = range.last + 1; total && b-- > range.first;) {
		beyond += both[b];
		if (beyond * 100 > total) {
			point.p99_ns = histogram_value_ns(b);
			break;
		}
	}
	s->last_ns = now_ns;
	return point;
}

static void add(struct sampler *s, const struct series_point *point)
{
	if (!s->series->limit)
		return;
	if (s->series->n >= s->series->limit) {
		fold(s->series, false);
		if (s->series->n >= s->series->limit) /* a point for each round is too many */
			fold(s->series, true);
		s->interval_ns *= 2;
	}
	if (s->series->n < s->series->limit)
		s->series->point[s->series->n++] = *point;
}

void sampler_look(struct sampler *s, uint64_t now_ns)
{
	struct series_point point;

	if (now_ns < s->next_ns)
		return;
	point = look(s, now_ns);
	add(s, &point);
	s->next_ns = now_ns + s->interval_ns;
}

void sampler_end(struct sampler *s, uint64_t end_ns)
{
	struct series_point point;
	uint32_t n = s->series->n;
	bool is_rest;

	if (end_ns < s->last_ns) /* all jobs ended before it began */
		return;
	is_rest = end_ns - s->last_ns < s->interval_ns / 2;
	point = look(s, end_ns);
	if (is_rest && n && s->series->point[n - 1].round == point.round)
		join(&s->series->point[n - 1], &point);
	else
		add(s, &point);
}
