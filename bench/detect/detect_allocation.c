// SPDX-License-Identifier: MIT
/*
 * First against later writes. Storage that allocates on the first write (qcow2, thin volumes,
 * sparse files, VMFS) pays there for its tables, and often for zeros around what was written.
 *
 * Each unit of 4 MiB is touched coarse to fine: at its start, in its middle, at both quarters, and
 * from there on 512 KiB, 256 KiB ... 4 KiB behind all quarters' starts. The touch of level l is the
 * first in its 4 KiB << l, and lies where everything larger was touched before: it is slow where
 * the granule is no larger than that. The smallest slow level is the granule. 4 KiB at depth 1, as
 * nothing else tells single writes apart.
 *
 * With each first write go writes of the same place of the three units before, in an order that is
 * drawn: where nothing allocates these four are alike, whatever the machine does meanwhile. Before,
 * all places of the unit are read: what storage must look up, or must bring in to change a part of
 * it, is no allocation.
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
/* Writes again with each first one: their median is held against it, which it exceeds by chance in
 * half of all cases, as it should, where their number is odd. One on disks that are slow, of half
 * of the places. */
#define AGAIN 3

/* Nothing but an allocation tells a first write from those next to it: it is one, too, where it
 * costs less than what makes other figures other ones (DETECT_RATIO, for what is clear). */
#define FOUND_RATIO 1.07

/* Of one level, and of it and all larger ones; `near` is the pool against DETECT_RATIO. */
struct level {
	struct contrast own, pool, near;
};

/* Where the levels that are slow by themselves begin: what lies from there on is beyond `halfway`
 * by the most, taken together. For two values a step apart that is the likeliest place of the step
 * (a sum of differences from halfway is at its extreme there), and one level that chance made fast
 * does not move it. `levels` where nothing is. */
static uint32_t granule_level(const struct level *level, uint32_t levels, double halfway)
{
	double sum = 0, most = 0;
	uint32_t granule = levels;

	for (uint32_t l = levels; l-- > 0;) {
		sum += level[l].own.n * log(level[l].own.ratio / halfway);
		if (sum > most) {
			most = sum;
			granule = l;
		}
	}
	return granule;
}

/* The pairs of level l, from [n] on. Returns how many there are then. */
static uint32_t pairs_of(const struct allocation_samples *s, uint32_t l, double *first,
			 double *second, uint32_t n)
{
	uint32_t places = allocation_places(s, l);

	for (uint32_t u = 0; u < s->n; u++)
		for (uint32_t i = 0; i < places; i++, n++) {
			first[n] = s->first[l][u][i];
			second[n] = s->second[l][u][i];
		}
	return n;
}

static void contrast_level(struct level *level, const struct allocation_samples *s, uint32_t l)
{
	static double first[ALLOCATION_LEVELS * ALLOCATION_UNITS_MAX * ALLOCATION_PLACES];
	static double second[ALLOCATION_LEVELS * ALLOCATION_UNITS_MAX * ALLOCATION_PLACES];
	uint32_t n = pairs_of(s, l, first, second, 0);

	contrast_pairs(&level->own, first, second, n, DETECT_RATIO);
	while (++l < s->levels)
		n = pairs_of(s, l, first, second, n);
	contrast_pairs(&level->pool, first, second, n, FOUND_RATIO);
	contrast_pairs(&level->near, first, second, n, DETECT_RATIO);
}

/* The geometric mean of a unit's first writes over some of its levels. */
static double first_of(const struct allocation_samples *s, uint32_t unit, uint32_t from,
		       uint32_t to)
{
	double sum = 0;
	uint32_t n = 0;

	for (uint32_t l = from; l < to; l++)
		for (uint32_t i = 0; i < allocation_places(s, l); i++, n++)
			sum += log(s->first[l][unit][i]);
	return exp(sum / n);
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
		      const struct level *level, uint32_t least, uint32_t strongest)
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
		to, DETECTION_FOUND, contrast_confidence_pct(&level[strongest].pool, s->levels),
		"the first write of a place took %.1f us, later ones %.1f us: %.2f times as "
		"long, over %u pairs: storage allocates on first write, granule %s%s, %.0f us "
		"each%s",
		pool->a / 1e3, pool->b / 1e3, pool->ratio, pool->n, granule,
		larger ? "" : " or less", to->value, within);
}

