// SPDX-License-Identifier: MIT
/* Documents that this program did not write: of old schemas, damaged, or of nonsense. */
#include "result_fixture.h"

#include <errno.h>
#include <math.h>

#include "render/text.h"

/* This test will check a document of schema 1: its clock was the loop's as well. */
static void first_schema_should_keep_its_meaning(void **state)
{
	static const char text[] =
		"{\"jobs\":[{\"jobname\":\"a\"}],\"tare\":{\"schema\":1,\"state\":\"done\","
		"\"clock\":{\"call_ns\":21.5,\"syscall_ns\":180.25},\"workloads\":[{}]}}";
	static struct result r;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(result_decode(&r, text, sizeof(text) - 1, &e), 0);
	assert_true(r.clock.call_ns == 21.5 && r.clock.syscall_ns == 180.25);
	assert_true(r.tsc.call_ns == 21.5 && !r.tsc.used);
	assert_int_equal(r.workload[0].series.n, 0);
	assert_false(r.workload[0].steady.judged);
	result_free(&r);
}

/* This test will check a document of schema 2: rounds as objects, with the time of the clock, and a
 * series in ns. Written again, it says the same in the way of now. */
static void second_schema_should_keep_its_meaning(void **state)
{
	static const char text[] =
		"{\"jobs\":[{\"jobname\":\"a\",\"job "
		"options\":{\"bs\":\"8k\"}}],\"tare\":{\"schema\":2,"
		"\"state\":\"done\",\"start_unix_s\":1000,\"workloads\":[{"
		"\"cpu\":{\"user_ns\":70000000,\"thread_ns\":9000,\"thread_user_ns\":2000,"
		"\"thread_system_ns\":7000},"
		"\"series\":{\"round\":[0,1],\"at_ms\":[5,0],\"length_ms\":[7,8],"
		"\"read_ios\":[12345,2],\"p99_ns\":[84480,500],\"max_ns\":[84480,502]},"
		"\"rounds\":[{\"round\":0,\"state\":\"done\",\"start_unix_s\":1000},"
		"{\"round\":1,\"position\":3,\"state\":\"failed\",\"failure\":\"f\","
		"\"start_unix_s\":1060,\"measured_ns\":4000000,\"read\":{\"ios\":3,\"bytes\":20000,"
		"\"clat_mean_ns\":12345678.5,\"clat_p50_ns\":84480,\"clat_max_ns\":84500},"
		"\"cpu\":{\"idle_ns\":30000000,\"thread_ns\":5000}}]}]}}";
	static struct result r, back;
	const struct result_round *round;
	struct err e = ERR_INIT;
	struct buf json;

	(void)state;
	assert_int_equal(result_decode(&r, text, sizeof(text) - 1, &e), 0);
	assert_int_equal(r.workload[0].series.point[0].at_ns, 5000000);
	assert_int_equal(r.workload[0].series.point[0].ios[0], 12345);
	assert_int_equal(r.workload[0].series.point[1].p99_ns, 500);
	assert_int_equal(r.workload[0].cpu.thread_system_ns, 7000);
	maker_encode(&json, &r);
	maker_decode(&back, &json);
	assert_int_equal(back.workload[0].series.point[0].ios[0], 12300);
	assert_int_equal(back.workload[0].series.point[0].p99_ns, 84480);
	assert_int_equal(back.workload[0].series.point[1].max_ns, 502);
	assert_int_equal(back.workload[0].cpu.thread_system_ns, 7000);
	for (const struct result *from = &r; from; from = from == &r ? &back : NULL) {
		assert_int_equal(from->workload[0].rounds_n, 2);
		assert_int_equal(from->workload[0].cpu.user_ns, 70000000);
		round = &from->workload[0].round[1];
		assert_true(round->round == 1 && round->position == 3 && round->start_s == 60);
		assert_string_equal(round->state, "failed");
		assert_string_equal(round->failure, "f");
		assert_true(round->measured_ns == 4000000 && round->io[0].ios == 3);
		assert_int_equal(round->io[0].bytes, 20000);
		assert_int_equal(round->io[0].clat_p50_ns, 84480);
		assert_true(fabs(round->io[0].clat_mean_ns / 12345678.5 - 1) < 1e-4);
		assert_int_equal(round->cpu.idle_ns, 30000000);
		assert_int_equal(round->cpu.thread_ns, 5000);
	}
	buf_free(&json);
	result_free(&r);
	result_free(&back);
}

