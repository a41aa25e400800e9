// SPDX-License-Identifier: MIT
/* A result from its JSON. What a document lacks stays at zero or empty; what makes it no result of
 * ours is an error. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "config/options.h"
#include "hw/disk_verdict.h"
#include "hw/host.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/str.h"
#include "model/plan.h"
#include "result/cpu_json.h"
#include "result/detections_json.h"
#include "result/fields.h"
#include "result/probes_json.h"
#include "result/result.h"
#include "result/rounds_json.h"
#include "result/series_json.h"

#define ARENA_REST_BYTES (128u << 10) /* disks, and rounds of workloads */
#define DISKS_MAX	 4096 /* more than any machine has; a document with more is damaged */

static const char *const directions[] = { "read", "write" };

/* Whole numbers that a document may give as anything: 0 below, `most` above. */
static double bounded(double value, double most)
{
	return value > 0 ? fmin(value, most) : 0;
}

/* Sums from mean and deviation: what histogram_stddev_ns() takes apart, put together again. */
static void decode_sums(struct histogram *h, double mean, double stddev)
{
	double n = (double)h->n, rest;
	unsigned __int128 near_mean;

	h->sum_ns = (uint64_t)bounded(mean * n + 0.5, 1.8e19);
	near_mean = h->sum_ns / h->n;
	rest = (double)(h->sum_ns % h->n) / n;
	h->sum_sq = 2 * near_mean * h->sum_ns - near_mean * near_mean * h->n +
		    (unsigned __int128)bounded((stddev * stddev + rest * rest) * n + 0.5, 1e36);
}

/* Without bins the percentiles are what is known of a distribution: as many values at each as make
 * it so, and what is above the last one at the maximum. */
static void decode_percentiles(struct histogram *h, const struct json *percentile)
{
	uint64_t below = 0, value_ns;
	double pct;

	for (; percentile; percentile = json_next(percentile)) {
		uint64_t upto;

		if (str_to_double(json_key(percentile), &pct) || !(pct >= 0 && pct <= 100) ||
		    !json_u64(percentile, &value_ns))
			continue;
		upto = (uint64_t)ceil((double)h->n * pct / 100 * (1 - 1e-12));
		upto = upto > h->n ? h->n : upto;
		if (upto > below) {
			h->count[histogram_index(value_ns)] += upto - below;
			below = upto;
		}
	}
	h->count[histogram_index(h->max_ns)] += h->n - below;
}

/* Into one that is all zeros. As long as nothing is recorded its buckets are not touched: most of a
 * document's distributions are empty, and their pages need not be there. */
static void decode_histogram(struct histogram *h, const struct json *from)
{
	const struct json *bins = json_get(from, "bins"), *bin = json_first(bins);

	h->min_ns = UINT64_MAX;
	h->n = json_get_u64(from, "N");
	if (!h->n)
		return;
	h->min_ns = json_get_u64(from, "min");
	h->max_ns = json_get_u64(from, "max");
	decode_sums(h, json_get_double(from, "mean"), json_get_double(from, "stddev"));
	for (; bin; bin = json_next(bin)) {
		uint64_t value_ns, count;

		if (json_key(bin) && !str_to_u64(json_key(bin), &value_ns) && json_u64(bin, &count))
			h->count[histogram_index(value_ns)] += count;
	}
	if (!bins)
		decode_percentiles(h, json_first(json_get(from, "percentile")));
}

static void decode_direction(struct result_io *io, const struct json *from)
{
	io->ios = json_get_u64(from, "total_ios");
	io->bytes = json_get_u64(from, "io_bytes");
	io->short_ios = json_get_u64(from, "short_ios");
	decode_histogram(&io->slat, json_get(from, "slat_ns"));
	decode_histogram(&io->clat, json_get(from, "clat_ns"));
	decode_histogram(&io->lat, json_get(from, "lat_ns"));
}

