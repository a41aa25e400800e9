// SPDX-License-Identifier: MIT
/* fio's two outputs as they come: whole, pasted, cut, repeated, damaged. */
#include "import_fixture.h"

#include "import/fio_run.h"

#define CONFIG                                                                                     \
	"rr: (g=0): rw=randread, bs=(R) 4096B-4096B, (W) 4096B-4096B, (T) 4096B-4096B, "           \
	"ioengine=libaio, iodepth=64\nfio-3.35\nStarting 1 process\n\n"
#define JOB                                                                                        \
	"rr: (groupid=0, jobs=1): err= 0: pid=1: Tue Nov  4 10:11:12 2025\n"                       \
	"  read: IOPS=110k, BW=430MiB/s (451MB/s)(10.0GiB/23810msec)\n"                            \
	"    slat (nsec): min=1500, max=250k, avg=7700.50, stdev=10.00\n"                          \
	"    clat (usec): min=50, max=3000, avg=573.10, stdev=80.00\n"                             \
	"     lat (usec): min=60, max=3010, avg=580.80, stdev=80.10\n"                             \
	"    clat percentiles (usec):\n"                                                           \
	"     |  1.00th=[  404], 50.00th=[  570], 99.00th=[  824], 99.50th=[  873],\n"             \
	"     | 99.90th=[  988], 99.95th=[ 1037],\n     | 99.99th=[ 1123]\n"                       \
	"   bw (  KiB/s): min=1, max=2, per=100.00%, avg=3.00, stdev=4.00, samples=47\n"           \
	"  lat (usec)   : 500=12.00%, 750=87.00%, 1000=1.00%\n"                                    \
	"  cpu          : usr=15.73%, sys=84.21%, ctx=123, majf=0, minf=78\n"                      \
	"     issued rwts: total=2621440,0,0,0 short=0,0,0,0 dropped=0,0,0,0\n"                    \
	"     latency   : target=0, window=0, percentile=100.00%, depth=64\n"
#define END "\nRun status group 0 (all jobs):\n   READ: bw=430MiB/s (451MB/s), io=10.0GiB\n"

/* What all the forms of that output say. */
static void check_job(const struct samples *s)
{
	const struct sample_workload *w;

	check_number("runs", s->n, 1);
	check_number("workloads", s->run[0].workloads_n, 1);
	w = &s->run[0].workload[0];
	assert_string_equal(w->name, "rr");
	assert_int_equal(w->direction, SAMPLE_READ);
	check_figure("ios", w->ios, 2621440);
	check_figure("seconds", w->measured_s, 23.81);
	check_figure("iops", w->iops, 2621440 / 23.81);
	check_figure("bytes", w->bytes, 2621440 * 4096.0);
	check_figure("slat", w->latency.slat_mean_ns, 7700.5);
	check_figure("clat", w->latency.mean_ns, 573100);
	check_figure("max", w->latency.max_ns, 3e6);
	check_figure("p50", w->latency.p50_ns, 570e3);
	check_figure("p99", w->latency.p99_ns, 824e3);
	check_figure("p99.9", w->latency.p999_ns, 988e3);
	check_figure("p99.99", w->latency.p9999_ns, 1123e3);
	check_figure("usr", w->usr_pct, 15.73);
	check_figure("sys", w->sys_pct, 84.21);
	check_figure("cpu", w->cpu_ns_per_io, 0.9994 * 23.81e9 / 2621440);
	check_figure("depth", w->shape.iodepth, 64);
	check_figure("jobs", w->shape.numjobs, 1);
	assert_string_equal(w->shape.rw, "randread");
	assert_string_equal(w->shape.bs, "4 KiB");
}

static struct buf edited(const char *text, const char *before, const char *after)
{
	struct buf to = BUF_INIT;
	size_t len = strlen(before);

	for (; *text; text++) {
		if (!strncmp(text, before, len)) {
			buf_puts(&to, after);
			text += len - 1;
		} else {
			buf_add(&to, text, 1);
		}
	}
	return to;
}

/* This test will check that pasting changes no figure: quoted, wrapped at any blank, with CR,
 * no-break spaces, blanks in front. */
