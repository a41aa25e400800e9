// SPDX-License-Identifier: MIT
/*
 * First against second writes. Storage that allocates on the first write (qcow2, thin volumes,
 * sparse files, VMFS) pays there for its tables, and often for zeros around what was written.
 *
 * Each unit of 4 MiB is touched coarse to fine: at its start, in its middle, at a quarter ... down
 * to the 4 KiB behind its start. The touch of level l is the first in its 4 KiB << l, and lies
 * where everything larger was touched before: it is slow where the granule is no larger than that.
 * The smallest slow level is the granule. The same places are written once more, before or after
 * the next unit, as is drawn. 4 KiB at depth 1, as nothing else tells single writes apart.
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

/* Of one level, and of it and all larger ones. */
struct level {
	struct contrast own, pool;
};

/* The smallest level from which on every one is slow by itself; `levels` where the largest is not.
 */
static uint32_t granule_level(const struct level *level, uint32_t levels)
{
	uint32_t l = levels;

	while (l && level[l - 1].own.ratio > DETECT_RATIO)
		l--;
	return l;
}

static void contrast_level(struct level *level, const struct allocation_samples *s, uint32_t l)
{
	static double first[ALLOCATION_LEVELS * ALLOCATION_UNITS_MAX];
	static double second[ALLOCATION_LEVELS * ALLOCATION_UNITS_MAX];
	uint32_t n = 0;

	contrast_pairs(&level->own, s->first[l], s->second[l], s->n, DETECT_RATIO);
	for (; l < s->levels; l++)
		for (uint32_t u = 0; u < s->n; u++, n++) {
			first[n] = s->first[l][u];
			second[n] = s->second[l][u];
		}
	contrast_pairs(&level->pool, first, second, n, DETECT_RATIO);
}

/* The geometric mean of a unit's first writes over some of its levels. */
static double first_of(const struct allocation_samples *s, uint32_t unit, uint32_t from,
		       uint32_t to)
{
	double sum = 0;

	for (uint32_t l = from; l < to; l++)
		sum += log(s->first[l][unit]);
	return exp(sum / (to - from));
}

/* Storage upon storage that allocates has two granules: above the smaller, the level from which on
 * first writes are slower still, where the step is greatest. Returns `least` where there is none.
 */
static uint32_t larger_granule(const struct allocation_samples *s, uint32_t least)
{
	double above[ALLOCATION_UNITS_MAX], below[ALLOCATION_UNITS_MAX], step = 0;
	uint32_t found = least;

	for (uint32_t l = least + 1; l < s->levels; l++) {
		struct contrast c;

		for (uint32_t u = 0; u < s->n; u++) {
			above[u] = first_of(s, u, l, s->levels);
			below[u] = first_of(s, u, least, l);
		}
		contrast_pairs(&c, above, below, s->n, DETECT_RATIO);
		if (contrast_verdict(&c, s->levels) != DETECTION_FOUND || c.ratio <= step)
			continue;
		step = c.ratio;
		found = l;
	}
	return found;
}

static void say_found(struct detection *to, const struct allocation_samples *s,
		      const struct level *level, uint32_t least)
{
	uint32_t larger = larger_granule(s, least);
	const struct contrast *pool = &level[larger].pool;
	char granule[32], within[64] = "", small[32];

	str_from_bytes(granule, sizeof(granule), (uint64_t)BLOCK_BYTES << larger);
	str_from_bytes(small, sizeof(small), (uint64_t)BLOCK_BYTES << least);
	if (larger > least)
		snprintf(within, sizeof(within), "; within it %s%s, %.0f us", small,
			 least ? "" : " or less", (level[least].own.a - level[least].own.b) / 1e3);
	detection_size(to, (pool->a - pool->b) / 1e3, "us");
	detection_say(
		to, DETECTION_FOUND, contrast_confidence_pct(&level[least].pool, s->levels),
		"the first write of a place took %.1f us, the second %.1f us: %.2f times as "
		"long, over %u pairs: storage allocates on first write, granule %s%s, %.0f us "
		"each%s",
		pool->a / 1e3, pool->b / 1e3, pool->ratio, pool->n, granule,
		larger ? "" : " or less", to->value, within);
}

static void say_other(struct detection *to, const struct allocation_samples *s,
		      const struct level *level, uint32_t strongest)
{
	enum detection_verdict verdict = DETECTION_CLEAR;
	const struct contrast *c = &level[strongest].pool;

	for (uint32_t l = 0; l < s->levels; l++)
		if (contrast_verdict(&level[l].pool, s->levels) != DETECTION_CLEAR)
			verdict = DETECTION_UNDECIDED;
	if (!s->fresh)
		verdict = DETECTION_UNDECIDED;
	detection_size(to, c->ratio, "ratio");
	detection_say(to, verdict, s->fresh ? contrast_confidence_pct(c, s->levels) : NAN,
		      "the first write of a place took %.1f us, the second %.1f us: %.2f times as "
		      "long, over %u pairs %u KiB and more apart, the strongest of %u distances%s",
		      c->a / 1e3, c->b / 1e3, c->ratio, c->n, BLOCK_BYTES << strongest >> 10,
		      s->levels,
		      s->fresh ? "" : "; the places may have been written before this run");
}

/* A unit's start is the first write of any granule: where it is not slow, nothing allocates, and
 * what pools show is something else. */
void conclude_allocation(struct detection *to, const struct allocation_samples *s)
{
	struct level level[ALLOCATION_LEVELS];
	uint32_t strongest = 0, granule;

	for (uint32_t l = 0; l < s->levels; l++) {
		contrast_level(&level[l], s, l);
		if (level[l].pool.p_beyond < level[strongest].pool.p_beyond)
			strongest = l;
	}
	granule = granule_level(level, s->levels);
	if (granule < s->levels &&
	    contrast_verdict(&level[granule].pool, s->levels) == DETECTION_FOUND)
		say_found(to, s, level, granule);
	else
		say_other(to, s, level, strongest);
}

/* Level `levels - 1` is the unit's start; below it, where half of the level above begins. */
static uint64_t touch(uint64_t from, uint32_t unit, uint32_t level, uint32_t levels)
{
	uint64_t start = from + ((uint64_t)unit << (levels - 1)) * BLOCK_BYTES;

	return level == levels - 1 ? start : start + ((uint64_t)BLOCK_BYTES << level);
}

/* Writes the places of a unit once, coarse to fine. Each is read before: what the storage must look
 * up for a place that nobody asked for in a while is no allocation. */
static int walk(struct pulse *p, uint64_t from, uint32_t unit, uint32_t levels,
		double (*ns)[ALLOCATION_UNITS_MAX])
{
	int ret = 0;

	for (uint32_t l = levels; l-- > 0 && !ret;) {
		struct shot shot = { .offset_bytes = touch(from, unit, l, levels) };

		ret = pulse_one(p, &shot, &ns[l][unit]);
		shot.write = true;
		if (!ret)
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

	pulse_let_write(&p, d->from_bytes, d->bytes);
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
