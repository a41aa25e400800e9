// SPDX-License-Identifier: MIT
/*
 * A result as JSON: fio's own layout (fio 3.33, output format json+), so that every reader of fio's
 * JSON reads it unchanged, and the member "tare" with everything fio has no place for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/options.h"
#include "hw/disk_verdict.h"
#include "hw/host.h"
#include "lib/json.h"
#include "result/fields.h"
#include "result/result.h"

static const char *const directions[] = { "read", "write" };

/* --- fio's part --- */

static void add_distribution(struct json *to, const char *key, const struct histogram *h, bool bins,
			     const struct workload *percentiles)
{
	struct json *object = json_add_object(to, key), *list;
	char name[32];

	json_add_u64(object, "min", h->n ? h->min_ns : 0);
	json_add_u64(object, "max", h->n ? h->max_ns : 0);
	json_add_double(object, "mean", histogram_mean_ns(h));
	json_add_double(object, "stddev", histogram_stddev_ns(h));
	json_add_u64(object, "N", h->n);
	if (percentiles && h->n) {
		list = json_add_object(object, "percentile");
		for (uint32_t i = 0; i < percentiles->percentiles_n; i++) {
			snprintf(name, sizeof(name), "%f", percentiles->percentile[i]);
			json_add_u64(list, name,
				     histogram_percentile_ns(h, percentiles->percentile[i]));
		}
	}
	if (!bins || !h->n)
		return;
	list = json_add_object(object, "bins");
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (!h->count[i])
			continue;
		snprintf(name, sizeof(name), "%" PRIu64, histogram_value_ns(i));
		json_add_u64(list, name, h->count[i]);
	}
}

static void add_direction(struct json *job, const struct result_workload *w, int d)
{
	struct json *to = json_add_object(job, directions[d]);
	const struct result_io *io = &w->io[d];
	double bytes_per_s = result_bytes_per_s(w, d);

	json_add_u64(to, "io_bytes", io->bytes);
	json_add_u64(to, "io_kbytes", io->bytes / 1024);
	json_add_u64(to, "bw_bytes", (uint64_t)bytes_per_s);
	json_add_u64(to, "bw", (uint64_t)bytes_per_s / 1024);
	json_add_double(to, "iops", result_iops(w, d));
	json_add_u64(to, "runtime", io->ios ? w->measured_ns / 1000000 : 0);
	json_add_u64(to, "total_ios", io->ios);
	json_add_u64(to, "short_ios", io->short_ios);
	json_add_u64(to, "drop_ios", 0);
	add_distribution(to, "slat_ns", &io->slat, false, NULL);
	add_distribution(to, "clat_ns", &io->clat, true, &w->work);
	add_distribution(to, "lat_ns", &io->lat, false, NULL);
}

/* There are no trims; readers of fio's JSON ask for them all the same. */
static void add_trim(struct json *job)
{
	static const char *const members[] = { "io_bytes",  "io_kbytes", "bw_bytes",
					       "bw",	    "iops",	 "runtime",
					       "total_ios", "short_ios", "drop_ios" };
	static const char *const distributions[] = { "slat_ns", "clat_ns", "lat_ns" };
	static const char *const figures[] = { "min", "max", "mean", "stddev", "N" };
	struct json *trim = json_add_object(job, "trim");

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_add_u64(trim, members[i], 0);
	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]); i++) {
		struct json *none = json_add_object(trim, distributions[i]);

		for (size_t k = 0; k < sizeof(figures) / sizeof(figures[0]); k++)
			json_add_u64(none, figures[k], 0);
	}
}

