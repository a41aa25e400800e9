/* SPDX-License-Identifier: MIT */
/* Counts where two readings of a clock lie further apart than they can by themselves. */
#ifndef TARE_PROBE_GAPS_H
#define TARE_PROBE_GAPS_H

#include <stdint.h>

#include "lib/histogram.h"
#include "lib/tsc.h"

struct gaps {
	uint64_t gap_ns; /* from here on it is one */
	uint64_t before_ns;
	uint64_t lost_ns;
	struct histogram length;
};

static inline void gaps_begin(struct gaps *g, uint64_t gap_ns, uint64_t now_ns)
{
	g->gap_ns = gap_ns;
	g->before_ns = now_ns;
	g->lost_ns = 0;
	histogram_init(&g->length);
}

/* The next reading. */
static inline void gaps_look(struct gaps *g, uint64_t now_ns)
{
	uint64_t length_ns = now_ns - g->before_ns;

	g->before_ns = now_ns;
	if (length_ns < g->gap_ns)
		return;
	g->lost_ns += length_ns;
	histogram_add(&g->length, length_ns);
}

/* Reads the clock for `ns`, and until the gap that lies across their end is over. Returns for how
 * long. */
static inline uint64_t gaps_listen(struct gaps *g, uint64_t gap_ns, uint64_t ns)
{
	uint64_t begin_ns = tsc_now_ns(), now_ns;

	gaps_begin(g, gap_ns, begin_ns);
	do {
		now_ns = tsc_now_ns();
		gaps_look(g, now_ns);
	} while (now_ns - begin_ns <= ns);
	return now_ns - begin_ns;
}

#endif
