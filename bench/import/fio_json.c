// SPDX-License-Identifier: MIT
/* fio's own document. Member names since fio 3.0; what an older or newer one lacks is absent. */
#include "import/fio_json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/fio_number.h"
#include "import/fio_run.h"
#include "import/samples.h"
#include "lib/histogram.h"
#include "lib/str.h"

static const char *const directions[SAMPLE_DIRECTIONS_N] = { "read", "write", "trim" };

struct document {
	const struct json *root, *global;
	struct fio_run run;
};

/* A figure above zero: fio prints zeros for what it did not measure. */
static double figure(const struct json *object, const char *key)
{
	double value;

	if (!json_double(json_get(object, key), &value) || !(value > 0))
		return SAMPLE_ABSENT;
	return value;
}

/* --- options: of the job, else of all jobs --- */

static const char *option(const struct document *doc, const struct json *job, const char *name,
			  const char *alias)
{
	const struct json *own = json_get(job, "job options");
	const char *text = json_text(json_get(own, name));

	text = text || !alias ? text : json_text(json_get(own, alias));
	text = text ? text : json_text(json_get(doc->global, name));
	return text || !alias ? text : json_text(json_get(doc->global, alias));
}

/* The part for a direction of "reads,writes,trims"; what is missing is as the last one. */
static void part_of(char *to, size_t to_bytes, const char *text, int direction)
{
	const char *comma;

	while (direction-- && (comma = strchr(text, ',')) && comma[1])
		text = comma + 1;
	snprintf(to, to_bytes, "%.*s", (int)strcspn(text, ","), text);
}

static double number(const struct document *doc, const struct json *job, const char *name,
		     int direction, double otherwise)
{
	const char *text = option(doc, job, name, NULL);
	char part[64];
	uint64_t value;

	if (!text)
		return otherwise;
	part_of(part, sizeof(part), text, direction);
	return fio_number(part, &value) ? SAMPLE_ABSENT : (double)value;
}

static void set_block(struct sample_shape *shape, const char *text, int direction)
{
	char part[64], *dash;
	uint64_t least, most;

	part_of(part, sizeof(part), text, direction);
	dash = strchr(part, '-');
	if (dash)
		*dash++ = '\0';
	if (!fio_number(part, &least) && !fio_number(dash ? dash : part, &most))
		samples_block_text(shape, least, most);
}

/* A switch of old, a word of newer releases. */
static void set_sync(struct sample_shape *shape, const char *text)
{
	const char *word = "sync";

	if (!text || !strcmp(text, "0") || !strcmp(text, "none"))
		word = "none";
	else if (!strcmp(text, "dsync"))
		word = text;
	str_copy(shape->sync, sizeof(shape->sync), word);
}

/* `buffered` is the same switch, the other way round. */
static double direct_of(const struct document *doc, const struct json *job)
{
	return number(doc, job, "direct", 0, 1 - number(doc, job, "buffered", 0, 1));
}

/* Depth, engine and the rest have defaults, which hold wherever the options are listed at all. */
static void set_shape(struct sample_shape *shape, const struct document *doc,
		      const struct json *job, int d)
{
	const char *rw = option(doc, job, "rw", "readwrite"),
		   *bs = option(doc, job, "bs", "blocksize"),
		   *range = option(doc, job, "bsrange", "blocksize_range");
	const char *engine = option(doc, job, "ioengine", NULL);
	double mix;

	if (!json_get(job, "job options") && !doc->global)
		return;
	rw = rw ? rw : "read";
	snprintf(shape->rw, sizeof(shape->rw), "%.*s", (int)strcspn(rw, ":"), rw);
	if (!strcmp(shape->rw, "rw"))
		str_copy(shape->rw, sizeof(shape->rw), "readwrite");
	str_copy(shape->engine, sizeof(shape->engine), engine ? engine : "psync");
	if (option(doc, job, "bssplit", NULL))
		str_copy(shape->bs, sizeof(shape->bs), "split");
	else
		set_block(shape, range ? range : bs ? bs : "4k", d);
	shape->iodepth = number(doc, job, "iodepth", 0, 1);
	shape->numjobs = number(doc, job, "numjobs", 0, 1);
	if (!strcmp(shape->rw, "readwrite") || !strcmp(shape->rw, "randrw")) {
		mix = number(doc, job, "rwmixwrite", 0, 50);
		shape->read_pct = number(doc, job, "rwmixread", 0, 100 - mix);
	}
	shape->fsync_writes = number(doc, job, "fsync", 0, 0);
	shape->fdatasync_writes = number(doc, job, "fdatasync", 0, 0);
	shape->rate_iops = number(doc, job, "rate_iops", d, 0);
	shape->rate_bytes = number(doc, job, "rate", d, 0);
	set_sync(shape, option(doc, job, "sync", NULL));
	shape->direct = direct_of(doc, job);
}