static void say_other(struct detection *to, const struct allocation_samples *s,
		      const struct level *level, uint32_t strongest)
{
	enum detection_verdict verdict = DETECTION_CLEAR;
	const struct contrast *c = &level[strongest].near;
	char larger[80] = "", unit[32];

	for (uint32_t l = 0; l < s->levels; l++)
		if (contrast_verdict(&level[l].near, s->levels) != DETECTION_CLEAR)
			verdict = DETECTION_UNDECIDED;
	if (!s->fresh)
		verdict = DETECTION_UNDECIDED;
	if (verdict == DETECTION_CLEAR)
		snprintf(larger, sizeof(larger), "; a granule above %s would not show",
			 str_from_bytes(unit, sizeof(unit),
					(uint64_t)BLOCK_BYTES << (s->levels - 1)));
	detection_size(to, c->ratio, "ratio");
	detection_say(
		to, verdict, s->fresh ? contrast_confidence_pct(c, s->levels) : NAN,
		"the first write of a place took %.1f us, later ones %.1f us: %.2f times as "
		"long, over %u pairs %u KiB and more apart, the strongest of %u distances%s%s",
		c->a / 1e3, c->b / 1e3, c->ratio, c->n, BLOCK_BYTES << strongest >> 10, s->levels,
		larger, s->fresh ? "" : "; the places may have been written before this run");
}

/* A unit's start is the first write of any granule: where that is clearly not slow, by half of a
 * small effect that pools show, nothing allocates, and these show something else. */
static bool start_is_fast(const struct allocation_samples *s, double halfway)
{
	double first[ALLOCATION_UNITS_MAX], second[ALLOCATION_UNITS_MAX];
	uint32_t n = pairs_of(s, s->levels - 1, first, second, 0);
	struct contrast c;

	contrast_pairs(&c, first, second, n, fmin(fmax(halfway, FOUND_RATIO), DETECT_RATIO));
	return contrast_verdict(&c, 1) == DETECTION_CLEAR;
}

void conclude_allocation(struct detection *to, const struct allocation_samples *s)
{
	struct level level[ALLOCATION_LEVELS] = { 0 };
	uint32_t strongest = 0, granule;
	double halfway;

	for (uint32_t l = 0; l < s->levels; l++) {
		contrast_level(&level[l], s, l);
		if (level[l].pool.p_beyond < level[strongest].pool.p_beyond)
			strongest = l;
	}
	halfway = sqrt(level[strongest].pool.ratio);
	granule = granule_level(level, s->levels, halfway);
	if (contrast_verdict(&level[strongest].pool, s->levels) == DETECTION_FOUND &&
	    !start_is_fast(s, halfway))
		say_found(to, s, level, granule < s->levels ? granule : strongest, strongest);
	else
		say_other(to, s, level, strongest);
}

static double median(const double *ns, uint32_t n)
{
	return n < AGAIN ? ns[0] : fmax(fmin(ns[0], ns[1]), fmin(fmax(ns[0], ns[1]), ns[2]));
}

struct walk {
	struct pulse *pulse;
	struct rng *rng;
	struct allocation_samples *s;
	uint64_t from;
	uint32_t again; /* 1 or AGAIN */
};

/* The highest level is the unit's start; below it, where half of the level above begins, in each of
 * the parts that the unit has for it. */
static uint64_t place_of(const struct walk *w, uint32_t unit, uint32_t level, uint32_t i)
{
	uint64_t unit_bytes = (uint64_t)BLOCK_BYTES << (w->s->levels - 1);
	uint64_t start = w->from + unit * unit_bytes;

	if (level == w->s->levels - 1)
		return start;
	return start + i * (unit_bytes / allocation_places(w->s, level)) +
	       ((uint64_t)BLOCK_BYTES << level);
}

/* One I/O for each place of the unit. */
static int visit(const struct walk *w, uint32_t unit, bool write)
{
	double unused;
	int ret = 0;

	for (uint32_t l = w->s->levels; l-- > 0;)
		for (uint32_t i = 0; i < allocation_places(w->s, l) && !ret; i++) {
			struct shot shot = { .offset_bytes = place_of(w, unit, l, i),
					     .write = write };

			ret = pulse_one(w->pulse, &shot, &unused);
		}
	return ret;
}

