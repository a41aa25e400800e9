// SPDX-License-Identifier: MIT
/* fio's JSON as it comes: one document or several, with words between, repeated, damaged. */
#include "fio_outputs.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_should_say_what_it_says),
		cmocka_unit_test(several_documents_should_be_rounds),
		cmocka_unit_test(options_should_tell_workloads_apart),
		cmocka_unit_test(outputs_of_one_measurement_should_be_one),
		cmocka_unit_test(nothing_completed_should_be_a_round),
		cmocka_unit_test(damage_should_cost_no_other_document),
	};

	return cmocka_run_group_tests_name("import_fio_json", tests, NULL, NULL);
}
