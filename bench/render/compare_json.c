// SPDX-License-Identifier: MIT
/* The comparison for programs. */
#include "render/compare_json.h"

#include <math.h>
#include <string.h>

#include "compare/likeness.h"
#include "compare/match.h"
#include "compare/say.h"
#include "compare/verdict.h"
#include "lib/json.h"
#include "render/compare_json_why.h"

#define DIGITS COMPARE_JSON_DIGITS

/* What is absent is left out: a reader must not take a null for a figure. */
static void add_figure(struct json *to, const char *key, double value)
{
	if (isfinite(value))
		json_add_digits(to, key, value, DIGITS);
}

static void add_word(struct json *to, const char *key, const char *text)
{
	if (text && *text)
		json_add_text(to, key, text);
}

static void add_range(struct json *to, const char *key, double low, double high)
{
	struct json *range;

	if (!isfinite(low) || !isfinite(high))
		return;
	range = json_add_array(to, key);
	json_add_digits(range, NULL, low, DIGITS);
	json_add_digits(range, NULL, high, DIGITS);
}

static void add_environments(struct json *root, const struct comparison *c)
{
	struct json *list = json_add_array(root, "environments");

	for (uint32_t i = 0; i < c->environments_n; i++) {
		const struct comparison_environment *e = &c->environment[i];
		struct json *to = json_add_object(list, NULL), *boots, *facts;
		char letter[8];

		json_add_text(to, "label", e->label);
		json_add_text(to, "letter", say_tag(letter, i));
		boots = json_add_array(to, "boots");
		for (uint32_t b = 0; b < e->boots_n; b++) {
			struct json *boot = json_add_object(boots, NULL);

			json_add_text(boot, "source", e->boot[b]->source);
			add_word(boot, "run", e->boot[b]->id);
		}
		facts = json_add_object(to, "facts");
		for (int fact = 0; fact < SAMPLE_FACTS_N; fact++)
			add_word(facts, likeness_rows[fact].key, e->boot[0]->fact[fact]);
	}
}

static void add_differences(struct json *root, const struct comparison *c)
{
	struct json *list = json_add_array(root, "differences");

	for (uint32_t i = 0; i < c->differences_n; i++) {
		const struct comparison_difference *d = &c->difference[i];
		struct json *to = json_add_object(list, NULL), *values, *varies;

		json_add_text(to, "fact", likeness_rows[d->fact].key);
		json_add_bool(to, "differs", d->differs);
		json_add_text(to, "effect", likeness_rows[d->fact].effect);
		varies = json_add_array(to, "varies");
		values = json_add_array(to, "values");
		for (uint32_t k = 0; k < c->environments_n; k++) {
			json_add_bool(varies, NULL, d->varies[k]);
			if (d->value[k])
				json_add_text(values, NULL, d->value[k]);
			else
				json_add_null(values, NULL);
		}
	}
}

static void add_shape(struct json *workload, const struct comparison_group *g)
{
	static const char *const directions[] = { "read", "write", "trim" };
	const struct sample_shape *s = &g->shape;
	struct json *to = json_add_object(workload, "does");

	json_add_text(to, "direction", directions[g->direction]);
	add_word(to, "rw", s->rw);
	add_word(to, "bs", s->bs);
	add_word(to, "ioengine", s->engine);
	add_figure(to, "iodepth", s->iodepth);
	add_figure(to, "numjobs", s->numjobs);
	add_figure(to, "rwmixread_pct", s->read_pct);
	add_figure(to, "fsync", s->fsync_writes);
	add_figure(to, "fdatasync", s->fdatasync_writes);
	add_figure(to, "rate_iops", s->rate_iops);
	add_figure(to, "rate", s->rate_bytes);
	add_word(to, "sync", s->sync);
	add_figure(to, "direct", s->direct);
}