/* The place in the unit, and in each of w->again before it. */
static int write_place(const struct walk *w, uint32_t unit, uint32_t l, uint32_t i, double *first,
		       double *later)
{
	uint32_t turn = rng_below(w->rng, w->again + 1); /* of the first */
	double again[AGAIN];
	int ret = 0;

	for (uint32_t k = 0, before = 0; k <= w->again && !ret; k++) {
		uint32_t back = k == turn ? 0 : ++before;
		struct shot shot = { .offset_bytes = place_of(w, unit - back, l, i),
				     .write = true };

		ret = pulse_one(w->pulse, &shot, back ? &again[back - 1] : first);
	}
	*later = ret ? 0 : median(again, w->again);
	return ret;
}

/* Writes a unit that has w->again before it, and the places of those once more. */
static int write_unit(const struct walk *w, uint32_t unit)
{
	struct allocation_samples *s = w->s;
	int ret = visit(w, unit, false);

	for (uint32_t l = s->levels; l-- > 0;)
		for (uint32_t i = 0; i < allocation_places(s, l) && !ret; i++)
			ret = write_place(w, unit, l, i, &s->first[l][s->n][i],
					  &s->second[l][s->n][i]);
	s->n += !ret;
	return ret;
}

/* A unit that later ones go back to; nothing is concluded from it. */
static int write_alone(const struct walk *w, uint32_t unit)
{
	int ret = visit(w, unit, false);

	return ret ? ret : visit(w, unit, true);
}

static int walk_all(struct detecting *d, struct allocation_samples *s, uint64_t from,
		    uint32_t units, struct err *e)
{
	struct rng rng;
	struct pulse p;
	struct walk w = { &p, &rng, s, from, AGAIN };
	uint64_t begin_ns = tsc_now_ns(), one_ns = 0;
	int ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);

	pulse_let_write(&p, d->from_bytes, d->bytes);
	rng_seed(&rng, d->seed);
	/* No unit is begun that would not end in time, going by the one before. */
	for (uint32_t u = 0; u < units && !ret && begin_ns + one_ns < d->until_ns; u++) {
		uint64_t end_ns;

		ret = u < w.again ? write_alone(&w, u) : write_unit(&w, u);
		end_ns = tsc_now_ns();
		one_ns = end_ns - begin_ns;
		begin_ns = end_ns;
		/* It had a read and a write of each place: later ones have AGAIN writes more. Of
		 * half of the places, which lie among those, they can go back to it all the same.
		 */
		if (!u && one_ns / 2 * (AGAIN + 2) * units > d->until_ns - end_ns) {
			w.again = 1;
			s->places /= 2;
		}
	}
	pulse_close(&p);
	return ret;
}

int detect_allocation(struct detecting *d, struct err *e)
{
	static struct allocation_samples s;
	uint64_t begin = d->from_bytes + d->bytes / 4, bytes = d->bytes / 2, from, unit;
	uint32_t units;
	int ret;

	s.n = 0;
	s.places = ALLOCATION_PLACES;
	s.levels = ALLOCATION_LEVELS;
	s.fresh = d->fresh;
	/* With fewer than 14 units of samples the pairs of the highest level could never decide,
	 * were all of them slow; AGAIN go before them, and the ends may cost one. */
	while (s.levels > 1 && bytes / ((uint64_t)BLOCK_BYTES << (s.levels - 1)) < 16 + AGAIN + 1)
		s.levels--;
	unit = (uint64_t)BLOCK_BYTES << (s.levels - 1);
	if (s.levels < 2) {
		detection_say(d->to, DETECTION_SKIPPED, NAN, "the span is too small");
		return 0;
	}
	from = (begin + unit - 1) / unit * unit;
	units = (uint32_t)((begin + bytes - from) / unit);
	ret = walk_all(d, &s, from, units < ALLOCATION_UNITS_MAX ? units : ALLOCATION_UNITS_MAX, e);
	if (!ret)
		conclude_allocation(d->to, &s);
	return ret;
}
