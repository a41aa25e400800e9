// SPDX-License-Identifier: MIT
/* fio's normal output as it comes: whole, pasted, cut, repeated, damaged. */
#include "fio_outputs.h"

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
		{ "nothing of interest\n", "file: line 1: no result in it" },
		{ "", "file: line 1: no result in it" },
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_text_should_say_the_same),
		cmocka_unit_test(cut_text_should_leave_absent_what_is_gone),
		cmocka_unit_test(broken_numbers_should_be_absent),
		cmocka_unit_test(several_jobs_should_be_told_apart),
		cmocka_unit_test(text_of_one_measurement_should_be_one),
		cmocka_unit_test(damaged_text_should_be_named),
	};

	return cmocka_run_group_tests_name("import_fio_text", tests, NULL, NULL);
}
