// SPDX-License-Identifier: MIT
/* The structs of samples: added to, derived from each other, freed. */
#include "import/samples.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/grow.h"
#include "lib/histogram.h"
#include "lib/str.h"

static const struct sample_latency no_latency = {
	SAMPLE_ABSENT, SAMPLE_ABSENT, SAMPLE_ABSENT, SAMPLE_ABSENT,
	SAMPLE_ABSENT, SAMPLE_ABSENT, SAMPLE_ABSENT,
};

struct sample_shape samples_shape(void)
{
	return (struct sample_shape){ .iodepth = SAMPLE_ABSENT,
				      .numjobs = SAMPLE_ABSENT,
				      .read_pct = SAMPLE_ABSENT,
				      .fsync_writes = SAMPLE_ABSENT,
				      .fdatasync_writes = SAMPLE_ABSENT,
				      .rate_iops = SAMPLE_ABSENT,
				      .rate_bytes = SAMPLE_ABSENT,
				      .direct = SAMPLE_ABSENT };
}

struct sample_run *samples_add_run(struct samples *s, const char *source)
{
	struct sample_run *grown = grow(s->run, s->n, sizeof(*grown));

	if (!grown)
		return NULL;
	s->run = grown;
	grown += s->n;
	*grown = (struct sample_run){ .source = strdup(source) };
	if (!grown->source)
		return NULL;
	for (int i = 0; i < SAMPLE_PROBES_N; i++)
		grown->probe[i] = SAMPLE_ABSENT;
	s->n++;
	return grown;
}

struct sample_workload *samples_add_workload(struct sample_run *run, const char *name,
					     enum sample_direction direction)
{
	struct sample_workload *w = grow(run->workload, run->workloads_n, sizeof(*w));

	if (!w)
		return NULL;
	run->workload = w;
	w += run->workloads_n++;
	*w = (struct sample_workload){ .direction = direction,
				       .shape = samples_shape(),
				       .iops = SAMPLE_ABSENT,
				       .bytes_per_s = SAMPLE_ABSENT,
				       .ios = SAMPLE_ABSENT,
				       .bytes = SAMPLE_ABSENT,
				       .measured_s = SAMPLE_ABSENT,
				       .span_bytes = SAMPLE_ABSENT,
				       .usr_pct = SAMPLE_ABSENT,
				       .sys_pct = SAMPLE_ABSENT,
				       .cpu_ns_per_io = SAMPLE_ABSENT,
				       .latency = no_latency,
				       .depth = SAMPLE_ABSENT,
				       .device_ns = SAMPLE_ABSENT,
				       .account = account_none() };
	str_copy(w->name, sizeof(w->name), name);
	return w;
}

struct sample_round *samples_add_round(struct sample_workload *w)
{
	struct sample_round *r = grow(w->round, w->rounds_n, sizeof(*r));

	if (!r)
		return NULL;
	w->round = r;
	r += w->rounds_n++;
	*r = (struct sample_round){ .iops = SAMPLE_ABSENT,
				    .bytes_per_s = SAMPLE_ABSENT,
				    .measured_s = SAMPLE_ABSENT,
				    .ios = SAMPLE_ABSENT,
				    .cpu_ns_per_io = SAMPLE_ABSENT,
				    .latency = no_latency };
	return r;
}

int samples_add_quantile(struct sample_workload *w, double pct, double ns)
{
	struct sample_quantile *q = grow(w->quantile, w->quantiles_n, sizeof(*q));

	if (!q)
		return -ENOMEM;
	w->quantile = q;
	q[w->quantiles_n++] = (struct sample_quantile){ pct, ns };
	return 0;
}

int samples_add_point(struct sample_workload *w, struct sample_point point)
{
	struct sample_point *p = grow(w->point, w->points_n, sizeof(*p));

	if (!p)
		return -ENOMEM;
	w->point = p;
	p[w->points_n++] = point;
	return 0;
}

void samples_drop_details(struct sample_workload *w)
{
	free(w->quantile);
	free(w->point);
	w->quantile = NULL;
	w->point = NULL;
	w->quantiles_n = w->points_n = 0;
}

int samples_set_fact(struct sample_run *run, enum sample_fact fact, const char *text)
{
	if (run->fact[fact] || !text || !*text)
		return 0;
	run->fact[fact] = strdup(text);
	return run->fact[fact] ? 0 : -ENOMEM;
}

int samples_set_label(struct sample_run *run, const char *text)
{
	char *label = strdup(text);

	if (!label)
		return -ENOMEM;
	free(run->label);
	run->label = label;
	return 0;
}

/* --- repetitions and clones --- */

static bool same_figure(double a, double b)
{
	return a == b || (!sample_known(a) && !sample_known(b));
}

