/* SPDX-License-Identifier: MIT */
/*
 * Looks at running jobs from outside and adds a point to their section's series now and then: the
 * loop itself does nothing for it. Points have the length that passed between two looks, so a
 * watcher that comes late makes a longer point, not a wrong one.
 */
#ifndef TARE_RUN_SAMPLER_H
#define TARE_RUN_SAMPLER_H

#include <stdint.h>

#include "lib/histogram.h"
#include "model/series.h"
#include "run/stats.h"

struct sampler {
	struct series *series;
	const struct stats *stats; /* of the section's jobs, beside each other */
	uint32_t jobs;
	uint32_t round;
	uint64_t begin_ns, last_ns, next_ns;
	uint64_t interval_ns;
	uint64_t seen[2][HISTOGRAM_BUCKETS]; /* at the last look */
};

/*
 * The window of `round` opens at begin_ns, with nothing counted by the jobs. interval_ns: least
 * length of a point.
 */
void sampler_begin(struct sampler *s, struct series *series, const struct stats *stats,
		   uint32_t jobs, uint32_t round, uint64_t begin_ns, uint64_t interval_ns);

/* Adds the point from the last look until now_ns, where its interval has passed. */
void sampler_look(struct sampler *s, uint64_t now_ns);

/* The window has closed. Less than half an interval since the last look is no point of its own: it
 * joins the one before, if that is of its round. Nothing where it closed before it was to open. */
void sampler_end(struct sampler *s, uint64_t end_ns);

#endif
