// SPDX-License-Identifier: MIT
/* fio's layout, from a result. Percentages have four significant digits here: fio prints 0.1 (0.01
 * for latencies) for any share that is less. */
#include "result/fio_layout.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "config/options.h"
#include "result/result.h"
#include "result/series_json.h"

#define N(array)    (sizeof(array) / sizeof((array)[0]))
#define MS_NS	    UINT64_C(1000000)
#define MEAN_DIGITS 6 /* to begin with */
/* They survive the way through mean and sum of squares. */
#define STDDEV_DIGITS  12
#define PERCENT_DIGITS 4
#define RATE_DIGITS    8
#define DEV_DIGITS     4

static const char *const directions[] = { "read", "write" };

/* --- numbers --- */

/* Six decimals, as fio prints. */
static void add_decimal(struct json *to, const char *key, double value)
{
	json_add_double(to, key, round(value * 1e6) / 1e6);
}

/* A whole number that a document can hold, whatever another document made of it. */
static uint64_t whole(double value)
{
	return value < (double)JSON_INTEGER_MAX ? (uint64_t)value : JSON_INTEGER_MAX;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* --- distributions --- */

/* The mean with as few digits as give the sum back, exactly. */
static double mean_of(const struct histogram *h)
{
	double mean = histogram_mean_ns(h), n = (double)h->n;
	char text[40];

	for (int digits = MEAN_DIGITS; digits <= DBL_DIG; digits++) {
		double rounded;

		snprintf(text, sizeof(text), "%.*g", digits, mean);
		rounded = strtod(text, NULL);
		if ((uint64_t)(rounded * n + 0.5) == h->sum_ns)
			return rounded;
	}
	return mean;
}

/* `h` NULL: of nothing. */
static struct json *add_moments(struct json *to, const char *key, const struct histogram *h)
{
	struct json *object = json_add_object(to, key);
	bool any = h && h->n;

	json_add_u64(object, "min", any ? h->min_ns : 0);
	json_add_u64(object, "max", any ? h->max_ns : 0);
	json_add_double(object, "mean", any ? mean_of(h) : 0);
	json_add_digits(object, "stddev", any ? histogram_stddev_ns(h) : 0, STDDEV_DIGITS);
	json_add_u64(object, "N", any ? h->n : 0);
	return object;
}

void fio_layout_add_distribution(struct json *to, const char *key, const struct histogram *h,
				 const struct workload *w)
{
	struct json *object = add_moments(to, key, h), *list;
	char name[32];

	if (!h->n)
		return;
	list = json_add_object(object, "percentile");
	for (uint32_t i = 0; i < w->percentiles_n; i++) {
		snprintf(name, sizeof(name), "%f", w->percentile[i]);
		json_add_u64(list, name, histogram_percentile_ns(h, w->percentile[i]));
	}
	list = json_add_object(object, "bins");
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (!h->count[i])
			continue;
		snprintf(name, sizeof(name), "%" PRIu64, histogram_value_ns(i));
		json_add_u64(list, name, h->count[i]);
	}
}

/* --- rates over time --- */

struct rates {
	uint64_t n, min, max;
	double mean, squares; /* of the distances from the mean */
};

static void add_rate(struct rates *r, uint64_t rate)
{
	double off = (double)rate - r->mean;

	r->min = r->n && r->min < rate ? r->min : rate;
	r->max = r->max > rate ? r->max : rate;
	r->n++;
	r->mean += off / (double)r->n;
	r->squares += off * ((double)rate - r->mean);
}

static double deviation(const struct rates *r)
{
	return r->n > 1 ? sqrt(r->squares / (double)(r->n - 1)) : 0;
}

/*
 * fio's samples are the points of the series. As in fio, one in which the direction did nothing is
 * none, nor is one cut short: fio waits until its interval has passed.
 */
