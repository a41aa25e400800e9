// SPDX-License-Identifier: MIT
/*
 * What fio 3 prints for people, as they paste it: several jobs, several outputs one after another,
 * cut at the top or between the lines. A number that is not followed by what fio prints behind it
 * was broken on the way and is absent.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "import/fio_run.h"
#include "import/import.h"
#include "import/pasted.h"
#include "import/samples.h"
#include "lib/str.h"

static const struct {
	const char *head, *block;
} directions[SAMPLE_DIRECTIONS_N] = {
	{ "read: IOPS=", "(R) " },
	{ "write: IOPS=", "(W) " },
	{ "trim: IOPS=", "(T) " },
};

/* A job's part of an output. */
struct job {
	char name[SAMPLE_NAME_BYTES];
	double group, jobs, error;
	double pid;			    /* 0: not told */
	struct pasted body;		    /* behind its head */
	const char *config;		    /* its line at the top of the output, or NULL */
	double issued[SAMPLE_DIRECTIONS_N]; /* I/Os */
	double usr_pct, sys_pct, depth;
};

struct reader {
	const struct import_source *source;
	const char *clean;  /* begin of the text */
	struct pasted text; /* all of it, cleaned */
	const char *output; /* where the present output begins */
	struct fio_run run;
	bool began;
	struct job first;   /* of the present output */
	uint32_t went_on_n; /* outputs that a later one of the same measurement took the place of */
};

/* --- pieces --- */

/* "name: (groupid=0, jobs=1): err= 0: pid=...": the next one; `job` gets all but its body's end. */
static bool find_head(struct pasted *p, struct job *job, const char *from)
{
	const char *begin;

	while (pasted_find(p, "(groupid=", &begin)) {
		const char *line = begin;
		struct pasted behind;
		size_t n;

		if (!pasted_number(p, &job->group) || !pasted_take(p, ", jobs=") ||
		    !pasted_number(p, &job->jobs) || !pasted_take(p, "): err="))
			continue;
		if (!pasted_number(p, &job->error))
			job->error = 0;
		job->pid = 0;
		behind = *p;
		if (!pasted_take(&behind, ": pid=") || !pasted_number(&behind, &job->pid))
			job->pid = 0;
		while (line > from && line[-1] != '\n')
			line--;
		n = (size_t)(begin - line);
		while (n && strchr(": ", line[n - 1]))
			n--;
		snprintf(job->name, sizeof(job->name), "%.*s", (int)n, line);
		job->body = *p;
		return true;
	}
	return false;
}

/* Whether the pattern stands between two places; *at gets the last one. */
static bool has_last(const char *from, const char *to, const char *pattern, const char **at)
{
	struct pasted p = { from, to };
	bool found = false;

	while (pasted_find(&p, pattern, at))
		found = true;
	return found;
}

/* Of a percentage: behind it stands '%'. */
static double share(const struct pasted *body, const char *pattern)
{
	struct pasted p = *body;
	double value;

	return pasted_find(&p, pattern, NULL) && pasted_number(&p, &value) && pasted_take(&p, "%")
		       ? value
		       : SAMPLE_ABSENT;
}

static void read_common(struct job *job)
{
	struct pasted p = job->body;

	job->usr_pct = share(&job->body, "usr=");
	job->sys_pct = share(&job->body, "sys=");
	job->depth = SAMPLE_ABSENT;
	for (int d = 0; d < SAMPLE_DIRECTIONS_N; d++)
		job->issued[d] = SAMPLE_ABSENT;
	if (pasted_find(&p, "percentile=", NULL) && pasted_find(&p, "depth=", NULL) &&
	    !pasted_number(&p, &job->depth))
		job->depth = SAMPLE_ABSENT;
	p = job->body;
	if (!pasted_find(&p, "issued rwt", NULL))
		return;
	pasted_take(&p, "s"); /* since fio 3.14 */
	if (!pasted_take(&p, " : total="))
		return;
	for (int d = 0; d < SAMPLE_DIRECTIONS_N; d++) {
		double n;

		if (!pasted_number(&p, &n) || !pasted_take(&p, ","))
			return;
		job->issued[d] = n;
	}
}

/* --- what it does --- */