/* --- figures --- */

/* By the list of percentiles, else by the bins of json+. */
static double percentile(const struct json *clat, double pct, double ios)
{
	double key, value, n = 0;

	for (const struct json *p = json_first(json_get(clat, "percentile")); p; p = json_next(p))
		if (json_key(p) && !str_to_double(json_key(p), &key) && fabs(key - pct) < 1e-6 &&
		    json_double(p, &value))
			return value;
	for (const struct json *b = json_first(json_get(clat, "bins")); b; b = json_next(b)) {
		if (!json_double(b, &value) || !json_key(b))
			continue;
		n += value;
		if (n >= ios * pct / 100 * (1 - 1e-12) && !str_to_double(json_key(b), &key))
			return key;
	}
	return SAMPLE_ABSENT;
}

static void set_latency(struct sample_latency *l, const struct json *io, double ios)
{
	const struct json *clat = json_get(io, "clat_ns");

	l->slat_mean_ns = figure(json_get(io, "slat_ns"), "mean");
	l->mean_ns = figure(clat, "mean");
	l->max_ns = figure(clat, "max");
	if (!sample_known(l->mean_ns))
		return;
	l->p50_ns = percentile(clat, 50, ios);
	l->p99_ns = percentile(clat, 99, ios);
	l->p999_ns = percentile(clat, 99.9, ios);
	l->p9999_ns = percentile(clat, 99.99, ios);
}

/* Of the percentiles that fio was asked for, those that so many I/Os support. */
static int add_quantiles(struct sample_workload *w, const struct json *clat)
{
	double pct, ns;
	int ret = 0;

	for (const struct json *p = json_first(json_get(clat, "percentile")); p && !ret;
	     p = json_next(p))
		if (json_key(p) && !str_to_double(json_key(p), &pct) && json_double(p, &ns) &&
		    ns > 0 && histogram_percentile_holds(w->ios, pct))
			ret = samples_add_quantile(w, pct, ns);
	return ret;
}

static double all_ios(const struct json *job)
{
	double n = 0;

	for (int d = 0; d < SAMPLE_DIRECTIONS_N; d++)
		n += json_get_double(json_get(job, directions[d]), "total_ios");
	return n;
}

/* Percentages are of the time of all threads that fio merged into this entry. */
static void set_cpu(struct sample_workload *w, const struct json *job)
{
	double threads_ms = figure(job, "job_runtime");

	if (!json_double(json_get(job, "usr_cpu"), &w->usr_pct) ||
	    !json_double(json_get(job, "sys_cpu"), &w->sys_pct)) {
		w->usr_pct = w->sys_pct = SAMPLE_ABSENT;
		return;
	}
	if (sample_known(threads_ms))
		w->cpu_ns_per_io = (w->usr_pct + w->sys_pct) / 100 * threads_ms * 1e6 /
				   all_ios(job);
}

/* Whether a job that does one thing only was to do this. Of a mixed one a part may be empty. */
static bool is_meant(const struct document *doc, const struct json *job, int d)
{
	struct sample_shape shape = samples_shape();
	const char *rw = shape.rw;

	set_shape(&shape, doc, job, d);
	rw += strncmp(rw, "rand", 4) ? 0 : 4;
	return !strcmp(rw, directions[d]);
}

static int add_direction(struct document *doc, const struct json *job, int d)
{
	const struct json *io = json_get(job, directions[d]);
	struct sample_workload *w;
	double ios = figure(io, "total_ios");
	int64_t error = (int64_t)json_get_double(job, "error");

	if (!sample_known(ios) && !(json_get(io, "total_ios") && is_meant(doc, job, d)))
		return 0;
	w = samples_add_workload(fio_run(&doc->run), json_get_text(job, "jobname"), d);
	if (!w)
		return -ENOMEM;
	set_shape(&w->shape, doc, job, d);
	if (sample_known(ios)) {
		w->ios = ios;
		w->iops = figure(io, "iops");
		w->bytes = figure(io, "io_bytes");
		w->bytes_per_s = figure(io, "bw_bytes");
	} else {
		/* Nothing was completed: that is a figure, among those of other outputs. */
		w->ios = w->iops = w->bytes = w->bytes_per_s = 0;
	}
	w->measured_s = figure(io, "runtime") / 1000;
	w->span_bytes = number(doc, job, "size", 0, SAMPLE_ABSENT);
	set_latency(&w->latency, io, ios);
	if (doc->run.to->detailed && add_quantiles(w, json_get(io, "clat_ns")))
		return -ENOMEM;
	set_cpu(w, job);
	if (error)
		snprintf(w->failure, sizeof(w->failure), "fio's error %lld", (long long)error);
	return fio_run_take(&doc->run, (uint32_t)json_get_u64(job, "groupid"));
}