static void sample_series(struct rates *iops, struct rates *kib_per_s,
			  const struct result_workload *w, int d)
{
	uint64_t longest_ns = 0;

	for (uint32_t i = 0; i < w->series.n; i++) {
		struct series_point p = series_point_rounded(&w->series.point[i]);

		longest_ns = p.length_ns > longest_ns ? p.length_ns : longest_ns;
	}
	for (uint32_t i = 0; i < w->series.n; i++) {
		struct series_point p = series_point_rounded(&w->series.point[i]);
		double per_s = (double)p.ios[d] * 1e9 / (double)p.length_ns;

		if (!p.ios[d] || !p.length_ns || p.length_ns < longest_ns / 2)
			continue;
		add_rate(iops, whole(per_s));
		add_rate(kib_per_s, whole(per_s * (double)w->work.bs_bytes / 1024));
	}
}

/* Which step a workload ran in: those of one step ran beside each other, and are a group of fio's.
 */
static uint32_t step_of(const struct result *result, uint32_t workload)
{
	uint32_t step = 0;

	for (uint32_t i = 1; i <= workload; i++)
		step += result->workload[i].work.stonewall;
	return step;
}

/* Bytes per second of all workloads of a group. */
static double group_bytes_per_s(const struct result *result, uint32_t workload, int d)
{
	uint32_t step = step_of(result, workload);
	double sum = 0;

	for (uint32_t i = 0; i < result->workloads_n; i++)
		if (step_of(result, i) == step)
			sum += result_bytes_per_s(&result->workload[i], d);
	return sum;
}

static void add_rates(struct json *to, const struct rates *iops, const struct rates *kib_per_s,
		      double group_kib_per_s)
{
	double share = group_kib_per_s > 0 ? 100 * kib_per_s->mean / group_kib_per_s : 0;

	json_add_u64(to, "bw_min", kib_per_s->min);
	json_add_u64(to, "bw_max", kib_per_s->max);
	add_decimal(to, "bw_agg", share < 100 ? share : 100);
	json_add_digits(to, "bw_mean", kib_per_s->mean, RATE_DIGITS);
	json_add_digits(to, "bw_dev", deviation(kib_per_s), DEV_DIGITS);
	json_add_u64(to, "bw_samples", kib_per_s->n);
	json_add_u64(to, "iops_min", iops->min);
	json_add_u64(to, "iops_max", iops->max);
	json_add_digits(to, "iops_mean", iops->mean, RATE_DIGITS);
	json_add_digits(to, "iops_stddev", deviation(iops), DEV_DIGITS);
	json_add_u64(to, "iops_samples", iops->n);
}

/* --- a job --- */

struct flow {
	uint64_t ios, bytes, short_ios, runtime_ms;
	double iops, bytes_per_s;
};

static void add_flow(struct json *to, const struct flow *f)
{
	json_add_u64(to, "io_bytes", f->bytes);
	json_add_u64(to, "io_kbytes", f->bytes / 1024);
	json_add_u64(to, "bw_bytes", whole(f->bytes_per_s));
	json_add_u64(to, "bw", whole(f->bytes_per_s) / 1024);
	add_decimal(to, "iops", f->iops);
	json_add_u64(to, "runtime", f->runtime_ms);
	json_add_u64(to, "total_ios", f->ios);
	json_add_u64(to, "short_ios", f->short_ios);
	json_add_u64(to, "drop_ios", 0);
}

static void add_direction(struct json *job, const struct result *result, uint32_t workload, int d)
{
	const struct result_workload *w = &result->workload[workload];
	const struct result_io *io = &w->io[d];
	struct json *to = json_add_object(job, directions[d]);
	struct flow flow = { .ios = io->ios,
			     .bytes = io->bytes,
			     .short_ios = io->short_ios,
			     .runtime_ms = io->ios ? w->measured_ns / MS_NS : 0,
			     .iops = result_iops(w, d),
			     .bytes_per_s = result_bytes_per_s(w, d) };
	struct rates iops = { 0 }, kib_per_s = { 0 };

	add_flow(to, &flow);
	add_moments(to, "slat_ns", &io->slat);
	fio_layout_add_distribution(to, "clat_ns", &io->clat, &w->work);
	add_moments(to, "lat_ns", &io->lat);
	sample_series(&iops, &kib_per_s, w, d);
	add_rates(to, &iops, &kib_per_s, group_bytes_per_s(result, workload, d) / 1024);
}