static void add_figures(struct json *list, const struct comparison *c,
			const struct comparison_group *g, uint32_t env)
{
	const struct comparison_figure *f = &g->figure[env];
	const struct sample_latency *l = &f->latency;
	struct json *to = json_add_object(list, NULL);

	json_add_text(to, "environment", c->environment[env].label);
	json_add_bool(to, "ranked", !f->not_ranked[0]);
	add_word(to, "not_ranked", f->not_ranked);
	json_add_u64(to, "rounds", f->rounds_n);
	json_add_u64(to, "boots", f->boots_n);
	add_figure(to, "iops", f->iops);
	add_range(to, "iops_95", f->iops_low, f->iops_high);
	add_figure(to, "bytes_per_s", f->bytes_per_s);
	add_figure(to, "ios", f->ios);
	add_figure(to, "measured_s", f->measured_s);
	add_figure(to, "usr_pct", f->usr_pct);
	add_figure(to, "sys_pct", f->sys_pct);
	add_figure(to, "cpu_us_per_io", f->cpu_ns_per_io / 1000);
	add_figure(to, "slat_mean_us", l->slat_mean_ns / 1000);
	add_figure(to, "clat_mean_us", l->mean_ns / 1000);
	add_figure(to, "clat_p50_us", l->p50_ns / 1000);
	add_figure(to, "clat_p99_us", l->p99_ns / 1000);
	add_figure(to, "clat_p999_us", l->p999_ns / 1000);
	add_figure(to, "clat_p9999_us", l->p9999_ns / 1000);
	add_figure(to, "clat_max_us", l->max_ns / 1000);
	add_figure(to, "ratio", f->ratio);
	add_range(to, "ratio_95", f->ratio_low, f->ratio_high);
	compare_json_account(to, &f->account);
}

static void add_pair(struct json *list, const struct comparison *c,
		     const struct comparison_pair *pair)
{
	struct json *to = json_add_object(list, NULL);

	json_add_text(to, "faster", c->environment[pair->fast].label);
	json_add_text(to, "slower", c->environment[pair->slow].label);
	json_add_text(to, "verdict", verdict_name(pair->verdict));
	add_word(to, "why", pair->why);
	add_figure(to, "ratio", pair->ratio);
	add_range(to, "ratio_95", pair->low, pair->high);
	add_figure(to, "noise_floor", pair->floor);
	add_figure(to, "p", pair->p);
	add_figure(to, "p_corrected", pair->p_corrected);
	json_add_text(to, "samples_are", pair->of_boots ? "boots" : "rounds");
	json_add_u64(to, "faster_samples", pair->fast_n);
	json_add_u64(to, "slower_samples", pair->slow_n);
	compare_json_gap(to, &pair->gap);
	compare_json_causes(to, "causes", c, pair->cause, pair->causes_n);
}

static void add_workloads(struct json *root, const struct comparison *c)
{
	struct json *list = json_add_array(root, "workloads");

	for (uint32_t i = 0; i < c->groups_n; i++) {
		const struct comparison_group *g = &c->group[i];
		struct json *to = json_add_object(list, NULL), *figures, *pairs;

		json_add_text(to, "name", g->name);
		json_add_text(to, "speed_is", g->open_loop ? "1 / clat_mean" : "iops");
		json_add_bool(to, "fully_told", !g->says_less);
		add_shape(to, g);
		figures = json_add_array(to, "figures");
		for (uint32_t env = 0; env < c->environments_n; env++)
			if (g->figure[env].present)
				add_figures(figures, c, g, env);
		pairs = json_add_array(to, "pairs");
		for (uint32_t k = 0; k < g->pairs_n; k++)
			add_pair(pairs, c, &g->pair[k]);
		compare_json_causes(to, "limits", c, g->limit, g->limits_n);
	}
}

int compare_json(struct buf *to, const struct comparison *c, const struct notes *notes)
{
	struct json *root = json_object(), *list;
	int ret;

	json_add_u64(root, "comparison_schema", COMPARISON_SCHEMA);
	if (c->environments_n)
		json_add_text(root, "baseline", c->environment[c->baseline].label);
	json_add_u64(root, "tests", c->tests_n);
	add_environments(root, c);
	add_differences(root, c);
	add_workloads(root, c);
	compare_json_causes(root, "findings", c, c->finding, c->findings_n);
	list = json_add_array(root, "notes");
	for (size_t i = 0; i < notes->n; i++)
		json_add_text(list, NULL, notes->text[i]);
	ret = json_print(to, root, true);
	json_free(root);
	return ret;
}
