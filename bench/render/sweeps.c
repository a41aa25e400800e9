// SPDX-License-Identifier: MIT
/* Finds sweeps. */
#include "render/sweeps.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *of;
	size_t offset; /* of the number in a shape */
} numbers[] = {
	{ "depth", offsetof(struct sample_shape, iodepth) },
	{ "jobs", offsetof(struct sample_shape, numjobs) },
};

#define NUMBERS_N (sizeof(numbers) / sizeof(numbers[0]))

static double *number_of(struct sample_shape *shape, size_t number)
{
	return (double *)((char *)shape + numbers[number].offset);
}

static bool same(double a, double b)
{
	return a == b || (!sample_known(a) && !sample_known(b));
}

/* The same but for that number, which both have. */
static bool belongs(const struct comparison_group *g, const struct comparison_group *h,
		    size_t number)
{
	struct sample_shape a = g->shape, b = h->shape;

	if (!sample_known(*number_of(&a, number)) || !sample_known(*number_of(&b, number)))
		return false;
	*number_of(&a, number) = *number_of(&b, number) = 0;
	return g->direction == h->direction && !strcmp(a.rw, b.rw) && !strcmp(a.bs, b.bs) &&
	       !strcmp(a.engine, b.engine) && same(a.iodepth, b.iodepth) &&
	       same(a.numjobs, b.numjobs) && same(a.read_pct, b.read_pct) &&
	       same(a.fsync_writes, b.fsync_writes) &&
	       same(a.fdatasync_writes, b.fdatasync_writes) && same(a.rate_iops, b.rate_iops) &&
	       same(a.rate_bytes, b.rate_bytes) && !strcmp(a.sync, b.sync) &&
	       same(a.direct, b.direct);
}

/* Keeps the order; of two with the same number the first stays. */
static void insert(struct sweep *s, uint32_t group, double at)
{
	uint32_t place = 0;

	if (s->n == SWEEP_GROUPS_MAX)
		return;
	while (place < s->n && s->at[place] < at)
		place++;
	if (place < s->n && s->at[place] == at)
		return;
	for (uint32_t i = s->n++; i > place; i--) {
		s->group[i] = s->group[i - 1];
		s->at[i] = s->at[i - 1];
	}
	s->group[place] = group;
	s->at[place] = at;
}

static void add_from(struct sweeps *to, const struct comparison *c, uint32_t first, size_t number)
{
	struct sweep s = { .of = numbers[number].of };

	for (uint32_t i = 0; i < first; i++)
		if (belongs(&c->group[first], &c->group[i], number))
			return; /* it is in that one's sweep */
	for (uint32_t i = first; i < c->groups_n; i++) {
		struct sample_shape shape = c->group[i].shape;

		if (!c->group[i].open_loop && belongs(&c->group[first], &c->group[i], number))
			insert(&s, i, *number_of(&shape, number));
	}
	if (s.n > 1 && to->n < SWEEPS_MAX)
		to->sweep[to->n++] = s;
}

void sweeps_find(struct sweeps *to, const struct comparison *c)
{
	to->n = 0;
	for (size_t number = 0; number < NUMBERS_N; number++)
		for (uint32_t i = 0; i < c->groups_n; i++)
			add_from(to, c, i, number);
}
