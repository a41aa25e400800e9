// SPDX-License-Identifier: MIT
/*
 * A result as JSON: fio's own layout (fio_layout.c), so that every reader of fio's JSON reads it
 * unchanged, and the member "tare" with everything fio has no place for.
 */
#include <stdio.h>

#include "hw/disk_verdict.h"
#include "hw/host.h"
#include "lib/json.h"
#include "result/cost.h"
#include "result/cpu_json.h"
#include "result/detections_json.h"
#include "result/fields.h"
#include "result/fio_layout.h"
#include "result/probes_json.h"
#include "result/result.h"
#include "result/rounds_json.h"
#include "result/series_json.h"

/* Of what is derived from CPU times, which stand beside it whole. */
#define COST_DIGITS	  4
#define COST_ERROR_DIGITS 2
#define DEPTH_DIGITS	  6

static const char *const directions[] = { "read", "write" };

static void add_disk(struct json *to, const struct disk *disk)
{
	fields_encode(to, &fields_disk, disk);
	json_add_text(to, "verdict", disk_verdict_name(disk->verdict));
}

static void add_target(struct json *to, const struct result *result)
{
	const char *kind = !result->has_target ? "none" : result->target_is_file ? "file" : "disk";

	json_add_text(to, "kind", kind);
	fields_encode(to, &fields_target, result);
	json_add_text(to, "blocks", result_blocks_name(result->blocks));
	if (result->has_target && !result->target_is_file)
		add_disk(json_add_object(to, "disk"), &result->target);
	if (result->tuned.n)
		columns_encode(json_add_object(to, "tuned"), &fields_tuned, result->tuned.row,
			       sizeof(result->tuned.row[0]), result->tuned.n);
}

static void add_platform(struct json *tare, const struct host *host)
{
	struct json *known = json_add_object(tare, "platform");
	struct json *unknown = json_add_object(tare, "platform_unknown");

	for (int i = 0; i < HOST_FACTS_N; i++) {
		const struct host_fact_row *row = &host_fact_rows[i];
		const struct host_value *value = &host->fact[i];

		if (value->unknown[0]) {
			json_add_null(known, row->key);
			json_add_text(unknown, row->key, value->unknown);
		} else if (row->number) {
			json_add_u64(known, row->key, value->number);
		} else {
			json_add_text(known, row->key, value->text);
		}
	}
}

/* A row for each count, without the empty ones at the end. */
static void add_depths(struct json *to, const char *key, const uint64_t *row)
{
	struct json *list = json_add_array(to, key);
	uint32_t n = RESULT_DEPTHS;

	while (n && !row[n - 1])
		n--;
	for (uint32_t i = 0; i < n; i++)
		json_add_u64(list, NULL, row[i]);
}

static void add_response(struct json *to, const struct result_workload *w)
{
	struct json *response = NULL;

	for (int d = 0; d < 2; d++) {
		if (!w->io[d].response.n)
			continue;
		if (!response)
			response = json_add_object(to, "response_ns");
		fio_layout_add_distribution(response, directions[d], &w->io[d].response, &w->work);
	}
}

static void add_agreement(struct json *to, const struct result_kernel *k, int d)
{
	json_add_u64(to, "tool_bytes", k->tool_bytes[d]);
	json_add_u64(to, "kernel_bytes", k->kernel_bytes[d]);
	if (result_kernel_compared(k))
		json_add_bool(to, "agrees", result_kernel_agrees(k, d));
	else
		json_add_null(to, "agrees");
}

static void add_kernel(struct json *to, const struct result_kernel *k)
{
	for (int d = 0; d < 2; d++) {
		struct json *direction = json_add_object(to, directions[d]);

		json_add_u64(direction, "ios", k->disk.ios[d]);
		json_add_u64(direction, "bytes", k->disk.bytes[d]);
		json_add_u64(direction, "merges", k->disk.merges[d]);
		json_add_u64(direction, "ticks_ms", k->disk.ticks_ms[d]);
		add_agreement(direction, k, d);
	}
	fields_encode(to, &fields_kernel, k);
}

static void add_costs(struct json *to, const struct result *result, const struct result_workload *w)
{
	static const struct {
		const char *key;
		enum cost_field of; /* one of those that have the same */
	} errors[] = { { "machine_error_us", COST_USER }, { "split_error_us", COST_THREAD_USER } };

	for (int i = 0; i < COST_FIELDS_N; i++)
		json_add_digits(to, cost_key(i), cost_per_io(result, w, i).ns / 1e3, COST_DIGITS);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		json_add_digits(to, errors[i].key,
				cost_per_io(result, w, errors[i].of).error_ns / 1e3,
				COST_ERROR_DIGITS);
	if (result->tsc.hz > 0)
		json_add_digits(to, "cycles", cost_cycles_per_io(result, w), COST_DIGITS);
	else
		json_add_null(to, "cycles");
}

