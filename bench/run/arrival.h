/* SPDX-License-Identifier: MIT */
/*
 * When the I/Os of an open loop are due (rate_iops): evenly, or as independent requests arrive. A
 * schedule does not wait for a device that stalls, so what the stall delayed is known.
 */
#ifndef TARE_RUN_ARRIVAL_H
#define TARE_RUN_ARRIVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rng.h"
#include "model/workload.h"

/* Due times of one direction. */
struct arrival_stream {
	double gap_ns; /* mean; 0: no I/Os */
	double next_ns;
};

struct arrival {
	bool used; /* false: I/Os are due at once, always */
	bool poisson;
	struct arrival_stream stream[2]; /* reads, writes: each has a rate of its own, as in fio */
	struct rng rng;
};

void arrival_init(struct arrival *a, const struct workload *w, uint64_t seed);

/* The first I/Os are due from now_ns on. */
void arrival_begin(struct arrival *a, uint64_t now_ns);

/* Direction of the I/O that is due next: true for a write. */
static inline bool arrival_writes(const struct arrival *a)
{
	return a->stream[1].gap_ns > 0 &&
	       (a->stream[0].gap_ns <= 0 || a->stream[1].next_ns < a->stream[0].next_ns);
}

/* When it is due, ns as given to arrival_begin(). */
static inline uint64_t arrival_due_ns(const struct arrival *a)
{
	return (uint64_t)a->stream[arrival_writes(a)].next_ns;
}

/* It is on its way: works out when the next one of its direction is due. */
void arrival_take(struct arrival *a);

#endif