/* This test will check that what is no result of ours is an error that says what is wrong. */
static void damaged_documents_should_be_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "line 1" },
		{ "{", "line 1" },
		{ "[]", "no member \"tare\"" },
		{ "{}", "no member \"tare\" with a schema number: not a result of tare" },
		{ "{\"fio version\":\"fio-3.33\",\"jobs\":[]}", "not a result of tare" },
		{ "{\"tare\":{}}", "not a result of tare" },
		{ "{\"tare\":{\"schema\":0}}", "not a result of tare" },
		{ "{\"tare\":{\"schema\":\"1\"}}", "not a result of tare" },
		{ "{\"tare\":{\"schema\":4}}",
		  "schema 4: this program reads up to 3: use a newer tare" },
		{ "{\"tare\":{\"schema\":1}}",
		  "tare.state: \"\": should be done, partial, failed" },
		{ "{\"tare\":{\"schema\":1,\"state\":\"fine\"}}", "tare.state: \"fine\"" },
		{ "{\"tare\":{\"schema\":1,\"state\":\"done\"}}", "jobs: should be an array" },
		{ "{\"jobs\":[{}],\"tare\":{\"schema\":1,\"state\":\"done\",\"workloads\":[]}}",
		  "tare.workloads: 0 of them, but 1 in jobs" },
		{ "{\"jobs\":[],\"tare\":{\"schema\":1,\"state\":\"done\",\"workloads\":[]}} x",
		  "line 1" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct result r;
		struct err e = ERR_INIT;

		assert_int_equal(result_decode(&r, cases[i].text, strlen(cases[i].text), &e),
				 -EINVAL);
		check_has(e.text, cases[i].want);
		assert_null(r.workload);
	}
}

/* This test will check that a document of too many parts is refused before memory is spent on it.
 */
