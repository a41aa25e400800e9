// SPDX-License-Identifier: MIT
/* Adds up what jobs counted. */
#include "run/stats.h"

#include <string.h>

void stats_init(struct stats *s)
{
	memset(s, 0, sizeof(*s));
	for (int d = 0; d < STATS_DIRECTIONS; d++) {
		histogram_init(&s->io[d].slat);
		histogram_init(&s->io[d].clat);
		histogram_init(&s->io[d].lat);
		histogram_init(&s->io[d].response);
	}
	histogram_init(&s->sync);
}

static void add_error(struct stats *s, int32_t error, uint64_t n)
{
	int i = 0;

	while (i < STATS_ERRNOS - 1 && s->error[i].error && s->error[i].error != error)
		i++;
	s->error[i].error = error;
	s->error[i].n += n;
}

void stats_error(struct stats *s, int32_t error)
{
	add_error(s, error, 1);
}

static void add_counts(struct stats *to, const struct stats *from)
{
	for (int d = 0; d < STATS_DIRECTIONS; d++) {
		to->io[d].bytes += from->io[d].bytes;
		to->io[d].short_ios += from->io[d].short_ios;
		histogram_merge(&to->io[d].slat, &from->io[d].slat);
		histogram_merge(&to->io[d].clat, &from->io[d].clat);
		histogram_merge(&to->io[d].lat, &from->io[d].lat);
		histogram_merge(&to->io[d].response, &from->io[d].response);
	}
	histogram_merge(&to->sync, &from->sync);
	for (int i = 0; i < STATS_DEPTHS; i++) {
		to->depth[i] += from->depth[i];
		to->submits[i] += from->submits[i];
		to->completes[i] += from->completes[i];
	}
	to->unmeasured_written_bytes += from->unmeasured_written_bytes;
	for (int i = 0; i < STATS_ERRNOS; i++)
		if (from->error[i].n)
			add_error(to, from->error[i].error, from->error[i].n);
	to->thread_ns += from->thread_ns;
	to->thread_user_ns += from->thread_user_ns;
	to->thread_system_ns += from->thread_system_ns;
	to->depth_ns += from->depth_ns;
	to->switches_voluntary += from->switches_voluntary;
	to->switches_involuntary += from->switches_involuntary;
}

void stats_add_job(struct stats *to, const struct stats *job)
{
	add_counts(to, job);
	if (job->measured_ns > to->measured_ns)
		to->measured_ns = job->measured_ns;
}

void stats_add_round(struct stats *to, const struct stats *round)
{
	add_counts(to, round);
	to->measured_ns += round->measured_ns;
	cpu_add(&to->cpu, &round->cpu);
}

struct result_cpu stats_cpu(const struct stats *s)
{
	return (struct result_cpu){
		.user_ns = s->cpu.user_ns,
		.system_ns = s->cpu.system_ns,
		.irq_ns = s->cpu.irq_ns,
		.softirq_ns = s->cpu.softirq_ns,
		.steal_ns = s->cpu.steal_ns,
		.idle_ns = s->cpu.idle_ns,
		.thread_ns = s->thread_ns,
		.thread_user_ns = s->thread_user_ns,
		.thread_system_ns = s->thread_system_ns,
	};
}