static void pasted_text_should_say_the_same(void **state)
{
	static const struct {
		const char *before, *after;
	} edits[] = {
		{ "\n", "\n" },	 { "\n", "\n> " },   { "\n", "\r\n" }, { "\n", "\n>> > " },
		{ ", ", ",\n" }, { " ", "\n> " },    { "  ", "\t" },   { "  ", " \xc2\xa0" },
		{ "    ", "" },	 { ": ", ":\n   " }, { "[  ", "[\n" }, { "\n     |", " |" },
	};

	(void)state;
	for (size_t i = 0; i < N(edits); i++) {
		struct samples s = { 0 };
		/* Its name stands before its head on one line: that may not be cut. */
		struct buf body = edited(JOB END, edits[i].before, edits[i].after), all = BUF_INIT;

		buf_printf(&all, "Some words before.\n\n%s%s", CONFIG, body.data);
		if (strstr(edits[i].before, " ") && strstr(edits[i].after, "\n")) {
			buf_free(&all);
			buf_printf(&all, "%srr: %s", CONFIG, strstr(body.data, "(groupid"));
		}
		import_good(&s, all.data);
		check_job(&s);
		assert_string_equal(s.run[0].workload[0].shape.engine, "libaio");
		assert_string_equal(s.run[0].fact[SAMPLE_TOOL], "fio-3.35");
		samples_free(&s);
		buf_free(&body);
		buf_free(&all);
	}
}

/* This test will check that what was cut away is absent, and what is left still counts. */
static void cut_text_should_leave_absent_what_is_gone(void **state)
{
	static const char *const cut[] = {
		"slat (", "clat (", "clat perc", "usr=", "issued", "BW="
	};
	struct samples s = { 0 };

	(void)state;
	/* Without its line at the top: what the name says by convention, and the depth below. */
	import_good(&s, "randread-4k: (groupid=0"
			"" /* its head */
			", jobs=1): err= 0: pid=1\n  read: IOPS=12.5k, BW=48.8MiB/s "
			"(51.2MB/s)(2929MiB/60001msec)\n     latency   : target=0, window=0, "
			"percentile=100.00%, depth=32\n");
	check_figure("depth", s.run[0].workload[0].shape.iodepth, 32);
	check_figure("iops", s.run[0].workload[0].iops, 12500);
	check_figure("slat", s.run[0].workload[0].latency.slat_mean_ns, NAN);
	check_figure("usr", s.run[0].workload[0].usr_pct, NAN);
	check_figure("cpu", s.run[0].workload[0].cpu_ns_per_io, NAN);
	assert_string_equal(s.run[0].workload[0].shape.rw, "randread");
	assert_string_equal(s.run[0].workload[0].shape.engine, "");
	assert_null(s.run[0].fact[SAMPLE_TOOL]);
	samples_free(&s);
	for (size_t i = 0; i < N(cut); i++) {
		struct buf text = edited(CONFIG JOB END, cut[i], "gone");
		const struct sample_workload *w;

		import_good(&s, text.data);
		w = &s.run[0].workload[0];
		assert_int_equal(isnan(w->latency.slat_mean_ns), i == 0);
		assert_int_equal(isnan(w->latency.mean_ns), i == 1);
		assert_int_equal(isnan(w->latency.p99_ns), i == 2);
		assert_int_equal(isnan(w->usr_pct), i == 3);
		assert_false(isnan(w->iops));
		samples_free(&s);
		buf_free(&text);
	}
}

/* This test will check that a number which was broken on the way is none. */
static void broken_numbers_should_be_absent(void **state)
{
	struct buf text = edited(CONFIG JOB END, "avg=7700.50", "avg=77\n00.50");
	struct samples s = { 0 };

	(void)state;
	import_good(&s, text.data);
	check_figure("slat", s.run[0].workload[0].latency.slat_mean_ns, NAN);
	check_figure("clat", s.run[0].workload[0].latency.mean_ns, 573100);
	samples_free(&s);
	buf_free(&text);
	text = edited(CONFIG JOB END, "usr=15.73%", "usr=1\n5.73%");
	import_good(&s, text.data);
	check_figure("usr", s.run[0].workload[0].usr_pct, NAN);
	check_figure("cpu", s.run[0].workload[0].cpu_ns_per_io, NAN);
	samples_free(&s);
	buf_free(&text);
}

