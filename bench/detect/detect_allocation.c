// SPDX-License-Identifier: MIT
/*
 * First against second writes. Storage that allocates on the first write (qcow2, thin volumes,
 * sparse files, VMFS) pays there for its tables, and often for zeros around what was written.
 *
 * Each unit of 4 MiB is touched coarse to fine: at its start, in its middle, at a quarter ... down
 * to the 4 KiB behind its start. The touch of level l is the first in its 4 KiB << l, and lies
 * where everything larger was touched before: it is slow where the granule is no larger than that.
 * The smallest slow level is the granule. The same places are written once more, a unit later, in
 * an order that is drawn. 4 KiB at depth 1, as nothing else tells single writes apart.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/str.h"
#include "lib/tsc.h"

#define BLOCK_BYTES 4096u

/* The smallest level from which on everything is slow; `levels` where the largest is not. */
static uint32_t granule_level(const struct contrast *c, uint32_t levels)
{
	uint32_t level = levels;

	while (level && contrast_verdict(&c[level - 1], levels) == DETECTION_FOUND)
		level--;
	return level;
}

/* What the first writes of slow levels took longer, ns. */
static double cost_ns(const struct contrast *c, uint32_t from, uint32_t to)
{
	double value[ALLOCATION_LEVELS];
	uint32_t n = 0;

	for (uint32_t l = from; l < to; l++)
		value[n++] = c[l].a - c[l].b;
	return contrast_median(value, n);
}

static void say_found(struct detection *to, const struct contrast *c, uint32_t level,
		      uint32_t levels)
{
	const struct contrast *top = &c[levels - 1];
	char granule[32];

	str_from_bytes(granule, sizeof(granule), (uint64_t)BLOCK_BYTES << level);
	detection_size(to, cost_ns(c, level, levels) / 1e3, "us");
	detection_say(
		to, DETECTION_FOUND, contrast_confidence_pct(top, levels),
		"the first write of a block took %.1f us, the second %.1f us: %.2f times as "
		"long, over %u pairs: storage allocates on first write, granule %s%s, %.0f us "
		"each",
		top->a / 1e3, top->b / 1e3, top->ratio, top->n, granule, level ? "" : " or less",
		to->value);
}

void conclude_allocation(struct detection *to, const struct allocation_samples *s)
{
	struct contrast c[ALLOCATION_LEVELS];
	enum detection_verdict verdict = DETECTION_CLEAR;
	uint32_t level, most = 0;

	for (uint32_t l = 0; l < s->levels; l++) {
		contrast_pairs(&c[l], s->first[l], s->second[l], s->n, DETECT_RATIO);
		if (c[l].p_beyond < c[most].p_beyond)
			most = l;
		if (contrast_verdict(&c[l], s->levels) != DETECTION_CLEAR)
			verdict = DETECTION_UNDECIDED;
	}
	level = granule_level(c, s->levels);
	if (level < s->levels) {
		say_found(to, c, level, s->levels);
		return;
	}
	if (verdict == DETECTION_CLEAR && !s->fresh)
		verdict = DETECTION_UNDECIDED;
	detection_size(to, c[most].ratio, "ratio");
	detection_say(to, verdict, contrast_confidence_pct(&c[most], s->levels),
		      "first writes %.2f to %.2f times as long as second ones, %u pairs at each of "
		      "%u distances; %.1f us against %.1f us%s",
		      c[0].ratio, c[s->levels - 1].ratio, s->n, s->levels, c[most].a / 1e3,
		      c[most].b / 1e3,
		      s->fresh ? "" : "; the blocks may have been written before this run");
}

/* Level `levels - 1` is the unit's start; below it, where half of the level above begins. */
static uint64_t touch(uint64_t from, uint32_t unit, uint32_t level, uint32_t levels)
{
	uint64_t start = from + ((uint64_t)unit << (levels - 1)) * BLOCK_BYTES;

	return level == levels - 1 ? start : start + ((uint64_t)BLOCK_BYTES << level);
}

/* Writes the places of a unit once, coarse to fine. */
static int walk(struct pulse *p, uint64_t from, uint32_t unit, uint32_t levels,
		double (*ns)[ALLOCATION_UNITS_MAX])
{
	int ret = 0;

	for (uint32_t l = levels; l-- > 0 && !ret;) {
		struct shot shot = { .offset_bytes = touch(from, unit, l, levels), .write = true };

		ret = pulse_one(p, &shot, &ns[l][unit]);
	}
	return ret;
}

static int walk_all(struct detecting *d, struct allocation_samples *s, uint64_t from,
		    uint32_t units, struct err *e)
{
	struct rng rng;
	struct pulse p;
	int ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);

	rng_seed(&rng, d->seed);
	for (uint32_t u = 0; u <= units && !ret; u++) {
		bool again_first = rng_below(&rng, 2);

		if (tsc_now_ns() > d->until_ns)
			break;
		if (u && again_first)
			ret = walk(&p, from, u - 1, s->levels, s->second);
		if (u < units && !ret)
			ret = walk(&p, from, u, s->levels, s->first);
		if (u && !again_first && !ret)
			ret = walk(&p, from, u - 1, s->levels, s->second);
		s->n = u; /* both ways */
	}
	pulse_close(&p);
	return ret;
}

int detect_allocation(struct detecting *d, struct err *e)
{
	static struct allocation_samples s;
	uint64_t bytes = d->bytes / 2, from = d->from_bytes + d->bytes / 4, unit;
	uint32_t units;
	int ret;

	s.levels = ALLOCATION_LEVELS;
	s.fresh = d->fresh;
	/* With fewer than 16 units no pair of a level could ever decide. */
	while (s.levels > 1 && bytes / ((uint64_t)BLOCK_BYTES << (s.levels - 1)) < 17)
		s.levels--;
	unit = (uint64_t)BLOCK_BYTES << (s.levels - 1);
	from = (from + unit - 1) / unit * unit;
	units = (uint32_t)(bytes / unit - 1);
	if (s.levels < 2) {
		detection_say(d->to, DETECTION_SKIPPED, NAN, "the span is too small");
		return 0;
	}
	ret = walk_all(d, &s, from, units < ALLOCATION_UNITS_MAX ? units : ALLOCATION_UNITS_MAX, e);
	if (!ret)
		conclude_allocation(d->to, &s);
	return ret;
}