static void decode_options(struct workload *w, const struct json *options, uint64_t schema)
{
	struct err ignored = ERR_INIT; /* an option of a later release changes nothing here */

	options_default(w);
	/* What a document leaves out is as it was by default when it was written. */
	if (schema < 3) {
		w->ioengine = WORKLOAD_LIBAIO;
		w->direct = true;
	}
	for (const struct json *o = json_first(options); o; o = json_next(o))
		if (json_key(o) && json_text(o))
			options_set(w, json_key(o), json_text(o), "job options", &ignored);
}

static void decode_depths(uint64_t *row, const struct json *list)
{
	const struct json *at = json_first(list);

	for (uint32_t i = 0; at && i < RESULT_DEPTHS; i++, at = json_next(at))
		json_u64(at, &row[i]);
}

static void decode_kernel(struct result_kernel *k, const struct json *from)
{
	fields_decode(k, &fields_kernel, from);
	for (int d = 0; d < 2; d++) {
		const struct json *direction = json_get(from, directions[d]);

		k->disk.ios[d] = json_get_u64(direction, "ios");
		k->disk.bytes[d] = json_get_u64(direction, "bytes");
		k->disk.merges[d] = json_get_u64(direction, "merges");
		k->disk.ticks_ms[d] = json_get_u64(direction, "ticks_ms");
		k->tool_bytes[d] = json_get_u64(direction, "tool_bytes");
		k->kernel_bytes[d] = json_get_u64(direction, "kernel_bytes");
	}
}

/* What schema 1 has not. */
static void decode_more(struct result_workload *w, const struct json *from, uint64_t schema)
{
	const struct json *depth = json_get(from, "depth"), *steady = json_get(from, "steady");

	decode_depths(w->depth, json_get(depth, "ios"));
	decode_depths(w->submits, json_get(depth, "submits"));
	decode_depths(w->completes, json_get(depth, "completes"));
	for (int d = 0; d < 2; d++)
		decode_histogram(&w->io[d].response,
				 json_get(json_get(from, "response_ns"), directions[d]));
	decode_kernel(&w->kernel, json_get(from, "kernel"));
	w->steady.judged = steady;
	fields_decode(&w->steady, &fields_steady, steady);
	series_decode(&w->series, json_get(from, "series"), schema);
}

static int decode_workload(struct result_workload *w, struct arena *arena, const struct json *job,
			   const struct json *from, uint64_t schema)
{
	const struct json *rounds = json_get(from, "rounds"), *errors = json_get(from, "errors");

	decode_options(&w->work, json_get(job, "job options"), schema);
	str_copy(w->work.name, sizeof(w->work.name), json_get_text(job, "jobname"));
	w->rounds_n = (uint32_t)rounds_count(rounds, schema);
	w->round = arena_zeroed(arena, w->rounds_n + 1, sizeof(*w->round));
	if (!w->round)
		return -ENOMEM;
	for (int d = 0; d < 2; d++)
		decode_direction(&w->io[d], json_get(job, directions[d]));
	decode_histogram(&w->sync, json_get(json_get(job, "sync"), "lat_ns"));
	decode_more(w, from, schema);
	fields_decode(w, &fields_workload, from);
	cpu_decode(&w->cpu, json_get(from, "cpu"), schema);
	for (size_t i = 0; i < json_count(errors) && i < sizeof(w->error) / sizeof(w->error[0]);
	     i++)
		fields_decode(&w->error[i], &fields_error, json_at(errors, i));
	rounds_decode(w, rounds, schema);
	return 0;
}

static void decode_disk(struct disk *disk, const struct json *from)
{
	const char *verdict = json_get_text(from, "verdict");

	fields_decode(disk, &fields_disk, from);
	for (int v = 0; v < DISK_VERDICTS_N; v++)
		if (!strcmp(verdict, disk_verdict_name(v)))
			disk->verdict = v;
}

static void decode_tuned(struct tuned *tuned, const struct json *from)
{
	size_t n = columns_count(&fields_tuned, from);

	tuned->n = (uint32_t)(n < TUNED_MAX ? n : TUNED_MAX);
	columns_decode(tuned->row, &fields_tuned, from, sizeof(tuned->row[0]), tuned->n);
}

