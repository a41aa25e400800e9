// SPDX-License-Identifier: MIT
/* Results of tare as samples: of every schema, from logs and slots, one label for several. */
#include "import_fixture.h"

#include "compare/compare.h"
#include "frame/frame.h"
#include "import/tare_json.h"
#include "lib/file.h"
#include "lib/str.h"

#define RESULTS "tests/fixtures/results/"

static void read_file(struct buf *to, const char *path)
{
	assert_int_equal(file_read_all(to, path, 1 << 20), 0);
}

/* This test will check what a stored result of each schema says, against its own document. */
static void every_schema_should_be_read(void **state)
{
	static const struct {
		const char *path, *label, *name, *engine;
		uint32_t workloads, rounds;
		double ios, measured_s, thread_ns, depth, direct;
	} cases[] = {
		{ RESULTS "v1-done.json", "fixture: done", "randread-4k-qd8", "io_uring", 2, 1,
		  23062, 0.499918112, 131985417, 8, 1 },
		{ RESULTS "v2-done.json", "v2 fixture", "read", "libaio", 3, 2, 8544, 0.599704058,
		  NAN, 8, 1 },
		{ RESULTS "v3-done.json", "v3 fixture", "read", "io_uring", 3, 2, 38279,
		  0.599789640, 223682000, 8, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct sample_workload *w;
		struct samples s = { 0 };
		struct err e = ERR_INIT;

		assert_int_equal(import_file(&s, cases[i].path, NULL, &e), 0);
		check_number("runs", s.n, 1);
		assert_string_equal(s.run[0].label, cases[i].label);
		assert_string_equal(s.run[0].fact[SAMPLE_HYPERVISOR], "KVM");
		assert_string_equal(s.run[0].fact[SAMPLE_TARGET], "file");
		assert_null(s.run[0].fact[SAMPLE_DRIVER]);
		check_number("workloads", s.run[0].workloads_n, cases[i].workloads);
		w = &s.run[0].workload[0];
		assert_string_equal(w->name, cases[i].name);
		assert_string_equal(w->shape.engine, cases[i].engine);
		check_number("rounds", w->rounds_n, cases[i].rounds);
		check_figure("ios", w->ios, cases[i].ios);
		check_figure("seconds", w->measured_s, cases[i].measured_s);
		check_figure("iops", w->iops, cases[i].ios / cases[i].measured_s);
		check_figure("depth", w->shape.iodepth, cases[i].depth);
		check_figure("direct", w->shape.direct, cases[i].direct);
		if (sample_known(cases[i].thread_ns))
			check_figure("cpu", w->cpu_ns_per_io, cases[i].thread_ns / cases[i].ios);
		/* 10 beyond it would take 100,000 */
		check_figure("p99.99", w->latency.p9999_ns, NAN);
		samples_free(&s);
	}
}

/* This test will check that what a comparison's causes need comes with a run: where the time of an
 * I/O went, what probes found; and that what a document lacks is absent. */
static void what_causes_need_should_be_read(void **state)
{
	struct result *result = calloc(1, sizeof(*result));
	struct probe *probe = &result->probes.probe[0];
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	const struct sample_workload *w;

	(void)state;
	assert_int_equal(import_file(&s, RESULTS "v3-done.json", NULL, &e), 0);
	w = &s.run[0].workload[0];
	assert_true(account_known(&w->account));
	check_figure("whole", w->account.whole_ns, 0.599789640e9 / 38279);
	assert_false(isnan(w->account.part_ns[ACCOUNT_SUBMISSION]));
	check_figure("wake-up", w->account.part_ns[ACCOUNT_WAKE], NAN); /* no probes in it */
	check_figure("probe", s.run[0].probe[SAMPLE_PROBE_WAKE_NS], NAN);
	check_number("detectors", s.run[0].detectors.n, 0);
	samples_free(&s);

	result->probes.n = 1;
	str_copy(probe->name, sizeof(probe->name), "wake");
	probe->figures_n = 2;
	probe->figure[0] = (struct probe_figure){ "sleep_ns", PROBE_SAMPLES, 9000, NAN, 0, "" };
	probe->figure[1] = (struct probe_figure){ "spin_ns", PROBE_SAMPLES, 100, NAN, 0, "" };
	assert_int_equal(tare_json_add(&s, result, "file"), 0);
	check_figure("probe", s.run[0].probe[SAMPLE_PROBE_WAKE_NS], 8900);
	check_figure("another", s.run[0].probe[SAMPLE_PROBE_CPUID_NS], NAN);
	samples_free(&s);
	free(result);
}

/* This test will check that what was not measured has no figure, and says why. */
static void failed_workloads_should_say_so(void **state)
{
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	uint32_t failed = 0;

	(void)state;
	assert_int_equal(import_file(&s, RESULTS "v1-partial.json", NULL, &e), 0);
	for (uint32_t i = 0; i < s.run[0].workloads_n; i++) {
		const struct sample_workload *w = &s.run[0].workload[i];

		failed += w->failure[0] != '\0';
		assert_true(w->failure[0] || sample_known(w->iops));
	}
	assert_true(failed > 0);
	assert_true(s.notes.n > 0);
	samples_free(&s);
}

/* This test will check a serial log: noise around, the same run twice, and a slot beside it. */
static void logs_should_be_read_directly(void **state)
{
	struct buf json = BUF_INIT, log = BUF_INIT;
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	char run[9] = "";

	(void)state;
	read_file(&json, RESULTS "v3-done.json");
	assert_int_equal(import_file(&s, RESULTS "v3-done.json", "L", &e), 0);
	str_copy(run, sizeof(run), s.run[0].id);
	buf_puts(&log, "Linux version 6.12\n");
	assert_int_equal(frame_document(&log, run, 1, 1, json.data, json.len), 0);
	buf_puts(&log, "reboot: Power down\n");
	if (import_text(&s, "L", log.data, &e))
		fail_msg("%s", e.text);
	check_number("the log of it is the same run", s.n, 1);
	check_number("told", s.notes.n, 1);
	assert_int_equal(import_text(&s, "M", log.data, &e), 0);
	check_number("under another label it counts", s.n, 2);
	check_figure("figures", s.run[1].workload[0].ios, s.run[0].workload[0].ios);
	samples_free(&s);
	/* Lines lost for good: named, with what is missing. */
	log.len = log.len / 2;
	log.data[log.len] = '\0';
	assert_int_not_equal(import_text(&s, "L", log.data, &e), 0);
	check_has(e.text, "file: run ");
	check_number("nothing of it", s.n, 0);
	samples_free(&s);
	buf_free(&json);
	buf_free(&log);
}

/* This test will check what an environment is called: given, its own, its platform and its file. */
static void environments_should_be_named(void **state)
{
	struct buf json = BUF_INIT, bare = BUF_INIT, twice = BUF_INIT;
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	const char *at;

	(void)state;
	read_file(&json, RESULTS "v3-done.json");
	at = strstr(json.data, "v3 fixture");
	assert_non_null(at);
	buf_add(&bare, json.data, (size_t)(at - json.data));
	buf_puts(&bare, at + strlen("v3 fixture"));
	assert_int_equal(import_text(&s, NULL, json.data, &e), 0);
	assert_int_equal(import_text(&s, "given", json.data, &e), 0);
	assert_int_equal(import_text(&s, NULL, bare.data, &e), 0);
	assert_string_equal(s.run[0].label, "v3 fixture");
	assert_string_equal(s.run[1].label, "given");
	assert_string_equal(s.run[2].label, "KVM (file)");
	samples_free(&s);
	/* Of two in one file nothing says that they are boots of one environment. */
	buf_printf(&twice, "%s%s", bare.data, bare.data);
	assert_int_equal(import_text(&s, NULL, twice.data, &e), 0);
	check_number("runs", s.n, 1);
	check_has(s.run[0].label, "KVM (file, run ");
	check_has(s.notes.text[0], "is there already: counted once");
	samples_free(&s);
	buf_free(&json);
	buf_free(&bare);
	buf_free(&twice);
}

/* This test will check a label given for a file of three runs, the first of which has none. */
static void labels_of_its_own_should_stand_behind_the_given(void **state)
{
	static const char *const own[] = { "", "one", "two" };
	struct buf json = BUF_INIT, all = BUF_INIT;
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	const char *at;

	(void)state;
	read_file(&json, RESULTS "v3-done.json");
	at = strstr(json.data, "v3 fixture");
	assert_non_null(at);
	for (size_t i = 0; i < N(own); i++) {
		buf_add(&all, json.data, (size_t)(at - json.data));
		buf_printf(&all, "%s%s", own[i], at + strlen("v3 fixture"));
	}
	if (import_text(&s, "L", all.data, &e))
		fail_msg("%s", e.text);
	check_number("runs", s.n, 3);
	assert_string_equal(s.run[0].label, "L");
	assert_string_equal(s.run[1].label, "L: one");
	assert_string_equal(s.run[2].label, "L: two");
	samples_free(&s);
	buf_free(&json);
	buf_free(&all);
}

/* This test will check what charts are drawn from: kept where it is asked for and nowhere else,
 * ascending, and with the figures that the document has. */
static void details_should_be_kept_where_asked_for(void **state)
{
	(void)state;
	for (int detailed = 0; detailed < 2; detailed++) {
		struct samples s = { .detailed = detailed };
		const struct sample_workload *w;
		struct err e = ERR_INIT;
		double at_s = 0, ios = 0;

		assert_int_equal(import_file(&s, RESULTS "v3-done.json", NULL, &e), 0);
		w = &s.run[0].workload[0];
		check_number("quantiles", w->quantiles_n > 20, detailed);
		check_number("points", w->points_n > 2, detailed);
		for (uint32_t i = 0; i < w->quantiles_n; i++) {
			const struct sample_quantile *q = &w->quantile[i];

			assert_true(!i || (q->pct > q[-1].pct && q->ns >= q[-1].ns));
			if (q->pct == 50)
				check_figure("p50", q->ns, w->latency.p50_ns);
			if (q->pct == 99)
				check_figure("p99", q->ns, w->latency.p99_ns);
			/* 38,279 I/Os support no more than this */
			assert_true(q->pct < 99.98);
		}
		for (uint32_t i = 0; i < w->points_n; i++) {
			const struct sample_point *p = &w->point[i];

			assert_true(p->at_s > at_s && p->round < 2);
			ios += p->iops * 2 * (p->at_s - at_s); /* its middle, from its begin */
			at_s += 2 * (p->at_s - at_s);
		}
		/* the last piece may be cut where the window ends */
		if (detailed)
			assert_true(fabs(ios / w->ios - 1) < 0.01);
		samples_free(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_schema_should_be_read),
		cmocka_unit_test(what_causes_need_should_be_read),
		cmocka_unit_test(failed_workloads_should_say_so),
		cmocka_unit_test(logs_should_be_read_directly),
		cmocka_unit_test(environments_should_be_named),
		cmocka_unit_test(labels_of_its_own_should_stand_behind_the_given),
		cmocka_unit_test(details_should_be_kept_where_asked_for),
	};

	return cmocka_run_group_tests_name("import_tare", tests, NULL, NULL);
}
