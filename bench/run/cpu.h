/* SPDX-License-Identifier: MIT */
/* CPU time of the whole machine, as the kernel counts it in /proc/stat. */
#ifndef TARE_RUN_CPU_H
#define TARE_RUN_CPU_H

#include <stdint.h>

/* Sums over all CPUs, in ns. Resolution: one tick of /proc/stat (10 ms) for each field. */
struct cpu_times {
	uint64_t user_ns; /* with nice */
	uint64_t system_ns;
	uint64_t irq_ns;
	uint64_t softirq_ns;
	uint64_t steal_ns;
	uint64_t idle_ns; /* with iowait */
};

/* Reads the first line of ROOT/proc/stat. Returns 0 or -errno (-EBADMSG: not as expected). */
int cpu_read(struct cpu_times *times, const char *root);

/* later - earlier, field by field; a counter that ran backwards gives 0. */
struct cpu_times cpu_since(const struct cpu_times *later, const struct cpu_times *earlier);

void cpu_add(struct cpu_times *to, const struct cpu_times *from);

/* ns of one tick. */
uint64_t cpu_tick_ns(void);

#endif
