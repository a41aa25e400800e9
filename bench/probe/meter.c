// SPDX-License-Identifier: MIT
/* The loop of most probes. */
#include "probe/meter.h"

#define EMPTY_BATCHES 1001

static void nothing(void *context)
{
	__asm__ volatile("" : : "r"(context) : "memory");
}

static uint64_t take(const struct meter *m, meter_op *op, void *context, uint64_t *now_ns)
{
	uint64_t begin_ns = m->now_ns();

	for (uint32_t i = 0; i < m->batch; i++)
		op(context);
	*now_ns = m->now_ns();
	return *now_ns - begin_ns;
}

void meter_init(struct meter *m, uint64_t (*now_ns)(void), uint32_t batch)
{
	double value[EMPTY_BATCHES];
	struct readings s = { .value = value, .max = EMPTY_BATCHES };
	meter_op *volatile op = nothing; /* called as the others are: not inlined */
	uint64_t now;

	*m = (struct meter){ .now_ns = now_ns, .batch = batch };
	for (int i = 0; i < EMPTY_BATCHES; i++)
		readings_add(&s, (double)take(m, op, NULL, &now));
	readings_sort(&s);
	m->empty_ns = readings_at(&s, 50);
}

void meter_take(struct readings *s, const struct meter *m, meter_op *op, void *context,
		uint64_t until_ns)
{
	uint64_t now_ns;

	take(m, op, context, &now_ns);
	do {
		double ns = (double)take(m, op, context, &now_ns) - m->empty_ns;

		readings_add(s, ns > 0 ? ns / m->batch : 0);
	} while (s->n < s->max && now_ns < until_ns);
}
