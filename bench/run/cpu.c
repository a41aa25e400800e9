// SPDX-License-Identifier: MIT
/* Reads /proc/stat. */
#include "run/cpu.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/file.h"

uint64_t cpu_tick_ns(void)
{
	long hz = sysconf(_SC_CLK_TCK);

	return CLOCK_NS_PER_S / (uint64_t)(hz > 0 ? hz : 100);
}

int cpu_read(struct cpu_times *times, const char *root)
{
	uint64_t v[8] = { 0 }, tick = cpu_tick_ns();
	char text[512];
	int ret = file_read_text(text, sizeof(text), root, "proc/stat");

	if (ret < 0)
		return ret;
	/* user nice system idle iowait irq softirq steal (proc(5)) */
	if (strncmp(text, "cpu ", 4) ||
	    sscanf(text,
		   "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64,
		   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
		return -EBADMSG;
	*times = (struct cpu_times){ .user_ns = (v[0] + v[1]) * tick,
				     .system_ns = v[2] * tick,
				     .idle_ns = (v[3] + v[4]) * tick,
				     .irq_ns = v[5] * tick,
				     .softirq_ns = v[6] * tick,
				     .steal_ns = v[7] * tick };
	return 0;
}

static uint64_t since(uint64_t later, uint64_t earlier)
{
	return later > earlier ? later - earlier : 0;
}

struct cpu_times cpu_since(const struct cpu_times *later, const struct cpu_times *earlier)
{
	return (struct cpu_times){
		.user_ns = since(later->user_ns, earlier->user_ns),
		.system_ns = since(later->system_ns, earlier->system_ns),
		.irq_ns = since(later->irq_ns, earlier->irq_ns),
		.softirq_ns = since(later->softirq_ns, earlier->softirq_ns),
		.steal_ns = since(later->steal_ns, earlier->steal_ns),
		.idle_ns = since(later->idle_ns, earlier->idle_ns),
	};
}

void cpu_add(struct cpu_times *to, const struct cpu_times *from)
{
	to->user_ns += from->user_ns;
	to->system_ns += from->system_ns;
	to->irq_ns += from->irq_ns;
	to->softirq_ns += from->softirq_ns;
	to->steal_ns += from->steal_ns;
	to->idle_ns += from->idle_ns;
}
