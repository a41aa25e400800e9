// SPDX-License-Identifier: MIT
/* From a result to samples: rounds that were measured, facts that are known. */
#include "import/tare_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/options.h"
#include "import/samples.h"
#include "lib/str.h"
#include "result/account.h"
#include "result/result.h"

/* --- facts --- */

static const struct {
	enum sample_fact fact;
	enum host_fact host;
} host_facts[] = {
	{ SAMPLE_HYPERVISOR, HOST_HYPERVISOR },
	{ SAMPLE_MACHINE, HOST_MACHINE },
	{ SAMPLE_FIRMWARE, HOST_FIRMWARE },
	{ SAMPLE_CPU, HOST_CPU_MODEL },
	{ SAMPLE_MICROCODE, HOST_CPU_MICROCODE },
	{ SAMPLE_CPU_FREQUENCY_DRIVER, HOST_CPU_FREQUENCY_DRIVER },
	{ SAMPLE_GOVERNOR, HOST_CPU_GOVERNOR },
	{ SAMPLE_KERNEL, HOST_KERNEL },
	{ SAMPLE_KERNEL_COMMAND_LINE, HOST_KERNEL_COMMAND_LINE },
	{ SAMPLE_CLOCKSOURCE, HOST_CLOCKSOURCE },
	{ SAMPLE_MITIGATIONS, HOST_MITIGATIONS },
};

static int set_number(struct sample_run *run, enum sample_fact fact, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return number ? samples_set_fact(run, fact, text) : 0;
}

static int set_bytes(struct sample_run *run, enum sample_fact fact, uint64_t bytes)
{
	char text[32];

	return bytes ? samples_set_fact(run, fact, str_from_bytes(text, sizeof(text), bytes)) : 0;
}

static int add_host(struct sample_run *run, const struct host *host)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(host_facts) / sizeof(host_facts[0]); i++) {
		const struct host_value *value = &host->fact[host_facts[i].host];

		if (!value->unknown[0])
			ret = ret ? ret : samples_set_fact(run, host_facts[i].fact, value->text);
	}
	ret = ret ? ret : set_number(run, SAMPLE_CPUS, host->fact[HOST_CPUS].number);
	return ret ? ret : set_bytes(run, SAMPLE_MEMORY, host->fact[HOST_MEMORY_BYTES].number);
}

static int add_disk(struct sample_run *run, const struct disk *d)
{
	char blocks[64];
	int ret;

	snprintf(blocks, sizeof(blocks), "%" PRIu32 "/%" PRIu32, d->logical_block_bytes,
		 d->physical_block_bytes);
	ret = samples_set_fact(run, SAMPLE_TARGET_MODEL, d->model) ||
	      samples_set_fact(run, SAMPLE_TRANSPORT, d->transport) ||
	      samples_set_fact(run, SAMPLE_DRIVER, d->driver) ||
	      samples_set_fact(run, SAMPLE_SCHEDULER, d->scheduler) ||
	      samples_set_fact(run, SAMPLE_WRITE_CACHE, d->write_cache) ||
	      set_number(run, SAMPLE_QUEUES, d->hw_queues) ||
	      set_number(run, SAMPLE_REQUESTS, d->nr_requests) ||
	      (d->logical_block_bytes && samples_set_fact(run, SAMPLE_BLOCK_SIZES, blocks));
	return ret ? -ENOMEM : 0;
}

static int add_facts(struct sample_run *run, const struct result *result)
{
	char tool[80];
	int ret;

	snprintf(tool, sizeof(tool), "tare %s", result->version);
	ret = samples_set_fact(run, SAMPLE_TOOL, tool) ||
	      samples_set_fact(run, SAMPLE_BUILD, result->build_id) ||
	      samples_set_fact(run, SAMPLE_SUITE, result->suite) ||
	      set_bytes(run, SAMPLE_SPAN, result->span_bytes) ||
	      samples_set_fact(run, SAMPLE_BLOCKS_READ, result_blocks_name(result->blocks)) ||
	      samples_set_fact(run, SAMPLE_CLOCK, result->tsc.used ? "tsc" : "the kernel's") ||
	      samples_set_fact(run, SAMPLE_TARGET,
			       result->target_is_file ? "file"
			       : result->has_target   ? "disk"
						      : NULL) ||
	      add_host(run, &result->host) ||
	      (result->has_target && !result->target_is_file && add_disk(run, &result->target));
	return ret ? -ENOMEM : 0;
}

/* --- probes --- */

static const struct {
	enum sample_probe figure;
	const char *probe, *name;
} probes[] = {
	{ SAMPLE_PROBE_CLOCK_NS, "clock", "call_ns" },
	{ SAMPLE_PROBE_CPUID_NS, "exit", "cpuid_ns" },
	{ SAMPLE_PROBE_WAKE_NS, "wake", "sleep_ns" },
	{ SAMPLE_PROBE_LOST_PCT, "noise", "lost_pct" },
	{ SAMPLE_PROBE_CHAIN_MHZ, "speed", "chain_mhz" },
	{ SAMPLE_PROBE_NULL_QD1_NS, "engine", "null_qd1_ns" },
	{ SAMPLE_PROBE_NULL_QD64_NS, "engine", "null_qd64_ns" },
};