static void set_block(struct sample_shape *shape, struct pasted p, int d)
{
	double least, most;

	/* All three directions, or one for all of them. */
	if (!pasted_find(&p, directions[d].block, NULL) && !pasted_find(&p, "bs=", NULL))
		return;
	if (pasted_bytes(&p, &least) && pasted_take(&p, "-") && pasted_bytes(&p, &most) &&
	    least < 1e15 && most < 1e15)
		samples_block_text(shape, (uint64_t)least, (uint64_t)most);
}

static void set_shape(struct sample_shape *shape, const struct job *job, const char *end, int d)
{
	struct pasted p = { job->config, end };

	shape->numjobs = job->jobs;
	if (!job->config) {
		samples_shape_from_name(shape, job->name);
		if (!sample_known(shape->iodepth))
			shape->iodepth = job->depth;
		return;
	}
	if (pasted_find(&p, "rw=", NULL))
		pasted_word(&p, ", \n", shape->rw, sizeof(shape->rw));
	if (!strcmp(shape->rw, "rw"))
		str_copy(shape->rw, sizeof(shape->rw), "readwrite");
	set_block(shape, p, d);
	if (pasted_find(&p, "ioengine=", NULL))
		pasted_word(&p, ", \n", shape->engine, sizeof(shape->engine));
	if (!pasted_find(&p, "iodepth=", NULL) || !pasted_number(&p, &shape->iodepth))
		shape->iodepth = job->depth;
}

/* --- figures --- */

