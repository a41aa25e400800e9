/* SPDX-License-Identifier: MIT */
/*
 * Times an operation that is shorter than what reading the clock may cost: in batches, less what an
 * empty batch takes, which is the clock's own cost, the loop's and the call's.
 */
#ifndef TARE_PROBE_METER_H
#define TARE_PROBE_METER_H

#include <stdint.h>

#include "probe/readings.h"

typedef void meter_op(void *context);

struct meter {
	uint64_t (*now_ns)(void); /* tsc_now_ns(), or a test's */
	uint32_t batch;
	double empty_ns; /* median of an empty batch: subtracted */
};

/* Measures the empty batch (a thousand of them). */
void meter_init(struct meter *m, uint64_t (*now_ns)(void), uint32_t batch);

/*
 * Adds samples, ns of one operation each: the mean of a batch, not below 0. Until `s` is full, or
 * now_ns() has passed until_ns; one at least. The first batch warms up and does not count.
 */
void meter_take(struct readings *s, const struct meter *m, meter_op *op, void *context,
		uint64_t until_ns);

#endif