static void add_workload(struct json *to, const struct result *result,
			 const struct result_workload *w)
{
	struct json *object = json_add_object(to, NULL), *part;

	json_add_text(object, "name", w->work.name);
	json_add_text(object, "blocks", result_blocks_name(result->blocks));
	fields_encode(object, &fields_workload, w);
	json_add_digits(object, "depth_mean", result_depth(w), DEPTH_DIGITS);
	part = json_add_object(object, "depth");
	add_depths(part, "ios", w->depth);
	add_depths(part, "submits", w->submits);
	add_depths(part, "completes", w->completes);
	add_response(object, w);
	cpu_encode(json_add_object(object, "cpu"), &w->cpu);
	if (result_ios(w))
		add_costs(json_add_object(object, "cpu_per_io"), result, w);
	if (result->has_target && !result->target_is_file)
		add_kernel(json_add_object(object, "kernel"), &w->kernel);
	if (w->steady.judged)
		fields_encode(json_add_object(object, "steady"), &fields_steady, &w->steady);
	part = json_add_array(object, "errors");
	for (size_t i = 0; i < sizeof(w->error) / sizeof(w->error[0]) && w->error[i].n; i++)
		fields_encode(json_add_object(part, NULL), &fields_error, &w->error[i]);
	series_encode(json_add_object(object, "series"), &w->series);
	rounds_encode(json_add_object(object, "rounds"), w);
}

/* The loop's own clock, and what the kernel's costs. */
static void add_clock(struct json *to, const struct result *result)
{
	json_add_text(to, "source", result->tsc.used ? "tsc" : "vdso");
	fields_encode(to, &fields_tsc, &result->tsc);
	fields_encode(to, &fields_clock, &result->clock);
}

static struct json *add_notes(struct json *tare, const char *key, const struct notes *notes)
{
	struct json *list = json_add_array(tare, key);

	for (size_t i = 0; i < notes->n; i++)
		json_add_text(list, NULL, notes->text[i]);
	return list;
}

static void add_tare(struct json *tare, const struct result *result)
{
	struct json *list;

	json_add_u64(tare, "schema", RESULT_SCHEMA);
	json_add_text(tare, "state", result_state_name(result->state));
	if (result->checkpoint)
		json_add_bool(tare, "checkpoint", true);
	fields_encode(tare, &fields_result, result);
	list = json_add_array(tare, "keys");
	for (uint32_t i = 0; i < result->keys_n; i++)
		fields_encode(json_add_object(list, NULL), &fields_key, &result->key[i]);
	add_target(json_add_object(tare, "target"), result);
	list = json_add_array(tare, "disks");
	for (uint32_t i = 0; i < result->disks.n; i++)
		add_disk(json_add_object(list, NULL), &result->disks.disk[i]);
	add_platform(tare, &result->host);
	add_clock(json_add_object(tare, "clock"), result);
	list = json_add_array(tare, "workloads");
	for (uint32_t i = 0; i < result->workloads_n; i++)
		add_workload(list, result, &result->workload[i]);
	if (result->probes.n)
		probes_encode(json_add_array(tare, "probes"), &result->probes);
	detections_encode(json_add_array(tare, "detectors"), &result->detectors);
}

/* A figure that JSON cannot hold is a fault of ours, and costs itself alone. */
static void tell_unheld(struct json *warnings, struct json *root)
{
	struct buf where = BUF_INIT;
	uint32_t n = json_null_unheld(root, &where);
	char text[1024];

	if (n) {
		snprintf(text, sizeof(text),
			 "tare's own fault: JSON cannot hold %u of the figures, which are null "
			 "here, among them %s",
			 n, where.data ? where.data : "some");
		json_add_text(warnings, NULL, text);
	}
	buf_free(&where);
}

int result_encode(struct buf *to, const struct result *result)
{
	struct json *root = json_object(), *tare;
	int ret;

	fio_layout_add(root, result);
	tare = json_add_object(root, "tare");
	add_tare(tare, result);
	tell_unheld(add_notes(tare, "warnings", &result->warnings), root);
	add_notes(tare, "safety", &result->safety);
	if (result->without_bins)
		json_drop(root, "bins");
	ret = json_print(to, root, true);
	json_free(root);
	return ret;
}