static void set_probes(struct sample_run *run, const struct probe_list *list)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		run->probe[probes[i].figure] =
			account_probe(list, probes[i].probe, probes[i].name, NULL);
	run->probe[SAMPLE_PROBE_WAKE_NS] -= account_probe(list, "wake", "spin_ns", NULL);
}

/* --- workloads --- */

static void set_shape(struct sample_shape *shape, const struct workload *w, int direction)
{
	str_copy(shape->rw, sizeof(shape->rw), options_rw_name(w->rw));
	str_copy(shape->engine, sizeof(shape->engine), options_engine_name(w->ioengine));
	samples_block_text(shape, w->bs_bytes, w->bs_bytes);
	shape->iodepth = w->iodepth;
	shape->numjobs = w->numjobs;
	if (workload_mixes(w))
		shape->read_pct = w->rwmixread_pct;
	shape->fsync_writes = workload_writes(w) ? w->fsync_writes : 0;
	shape->fdatasync_writes = workload_writes(w) ? w->fdatasync_writes : 0;
	shape->rate_iops = w->rate_iops[direction];
	/* It has no such options. */
	shape->rate_bytes = 0;
	str_copy(shape->sync, sizeof(shape->sync), "none");
	shape->direct = w->direct;
}

/* Only what so many I/Os support. */
static double percentile(const struct histogram *h, double pct)
{
	return histogram_percentile_holds(h->n, pct) ? (double)histogram_percentile_ns(h, pct)
						     : SAMPLE_ABSENT;
}

static void set_latency(struct sample_latency *l, const struct result_io *io)
{
	if (io->slat.n)
		l->slat_mean_ns = histogram_mean_ns(&io->slat);
	if (!io->clat.n)
		return;
	l->mean_ns = histogram_mean_ns(&io->clat);
	l->p50_ns = percentile(&io->clat, 50);
	l->p99_ns = percentile(&io->clat, 99);
	l->p999_ns = percentile(&io->clat, 99.9);
	l->p9999_ns = percentile(&io->clat, 99.99);
	l->max_ns = (double)io->clat.max_ns;
}

static int add_round(struct sample_workload *w, const struct result_round *from, int d)
{
	double seconds = (double)from->measured_ns / 1e9;
	uint64_t ios = from->io[0].ios + from->io[1].ios;
	struct sample_round *r;

	if (strcmp(from->state, "done") || seconds <= 0)
		return 0;
	r = samples_add_round(w);
	if (!r)
		return -ENOMEM;
	r->measured_s = seconds;
	r->ios = (double)from->io[d].ios;
	r->iops = r->ios / seconds;
	r->bytes_per_s = (double)from->io[d].bytes / seconds;
	if (ios)
		r->cpu_ns_per_io = (double)from->cpu.thread_ns / (double)ios;
	if (!from->io[d].ios)
		return 0;
	r->latency.mean_ns = from->io[d].clat_mean_ns;
	r->latency.p50_ns = (double)from->io[d].clat_p50_ns;
	if (histogram_percentile_holds(from->io[d].ios, 99))
		r->latency.p99_ns = (double)from->io[d].clat_p99_ns;
	if (histogram_percentile_holds(from->io[d].ios, 99.9))
		r->latency.p999_ns = (double)from->io[d].clat_p999_ns;
	return 0;
}

/* --- details --- */

/* Close enough for a line on an axis that gives each further nine the same room. */
static const double quantile_pcts[] = {
	1,     2,     5,     10,     15,    20,	    25,	    30,	    35,	     40,
	45,    50,    55,    60,     65,    70,	    75,	    80,	    85,	     87.5,
	90,    92,    94,    95,     96,    97,	    98,	    98.5,   99,	     99.2,
	99.4,  99.5,  99.6,  99.7,   99.8,  99.85,  99.9,   99.92,  99.94,   99.95,
	99.96, 99.97, 99.98, 99.985, 99.99, 99.995, 99.998, 99.999, 99.9995, 99.9999,
};

static int add_quantiles(struct sample_workload *w, const struct histogram *h)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(quantile_pcts) / sizeof(quantile_pcts[0]) && !ret; i++)
		if (histogram_percentile_holds(h->n, quantile_pcts[i]))
			ret = samples_add_quantile(
				w, quantile_pcts[i],
				(double)histogram_percentile_ns(h, quantile_pcts[i]));
	return ret;
}

