/* SPDX-License-Identifier: MIT */
/* Counts where two readings of a clock lie further apart than they can by themselves. */
#ifndef TARE_PROBE_GAPS_H
#define TARE_PROBE_GAPS_H

#include <stdint.h>

#include "lib/histogram.h"

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

#endif