/* This test will check several jobs, clones of one, and the same output three times over. */
static void several_jobs_should_be_told_apart(void **state)
{
	struct buf second = edited(JOB, "rr: ", "b: "), clone = edited(JOB, "pid=1", "pid=2"),
		   all = BUF_INIT;
	struct samples s = { 0 };

	(void)state;
	buf_printf(&all, "%s%s%s%s%s", CONFIG, JOB, clone.data, second.data, END);
	import_good(&s, all.data);
	check_number("workloads", s.run[0].workloads_n, 2);
	check_figure("both clones", s.run[0].workload[0].iops, 2 * 2621440 / 23.81);
	check_figure("jobs", s.run[0].workload[0].shape.numjobs, 2);
	check_figure("cpu", s.run[0].workload[0].cpu_ns_per_io, 0.9994 * 23.81e9 / 2621440);
	check_figure("p99 of clones", s.run[0].workload[0].latency.p99_ns, NAN);
	check_figure("clat of clones", s.run[0].workload[0].latency.mean_ns, 573100);
	assert_string_equal(s.run[0].workload[1].name, "b");
	samples_free(&s);
	buf_free(&all);
	buf_printf(&all, "%s%s%s%s%s%s%s%s%s", CONFIG, JOB, END, CONFIG, JOB, END, CONFIG, JOB,
		   END);
	import_good(&s, all.data);
	check_number("runs", s.n, 1);
	check_number("workloads", s.run[0].workloads_n, 1);
	check_number("rounds", s.run[0].workload[0].rounds_n, 3);
	check_figure("a round", s.run[0].workload[0].round[2].iops, 2621440 / 23.81);
	check_figure("ios", s.run[0].workload[0].ios, 3 * 2621440);
	samples_free(&s);
	buf_free(&all);
	buf_free(&second);
	buf_free(&clone);
}

/* This test will check that figures so far (--status-interval) are no rounds: the last ones count,
 * with what the jobs' lines at the top say of them. */
static void text_of_one_measurement_should_be_one(void **state)
{
	struct buf early = edited(JOB, "2621440", "1310720"), other = edited(JOB, "pid=1", "pid=7"),
		   all = BUF_INIT;
	struct samples s = { 0 };

	(void)state;
	buf_printf(&all, "%s%s%s%s%s%s%s", CONFIG, early.data, END, early.data, END, JOB, END);
	import_good(&s, all.data);
	check_job(&s);
	check_number("rounds", s.run[0].workload[0].rounds_n, 0);
	check_number("notes", s.notes.n, 1);
	check_has(s.notes.text[0], "3 outputs of a measurement that went on");
	samples_free(&s);
	buf_free(&all);
	/* Another process is another measurement. */
	buf_printf(&all, "%s%s%s%s%s", CONFIG, JOB, END, other.data, END);
	import_good(&s, all.data);
	check_number("notes", s.notes.n, 0);
	check_number("workloads", s.run[0].workloads_n, 2);
	samples_free(&s);
	buf_free(&all);
	buf_free(&early);
	buf_free(&other);
}

/* This test will check that damage is named with its line. */
static void damaged_text_should_be_named(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "a\nb\nrr: (groupid=0, jobs=1): err= 0: pid=1\n cpu: usr=1%, sys=2%\n",
		  "file: line 3: job \"rr\": no line \"read: IOPS=...\"" },
		{ "read: IOPS=110k, BW=430MiB/s\n", "line 1: no line like \"job: (groupid=0" },
		{ "nothing of interest\n", "file: line 1: nothing in it that could be compared" },
		{ "", "file: line 1: nothing in it that could be compared" },
		{ "hello\n{\n \"fio version\": \"fio-3.1\",\n \"jobs\": [\n  {\"jobname\": "
		  "\"x\",\n",
		  "file: line 6, column 1" },
		{ "{\n\"fio version\": 3x}\n", "file: line 2, column" },
		{ "\n{\"fio version\": \"fio-3.1\", \"jobs\": []}\n",
		  "file: line 2: a document of fio without any I/O in it" },
		{ "\n\n{\"tare\": {\"schema\": 99}}\n", "file: line 3: schema 99" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		import_refused(cases[i].text, cases[i].error);
}