/* There are no trims; readers of fio's JSON ask for them all the same. */
static void add_trim(struct json *job)
{
	static const struct flow no_flow;
	static const struct rates no_rates;
	struct json *to = json_add_object(job, "trim");

	add_flow(to, &no_flow);
	add_moments(to, "slat_ns", NULL);
	add_moments(to, "clat_ns", NULL);
	add_moments(to, "lat_ns", NULL);
	add_rates(to, &no_rates, &no_rates, 0);
}

struct level {
	const char *key;
	uint32_t from; /* least row of the table that counts for it */
};

/* As fio sorts depths, and calls by how many I/Os they took: the names are not the borders. */
static const struct level depth_levels[] = { { "1", 0 },   { "2", 2 },	 { "4", 4 },	{ "8", 8 },
					     { "16", 16 }, { "32", 32 }, { ">=64", 64 } };
static const struct level call_levels[] = { { "0", 0 },	  { "4", 1 },	{ "8", 5 },    { "16", 9 },
					    { "32", 17 }, { "64", 33 }, { ">=64", 65 } };
#define LEVELS_N N(depth_levels)

static void add_levels(struct json *job, const char *key, const struct level *level,
		       const uint64_t *row)
{
	struct json *to = json_add_object(job, key);
	uint64_t total = 0, count[LEVELS_N] = { 0 };

	for (uint32_t i = 0, k = 0; i < RESULT_DEPTHS; i++) {
		while (k + 1 < LEVELS_N && i >= level[k + 1].from)
			k++;
		count[k] += row[i];
		total += row[i];
	}
	for (size_t k = 0; k < LEVELS_N; k++)
		json_add_digits(to, level[k].key, percent(count[k], total), PERCENT_DIGITS);
}

/* fio's ranges of latencies: below so many of the unit, from the one before on. */
static const struct {
	const char *key;
	uint64_t below;
} ranges[] = { { "2", 2 },     { "4", 4 },	 { "10", 10 },	   { "20", 20 },
	       { "50", 50 },   { "100", 100 },	 { "250", 250 },   { "500", 500 },
	       { "750", 750 }, { "1000", 1000 }, { "2000", 2000 }, { ">=2000", UINT64_MAX } };

static const struct {
	const char *key;
	uint64_t unit_ns, least_ns, below_ns;
	size_t ranges_n;
} scales[] = { { "latency_ns", 1, 0, 1000, 10 },
	       { "latency_us", 1000, 1000, MS_NS, 10 },
	       { "latency_ms", MS_NS, MS_NS, UINT64_MAX, N(ranges) } };

/* By completion latency, as in fio; a bin stands with its middle, so one across a border counts
 * whole on one side. */
static void add_latencies(struct json *job, const struct result_workload *w, size_t scale)
{
	struct json *to = json_add_object(job, scales[scale].key);
	uint64_t count[N(ranges)] = { 0 };

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t ns = histogram_value_ns(i),
			 n = w->io[0].clat.count[i] + w->io[1].clat.count[i];
		size_t range = 0;

		if (!n || ns < scales[scale].least_ns || ns >= scales[scale].below_ns)
			continue;
		while (ns / scales[scale].unit_ns >= ranges[range].below)
			range++;
		count[range] += n;
	}
	for (size_t k = 0; k < scales[scale].ranges_n; k++)
		json_add_digits(to, ranges[k].key, percent(count[k], result_ios(w)),
				PERCENT_DIGITS);
}

static void add_option(void *context, const char *name, const char *value)
{
	json_add_text(context, name, value);
}

static void add_usage(struct json *job, const struct result_workload *w)
{
	uint64_t threads_ns = w->measured_ns * w->work.numjobs; /* of which usr and sys are parts */

	json_add_u64(job, "job_runtime", threads_ns / MS_NS);
	add_decimal(job, "usr_cpu", percent(w->cpu.thread_user_ns, threads_ns));
	add_decimal(job, "sys_cpu", percent(w->cpu.thread_system_ns, threads_ns));
	json_add_u64(job, "ctx", w->switches_voluntary + w->switches_involuntary);
	json_add_u64(job, "majf", 0);
	json_add_u64(job, "minf", 0);
}