static bool same_shape(const struct sample_shape *a, const struct sample_shape *b)
{
	return !strcmp(a->rw, b->rw) && !strcmp(a->bs, b->bs) && !strcmp(a->engine, b->engine) &&
	       same_figure(a->iodepth, b->iodepth) && same_figure(a->numjobs, b->numjobs) &&
	       same_figure(a->read_pct, b->read_pct) &&
	       same_figure(a->fsync_writes, b->fsync_writes) &&
	       same_figure(a->fdatasync_writes, b->fdatasync_writes) &&
	       same_figure(a->rate_iops, b->rate_iops) &&
	       same_figure(a->rate_bytes, b->rate_bytes) && !strcmp(a->sync, b->sync) &&
	       same_figure(a->direct, b->direct);
}

/* Percentiles are means over repetitions, so that all I/Os together support none that those of each
 * do not. */
static struct sample_latency supported(const struct sample_workload *w)
{
	struct sample_latency l = w->latency;
	const struct {
		double pct, *value;
	} of[] = {
		{ 50, &l.p50_ns }, { 99, &l.p99_ns }, { 99.9, &l.p999_ns }, { 99.99, &l.p9999_ns }
	};

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (!histogram_percentile_holds(w->ios, of[i].pct))
			*of[i].value = SAMPLE_ABSENT;
	return l;
}

static struct sample_round round_of(const struct sample_workload *w)
{
	return (struct sample_round){ w->iops, w->bytes_per_s,	 w->measured_s,
				      w->ios,  w->cpu_ns_per_io, supported(w) };
}

static double mean_of(double a, double n, double b)
{
	return (a * n + b) / (n + 1);
}

static void mean_latency(struct sample_latency *to, double n, const struct sample_latency *from)
{
	/* Percentiles of several repetitions are means over them, as their rates are. */
	to->slat_mean_ns = mean_of(to->slat_mean_ns, n, from->slat_mean_ns);
	to->mean_ns = mean_of(to->mean_ns, n, from->mean_ns);
	to->p50_ns = mean_of(to->p50_ns, n, from->p50_ns);
	to->p99_ns = mean_of(to->p99_ns, n, from->p99_ns);
	to->p999_ns = mean_of(to->p999_ns, n, from->p999_ns);
	to->p9999_ns = mean_of(to->p9999_ns, n, from->p9999_ns);
	to->max_ns = to->max_ns > from->max_ns ? to->max_ns : from->max_ns;
}

bool samples_repeat(struct sample_run *run, uint32_t before, const struct sample_workload *w)
{
	struct sample_workload *to = run->workload;
	struct sample_round *r;
	double n;

	while (before && (to->direction != w->direction || !same_shape(&to->shape, &w->shape) ||
			  (!w->shape.rw[0] && strcmp(to->name, w->name)))) {
		to++;
		before--;
	}
	if (!before)
		return false;
	samples_drop_details(to); /* they are of one repetition */
	if (!to->rounds_n) {
		r = samples_add_round(to);
		if (!r)
			return false;
		*r = round_of(to);
		to->latency = r->latency;
	}
	r = samples_add_round(to);
	if (!r)
		return false;
	*r = round_of(w);
	n = to->rounds_n - 1;
	to->iops = mean_of(to->iops, n, w->iops);
	to->bytes_per_s = mean_of(to->bytes_per_s, n, w->bytes_per_s);
	to->usr_pct = mean_of(to->usr_pct, n, w->usr_pct);
	to->sys_pct = mean_of(to->sys_pct, n, w->sys_pct);
	to->cpu_ns_per_io = mean_of(to->cpu_ns_per_io, n, w->cpu_ns_per_io);
	to->ios += w->ios;
	to->bytes += w->bytes;
	to->measured_s = w->measured_s < to->measured_s ? w->measured_s : to->measured_s;
	mean_latency(&to->latency, n, &r->latency);
	if (!to->failure[0])
		str_copy(to->failure, sizeof(to->failure), w->failure);
	return true;
}

void samples_merge_clone(struct sample_workload *to, const struct sample_workload *w,
			 uint32_t clones)
{
	double all = to->ios + w->ios, max_ns = fmax(to->latency.max_ns, w->latency.max_ns);
	double slat_ns = (to->latency.slat_mean_ns * to->ios + w->latency.slat_mean_ns * w->ios);
	double mean_ns = (to->latency.mean_ns * to->ios + w->latency.mean_ns * w->ios);

	samples_drop_details(to);
	to->latency = no_latency;
	to->latency.max_ns = max_ns;
	to->latency.slat_mean_ns = slat_ns / all;
	to->latency.mean_ns = mean_ns / all;
	to->cpu_ns_per_io = (to->cpu_ns_per_io * to->ios + w->cpu_ns_per_io * w->ios) / all;
	to->usr_pct = mean_of(to->usr_pct, clones, w->usr_pct);
	to->sys_pct = mean_of(to->sys_pct, clones, w->sys_pct);
	to->iops += w->iops;
	to->bytes_per_s += w->bytes_per_s;
	to->bytes += w->bytes;
	to->ios = all;
	to->measured_s = fmax(to->measured_s, w->measured_s);
	if (!to->failure[0])
		str_copy(to->failure, sizeof(to->failure), w->failure);
}