#define JSON_IO                                                                                    \
	"{\"io_bytes\":409600000,\"bw_bytes\":40960000,\"iops\":10000.0,\"runtime\":10000,"        \
	"\"total_ios\":100000,\"slat_ns\":{\"min\":0,\"max\":0,\"mean\":0.0,\"stddev\":0.0},"      \
	"\"clat_ns\":{\"min\":1000,\"max\":90000,\"mean\":50000.5,\"stddev\":1.0,"                 \
	"\"percentile\":{\"50.000000\":49000,\"99.000000\":80000,\"99.900000\":88000}}}"
#define JSON_NO_IO "{\"io_bytes\":0,\"bw_bytes\":0,\"iops\":0.0,\"runtime\":0,\"total_ios\":0}"
#define JSON_JOB(options)                                                                          \
	"{\"jobname\":\"x\",\"groupid\":0,\"error\":0,\"job options\":" options                    \
	",\"read\":" JSON_IO ",\"write\":" JSON_NO_IO                                              \
	",\"job_runtime\":20000,\"usr_cpu\":10.0,\"sys_cpu\":20.0}"
#define JSON(jobs)                                                                                 \
	"{\n  \"fio version\" : \"fio-3.0\",\n  \"global options\" : {\"bs\":\"16k\","             \
	"\"size\":\"10G\"},\n  \"jobs\" : [" jobs "]\n}\n"

/* This test will check a document's members, defaults, and what it leaves out. */
static void json_should_say_what_it_says(void **state)
{
	struct samples s = { 0 };
	const struct sample_workload *w;

	(void)state;
	import_good(&s,
		    "fio: a message\nanother {\n" JSON(JSON_JOB(
			    "{\"rw\":\"randread:8\",\"iodepth\":\"32\",\"ioengine\":\"io_uring\","
			    "\"direct\":\"1\",\"rate_iops\":\"5k,2k\"}")) "and a last one\n");
	check_number("workloads", s.run[0].workloads_n, 1);
	w = &s.run[0].workload[0];
	assert_string_equal(w->shape.rw, "randread");
	assert_string_equal(w->shape.bs, "16 KiB");
	assert_string_equal(w->shape.engine, "io_uring");
	check_figure("depth", w->shape.iodepth, 32);
	check_figure("rate", w->shape.rate_iops, 5120);
	check_figure("direct", w->shape.direct, 1);
	check_figure("jobs", w->shape.numjobs, 1);
	check_figure("span", w->span_bytes, 10737418240.0);
	check_figure("iops", w->iops, 10000);
	check_figure("seconds", w->measured_s, 10);
	check_figure("cpu", w->cpu_ns_per_io, 0.3 * 20e9 / 100000);
	check_figure("slat", w->latency.slat_mean_ns, NAN);
	check_figure("clat", w->latency.mean_ns, 50000.5);
	check_figure("p99", w->latency.p99_ns, 80000);
	check_figure("p99.99", w->latency.p9999_ns, NAN);
	assert_string_equal(s.run[0].fact[SAMPLE_TOOL], "fio-3.0");
	assert_string_equal(s.run[0].fact[SAMPLE_SPAN], "10 GiB");
	samples_free(&s);
	import_good(&s,
		    JSON(JSON_JOB(
			    "{\"readwrite\":\"randrw\",\"rwmixwrite\":\"30\",\"bs\":\"4k,8k\"}")));
	w = &s.run[0].workload[0];
	assert_string_equal(w->shape.rw, "randrw");
	assert_string_equal(w->shape.bs, "4 KiB");
	assert_string_equal(w->shape.engine, "psync");
	check_figure("mix", w->shape.read_pct, 70);
	samples_free(&s);
}

