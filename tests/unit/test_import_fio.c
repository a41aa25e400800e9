// SPDX-License-Identifier: MIT
/* What holds for both of fio's outputs. */
#include "fio_outputs.h"

#include "import/fio_run.h"

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
		cmocka_unit_test(marks_at_the_begin_should_be_passed_over),
		cmocka_unit_test(too_many_jobs_should_be_named),
		cmocka_unit_test(files_should_be_environments),
	};

	return cmocka_run_group_tests_name("import_fio", tests, NULL, NULL);
}
