// SPDX-License-Identifier: MIT
/* What probes share. */
#include <sched.h>

#include "lib/tsc.h"
#include "probe/probes.h"

#define SAMPLES 20000

void probing_pin(uint32_t cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

uint64_t probing_part_ns(const struct probing *p, uint32_t i, uint32_t n)
{
	uint64_t now_ns = tsc_now_ns();

	return p->until_ns > now_ns ? now_ns + (p->until_ns - now_ns) / (n - i) : now_ns;
}

double probing_measure(struct probing *p, const char *name, meter_op *op, void *context,
		       uint32_t batch, uint64_t until_ns)
{
	struct readings s;
	struct meter m;
	double p50 = 0;

	if (readings_init(&s, SAMPLES)) {
		probe_add_why(p->to, name, "no memory");
		return 0;
	}
	meter_init(&m, tsc_now_ns, batch);
	meter_take(&s, &m, op, context, until_ns);
	probe_add(p->to, name, &s);
	p50 = readings_at(&s, 50);
	readings_free(&s);
	return p50;
}