/* "(nsec)" and so on, in ns; 0: none of them here. */
static double unit_ns(struct pasted *p)
{
	static const struct {
		const char *word;
		double ns;
	} units[] = { { "(nsec)", 1 }, { "(usec)", 1e3 }, { "(msec)", 1e6 }, { "(sec)", 1e9 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (pasted_take(p, units[i].word))
			return units[i].ns;
	return 0;
}

/* "slat (usec): min= 2, max= 120, avg= 4.60, stdev= 1.2" */
static void read_line(const struct pasted *part, const char *pattern, double *mean_ns,
		      double *max_ns)
{
	struct pasted p = *part;
	double unit, least, most, mean;

	while (pasted_find(&p, pattern, NULL)) {
		unit = unit_ns(&p);
		if (unit <= 0 || !pasted_take(&p, " : min="))
			continue;
		if (!pasted_count(&p, &least) || !pasted_take(&p, ", max=") ||
		    !pasted_count(&p, &most) || !pasted_take(&p, ", avg="))
			return;
		if (max_ns)
			*max_ns = most * unit;
		if (pasted_count(&p, &mean) && pasted_take(&p, ","))
			*mean_ns = mean * unit;
		return;
	}
}

static void read_percentiles(const struct pasted *part, struct sample_latency *l)
{
	const struct {
		double pct;
		double *to;
	} wanted[] = { { 50, &l->p50_ns },
		       { 99, &l->p99_ns },
		       { 99.9, &l->p999_ns },
		       { 99.99, &l->p9999_ns } };
	struct pasted p = *part;
	double unit, pct, value;

	if (!pasted_find(&p, "clat percentiles ", NULL))
		return;
	unit = unit_ns(&p);
	if (unit <= 0 || !pasted_take(&p, " :"))
		return;
	for (;;) {
		while (pasted_take(&p, " |") || pasted_take(&p, " ,"))
			;
		if (!pasted_number(&p, &pct) || !pasted_take(&p, "th=[") ||
		    !pasted_count(&p, &value) || !pasted_take(&p, " ]"))
			return;
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (fabs(pct - wanted[i].pct) < 1e-6)
				*wanted[i].to = value * unit;
	}
}

/* "110k, BW=430MiB/s (451MB/s)(10.0GiB/23810msec)" */
static void read_rates(struct pasted p, struct sample_workload *w)
{
	double value, ms;

	if (pasted_count(&p, &value) && pasted_take(&p, ","))
		w->iops = value;
	if (pasted_find(&p, "BW=", NULL) && pasted_bytes(&p, &value) && pasted_take(&p, "/s"))
		w->bytes_per_s = value;
	if (!pasted_find(&p, ")", NULL) || !pasted_take(&p, " (") || !pasted_bytes(&p, &value) ||
	    !pasted_take(&p, "/") || !pasted_number(&p, &ms) || !pasted_take(&p, "msec)"))
		return;
	w->bytes = value;
	w->measured_s = ms / 1000;
}

/* What was counted is exact, what was printed is rounded. */
static void prefer_counts(struct sample_workload *w, const struct job *job, int d)
{
	double all = job->issued[0] + job->issued[1] + job->issued[2];

	if (job->issued[d] > 0) {
		w->ios = job->issued[d];
		if (w->measured_s > 0)
			w->iops = SAMPLE_ABSENT;
		if (w->shape.bs[0] && !strchr(w->shape.bs, '-'))
			w->bytes = w->bytes_per_s = SAMPLE_ABSENT;
	}
	w->usr_pct = job->usr_pct;
	w->sys_pct = job->sys_pct;
	if (all > 0)
		w->cpu_ns_per_io = (w->usr_pct + w->sys_pct) / 100 * 1e9 * job->jobs *
				   w->measured_s / all;
}

static int add_direction(struct reader *r, const struct job *job, struct pasted part, int d)
{
	struct sample_workload *w =
		samples_add_workload(fio_run(&r->run), job->name[0] ? job->name : "job", d);

	if (!w)
		return -ENOMEM;
	read_rates(part, w);
	set_shape(&w->shape, job, job->body.at, d);
	read_line(&part, "slat ", &w->latency.slat_mean_ns, NULL);
	read_line(&part, "clat ", &w->latency.mean_ns, &w->latency.max_ns);
	read_percentiles(&part, &w->latency);
	prefer_counts(w, job, d);
	if (job->error > 0)
		snprintf(w->failure, sizeof(w->failure), "fio's error %.0f", job->error);
	return fio_run_take(&r->run, (uint32_t)job->group);
}

/* The line of the file that a place in the cleaned text is from. */
static const char *in_source(const struct reader *r, const char *at)
{
	const char *line = r->source->bytes->data;

	for (const char *c = r->clean; c < at; c++)
		if (*c == '\n' && strchr(line, '\n'))
			line = strchr(line, '\n') + 1;
	return line;
}

/* The next direction's head in p, which ends there; d is set. */
static bool find_direction(struct pasted *p, int *d, const char **begin)
{
	bool found = false;

	for (int i = 0; i < SAMPLE_DIRECTIONS_N; i++) {
		struct pasted here = *p;
		const char *at;

		if (!pasted_find(&here, directions[i].head, &at) || (found && at > *begin))
			continue;
		found = true;
		*begin = at;
		*d = i;
	}
	return found;
}

static int read_job(struct reader *r, struct job *job, struct err *e)
{
	struct pasted p = job->body;
	const char *begin, *next;
	int d = 0, after = 0, ret = 0;
	bool more = find_direction(&p, &d, &begin);

	read_common(job);
	if (!more && job->error <= 0)
		import_error(e, r->source, in_source(r, job->body.at),
			     "job \"%s\": no line \"read: IOPS=...\" or \"write: IOPS=...\" of it: "
			     "fio 3 prints one",
			     job->name);
	while (more && !ret) {
		struct pasted part = { begin, p.end };

		pasted_take(&part, directions[d].head);
		p.at = part.at;
		more = find_direction(&p, &after, &next);
		if (more)
			part.end = next;
		ret = add_direction(r, job, part, d);
		begin = next;
		d = after;
	}
	return ret;
}

/* --- outputs --- */

/* The job's own line at the top, by its name; NULL where none is of that name. */
static const char *find_config(const struct reader *r, const struct job *job)
{
	struct pasted p = { r->output, job->body.at };
	const char *begin, *found = NULL;

	while (pasted_find(&p, ": (g=", &begin)) {
		const char *line = begin;

		while (line > r->output && line[-1] != '\n')
			line--;
		if ((size_t)(begin - line) == strlen(job->name) &&
		    !memcmp(line, job->name, strlen(job->name)))
			found = p.at;
	}
	return found;
}

static int begin_output(struct reader *r, struct samples *to, const char *from, const char *head)
{
	struct pasted p = { from, head };
	char version[32] = "fio-";
	const char *at;
	int ret = r->began ? fio_run_end(&r->run) : 0;

	if (!ret)
		ret = fio_run_begin(&r->run, to, r->source->path);
	r->began = true;
	r->output = from;
	while (!ret && pasted_find(&p, "fio-", &at))
		if (p.at < p.end && *p.at >= '0' && *p.at <= '9' &&
		    pasted_word(&p, " \n", version + 4, sizeof(version) - 4))
			ret = samples_set_fact(fio_run(&r->run), SAMPLE_TOOL, version);
	return ret;
}

/* Whether fio began anew between two jobs' heads, as it does with jobs and version. */
static bool begins_anew(const char *from, const char *to)
{
	const char *at;

	return has_last(from, to, "\nfio-", &at) || has_last(from, to, ": (g=", &at);
}

/* The same, or what it prints at the end. */
static bool is_boundary(const char *from, const char *to)
{
	const char *at;

	return begins_anew(from, to) || has_last(from, to, "Run status group", &at);
}

/* With --status-interval fio prints the figures so far, again and again, of the same process. */
static bool goes_on(const struct reader *r, const struct job *before, const struct job *next)
{
	return !begins_anew(before->body.at, next->body.at) && next->pid > 0 &&
	       next->pid == r->first.pid && next->group == r->first.group &&
	       !strcmp(next->name, r->first.name);
}

/* What follows a boundary: another output, or the same one with more in it. */
static int begin_next(struct reader *r, struct samples *to, const struct job *before,
		      const struct job *next)
{
	if (goes_on(r, before, next)) {
		fio_run_restart(&r->run);
		r->went_on_n++;
		return 0;
	}
	r->first = *next;
	return begin_output(r, to, before->body.at, next->body.at);
}

static int read_clean(struct reader *r, struct samples *to, struct err *e)
{
	struct pasted p = r->text;
	struct job job, next;
	const char *end = p.at; /* of the job before */
	bool more = find_head(&p, &job, r->text.at);
	int ret = more ? begin_output(r, to, p.at < r->text.end ? r->text.at : p.at, p.at) : 0;

	if (more)
		r->first = job;
	while (more && !ret) {
		struct pasted body;

		more = find_head(&p, &next, r->text.at);
		end = more ? next.body.at : r->text.end;
		body = (struct pasted){ job.body.at, end };
		/* What follows the last job of an output is no figure of it. */
		pasted_find(&body, "Run status group", &end);
		job.body.end = end;
		job.config = find_config(r, &job);
		ret = read_job(r, &job, e);
		if (!ret && more && is_boundary(job.body.at, next.body.at))
			ret = begin_next(r, to, &job, &next);
		job = next;
	}
	if (r->went_on_n)
		notes_add(&to->notes,
			  "%s: %u outputs of a measurement that went on (--status-interval): only "
			  "the last one counts",
			  r->source->path, r->went_on_n + 1);
	return !ret && r->began ? fio_run_end(&r->run) : ret;
}

static int read_fio_text(struct samples *to, const struct import_source *source, struct err *e)
{
	struct reader r = { .source = source };
	struct buf clean = BUF_INIT;
	int ret;

	buf_reserve(&clean, source->bytes->len + 1);
	pasted_clean(&clean, source->bytes->data, source->bytes->len);
	if (buf_failed(&clean) || !clean.data) {
		buf_free(&clean);
		return -ENOMEM;
	}
	r.clean = clean.data;
	r.text = (struct pasted){ clean.data, clean.data + clean.len };
	ret = read_clean(&r, to, e);
	if (!ret && !r.began)
		import_error(
			e, source, source->bytes->data,
			"no line like \"job: (groupid=0, jobs=1): err= 0\": should be all that "
			"fio printed");
	if (ret == -E2BIG)
		import_error(e, source, source->bytes->data, FIO_RUN_TOO_MANY);
	buf_free(&clean);
	return ret ? ret : e->code;
}

static bool is_fio_text(const struct import_source *source)
{
	return strstr(source->bytes->data, "groupid=") || strstr(source->bytes->data, "IOPS=");
}

const struct import_format import_fio_text = { "what fio prints", is_fio_text, read_fio_text };