/* This test will check several documents: rounds of one run, clones of one job, an array. */
static void several_documents_should_be_rounds(void **state)
{
	struct samples s = { 0 };

	(void)state;
	import_good(&s, JSON(JSON_JOB("{}")) "message\n" JSON(JSON_JOB("{}")) JSON(JSON_JOB("{}")));
	check_number("runs", s.n, 1);
	check_number("workloads", s.run[0].workloads_n, 1);
	check_number("rounds", s.run[0].workload[0].rounds_n, 3);
	samples_free(&s);
	import_good(&s, JSON(JSON_JOB("{\"numjobs\":\"2\"}") "," JSON_JOB("{\"numjobs\":\"2\"}")));
	check_number("workloads", s.run[0].workloads_n, 1);
	check_number("rounds", s.run[0].workload[0].rounds_n, 0);
	check_figure("both", s.run[0].workload[0].iops, 20000);
	check_figure("jobs", s.run[0].workload[0].shape.numjobs, 2);
	check_figure("p99 of two", s.run[0].workload[0].latency.p99_ns, NAN);
	samples_free(&s);
	import_good(&s,
		    "[\n" JSON(JSON_JOB("{}")) ",\n" JSON(JSON_JOB("{\"rw\":\"randread\"}")) "]\n");
	check_number("workloads", s.run[0].workloads_n, 2);
	samples_free(&s);
}

