// SPDX-License-Identifier: MIT
/* Schedules of open loops. */
#include "run/arrival.h"

#include <math.h>

#include "lib/clock.h"

void arrival_init(struct arrival *a, const struct workload *w, uint64_t seed)
{
	bool moves[2] = { workload_reads(w), workload_writes(w) };

	*a = (struct arrival){ .poisson = w->rate_process == WORKLOAD_RATE_POISSON };
	for (int d = 0; d < 2; d++) {
		if (!moves[d] || !w->rate_iops[d])
			continue;
		a->used = true;
		a->stream[d].gap_ns = (double)CLOCK_NS_PER_S / w->rate_iops[d];
	}
	rng_seed(&a->rng, seed);
}

/* Exponential gaps, by inversion; (x >> 11) + 1 is never 0, and 53 bits are what a double holds. */
static double gap_ns(struct arrival *a, const struct arrival_stream *stream)
{
	double u;

	if (!a->poisson)
		return stream->gap_ns;
	u = (double)((rng_next(&a->rng) >> 11) + 1) / 9007199254740992.0;
	return -log(u) * stream->gap_ns;
}

void arrival_begin(struct arrival *a, uint64_t now_ns)
{
	for (int d = 0; d < 2; d++)
		a->stream[d].next_ns = (double)now_ns + gap_ns(a, &a->stream[d]);
}

void arrival_take(struct arrival *a)
{
	struct arrival_stream *stream = &a->stream[arrival_writes(a)];

	stream->next_ns += gap_ns(a, stream);
}