static void add_option(void *context, const char *name, const char *value)
{
	json_add_text(context, name, value);
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void add_job(struct json *jobs, const struct result_workload *w, uint32_t group)
{
	struct json *job = json_add_object(jobs, NULL);
	struct workload named = w->work;
	uint64_t threads_ns = w->measured_ns * w->work.numjobs; /* of which usr and sys are parts */

	json_add_text(job, "jobname", w->work.name);
	json_add_u64(job, "groupid", group);
	json_add_u64(job, "error", w->error[0].n ? (uint64_t)w->error[0].error : 0);
	json_add_u64(job, "eta", 0);
	json_add_u64(job, "elapsed", (w->measured_ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S);
	options_echo(&named, add_option, json_add_object(job, "job options"));
	add_direction(job, w, 0);
	add_direction(job, w, 1);
	add_trim(job);
	json_add_u64(job, "job_runtime", w->measured_ns / 1000000);
	json_add_double(job, "usr_cpu", percent(w->cpu.thread_user_ns, threads_ns));
	json_add_double(job, "sys_cpu", percent(w->cpu.thread_system_ns, threads_ns));
	json_add_u64(job, "ctx", w->switches_voluntary + w->switches_involuntary);
	json_add_u64(job, "majf", 0);
	json_add_u64(job, "minf", 0);
}

/* --- tare's part --- */

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

static void add_rounds(struct json *to, const struct result_workload *w)
{
	for (uint32_t i = 0; i < w->rounds_n; i++) {
		struct json *round = json_add_object(to, NULL);

		fields_encode(round, &fields_round, &w->round[i]);
		for (int d = 0; d < 2; d++)
			fields_encode(json_add_object(round, directions[d]), &fields_round_io,
				      &w->round[i].io[d]);
		fields_encode(json_add_object(round, "cpu"), &fields_cpu, &w->round[i].cpu);
	}
}

static void add_workload(struct json *to, const struct result_workload *w, const char *blocks)
{
	struct json *object = json_add_object(to, NULL), *errors;

	json_add_text(object, "name", w->work.name);
	json_add_text(object, "blocks", blocks);
	fields_encode(object, &fields_workload, w);
	json_add_double(object, "depth_mean", result_depth(w));
	fields_encode(json_add_object(object, "cpu"), &fields_cpu, &w->cpu);
	errors = json_add_array(object, "errors");
	for (size_t i = 0; i < sizeof(w->error) / sizeof(w->error[0]) && w->error[i].n; i++)
		fields_encode(json_add_object(errors, NULL), &fields_error, &w->error[i]);
	add_rounds(json_add_array(object, "rounds"), w);
}

static void add_notes(struct json *tare, const char *key, const struct notes *notes)
{
	struct json *list = json_add_array(tare, key);

	for (size_t i = 0; i < notes->n; i++)
		json_add_text(list, NULL, notes->text[i]);
}

static void add_tare(struct json *tare, const struct result *result)
{
	struct json *list;

	json_add_u64(tare, "schema", RESULT_SCHEMA);
	json_add_text(tare, "state", result_state_name(result->state));
	fields_encode(tare, &fields_result, result);
	list = json_add_array(tare, "keys");
	for (uint32_t i = 0; i < result->keys_n; i++)
		fields_encode(json_add_object(list, NULL), &fields_key, &result->key[i]);
	add_target(json_add_object(tare, "target"), result);
	list = json_add_array(tare, "disks");
	for (uint32_t i = 0; i < result->disks.n; i++)
		add_disk(json_add_object(list, NULL), &result->disks.disk[i]);
	add_platform(tare, &result->host);
	fields_encode(json_add_object(tare, "clock"), &fields_clock, &result->clock);
	list = json_add_array(tare, "workloads");
	for (uint32_t i = 0; i < result->workloads_n; i++)
		add_workload(list, &result->workload[i], result_blocks_name(result->blocks));
	json_add_array(tare, "detectors");
	add_notes(tare, "warnings", &result->warnings);
	add_notes(tare, "safety", &result->safety);
}

int result_encode(struct buf *to, const struct result *result)
{
	struct json *root = json_object(), *jobs;
	char version[96];
	int ret;

	snprintf(version, sizeof(version), "tare-%s", result->version);
	json_add_text(root, "fio version", version);
	json_add_u64(root, "timestamp", result->start_unix_s);
	json_add_u64(root, "timestamp_ms", result->start_unix_s * 1000);
	json_add_object(root, "global options");
	jobs = json_add_array(root, "jobs");
	for (uint32_t i = 0; i < result->workloads_n; i++)
		add_job(jobs, &result->workload[i], i);
	json_add_array(root, "disk_util"); /* fio leaves it empty too where it knows no disk */
	add_tare(json_add_object(root, "tare"), result);
	ret = json_print(to, root, true);
	json_free(root);
	return ret;
}