static int add_jobs(struct document *doc, const struct json *list)
{
	int ret = 0;

	for (const struct json *job = json_first(list); job && !ret; job = json_next(job)) {
		/* What a client sums up over servers is no further job. */
		if (!strcmp(json_get_text(job, "jobname"), "All clients"))
			continue;
		for (int d = 0; d < SAMPLE_DIRECTIONS_N && !ret; d++)
			ret = add_direction(doc, job, d);
	}
	return ret;
}

static int add_facts(struct document *doc)
{
	const struct json *jobs = json_get(doc->root, "jobs");
	const char *size = option(doc, json_first(jobs), "size", NULL);
	const char *name = option(doc, json_first(jobs), "filename", NULL);
	struct sample_run *run = fio_run(&doc->run);
	uint64_t bytes;
	char text[32];
	int ret = samples_set_fact(run, SAMPLE_TOOL, json_get_text(doc->root, "fio version"));

	if (!ret && size && !fio_number(size, &bytes))
		ret = samples_set_fact(run, SAMPLE_SPAN, str_from_bytes(text, sizeof(text), bytes));
	if (!ret && name)
		ret = samples_set_fact(run, SAMPLE_TARGET,
				       strncmp(name, "/dev/", 5) ? "file" : "disk");
	return ret;
}

static const struct json *jobs_of(const struct json *root)
{
	const struct json *jobs = json_get(root, "jobs");

	return jobs ? jobs : json_get(root, "client_stats");
}

int fio_json_read(struct samples *to, const struct json *root, const struct import_source *source,
		  struct err *e)
{
	struct document doc = { .root = root, .global = json_get(root, "global options") };
	int ret = fio_run_begin(&doc.run, to, source->path);

	if (ret)
		return ret;
	ret = add_facts(&doc);
	ret = ret ? ret : add_jobs(&doc, jobs_of(root));
	if (ret == -E2BIG)
		return err_set(e, ret, FIO_RUN_TOO_MANY);
	if (!ret)
		ret = fio_run_end(&doc.run);
	if (!ret && !doc.run.added_n)
		ret = err_set(e, -EINVAL, "a document of fio without any I/O in it");
	return ret;
}

/* --- documents of one measurement --- */

/* When a document was printed. */
static double printed_s(const struct json *root)
{
	double ms = figure(root, "timestamp_ms");

	return sample_known(ms) ? ms / 1000 : figure(root, "timestamp");
}

static double runtime_s(const struct json *job)
{
	double most = 0;

	for (int d = 0; d < SAMPLE_DIRECTIONS_N; d++)
		most = fmax(most, json_get_double(json_get(job, directions[d]), "runtime") / 1000);
	return most;
}

/* Two of a job's entries, by when each was printed. Absent times make every comparison false. */
static bool is_same_start(const struct json *a, double a_s, const struct json *b, double b_s)
{
	double start[] = { figure(a, "job_start"), figure(b, "job_start") };
	double elapsed[] = { figure(a, "elapsed"), figure(b, "elapsed") }; /* of fio itself */
	double run_s = runtime_s(b);

	if (sample_known(start[0]) && sample_known(start[1]))
		return fabs(start[0] - start[1]) < 1;
	/* Of short runs in a row, starts are as near: these must be nearer than that. */
	if (fabs(a_s - runtime_s(a) - (b_s - run_s)) <= fmin(1, run_s / 2))
		return true;
	/* A job that ended waits for the others. */
	return fabs(a_s - elapsed[0] - (b_s - elapsed[1])) <= 1 && b_s - elapsed[1] < a_s - 1;
}

static bool has_fewer_ios(const struct json *job, const struct json *than)
{
	for (int d = 0; d < SAMPLE_DIRECTIONS_N; d++)
		if (json_get_double(json_get(job, directions[d]), "total_ios") <
		    json_get_double(json_get(than, directions[d]), "total_ios"))
			return true;
	return false;
}

bool fio_json_goes_on(const struct json *earlier, const struct json *later)
{
	const struct json *a = json_first(jobs_of(earlier)), *b = json_first(jobs_of(later));
	double a_s = printed_s(earlier), b_s = printed_s(later);
	bool found = false;

	for (; a && b; a = json_next(a), b = json_next(b)) {
		if (strcmp(json_get_text(a, "jobname"), json_get_text(b, "jobname")) != 0 ||
		    has_fewer_ios(b, a))
			return false;
		if (all_ios(a) <= 0)
			continue; /* not begun, or nothing done yet */
		if (!is_same_start(a, a_s, b, b_s))
			return false;
		found = true;
	}
	return found && !a && !b;
}
