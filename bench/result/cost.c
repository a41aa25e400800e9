// SPDX-License-Identifier: MIT
/* CPU time per I/O. */
#include "result/cost.h"

#include <stddef.h>

#include "result/result.h"

enum error_kind { ERROR_TICKS, ERROR_NONE, ERROR_SPLIT };

static const struct {
	const char *name;
	size_t offset;
	enum error_kind error;
} rows[COST_FIELDS_N] = {
	[COST_USER] = { "user_us", offsetof(struct result_cpu, user_ns), ERROR_TICKS },
	[COST_SYSTEM] = { "system_us", offsetof(struct result_cpu, system_ns), ERROR_TICKS },
	[COST_IRQ] = { "irq_us", offsetof(struct result_cpu, irq_ns), ERROR_TICKS },
	[COST_SOFTIRQ] = { "softirq_us", offsetof(struct result_cpu, softirq_ns), ERROR_TICKS },
	[COST_STEAL] = { "steal_us", offsetof(struct result_cpu, steal_ns), ERROR_TICKS },
	[COST_IDLE] = { "idle_us", offsetof(struct result_cpu, idle_ns), ERROR_TICKS },
	[COST_THREAD] = { "thread_us", offsetof(struct result_cpu, thread_ns), ERROR_NONE },
	[COST_THREAD_USER] = { "thread_user_us", offsetof(struct result_cpu, thread_user_ns),
			       ERROR_SPLIT },
	[COST_THREAD_SYSTEM] = { "thread_system_us", offsetof(struct result_cpu, thread_system_ns),
				 ERROR_SPLIT },
};

const char *cost_key(enum cost_field field)
{
	return rows[field].name;
}

static uint32_t windows_of(const struct result_workload *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->rounds_n; i++)
		n += w->round[i].measured_ns > 0;
	return n;
}

static double error_ns(const struct result *result, const struct result_workload *w,
		       enum error_kind kind)
{
	switch (kind) {
	case ERROR_TICKS:
		return (double)result->cpu_error_ns * windows_of(w);
	case ERROR_SPLIT:
		return (double)(w->cpu.irq_ns + w->cpu.softirq_ns + w->cpu.steal_ns);
	case ERROR_NONE:
		break;
	}
	return 0;
}

struct cost cost_per_io(const struct result *result, const struct result_workload *w,
			enum cost_field field)
{
	uint64_t ns = *(const uint64_t *)((const char *)&w->cpu + rows[field].offset);
	double ios = (double)result_ios(w);
	struct cost cost = { 0 };

	if (ios <= 0)
		return cost;
	cost.ns = (double)ns / ios;
	cost.cycles = cost.ns * result->tsc.hz / 1e9;
	cost.error_ns = error_ns(result, w, rows[field].error) / ios;
	return cost;
}

double cost_cycles_per_io(const struct result *result, const struct result_workload *w)
{
	return cost_per_io(result, w, COST_THREAD).cycles +
	       cost_per_io(result, w, COST_IRQ).cycles +
	       cost_per_io(result, w, COST_SOFTIRQ).cycles;
}