/* This test will check options that make a workload another one, by either of their names. */
static void options_should_tell_workloads_apart(void **state)
{
	static const struct {
		const char *options, *bs, *sync;
		double rate, direct;
	} cases[] = {
		{ "{}", "16 KiB", "none", 0, 0 },
		{ "{\"direct\":\"1\"}", "16 KiB", "none", 0, 1 },
		{ "{\"buffered\":\"0\"}", "16 KiB", "none", 0, 1 },
		{ "{\"buffered\":\"1\"}", "16 KiB", "none", 0, 0 },
		{ "{\"bsrange\":\"4k-64k\"}", "4 KiB-64 KiB", "none", 0, 0 },
		{ "{\"blocksize_range\":\"1k-2k,8k-8k\"}", "1 KiB-2 KiB", "none", 0, 0 },
		{ "{\"sync\":\"1\"}", "16 KiB", "sync", 0, 0 },
		{ "{\"sync\":\"sync\"}", "16 KiB", "sync", 0, 0 },
		{ "{\"sync\":\"dsync\"}", "16 KiB", "dsync", 0, 0 },
		{ "{\"sync\":\"0\"}", "16 KiB", "none", 0, 0 },
		{ "{\"rate\":\"10m,1m\"}", "16 KiB", "none", 10485760, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf text = edited(JSON(JSON_JOB("OPTIONS")), "OPTIONS", cases[i].options);
		struct samples s = { 0 };

		import_good(&s, text.data);
		assert_string_equal(s.run[0].workload[0].shape.bs, cases[i].bs);
		assert_string_equal(s.run[0].workload[0].shape.sync, cases[i].sync);
		check_figure("rate", s.run[0].workload[0].shape.rate_bytes, cases[i].rate);
		check_figure("direct", s.run[0].workload[0].shape.direct, cases[i].direct);
		samples_free(&s);
		buf_free(&text);
	}
}

/* A document, with its time of printing, of two jobs, the second of which waits for the first. */
static void add_status(struct buf *to, const char *times, const char *start, unsigned ms,
		       unsigned ios, unsigned second_ios)
{
	static const char *const names[] = { "first", "second" };

	buf_printf(to, "{\n\"fio version\":\"fio-3.33\",%s\"jobs\":[", times);
	for (int i = 0; i < 2; i++)
		buf_printf(to,
			   "%s{\"jobname\":\"%s\",\"job options\":{\"rw\":\"read\",\"iodepth\":"
			   "\"%d\"},%s\"read\":{\"total_ios\":%u,\"iops\":100,\"runtime\":%u}}",
			   i ? "," : "", names[i], i + 1, start, i ? second_ios : ios,
			   i ? second_ios * 10 : ms);
	buf_puts(to, "]}\n");
}

/* This test will check outputs of a measurement that goes on, which are no rounds: by the start
 * that fio tells, by times, with a job that ended before another began; and such as are rounds. */
static void outputs_of_one_measurement_should_be_one(void **state)
{
	static const struct {
		const char *about;
		struct {
			const char *times, *start;
			unsigned ms, ios, second_ios;
		} doc[3];
		uint32_t rounds, notes;
		double first_ios, second_ios;
	} cases[] = {
		{ "the start that is told",
		  { { "", "\"job_start\":77,", 1000, 100, 0 },
		    { "", "\"job_start\":77,", 2000, 200, 0 },
		    { "", "\"job_start\":77,", 3000, 300, 0 } },
		  0,
		  1,
		  300,
		  0 },
		{ "another start",
		  { { "", "\"job_start\":77,", 1000, 100, 0 },
		    { "", "\"job_start\":1078,", 1000, 100, 0 },
		    { "", "\"job_start\":1078,", 2000, 200, 0 } },
		  2,
		  1,
		  300,
		  0 },
		{ "times alone",
		  { { "\"timestamp\":501,", "", 900, 90, 0 },
		    { "\"timestamp\":503,", "", 2900, 290, 0 },
		    { "\"timestamp\":505,", "", 4900, 490, 0 } },
		  0,
		  1,
		  490,
		  0 },
		{ "a second job, much later",
		  { { "\"timestamp_ms\":510000,", "\"elapsed\":10,", 10000, 1000, 0 },
		    { "\"timestamp_ms\":520000,", "\"elapsed\":20,", 10100, 1010, 980 },
		    { "\"timestamp_ms\":530000,", "\"elapsed\":30,", 10100, 1010, 1980 } },
		  0,
		  1,
		  1010,
		  1980 },
		{ "fewer I/Os",
		  { { "", "\"job_start\":77,", 1000, 100, 0 },
		    { "", "\"job_start\":77,", 2000, 99, 0 },
		    { "", "\"job_start\":77,", 3000, 98, 0 } },
		  3,
		  0,
		  297,
		  0 },
		{ "runs in a row",
		  { { "\"timestamp\":510,", "\"elapsed\":10,", 10000, 100, 0 },
		    { "\"timestamp\":520,", "\"elapsed\":10,", 10000, 101, 0 },
		    { "\"timestamp\":530,", "\"elapsed\":10,", 10000, 102, 0 } },
		  3,
		  0,
		  303,
		  0 },
		{ "short runs in a row",
		  { { "\"timestamp_ms\":510300,", "\"elapsed\":1,", 290, 100, 0 },
		    { "\"timestamp_ms\":510600,", "\"elapsed\":1,", 290, 101, 0 },
		    { "\"timestamp_ms\":510900,", "\"elapsed\":1,", 290, 102, 0 } },
		  3,
		  0,
		  303,
		  0 },
		{ "nothing told of times",
		  { { "", "", 1000, 100, 0 }, { "", "", 2000, 200, 0 }, { "", "", 3000, 300, 0 } },
		  3,
		  0,
		  600,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf all = BUF_INIT;
		struct samples s = { 0 };
		const struct sample_workload *w;

		for (size_t k = 0; k < N(cases[i].doc); k++)
			add_status(&all, cases[i].doc[k].times, cases[i].doc[k].start,
				   cases[i].doc[k].ms, cases[i].doc[k].ios,
				   cases[i].doc[k].second_ios);
		import_good(&s, all.data);
		w = s.run[0].workload;
		if (w->rounds_n != cases[i].rounds || s.notes.n != cases[i].notes)
			fail_msg("%s: %u rounds, %zu notes", cases[i].about, w->rounds_n,
				 s.notes.n);
		check_figure(cases[i].about, w->ios, cases[i].first_ios);
		check_number("jobs", s.run[0].workloads_n, 2);
		check_figure(cases[i].about, s.run[0].workload[1].ios, cases[i].second_ios);
		samples_free(&s);
		buf_free(&all);
	}
}

/* This test will check that an output in which nothing was completed is a round among others: of
 * what the job was to do, and of nothing else. */
static void nothing_completed_should_be_a_round(void **state)
{
	struct buf none = edited(JSON(JSON_JOB("{\"rw\":\"randread\"}")), JSON_IO, JSON_NO_IO),
		   all = BUF_INIT;
	struct samples s = { 0 };

	(void)state;
	buf_printf(&all, "%s%s", JSON(JSON_JOB("{\"rw\":\"randread\"}")), none.data);
	import_good(&s, all.data);
	check_number("workloads", s.run[0].workloads_n, 1);
	check_number("rounds", s.run[0].workload[0].rounds_n, 2);
	check_figure("first", s.run[0].workload[0].round[0].iops, 10000);
	check_figure("second", s.run[0].workload[0].round[1].iops, 0);
	check_figure("mean", s.run[0].workload[0].iops, 5000);
	samples_free(&s);
	buf_free(&all);
	buf_free(&none);
}

/* This test will check that a document behind a damaged one is read all the same. */
static void damage_should_cost_no_other_document(void **state)
{
	struct samples s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_not_equal(
		import_text(&s, "label", "{\n\"fio version\": 1x }\n" JSON(JSON_JOB("{}")), &e), 0);
	check_has(e.text, "file: line 2, column");
	check_number("runs", s.n, 1);
	assert_string_equal(s.run[0].label, "label");
	samples_free(&s);
}

/* This test will check a mark at the begin, as some editors write it. */
static void marks_at_the_begin_should_be_passed_over(void **state)
{
	static const char *const texts[] = { JSON(JSON_JOB("{}")), CONFIG JOB END };

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct samples s = { 0 };
		struct buf text = BUF_INIT;

		buf_printf(&text, "\xef\xbb\xbf%s", texts[i]);
		import_good(&s, text.data);
		check_number("runs", s.n, 1);
		samples_free(&s);
		buf_free(&text);
	}
}

/* This test will check that more jobs than fio can run are refused with words, in both forms. */
static void too_many_jobs_should_be_named(void **state)
{
	struct buf jobs = BUF_INIT, json = BUF_INIT, text = BUF_INIT;

	(void)state;
	buf_puts(&text, CONFIG);
	for (int i = 0; i < FIO_RUN_JOBS_MAX + 1; i++) {
		buf_printf(&jobs,
			   "%s{\"jobname\":\"%d\",\"groupid\":%d,\"read\":{\"total_ios\":5,"
			   "\"iops\":1}}",
			   i ? "," : "", i, i);
		buf_printf(&text,
			   "%d: (groupid=%d, jobs=1): err= 0: pid=1\n  read: IOPS=1, BW=4KiB/s "
			   "(4kB/s)(4KiB/1000msec)\n",
			   i, i);
	}
	buf_printf(&json, "{\n\"fio version\":\"fio-3.0\",\"jobs\":[%s]}\n", jobs.data);
	import_refused(json.data, "file: line 1: more than 4,096 jobs");
	import_refused(text.data, "more than 4,096 jobs");
	buf_free(&jobs);
	buf_free(&json);
	buf_free(&text);
}

/* This test will check that files are environments of their own however alike their names are:
 * only a label makes boots of them. */
static void files_should_be_environments(void **state)
{
	static const struct {
		const char *path, *given, *want;
	} cases[] = {
		{ "a/fio.json", NULL, "fio" },
		{ "b/fio.json", NULL, "b/fio.json" },
		{ "b/fio.json", NULL, "b/fio.json, 2" },
		{ "fio-3.33", NULL, "fio-3.33" },
		{ "fio-3.42", NULL, "fio-3.42" },
		{ "x/host.txt", NULL, "x/host.txt" },
		{ "first", "host", "host" },
		{ "second", "host", "host" },
		{ "y/host.json", NULL, "y/host.json" },
	};
	struct samples s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(
			import_text_as(&s, cases[i].path, cases[i].given, JSON(JSON_JOB("{}")), &e),
			0);
	check_number("runs", s.n, N(cases));
	for (size_t i = 0; i < N(cases); i++)
		assert_string_equal(s.run[i].label, cases[i].want);
	samples_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_text_should_say_the_same),
		cmocka_unit_test(cut_text_should_leave_absent_what_is_gone),
		cmocka_unit_test(broken_numbers_should_be_absent),
		cmocka_unit_test(several_jobs_should_be_told_apart),
		cmocka_unit_test(text_of_one_measurement_should_be_one),
		cmocka_unit_test(damaged_text_should_be_named),
		cmocka_unit_test(json_should_say_what_it_says),
		cmocka_unit_test(several_documents_should_be_rounds),
		cmocka_unit_test(options_should_tell_workloads_apart),
		cmocka_unit_test(outputs_of_one_measurement_should_be_one),
		cmocka_unit_test(nothing_completed_should_be_a_round),
		cmocka_unit_test(damage_should_cost_no_other_document),
		cmocka_unit_test(marks_at_the_begin_should_be_passed_over),
		cmocka_unit_test(too_many_jobs_should_be_named),
		cmocka_unit_test(files_should_be_environments),
	};

	return cmocka_run_group_tests_name("import_fio", tests, NULL, NULL);
}