static void too_many_parts_should_be_refused(void **state)
{
	static const struct {
		const char *before, *part, *after, *want;
	} cases[] = {
		{ "{\"jobs\":[", "{},", "{}],\"tare\":{\"schema\":1,\"state\":\"done\"}}",
		  "jobs: 20001 of them: should be at most 64" },
		{ "{\"jobs\":[],\"tare\":{\"schema\":1,\"state\":\"done\",\"disks\":[", "{},",
		  "{}]}}", "tare.disks: 20001 of them: should be at most 4096" },
		{ "{\"jobs\":[{}],\"tare\":{\"schema\":1,\"state\":\"done\",\"workloads\":[{"
		  "\"rounds\":[",
		  "{},", "{}]}]}}", "rounds: 20001 of them: should be at most 1000" },
		{ "{\"jobs\":[{}],\"tare\":{\"schema\":3,\"state\":\"done\",\"workloads\":[{"
		  "\"rounds\":{\"round\":[",
		  "0,", "0]}}]}}", "rounds: 20001 of them: should be at most 1000" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf text = BUF_INIT;
		static struct result r;
		struct err e = ERR_INIT;

		buf_puts(&text, cases[i].before);
		for (int k = 0; k < 20000; k++)
			buf_puts(&text, cases[i].part);
		buf_puts(&text, cases[i].after);
		assert_int_equal(result_decode(&r, text.data, text.len, &e), -EINVAL);
		check_has(e.text, cases[i].want);
		buf_free(&text);
	}
}

/* Everything that is done with a result must bear whatever it holds. Frees it. */
static void use_up(struct result *r)
{
	struct buf report = BUF_INIT, json = BUF_INIT;

	render_text(&report, r);
	render_summary(&report, r);
	assert_false(buf_failed(&report));
	result_encode(&json, r); /* may refuse; must not crash */
	buf_free(&report);
	buf_free(&json);
	result_free(r);
}

/* This test will check that values of the wrong kind or beyond all sense neither crash nor leak
 * into other members. */
static void nonsense_values_should_do_no_harm(void **state)
{
	static const char text[] =
		"{\"jobs\":[{\"jobname\":5,\"job options\":{\"bs\":\"-4k\",\"rw\":7,\"x\":\"y\"},"
		"\"read\":{\"total_ios\":-1,\"io_bytes\":1e300,\"clat_ns\":{\"N\":9007199254740991,"
		"\"min\":5,\"max\":1,\"mean\":-1e300,\"stddev\":1e300,"
		"\"bins\":{\"x\":1,\"-5\":1,\"99999999999999999999999\":1,\"7\":-1,\"8\":\"a\"}}}}]"
		","
		"\"tare\":{\"schema\":1,\"state\":\"done\",\"rounds\":4294967296,\"seed\":-3,"
		"\"short_by_plan\":\"yes\",\"label\":7,\"target\":[],\"disks\":[5,null],"
		"\"keys\":[{\"name\":5}],\"warnings\":[5,\"w\"],\"platform\":\"none\","
		"\"workloads\":[{\"rounds\":{\"a\":1},\"errors\":5,\"cpu\":[1],"
		"\"depth\":{\"ios\":[-1,\"x\",7]},\"kernel\":5,\"steady\":[],"
		"\"series\":{\"round\":[0,-1,4294967296,1],\"at_ms\":[9007199254740991],"
		"\"length_ms\":[1,1],\"read_ios\":[9007199254740991,2,\"x\"],\"p99_ns\":7}}]}}";
	static struct result r;
	struct err e = ERR_INIT;

	(void)state;
	if (result_decode(&r, text, sizeof(text) - 1, &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
	assert_int_equal(r.rounds, 0);
	assert_int_equal(r.seed, 0);
	assert_string_equal(r.label, "");
	assert_int_equal(r.warnings.n, 1);
	assert_int_equal(r.workload[0].work.bs_bytes, 4096);
	assert_int_equal(r.workload[0].io[0].ios, 0);
	assert_int_equal(r.workload[0].depth[2], 7);
	assert_int_equal(r.workload[0].series.n, 4);
	assert_int_equal(r.workload[0].series.point[0].at_ns, 0);
	assert_int_equal(r.workload[0].series.point[1].ios[0], 2);
	assert_int_equal(r.workload[0].series.point[2].round, 0);
	use_up(&r);
}

/* This test will check settings that no machine has: more than there is room for, of other kinds,
 * too long, without a partner. */
static void nonsense_settings_should_do_no_harm(void **state)
{
	static struct result r;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	buf_puts(&text, "{\"jobs\":[],\"tare\":{\"schema\":3,\"state\":\"failed\",\"workloads\":[],"
			"\"target\":{\"kind\":\"disk\",\"tuned\":{\"before\":[7,\"0\"],\"after\":5,"
			"\"attribute\":[\"a name of more than 23 characters\"");
	for (int i = 0; i < 1000; i++)
		buf_puts(&text, ",\"x\"");
	buf_puts(&text, "]}}}}");
	assert_int_equal(result_decode(&r, text.data, text.len, &e), 0);
	assert_int_equal(r.tuned.n, TUNED_MAX);
	assert_string_equal(r.tuned.row[0].attribute, "a name of more than 23 ");
	assert_string_equal(r.tuned.row[0].before, "");
	assert_string_equal(r.tuned.row[1].before, "0");
	assert_string_equal(r.tuned.row[1].after, "");
	use_up(&r);
	buf_free(&text);
}

/* This test will check the same of columns: longer and shorter ones, of other kinds, negative. */
static void nonsense_columns_should_do_no_harm(void **state)
{
	static const char text[] =
		"{\"jobs\":[{\"job "
		"options\":{\"bs\":\"4k\"}}],\"tare\":{\"schema\":3,\"state\":\"done\","
		"\"start_unix_s\":1000,\"workloads\":[{"
		"\"rounds\":{\"round\":[0,-1,\"x\"],\"state\":[5,\"done\",\"a state of more than "
		"15\",\"x\"],"
		"\"start_s\":[1,2],\"measured_us\":[9007199254740991,-1,2.5],\"read_ios\":[7,8,9,"
		"10],"
		"\"read_clat_mean_us\":[-1e300,\"x\",1e300],\"read_clat_p50_us\":[-1,1e300,84.5],"
		"\"read_clat_max_us\":{\"a\":1},\"write_ios\":5,"
		"\"thread_us\":[5,5,5],\"thread_user_us\":[9,2]},"
		"\"series\":{\"round\":[0,0,1],\"length_ms\":[9007199254,5,5,5],\"p99_us\":["
		"1e300],"
		"\"max_us\":[0.0301,150]}}]}}";
	const struct result_round *round;
	static struct result r;
	struct err e = ERR_INIT;

	(void)state;
	if (result_decode(&r, text, sizeof(text) - 1, &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
	assert_int_equal(r.workload[0].rounds_n, 3);
	round = r.workload[0].round;
	assert_true(round[1].round == 0 && round[2].round == 0);
	assert_string_equal(round[2].state, "a state of more");
	assert_true(round[1].start_s == 2 && round[2].start_s == 0);
	assert_true(round[0].measured_ns == 0 && round[2].measured_ns == 0);
	assert_true(round[2].io[0].ios == 9 && round[2].io[0].bytes == 9 * 4096);
	assert_true(round[0].io[0].clat_p50_ns == 0 && round[1].io[0].clat_p50_ns == 0);
	assert_int_equal(histogram_index(round[2].io[0].clat_p50_ns), histogram_index(84500));
	assert_int_equal(histogram_index(round[0].io[0].clat_max_ns), histogram_index(1000));
	assert_true(round[0].cpu.thread_system_ns == 0 && round[1].cpu.thread_system_ns == 3000);
	assert_int_equal(r.workload[0].series.n, 3);
	assert_int_equal(r.workload[0].series.point[1].at_ns, UINT64_C(9007199254000000));
	assert_int_equal(r.workload[0].series.point[2].at_ns, 0);
	assert_int_equal(r.workload[0].series.point[0].max_ns, 30);
	use_up(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_schema_should_keep_its_meaning),
		cmocka_unit_test(second_schema_should_keep_its_meaning),
		cmocka_unit_test(damaged_documents_should_be_refused),
		cmocka_unit_test(too_many_parts_should_be_refused),
		cmocka_unit_test(nonsense_values_should_do_no_harm),
		cmocka_unit_test(nonsense_settings_should_do_no_harm),
		cmocka_unit_test(nonsense_columns_should_do_no_harm),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
