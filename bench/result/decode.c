// SPDX-License-Identifier: MIT
/* A result from its JSON. What a document lacks stays at zero or empty; what makes it no result of
 * ours is an error. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/options.h"
#include "hw/disk_verdict.h"
#include "hw/host.h"
#include "lib/json.h"
#include "lib/str.h"
#include "result/fields.h"
#include "result/result.h"

static const char *const directions[] = { "read", "write" };

static void decode_histogram(struct histogram *h, const struct json *from)
{
	const struct json *bins = json_get(from, "bins");
	double n, stddev = json_get_double(from, "stddev"), mean = json_get_double(from, "mean");

	histogram_init(h);
	h->n = json_get_u64(from, "N");
	if (!h->n)
		return;
	n = (double)h->n;
	h->min_ns = json_get_u64(from, "min");
	h->max_ns = json_get_u64(from, "max");
	h->sum_ns = mean * n < 1.8e19 ? (uint64_t)(mean * n + 0.5) : UINT64_MAX;
	h->sum_sq = (unsigned __int128)((stddev * stddev + mean * mean) * n);
	for (size_t i = 0; i < json_count(bins); i++) {
		const struct json *bin = json_at(bins, i);
		uint64_t value_ns, count;

		if (!str_to_u64(json_key(bin), &value_ns) && json_u64(bin, &count))
			h->count[histogram_index(value_ns)] += count;
	}
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

static void decode_options(struct workload *w, const struct json *options)
{
	struct err ignored = ERR_INIT; /* an option of a later release changes nothing here */

	options_default(w);
	for (size_t i = 0; i < json_count(options); i++) {
		const struct json *option = json_at(options, i);

		if (json_text(option))
			options_set(w, json_key(option), json_text(option), "job options",
				    &ignored);
	}
}

static void decode_rounds(struct result_workload *w, const struct json *rounds)
{
	for (uint32_t i = 0; i < w->rounds_n; i++) {
		const struct json *from = json_at(rounds, i);

		fields_decode(&w->round[i], &fields_round, from);
		for (int d = 0; d < 2; d++)
			fields_decode(&w->round[i].io[d], &fields_round_io,
				      json_get(from, directions[d]));
		fields_decode(&w->round[i].cpu, &fields_cpu, json_get(from, "cpu"));
	}
}

static int decode_workload(struct result_workload *w, const struct json *job,
			   const struct json *from)
{
	const struct json *rounds = json_get(from, "rounds"), *errors = json_get(from, "errors");

	decode_options(&w->work, json_get(job, "job options"));
	str_copy(w->work.name, sizeof(w->work.name), json_get_text(job, "jobname"));
	w->io = calloc(2, sizeof(*w->io));
	w->rounds_n = (uint32_t)json_count(rounds);
	w->round = calloc(w->rounds_n + 1, sizeof(*w->round));
	if (!w->io || !w->round)
		return -ENOMEM;
	for (int d = 0; d < 2; d++)
		decode_direction(&w->io[d], json_get(job, directions[d]));
	fields_decode(w, &fields_workload, from);
	fields_decode(&w->cpu, &fields_cpu, json_get(from, "cpu"));
	for (size_t i = 0; i < json_count(errors) && i < sizeof(w->error) / sizeof(w->error[0]);
	     i++)
		fields_decode(&w->error[i], &fields_error, json_at(errors, i));
	decode_rounds(w, rounds);
	return 0;
}

static void decode_disk(struct disk *disk, const struct json *from)
{
	const char *verdict = json_get_text(from, "verdict");

	fields_decode(disk, &fields_disk, from);
	for (int v = DISK_UNKNOWN; v <= DISK_BLANK; v++)
		if (!strcmp(verdict, disk_verdict_name(v)))
			disk->verdict = v;
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
	for (size_t i = 0; i < json_count(list); i++)
		if (json_text(json_at(list, i)))
			notes_add(notes, "%s", json_text(json_at(list, i)));
}

static int decode_disks(struct disk_list *disks, const struct json *list)
{
	disks->disk = calloc(json_count(list) + 1, sizeof(*disks->disk));
	if (!disks->disk)
		return -ENOMEM;
	disks->n = (uint32_t)json_count(list);
	for (uint32_t i = 0; i < disks->n; i++)
		decode_disk(&disks->disk[i], json_at(list, i));
	return 0;
}

static int decode_workloads(struct result *result, const struct json *jobs, const struct json *list)
{
	size_t n = json_count(jobs);
	int ret = 0;

	result->workload = calloc(n + 1, sizeof(*result->workload));
	if (!result->workload)
		return -ENOMEM;
	for (size_t i = 0; i < n && !ret; i++, result->workloads_n++)
		ret = decode_workload(&result->workload[i], json_at(jobs, i), json_at(list, i));
	return ret;
}

static int decode_tare(struct result *result, const struct json *root, const struct json *tare)
{
	const struct json *keys = json_get(tare, "keys");
	const char *state = json_get_text(tare, "state");
	int ret;

	fields_decode(result, &fields_result, tare);
	for (int s = 0; s <= RESULT_NOT_MEASURED; s++)
		if (!strcmp(state, result_state_name(s)))
			result->state = s;
	for (size_t i = 0; i < json_count(keys) && i < CONFIG_KEYS_N; i++)
		fields_decode(&result->key[result->keys_n++], &fields_key, json_at(keys, i));
	decode_target(result, json_get(tare, "target"));
	decode_platform(&result->host, json_get(tare, "platform"),
			json_get(tare, "platform_unknown"));
	fields_decode(&result->clock, &fields_clock, json_get(tare, "clock"));
	decode_notes(&result->warnings, json_get(tare, "warnings"));
	decode_notes(&result->safety, json_get(tare, "safety"));
	ret = decode_disks(&result->disks, json_get(tare, "disks"));
	return ret ? ret
		   : decode_workloads(result, json_get(root, "jobs"), json_get(tare, "workloads"));
}

int result_decode(struct result *result, const char *text, size_t len, struct err *e)
{
	struct json *root = json_parse(text, len, e);
	const struct json *tare = json_get(root, "tare");
	uint64_t schema = json_get_u64(tare, "schema");
	int ret;

	*result = (struct result){ 0 };
	if (!root)
		return -EINVAL;
	if (!tare || !schema)
		ret = err_set(e, -EINVAL,
			      "no member \"tare\" with a schema number: not a result of tare");
	else if (schema > RESULT_SCHEMA)
		ret = err_set(e, -EINVAL,
			      "schema %llu: this program reads up to %d: use a newer tare",
			      (unsigned long long)schema, RESULT_SCHEMA);
	else
		ret = decode_tare(result, root, tare);
	if (ret == -ENOMEM)
		err_set(e, ret, "no memory to read the result");
	if (ret)
		result_free(result);
	json_free(root);
	return ret;
}
