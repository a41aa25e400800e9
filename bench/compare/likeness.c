// SPDX-License-Identifier: MIT
/* The table of facts, and the search for those that differ. */
#include "compare/likeness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct likeness_row likeness_rows[SAMPLE_FACTS_N] = {
	[SAMPLE_TOOL] = { "tool", "tool",
			  "tools and their versions spend different CPU time on each I/O; at high "
			  "rates that is what they measure" },
	[SAMPLE_BUILD] = { "build_id", "build",
			   "another build is another instrument; measure again with one of them" },
	[SAMPLE_SUITE] = { "suite", "suite",
			   "other workloads ran before and between: caches, allocation and heat "
			   "differ" },
	[SAMPLE_SPAN] = { "span", "span",
			  "a smaller region fits more easily into a cache, and seeks less" },
	[SAMPLE_TARGET] = { "target", "target",
			    "a file adds its file system and allocation to each I/O" },
	[SAMPLE_TARGET_MODEL] = { "model", "model", "another device, or another emulation of one" },
	[SAMPLE_TRANSPORT] = { "transport", "bus",
			       "sets the cost of submitting, and how many I/Os a queue takes" },
	[SAMPLE_DRIVER] = { "driver", "driver",
			    "each driver has its own cost of submitting and completing an I/O" },
	[SAMPLE_QUEUES] = { "queues", "hardware queues",
			    "with fewer queues than CPUs, jobs wait for each other" },
	[SAMPLE_REQUESTS] = { "requests", "queue size",
			      "a queue below the depth asked for holds I/Os back" },
	[SAMPLE_SCHEDULER] = { "scheduler", "scheduler",
			       "sorting costs CPU time for each I/O and shapes latencies" },
	[SAMPLE_WRITE_CACHE] = { "write_cache", "write cache",
				 "write back answers before data are safe; flushes cost the more" },
	[SAMPLE_BLOCK_SIZES] = { "block_bytes", "block sizes",
				 "writes below the physical size read before they write" },
	[SAMPLE_BLOCKS_READ] = { "blocks_read", "blocks read",
				 "blocks never written are answered without a disk" },
	[SAMPLE_CLOCK] = { "clock", "tool's clock",
			   "read twice for each I/O: a system call for it costs what an I/O "
			   "costs" },
	[SAMPLE_CLOCKSOURCE] = { "clocksource", "clock source",
				 "other than tsc, each look at the clock may leave the guest" },
	[SAMPLE_HYPERVISOR] = { "hypervisor", "hypervisor",
				"each I/O passes through it, twice: request and interrupt" },
	[SAMPLE_MACHINE] = { "machine", "machine", "another machine, or another emulation of one" },
	[SAMPLE_FIRMWARE] = { "firmware", "firmware", "sets up PCI and power states" },
	[SAMPLE_CPU] = { "cpu", "CPU",
			 "CPU time per I/O, and with it the rate of one thread, scale with it" },
	[SAMPLE_MICROCODE] = { "microcode", "microcode", "may bring mitigations with it" },
	[SAMPLE_CPUS] = { "cpus", "CPUs",
			  "jobs beyond them share; interrupts find fewer free ones" },
	[SAMPLE_CPU_FREQUENCY_DRIVER] = { "cpu_frequency_driver", "frequency driver",
					  "sets how fast a CPU wakes up and clocks up" },
	[SAMPLE_GOVERNOR] = { "cpu_governor", "governor",
			      "a CPU that clocks down between I/Os makes each of them slower" },
	[SAMPLE_MEMORY] = { "memory", "memory", "what buffered I/O may cache" },
	[SAMPLE_KERNEL] = { "kernel", "kernel",
			    "its block layer and mitigations are part of each I/O" },
	[SAMPLE_KERNEL_COMMAND_LINE] = { "kernel_command_line", "kernel arguments",
					 "may switch mitigations, polling and idle states" },
	[SAMPLE_MITIGATIONS] = { "mitigations", "mitigations",
				 "make each system call and interrupt dearer" },
};

/* Whether boots of one environment disagree. */
static bool varies(const struct comparison_environment *e, enum sample_fact fact)
{
	const char *first = e->boot[0]->fact[fact];

	for (uint32_t b = 1; b < e->boots_n; b++) {
		const char *other = e->boot[b]->fact[fact];

		if (!first != !other || (first && strcmp(first, other)))
			return true;
	}
	return false;
}

/* Fills a row; returns whether it is one. */
static bool fill_row(struct comparison_difference *row, const struct comparison *c,
		     enum sample_fact fact)
{
	const char *known = NULL;
	uint32_t told = 0;

	row->fact = fact;
	row->differs = false;
	for (uint32_t i = 0; i < c->environments_n; i++) {
		row->value[i] = c->environment[i].boot[0]->fact[fact];
		row->varies[i] = varies(&c->environment[i], fact);
		row->differs = row->differs || row->varies[i] ||
			       (known && row->value[i] && strcmp(known, row->value[i]));
		known = known ? known : row->value[i];
		told += row->value[i] != NULL;
	}
	return row->differs || (told && told < c->environments_n);
}

int likeness_find(struct comparison *c)
{
	uint32_t n = c->environments_n;

	c->difference = calloc(SAMPLE_FACTS_N, sizeof(*c->difference));
	if (!c->difference)
		return -ENOMEM;
	for (int fact = 0; fact < SAMPLE_FACTS_N; fact++) {
		struct comparison_difference *row = &c->difference[c->differences_n];

		if (!row->value) {
			row->value = calloc(n, sizeof(*row->value));
			row->varies = calloc(n, sizeof(*row->varies));
		}
		if (!row->value || !row->varies)
			return -ENOMEM;
		c->differences_n += fill_row(row, c, fact);
	}
	return 0;
}