static void add_job(struct json *jobs, const struct result *result, uint32_t workload)
{
	const struct result_workload *w = &result->workload[workload];
	struct json *job = json_add_object(jobs, NULL), *sync;

	json_add_text(job, "jobname", w->work.name);
	json_add_u64(job, "groupid", step_of(result, workload));
	json_add_u64(job, "error", w->error[0].n ? (uint64_t)w->error[0].error : 0);
	json_add_u64(job, "eta", 0);
	json_add_u64(job, "elapsed", (w->measured_ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S);
	options_echo(&w->work, add_option, json_add_object(job, "job options"));
	for (int d = 0; d < 2; d++)
		add_direction(job, result, workload, d);
	add_trim(job);
	sync = json_add_object(job, "sync");
	json_add_u64(sync, "total_ios", w->sync.n);
	fio_layout_add_distribution(sync, "lat_ns", &w->sync, &w->work);
	add_usage(job, w);
	add_levels(job, "iodepth_level", depth_levels, w->depth);
	add_levels(job, "iodepth_submit", call_levels, w->submits);
	add_levels(job, "iodepth_complete", call_levels, w->completes);
	for (size_t s = 0; s < N(scales); s++)
		add_latencies(job, w, s);
	json_add_u64(job, "latency_depth", w->work.iodepth);
	json_add_u64(job, "latency_target", 0);
	json_add_double(job, "latency_percentile", 100);
	json_add_u64(job, "latency_window", 0);
}

/* --- the disk --- */

static void add_diskstat(struct diskstat *to, const struct diskstat *from)
{
	for (int d = 0; d < 2; d++) {
		to->ios[d] += from->ios[d];
		to->merges[d] += from->merges[d];
		to->ticks_ms[d] += from->ticks_ms[d];
	}
	to->busy_ms += from->busy_ms;
	to->queue_ms += from->queue_ms;
}

/*
 * Over all windows. Workloads of one step each have what the device did for all of them: the one
 * that saw most of it stands for the step.
 */
static uint64_t sum_windows(struct diskstat *sum, const struct result *result)
{
	uint64_t measured_ns = 0;

	*sum = (struct diskstat){ 0 };
	for (uint32_t i = 0; i < result->workloads_n;) {
		const struct result_workload *most = &result->workload[i];
		uint32_t step = step_of(result, i);

		for (; i < result->workloads_n && step_of(result, i) == step; i++)
			if (result->workload[i].kernel.disk.queue_ms > most->kernel.disk.queue_ms)
				most = &result->workload[i];
		add_diskstat(sum, &most->kernel.disk);
		measured_ns += most->measured_ns;
	}
	return measured_ns;
}

static void add_disk_util(struct json *to, const struct result *result)
{
	struct diskstat sum;
	uint64_t measured_ns = sum_windows(&sum, result);
	double util = percent(sum.busy_ms * MS_NS, measured_ns);

	json_add_text(to, "name", result->target.node);
	json_add_u64(to, "read_ios", sum.ios[0]);
	json_add_u64(to, "write_ios", sum.ios[1]);
	json_add_u64(to, "read_merges", sum.merges[0]);
	json_add_u64(to, "write_merges", sum.merges[1]);
	json_add_u64(to, "read_ticks", sum.ticks_ms[0]);
	json_add_u64(to, "write_ticks", sum.ticks_ms[1]);
	json_add_u64(to, "in_queue", sum.queue_ms);
	add_decimal(to, "util", util < 100 ? util : 100);
}

/* As ctime() has it: the appliance knows no time zone but UTC. */
static void add_time(struct json *root, uint64_t unix_s)
{
	time_t seconds = (time_t)unix_s;
	struct tm tm;
	char text[64] = "";

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &tm);
	json_add_text(root, "time", text);
}

void fio_layout_add(struct json *root, const struct result *result)
{
	char version[96];
	struct json *list;

	snprintf(version, sizeof(version), "tare-%s", result->version);
	json_add_text(root, "fio version", version);
	json_add_u64(root, "timestamp", result->start_unix_s);
	json_add_u64(root, "timestamp_ms", result->start_unix_s * 1000);
	add_time(root, result->start_unix_s);
	json_add_object(root, "global options");
	list = json_add_array(root, "jobs");
	for (uint32_t i = 0; i < result->workloads_n; i++)
		add_job(list, result, i);
	list = json_add_array(root, "disk_util");
	if (result->has_target && !result->target_is_file)
		add_disk_util(json_add_object(list, NULL), result);
}