static void decode_target(struct result *result, const struct json *from)
{
	const char *kind = json_get_text(from, "kind"), *blocks = json_get_text(from, "blocks");

	result->has_target = *kind && strcmp(kind, "none");
	result->target_is_file = !strcmp(kind, "file");
	fields_decode(result, &fields_target, from);
	for (int b = 0; b <= RESULT_BLOCKS_FOUND; b++)
		if (!strcmp(blocks, result_blocks_name(b)))
			result->blocks = b;
	decode_disk(&result->target, json_get(from, "disk"));
	decode_tuned(&result->tuned, json_get(from, "tuned"));
}

static void decode_platform(struct host *host, const struct json *known, const struct json *unknown)
{
	for (int i = 0; i < HOST_FACTS_N; i++) {
		const struct json *value = json_get(known, host_fact_rows[i].key);
		const char *why = json_get_text(unknown, host_fact_rows[i].key);
		struct host_value *to = &host->fact[i];

		if (json_text(value))
			str_copy(to->text, sizeof(to->text), json_text(value));
		else if (!json_u64(value, &to->number))
			str_copy(to->unknown, sizeof(to->unknown),
				 *why ? why : "the document does not say");
	}
}

static void decode_notes(struct notes *notes, const struct json *list)
{
	for (const struct json *note = json_first(list); note; note = json_next(note))
		if (json_text(note))
			notes_add(notes, "%s", json_text(note));
}

static int decode_disks(struct disk_list *disks, struct arena *arena, const struct json *list)
{
	disks->disk = arena_zeroed(arena, json_count(list) + 1, sizeof(*disks->disk));
	if (!disks->disk)
		return -ENOMEM;
	disks->n = (uint32_t)json_count(list);
	for (uint32_t i = 0; i < disks->n; i++)
		decode_disk(&disks->disk[i], json_at(list, i));
	return 0;
}

static int decode_workloads(struct result *result, const struct json *jobs, const struct json *list,
			    uint64_t schema)
{
	size_t n = json_count(jobs);
	int ret = 0;

	result->workload = arena_zeroed(result->arena, n + 1, sizeof(*result->workload));
	result->io = arena_zeroed(result->arena, n + 1, 2 * sizeof(*result->io));
	if (!result->workload || !result->io)
		return -ENOMEM;
	for (size_t i = 0; i < n && !ret; i++, result->workloads_n++) {
		result->workload[i].io = &result->io[2 * i];
		ret = decode_workload(&result->workload[i], result->arena, json_at(jobs, i),
				      json_at(list, i), schema);
	}
	return ret;
}

/* Up to schema 2, rounds say when they began by the clock. */
static void count_from_start(struct result *result)
{
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		for (uint32_t k = 0; k < result->workload[i].rounds_n; k++) {
			uint64_t *start_s = &result->workload[i].round[k].start_s;

			*start_s -= *start_s > result->start_unix_s ? result->start_unix_s
								    : *start_s;
		}
	}
}

static int check_count(size_t n, const char *name, size_t most, struct err *e)
{
	return n <= most ? 0
			 : err_set(e, -EINVAL, "%s: %zu of them: should be at most %zu", name, n,
				   most);
}

/* What must hold before memory is spent on a document. */
static int check_shape(const struct json *root, const struct json *tare, struct err *e)
{
	const struct json *jobs = json_get(root, "jobs"), *workloads = json_get(tare, "workloads");
	const char *state = json_get_text(tare, "state");
	uint64_t schema = json_get_u64(tare, "schema");
	int s = 0;

	while (s <= RESULT_NOT_MEASURED && strcmp(state, result_state_name(s)))
		s++;
	if (s > RESULT_NOT_MEASURED)
		return err_set(e, -EINVAL,
			       "tare.state: \"%.40s\": should be done, partial, failed or not "
			       "measured",
			       state);
	if (!json_is_array(jobs))
		return err_set(e, -EINVAL, "jobs: should be an array");
	if (check_count(json_count(jobs), "jobs", PLAN_SECTIONS_MAX, e) ||
	    check_count(json_count(json_get(tare, "disks")), "tare.disks", DISKS_MAX, e))
		return -EINVAL;
	if (json_count(jobs) != json_count(workloads))
		return err_set(e, -EINVAL, "tare.workloads: %zu of them, but %zu in jobs",
			       json_count(workloads), json_count(jobs));
	for (const struct json *w = json_first(workloads); w; w = json_next(w))
		if (check_count(rounds_count(json_get(w, "rounds"), schema), "rounds",
				PLAN_ROUNDS_MAX, e))
			return -EINVAL;
	return 0;
}

