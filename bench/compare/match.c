// SPDX-License-Identifier: MIT
/* Groups of workloads. */
#include "compare/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NUMBER };

/* What makes a workload another one. */
static const struct {
	enum kind kind;
	bool must; /* be told by both */
	size_t offset;
} parts[] = {
	{ TEXT, true, offsetof(struct sample_shape, rw) },
	{ TEXT, true, offsetof(struct sample_shape, bs) },
	{ TEXT, false, offsetof(struct sample_shape, engine) },
	{ NUMBER, false, offsetof(struct sample_shape, iodepth) },
	{ NUMBER, false, offsetof(struct sample_shape, numjobs) },
	{ NUMBER, false, offsetof(struct sample_shape, read_pct) },
	{ NUMBER, false, offsetof(struct sample_shape, fsync_writes) },
	{ NUMBER, false, offsetof(struct sample_shape, fdatasync_writes) },
	{ NUMBER, false, offsetof(struct sample_shape, rate_iops) },
	{ NUMBER, false, offsetof(struct sample_shape, rate_bytes) },
	{ TEXT, false, offsetof(struct sample_shape, sync) },
	{ NUMBER, false, offsetof(struct sample_shape, direct) },
};

#define PARTS_N (sizeof(parts) / sizeof(parts[0]))

static const void *part_of(const struct sample_shape *shape, size_t i)
{
	return (const char *)shape + parts[i].offset;
}

static bool is_told(const struct sample_shape *shape, size_t i)
{
	if (parts[i].kind == TEXT)
		return *(const char *)part_of(shape, i);
	return sample_known(*(const double *)part_of(shape, i));
}

static bool is_alike(const struct sample_shape *a, const struct sample_shape *b, size_t i)
{
	if (parts[i].kind == TEXT)
		return !strcmp(part_of(a, i), part_of(b, i));
	return *(const double *)part_of(a, i) == *(const double *)part_of(b, i);
}

/* Parts known alike, or -1 where they are not the same workload. */
static int likeness(const struct comparison_group *g, const struct sample_workload *w)
{
	int alike = 0;

	if (g->direction != w->direction)
		return -1;
	for (size_t i = 0; i < PARTS_N; i++) {
		bool both = is_told(&g->shape, i) && is_told(&w->shape, i);

		if (both && !is_alike(&g->shape, &w->shape, i))
			return -1;
		if (!both && parts[i].must && strcmp(g->name, w->name))
			return -1;
		alike += both;
	}
	return alike;
}

/* Takes over what the group does not know yet. */
static void learn(struct comparison_group *g, const struct sample_shape *from)
{
	for (size_t i = 0; i < PARTS_N; i++) {
		if (is_told(&g->shape, i) != is_told(from, i))
			g->says_less = true;
		if (is_told(&g->shape, i) || !is_told(from, i))
			continue;
		if (parts[i].kind == TEXT)
			strcpy((char *)&g->shape + parts[i].offset, part_of(from, i));
		else
			*(double *)((char *)&g->shape + parts[i].offset) =
				*(const double *)part_of(from, i);
	}
}

static struct comparison_group *add_group(struct comparison *c, const struct sample_workload *w)
{
	struct comparison_group *g = realloc(c->group, (c->groups_n + 1) * sizeof(*g));

	if (!g)
		return NULL;
	c->group = g;
	g += c->groups_n;
	*g = (struct comparison_group){ .shape = w->shape, .direction = w->direction };
	strcpy(g->name, w->name);
	g->figure = calloc(c->environments_n, sizeof(*g->figure));
	if (!g->figure)
		return NULL;
	c->groups_n++;
	return g;
}

/* Of this boot, the group has one already: a workload that the plan repeats is another one. */
static bool is_taken(const struct comparison_figure *f, uint32_t boots_before)
{
	return f->boots_n > boots_before;
}

/* `before`: boots of this environment that each group had before this boot. */
static int place(struct comparison *c, uint32_t env, const struct sample_workload *w,
		 const uint32_t *before, uint32_t before_n)
{
	struct comparison_group *best = NULL;
	struct comparison_figure *f;
	const struct sample_workload **grown;
	int most = -1;

	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct comparison_group *g = &c->group[i];
		int alike = likeness(g, w);

		if (alike <= most || is_taken(&g->figure[env], i < before_n ? before[i] : 0))
			continue;
		most = alike;
		best = g;
	}
	if (!best)
		best = add_group(c, w);
	if (!best)
		return -ENOMEM;
	learn(best, &w->shape);
	f = &best->figure[env];
	grown = realloc(f->boot, (f->boots_n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	f->boot = grown;
	f->boot[f->boots_n++] = w;
	f->present = true;
	return 0;
}

static int place_boot(struct comparison *c, uint32_t env, const struct sample_run *run)
{
	uint32_t before_n = c->groups_n, *before = calloc(before_n + 1, sizeof(*before));
	int ret = before ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < before_n && !ret; i++)
		before[i] = c->group[i].figure[env].boots_n;
	for (uint32_t i = 0; i < run->workloads_n && !ret; i++)
		ret = place(c, env, &run->workload[i], before, before_n);
	free(before);
	return ret;
}

int match(struct comparison *c)
{
	int ret = 0;

	for (uint32_t env = 0; env < c->environments_n && !ret; env++)
		for (uint32_t b = 0; b < c->environment[env].boots_n && !ret; b++)
			ret = place_boot(c, env, c->environment[env].boot[b]);
	for (uint32_t i = 0; i < c->groups_n; i++) {
		struct comparison_group *g = &c->group[i];

		g->open_loop = g->shape.rate_iops > 0 || g->shape.rate_bytes > 0;
	}
	return ret;
}

/* --- names --- */

char *match_name(char *to, size_t to_bytes, const struct sample_shape *shape)
{
	char mix[8] = "", size[sizeof(shape->bs)] = "", depth[16] = "", jobs[16] = "";
	size_t n = 0;

	/* "4 KiB" as "4k" */
	for (const char *c = shape->bs; *c; c++)
		if (*c != ' ' && *c != 'i' && *c != 'B')
			size[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
	if (sample_known(shape->read_pct))
		snprintf(mix, sizeof(mix), "%.0f", shape->read_pct);
	if (sample_known(shape->iodepth))
		snprintf(depth, sizeof(depth), "-qd%.0f", shape->iodepth);
	if (shape->numjobs > 1)
		snprintf(jobs, sizeof(jobs), "-jobs%.0f", shape->numjobs);
	snprintf(to, to_bytes, "%s%s%s%s%s%s%s", shape->rw, mix, *size ? "-" : "", size, depth,
		 shape->fsync_writes > 0 || shape->fdatasync_writes > 0 ? "-flush" : "", jobs);
	return to;
}

bool match_is_named(const struct comparison *c, const struct comparison_group *group,
		    const char *name)
{
	char own[2 * SAMPLE_NAME_BYTES];

	if (!strcmp(match_name(own, sizeof(own), &group->shape), name))
		return true;
	for (uint32_t i = 0; i < c->environments_n; i++)
		for (uint32_t b = 0; b < group->figure[i].boots_n; b++)
			if (!strcmp(group->figure[i].boot[b]->name, name))
				return true;
	return false;
}
