// SPDX-License-Identifier: MIT
/* What detectors share. */
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/detectors.h"
#include "lib/str.h"

void detection_say(struct detection *to, enum detection_verdict verdict, double confidence_pct,
		   const char *fmt, ...)
{
	va_list args;

	to->verdict = verdict;
	to->confidence_pct = confidence_pct;
	va_start(args, fmt);
	vsnprintf(to->evidence, sizeof(to->evidence), fmt, args);
	va_end(args);
}

void detection_add(struct detection *to, const char *fmt, ...)
{
	size_t used = strlen(to->evidence);
	va_list args;

	va_start(args, fmt);
	vsnprintf(to->evidence + used, sizeof(to->evidence) - used, fmt, args);
	va_end(args);
}

void detection_size(struct detection *to, double value, const char *unit)
{
	to->value = value;
	str_copy(to->unit, sizeof(to->unit), isnan(value) ? "" : unit);
}

int places_init(struct places *p, const struct detecting *d, uint64_t from_bytes, uint64_t bytes,
		uint32_t block_bytes)
{
	uint64_t blocks = bytes / block_bytes;
	int ret = 0;

	*p = (struct places){ 0 };
	if (d->found) {
		ret = found_list(&p->list, d->found, block_bytes, from_bytes, from_bytes + bytes);
		blocks = p->list.n;
	}
	if (ret || !blocks)
		return ret ? ret : -ENODATA;
	pattern_init(&p->pattern, from_bytes, block_bytes, blocks, d->found ? &p->list : NULL, true,
		     false, d->seed);
	return 0;
}

void places_free(struct places *p)
{
	free(p->list.start);
}

void detecting_pin(uint32_t cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus); /* refused in a container: it still runs */
}