static int add_points(struct sample_workload *w, const struct series *series, int d)
{
	uint64_t before_ns = 0, end_ns = 0; /* windows of earlier rounds; this round's until now */
	int ret = 0;

	for (uint32_t i = 0; i < series->n && !ret; i++) {
		const struct series_point *from = &series->point[i];
		double length_s = (double)from->length_ns / 1e9;
		struct sample_point point = { .round = from->round, .p99_ns = SAMPLE_ABSENT };

		if (i && from->round != from[-1].round) {
			before_ns += end_ns;
			end_ns = 0;
		}
		end_ns = from->at_ns + from->length_ns;
		if (length_s <= 0)
			continue;
		point.at_s = (double)(before_ns + from->at_ns) / 1e9 + length_s / 2;
		point.iops = (double)from->ios[d] / length_s;
		if (from->p99_ns)
			point.p99_ns = (double)from->p99_ns;
		ret = samples_add_point(w, point);
	}
	return ret;
}

static enum sample_blocks blocks_of(const struct result *result, const struct workload *w)
{
	if (!workload_reads(w) || w->ioengine == WORKLOAD_NULL)
		return SAMPLE_BLOCKS_ABSENT;
	return result->blocks == RESULT_BLOCKS_UNKNOWN ? SAMPLE_BLOCKS_UNKNOWN : SAMPLE_BLOCKS_GOOD;
}

static int add_direction(struct sample_run *run, const struct result *result,
			 const struct result_workload *from, int d, bool detailed)
{
	double threads_ns = (double)from->measured_ns * from->work.numjobs;
	struct sample_workload *w = samples_add_workload(run, from->work.name, d);
	uint64_t size = from->work.size_bytes & WORKLOAD_SHARE ? 0 : from->work.size_bytes;
	int ret = 0;

	if (!w)
		return -ENOMEM;
	set_shape(&w->shape, &from->work, d);
	w->blocks = blocks_of(result, &from->work);
	if (strcmp(from->state, "done"))
		snprintf(w->failure, sizeof(w->failure), "%s%s%.130s", from->state,
			 from->reason[0] ? ": " : "", from->reason);
	if (size || result->span_bytes)
		w->span_bytes =
			(double)(size && size < result->span_bytes ? size : result->span_bytes);
	if (!from->io[d].ios || !from->measured_ns)
		return 0;
	w->ios = (double)from->io[d].ios;
	w->bytes = (double)from->io[d].bytes;
	w->measured_s = (double)from->measured_ns / 1e9;
	w->iops = result_iops(from, d);
	w->bytes_per_s = result_bytes_per_s(from, d);
	if (threads_ns > 0) {
		w->usr_pct = (double)from->cpu.thread_user_ns * 100 / threads_ns;
		w->sys_pct = (double)from->cpu.thread_system_ns * 100 / threads_ns;
	}
	w->cpu_ns_per_io = (double)from->cpu.thread_ns / (double)result_ios(from);
	w->depth = result_depth(from);
	if (from->kernel.disk.ios[d])
		w->device_ns = (double)from->kernel.disk.ticks_ms[d] * 1e6 /
			       (double)from->kernel.disk.ios[d];
	w->account = account_of(result, (uint32_t)(from - result->workload));
	set_latency(&w->latency, &from->io[d]);
	for (uint32_t i = 0; i < from->rounds_n && !ret; i++)
		ret = add_round(w, &from->round[i], d);
	if (detailed && !ret && !result->without_bins)
		ret = add_quantiles(w, &from->io[d].clat);
	if (detailed && !ret)
		ret = add_points(w, &from->series, d);
	return ret;
}

int tare_json_add(struct samples *to, const struct result *result, const char *source)
{
	struct sample_run *run = samples_add_run(to, source);
	int ret = run ? add_facts(run, result) : -ENOMEM;

	if (!ret && result->label[0])
		ret = samples_set_label(run, result->label);
	if (ret)
		return ret;
	run->has_rounds = true;
	run->short_by_plan = result->short_by_plan;
	str_copy(run->id, sizeof(run->id), result->run);
	set_probes(run, &result->probes);
	run->detectors = result->detectors;
	for (uint32_t i = 0; i < result->workloads_n && !ret; i++) {
		const struct result_workload *w = &result->workload[i];

		if (w->io[0].ios || workload_reads(&w->work))
			ret = add_direction(run, result, w, 0, to->detailed);
		if (!ret && (w->io[1].ios || workload_writes(&w->work)))
			ret = add_direction(run, result, w, 1, to->detailed);
	}
	if (result->state != RESULT_DONE)
		notes_add(&to->notes, "%s: run %s: %s%s%s", source, result->run,
			  result_state_name(result->state), result->reason[0] ? ": " : "",
			  result->reason);
	return ret;
}

int tare_json_read(struct samples *to, const struct json *root, const struct import_source *source,
		   struct err *e)
{
	struct result result;
	int ret = result_decode_document(&result, root, e);

	if (ret)
		return ret;
	ret = tare_json_add(to, &result, source->path);
	result_free(&result);
	return ret;
}