static void decode_clock(struct result *result, const struct json *from, uint64_t schema)
{
	fields_decode(&result->tsc, &fields_tsc, from);
	fields_decode(&result->clock, schema > 1 ? &fields_clock : &fields_clock_1, from);
	result->tsc.used = !strcmp(json_get_text(from, "source"), "tsc");
}

static int decode_tare(struct result *result, const struct json *root, const struct json *tare)
{
	const struct json *keys = json_get(tare, "keys");
	const char *state = json_get_text(tare, "state");
	uint64_t schema = json_get_u64(tare, "schema");
	int ret;

	fields_decode(result, &fields_result, tare);
	result->checkpoint = json_is_true(json_get(tare, "checkpoint"));
	for (int s = 0; s <= RESULT_NOT_MEASURED; s++)
		if (!strcmp(state, result_state_name(s)))
			result->state = s;
	for (size_t i = 0; i < json_count(keys) && i < CONFIG_KEYS_N; i++)
		fields_decode(&result->key[result->keys_n++], &fields_key, json_at(keys, i));
	decode_target(result, json_get(tare, "target"));
	decode_platform(&result->host, json_get(tare, "platform"),
			json_get(tare, "platform_unknown"));
	decode_clock(result, json_get(tare, "clock"), schema);
	probes_decode(&result->probes, json_get(tare, "probes"));
	detections_decode(&result->detectors, json_get(tare, "detectors"));
	decode_notes(&result->warnings, json_get(tare, "warnings"));
	decode_notes(&result->safety, json_get(tare, "safety"));
	ret = decode_disks(&result->disks, result->arena, json_get(tare, "disks"));
	if (!ret)
		ret = decode_workloads(result, json_get(root, "jobs"), json_get(tare, "workloads"),
				       schema);
	if (!ret && schema < 3)
		count_from_start(result);
	return ret;
}

/* Room for what is large of it. */
static struct arena *arena_for(const struct json *root)
{
	size_t each = sizeof(struct result_workload) + 2 * sizeof(struct result_io);

	return arena_new((json_count(json_get(root, "jobs")) + 1) * each + ARENA_REST_BYTES);
}

int result_decode_document(struct result *result, const struct json *root, struct err *e)
{
	const struct json *tare = json_get(root, "tare");
	uint64_t schema = json_get_u64(tare, "schema");
	int ret;

	*result = (struct result){ 0 };
	if (!tare || !schema)
		ret = err_set(e, -EINVAL,
			      "no member \"tare\" with a schema number: not a result of tare");
	else if (schema > RESULT_SCHEMA)
		ret = err_set(e, -EINVAL,
			      "schema %llu: this program reads up to %d: use a newer tare",
			      (unsigned long long)schema, RESULT_SCHEMA);
	else
		ret = check_shape(root, tare, e);
	if (!ret && !(result->arena = arena_for(root)))
		ret = -ENOMEM;
	if (!ret)
		ret = decode_tare(result, root, tare);
	if (ret == -ENOMEM)
		err_set(e, ret, "no memory to read the result");
	if (ret)
		result_free(result);
	return ret;
}

int result_decode(struct result *result, const char *text, size_t len, struct err *e)
{
	struct json *root = json_parse(text, len, e);
	int ret;

	*result = (struct result){ 0 };
	if (!root)
		return -EINVAL;
	ret = result_decode_document(result, root, e);
	json_free(root);
	return ret;
}