/* --- what follows from what --- */

static void print_bytes(char *to, size_t to_bytes, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	size_t i = 0;

	while (i < 3 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	snprintf(to, to_bytes, "%llu %s", (unsigned long long)bytes, units[i]);
}

void samples_block_text(struct sample_shape *shape, uint64_t least, uint64_t most)
{
	char a[sizeof(shape->bs) / 2], b[sizeof(shape->bs) / 2];

	print_bytes(a, sizeof(a), least);
	print_bytes(b, sizeof(b), most);
	snprintf(shape->bs, sizeof(shape->bs), "%s%s%s", a, least == most ? "" : "-",
		 least == most ? "" : b);
}

/* Bytes of each block, where all of them are of one size. */
static double block_bytes(const struct sample_shape *shape)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	double n, scale = 1;
	char unit[32], rest;

	if (sscanf(shape->bs, "%lf %31s%c", &n, unit, &rest) != 2)
		return SAMPLE_ABSENT;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++, scale *= 1024)
		if (!strcmp(unit, units[i]))
			return n * scale;
	return SAMPLE_ABSENT;
}

static void fill(double *figure, double by)
{
	if (!sample_known(*figure) && isfinite(by))
		*figure = by;
}

void samples_derive(struct sample_workload *w)
{
	double block = block_bytes(&w->shape);

	fill(&w->bytes_per_s, w->iops * block);
	fill(&w->bytes, w->ios * block);
	fill(&w->ios, w->bytes / block);
	fill(&w->measured_s, w->bytes / w->bytes_per_s);
	fill(&w->measured_s, w->ios / w->iops);
	fill(&w->ios, w->iops * w->measured_s);
	fill(&w->bytes, w->bytes_per_s * w->measured_s);
	fill(&w->iops, w->ios / w->measured_s);
	fill(&w->bytes_per_s, w->bytes / w->measured_s);
	fill(&w->iops, w->bytes_per_s / block);
	/* Of a thread's time; a second of it is 10^9 ns. Of a mixed one the other direction has
	 * its share. */
	if (!strstr(w->shape.rw, "rw") && strcmp(w->shape.rw, "readwrite") && w->iops > 0)
		fill(&w->cpu_ns_per_io,
		     (w->usr_pct + w->sys_pct) / 100 * 1e9 *
			     (sample_known(w->shape.numjobs) ? w->shape.numjobs : 1) / w->iops);
}

void samples_shape_from_name(struct sample_shape *shape, const char *name)
{
	static const struct {
		const char *word, *rw;
	} words[] = {
		{ "randread", "randread" }, { "randwrite", "randwrite" }, { "seqread", "read" },
		{ "seqwrite", "write" },    { "randrw", "randrw" },	  { "read", "read" },
		{ "write", "write" },
	};
	char text[SAMPLE_NAME_BYTES], *at, *word;
	uint64_t n;

	str_copy(text, sizeof(text), name);
	for (word = strtok_r(text, "-_ ", &at); word; word = strtok_r(NULL, "-_ ", &at)) {
		for (size_t i = 0; !shape->rw[0] && i < sizeof(words) / sizeof(words[0]); i++) {
			size_t len = strlen(words[i].word);

			if (strncmp(word, words[i].word, len))
				continue;
			if (!word[len])
				str_copy(shape->rw, sizeof(shape->rw), words[i].rw);
			else if (!str_to_u64(word + len, &n) && n <= 100) {
				str_copy(shape->rw, sizeof(shape->rw), words[i].rw);
				fill(&shape->read_pct, (double)n);
			}
		}
		if (!strncmp(word, "qd", 2) && !str_to_u64(word + 2, &n))
			fill(&shape->iodepth, (double)n);
		else if (!strncmp(word, "jobs", 4) && !str_to_u64(word + 4, &n))
			fill(&shape->numjobs, (double)n);
		else if (!shape->bs[0] && *word >= '1' && *word <= '9' && !str_to_bytes(word, &n))
			samples_block_text(shape, n, n);
	}
}

/* --- the end --- */

static void free_run(struct sample_run *run)
{
	for (uint32_t i = 0; i < run->workloads_n; i++) {
		samples_drop_details(&run->workload[i]);
		free(run->workload[i].round);
	}
	for (int i = 0; i < SAMPLE_FACTS_N; i++)
		free(run->fact[i]);
	free(run->workload);
	free(run->label);
	free(run->source);
}

void samples_drop_run(struct samples *s, uint32_t i)
{
	free_run(&s->run[i]);
	memmove(&s->run[i], &s->run[i + 1], (s->n - i - 1) * sizeof(*s->run));
	s->n--;
}

void samples_free(struct samples *s)
{
	while (s->n)
		samples_drop_run(s, s->n - 1);
	free(s->run);
	notes_free(&s->notes);
	buf_free(&s->text);
	arena_keep(0);
	*s = (struct samples){ 0 };
}
