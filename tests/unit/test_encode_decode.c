// SPDX-License-Identifier: MIT
/* Results to JSON and back: nothing is lost, and fio's readers find what they look for. */
#include "result_fixture.h"

#include <errno.h>
#include <math.h>

#include "hw/disk_verdict.h"
#include "lib/json.h"
#include "render/text.h"
#include "result/series_json.h"

/* Members that a report need not show. */
static void check_extras(const struct result *back, const struct result *r)
{
	const struct result_workload *b = &back->workload[1], *w = &r->workload[1];

	assert_memory_equal(b->depth, w->depth, sizeof(b->depth));
	assert_memory_equal(b->submits, w->submits, sizeof(b->submits));
	assert_memory_equal(b->completes, w->completes, sizeof(b->completes));
	assert_memory_equal(&b->kernel, &w->kernel, sizeof(b->kernel));
	assert_int_equal(b->io_workers, 3);
	assert_int_equal(b->sync.n, 1000);
	assert_int_equal(b->io[1].response.n, 1000);
	assert_int_equal(b->series.n, 8);
	for (uint32_t i = 0; i < b->series.n; i++) {
		struct series_point p = series_point_rounded(&w->series.point[i]);

		const struct series_point *got = &b->series.point[i];

		assert_true(got->round == p.round && got->at_ns == p.at_ns);
		assert_true(got->length_ns == p.length_ns && got->p99_ns == p.p99_ns);
		assert_true(got->ios[0] == p.ios[0] && got->ios[1] == p.ios[1]);
		assert_true(got->max_ns == p.max_ns);
	}
	assert_true(back->workload[0].steady.judged && !back->workload[0].steady.reached);
	assert_true(back->workload[0].steady.slope_pct == -12.5);
	assert_false(b->steady.judged);
	assert_true(back->until_steady && back->tsc.used && back->tsc.invariant);
	assert_true(back->tsc.hz == r->tsc.hz && back->clock.call_ns == r->clock.call_ns);
	assert_int_equal(back->verified_bytes, 4096);
	assert_int_equal(back->restored_bytes, 8192);
	assert_true(back->mark_removed);
}

/* This test will check that a result read back gives the same report and summary, and the same
 * document again. */
static void document_should_survive_reading_and_writing(void **state)
{
	static struct maker m;
	struct buf json, again, text = BUF_INIT, text_again = BUF_INIT;
	static struct result back;
	struct result *r;

	(void)state;
	r = maker_rich(&m);
	r->workload[0].steady = (struct result_steady){ true, false, 33.25, -12.5 };
	r->until_steady = true;
	r->verified_bytes = 4096;
	r->restored_bytes = 8192;
	r->mark_removed = true;
	maker_encode(&json, r);
	maker_decode(&back, &json);
	render_text(&text, r);
	render_summary(&text, r);
	render_text(&text_again, &back);
	render_summary(&text_again, &back);
	assert_string_equal(text.data, text_again.data);
	maker_encode(&again, &back);
	assert_string_equal(json.data, again.data);
	assert_int_equal(back.disks.disk[1].verdict, DISK_DATA);
	assert_int_equal(back.tuned.n, 6);
	assert_memory_equal(&back.tuned, &r->tuned, sizeof(back.tuned));
	check_extras(&back, r);
	buf_free(&json);
	buf_free(&again);
	buf_free(&text);
	buf_free(&text_again);
	result_free(&back);
	maker_free(&m);
}

/* This test will check that numbers that JSON cannot hold, or readers would round, cost themselves
 * alone, and are named. */
static void numbers_beyond_json_should_cost_themselves_alone(void **state)
{
	static struct maker m;
	static struct result back;
	struct result *r = maker_rich(&m);
	struct buf json;

	(void)state;
	r->written_bytes = JSON_INTEGER_MAX;
	maker_encode(&json, r);
	check_has_not(json.data, "tare's own fault");
	buf_free(&json);
	r->written_bytes = JSON_INTEGER_MAX + 1;
	r->workload[0].round[0].io[0].clat_mean_ns = NAN;
	maker_encode(&json, r);
	check_has(json.data,
		  "\"tare's own fault: JSON cannot hold 2 of the figures, which are null here, "
		  "among them tare.");
	check_has(json.data, "\"written_bytes\":null");
	maker_decode(&back, &json);
	assert_int_equal(back.workloads_n, r->workloads_n);
	assert_int_equal(back.warnings.n, r->warnings.n + 1);
	result_free(&back);
	buf_free(&json);
	maker_free(&m);
}

/* This test will check that every verdict, state and kind of blocks comes back as itself. */
static void words_should_come_back_as_themselves(void **state)
{
	static struct maker m;
	static struct result back;
	struct result *r;
	struct buf json;

	(void)state;
	r = maker_rich(&m);
	for (int v = 0; v < DISK_VERDICTS_N; v++) {
		r->target.verdict = v;
		r->disks.disk[0].verdict = v;
		r->state = (enum result_state)(v % 4);
		r->blocks = (enum result_blocks)(v % 3);
		r->target_is_file = v % 5 == 4;
		maker_encode(&json, r);
		maker_decode(&back, &json);
		if (!r->target_is_file)
			check_number(disk_verdict_name(v), back.target.verdict, v);
		assert_int_equal(back.disks.disk[0].verdict, v);
		assert_int_equal(back.state, r->state);
		assert_int_equal(back.blocks, r->blocks);
		assert_int_equal(back.target_is_file, r->target_is_file);
		assert_true(back.has_target);
		buf_free(&json);
		result_free(&back);
	}
	maker_free(&m);
}

/* This test will check histograms: every duration keeps its bucket, the spread survives, however
 * long or even the durations are. */
static void histograms_should_keep_their_shape(void **state)
{
	static const uint64_t durations[][3] = {
		{ 0, 0, 0 },
		{ 1, 127, 128 },
		{ 1000, 1000, 1000 },
		{ 999999999, 999999999, 999999999 },
		{ 5, 1000000, 100000000000 },
		{ 137438953471, 137438953472, 300000000000 },
		{ 3600000000000, 3600000000000, 3600000000001 },
	};
	static struct maker m;
	static struct result back;
	struct buf json;

	(void)state;
	for (size_t i = 0; i < N(durations); i++) {
		struct result *r = maker_rich(&m);
		struct histogram *h = &r->workload[0].io[0].clat;
		const struct histogram *b;

		histogram_init(h);
		for (int k = 0; k < 999; k++)
			histogram_add(h, durations[i][k % 3]);
		maker_encode(&json, r);
		maker_decode(&back, &json);
		b = &back.workload[0].io[0].clat;
		assert_memory_equal(h->count, b->count, sizeof(h->count));
		check_number("n", b->n, h->n);
		check_number("min", b->min_ns, h->min_ns);
		check_number("max", b->max_ns, h->max_ns);
		assert_true(fabs(histogram_mean_ns(b) - histogram_mean_ns(h)) <=
			    1e-12 * histogram_mean_ns(h));
		if (fabs(histogram_stddev_ns(b) - histogram_stddev_ns(h)) > 1)
			print_error("stddev: got %g, want %g\n", histogram_stddev_ns(b),
				    histogram_stddev_ns(h));
		assert_true(fabs(histogram_stddev_ns(b) - histogram_stddev_ns(h)) <=
			    1e-6 * histogram_stddev_ns(h) + 0.1);
		for (double pct = 0.5; pct <= 100; pct += 0.5)
			assert_true(histogram_percentile_ns(b, pct) ==
				    histogram_percentile_ns(h, pct));
		buf_free(&json);
		result_free(&back);
		maker_free(&m);
	}
}

static const struct json *at(const struct json *root, const char *path)
{
	char copy[128], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *key = strtok_r(copy, "/", &save); key; key = strtok_r(NULL, "/", &save))
		root = *key >= '0' && *key <= '9' && json_is_array(root)
			       ? json_at(root, (size_t)atoi(key))
			       : json_get(root, key);
	return root;
}

/* This test will check the members that readers of fio's JSON use. */
static void fio_members_should_be_where_fio_has_them(void **state)
{
	static const struct {
		const char *path;
		double want, error;
	} cases[] = {
		{ "timestamp", 1700000000, 0 },
		{ "jobs/0/groupid", 0, 0 },
		{ "jobs/0/error", 0, 0 },
		{ "jobs/0/read/total_ios", 400001, 0 },
		{ "jobs/0/read/io_bytes", 400001 * 4096.0, 0 },
		{ "jobs/0/read/iops", 20000.05, 1e-6 },
		{ "jobs/0/read/bw_bytes", 20000.05 * 4096, 1 },
		{ "jobs/0/read/bw", 80000, 1 },
		{ "jobs/0/read/runtime", 20000, 0 },
		{ "jobs/0/read/clat_ns/N", 400001, 0 },
		{ "jobs/0/read/clat_ns/percentile/50.000000", 120000, 1000 },
		{ "jobs/0/read/clat_ns/percentile/99.000000", 159000, 2000 },
		{ "jobs/0/read/clat_ns/percentile/99.999999", 160000, 1500 },
		{ "jobs/0/read/lat_ns/N", 400001, 0 },
		{ "jobs/0/read/slat_ns/N", 400001, 0 },
		{ "jobs/0/write/total_ios", 0, 0 },
		{ "jobs/0/write/iops", 0, 0 },
		{ "jobs/0/write/clat_ns/N", 0, 0 },
		{ "jobs/0/trim/total_ios", 0, 0 },
		{ "jobs/0/usr_cpu", 6.25, 1e-6 },
		{ "jobs/0/sys_cpu", 18.75, 1e-6 },
		{ "jobs/0/ctx", 24, 0 },
		{ "jobs/1/write/total_ios", 600, 0 },
		{ "jobs/1/groupid", 1, 0 },
		{ "jobs/3/groupid", 3, 0 },
		/* 70 I/Os in 126 ms, 140 in 125, 210 in 126: points as the document has them */
		{ "jobs/1/read/iops_samples", 6, 0 },
		{ "jobs/1/read/iops_min", 555, 0 },
		{ "jobs/1/read/iops_max", 1666, 0 },
		{ "jobs/1/read/iops_mean", (555 + 1120 + 1666) / 3.0, 1e-4 },
		{ "jobs/1/read/iops_stddev", 496.9, 0 },
		{ "jobs/1/read/bw_min", 35555, 0 },
		{ "jobs/1/read/bw_samples", 6, 0 },
		{ "jobs/1/write/iops_min", 238, 0 },
		{ "jobs/0/read/iops_samples", 0, 0 },
		{ "jobs/1/sync/total_ios", 1000, 0 },
		{ "jobs/1/sync/lat_ns/min", 501000, 0 },
		{ "jobs/1/sync/lat_ns/percentile/50.000000", 1000000, 8000 },
		{ "jobs/1/iodepth_level/1", 10, 0 },
		{ "jobs/1/iodepth_level/2", 10, 0 },
		{ "jobs/1/iodepth_level/32", 0, 0 },
		{ "jobs/1/iodepth_level/>=64", 80, 0 },
		{ "jobs/1/iodepth_submit/4", 60, 0 },
		{ "jobs/1/iodepth_submit/8", 20, 0 },
		{ "jobs/1/iodepth_submit/>=64", 20, 0 },
		{ "jobs/1/iodepth_complete/0", 10, 0 },
		{ "jobs/1/iodepth_complete/64", 90, 0 },
		{ "jobs/1/iodepth_complete/>=64", 0, 0 },
		{ "jobs/0/latency_us/100", 25, 1 }, /* of 80 to 160 us, evenly */
		{ "jobs/0/latency_us/250", 75, 1 },
		{ "jobs/0/latency_us/50", 0, 0 },
		{ "jobs/0/latency_ms/2", 0, 0 },
		{ "jobs/2/latency_ns/250", 100, 0 },	/* 100 to 200 ns */
		{ "jobs/1/latency_ms/4", 70 / 3.0, 3 }, /* reads: 3 to 6 ms */
		{ "jobs/1/latency_ms/10", 140 / 3.0, 3 },
		{ "jobs/1/latency_ms/500", 22, 2 }, /* writes: 200 to 400 ms */
		{ "jobs/0/latency_depth", 64, 0 },
		{ "jobs/0/latency_percentile", 100, 0 },
		{ "disk_util/0/read_ios", 1400, 0 },
		{ "disk_util/0/write_merges", 20, 0 },
		{ "disk_util/0/in_queue", 13200, 0 },
		{ "disk_util/0/util", 950 / 210.00002, 1e-6 }, /* of all windows: 21 s and 2 us */
		{ "tare/workloads/1/cpu_per_io/thread_us", 125, 0 }, /* 0.25 s, 2000 I/Os */
		/* threads, and 60 ms of interrupts of either kind, at 2 GHz */
		{ "tare/workloads/1/cpu_per_io/cycles", 310000, 0 },
		{ "tare/workloads/1/cpu_per_io/irq_us", 20, 0 },
		{ "tare/workloads/1/cpu_per_io/machine_error_us", 40, 0 }, /* 4 CPUs, 2 windows */
		{ "tare/workloads/1/cpu_per_io/split_error_us", 30, 0 },
		{ "tare/clock/call_ns", 7.25, 0 },
		{ "tare/clock/monotonic_syscall_ns", 180.25, 0 },
		{ "jobs/2/error", 28, 0 },
	};
	static struct maker m;
	struct buf json;
	struct json *root;
	struct err e = ERR_INIT;

	(void)state;
	maker_encode(&json, maker_rich(&m));
	root = json_parse(json.data, json.len, &e);
	assert_non_null(root);
	for (size_t i = 0; i < N(cases); i++) {
		double got = -1;

		if (!json_double(at(root, cases[i].path), &got) ||
		    fabs(got - cases[i].want) > cases[i].error)
			print_error("%s: got %f, want %f\n", cases[i].path, got, cases[i].want);
		assert_true(fabs(got - cases[i].want) <= cases[i].error);
	}
	assert_string_equal(json_text(at(root, "jobs/0/jobname")), "randread-4k");
	assert_string_equal(json_text(at(root, "jobs/0/job options/rw")), "randread");
	assert_string_equal(json_text(at(root, "jobs/0/job options/description")), "a b c");
	assert_true(json_is_array(at(root, "disk_util")));
	assert_int_equal(json_count(at(root, "jobs")), 4);
	json_free(root);
	buf_free(&json);
	maker_free(&m);
}

/* This test will check that kernel and tool are compared where they can be, and nowhere else. */
static void agreement_should_be_told_where_there_was_a_comparison(void **state)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	struct buf json;
	struct json *root;
	struct err e = ERR_INIT;

	(void)state;
	maker_encode(&json, r);
	root = json_parse(json.data, json.len, &e);
	assert_true(json_is_true(at(root, "tare/workloads/1/kernel/read/agrees")));
	assert_non_null(at(root, "tare/workloads/1/kernel/write/agrees"));
	assert_false(json_is_true(at(root, "tare/workloads/1/kernel/write/agrees")));
	assert_non_null(at(root, "tare/workloads/0/kernel/read/agrees")); /* null */
	assert_false(json_is_true(at(root, "tare/workloads/0/kernel/read/agrees")));
	assert_null(at(root, "tare/workloads/0/response_ns"));
	assert_null(at(root, "tare/workloads/1/response_ns/read"));
	assert_non_null(at(root, "tare/workloads/1/response_ns/write"));
	assert_null(at(root, "tare/workloads/1/steady"));
	json_free(root);
	buf_free(&json);
	r->target_is_file = true;
	maker_encode(&json, r);
	root = json_parse(json.data, json.len, &e);
	assert_null(at(root, "tare/workloads/1/kernel"));
	assert_int_equal(json_count(at(root, "disk_util")), 0);
	json_free(root);
	buf_free(&json);
	maker_free(&m);
}

/* This test will check that latencies of points lose 2.5 % and a bucket at most, and nothing more
 * when they are written again. */
static void latencies_of_points_should_be_rounded_once(void **state)
{
	(void)state;
	for (unsigned int b = 0; b < histogram_index(UINT64_C(1) << 50); b++) {
		struct series_point p = { .p99_ns = histogram_value_ns(b) }, once, twice;
		double off;

		p.max_ns = p.p99_ns;
		once = series_point_rounded(&p);
		twice = series_point_rounded(&once);
		check_number("twice", twice.p99_ns, once.p99_ns);
		check_number("max", once.max_ns, once.p99_ns);
		off = fabs((double)once.p99_ns - (double)p.p99_ns);
		assert_true(off <= (0.025 + 0.0079) * (double)p.p99_ns);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(latencies_of_points_should_be_rounded_once),
		cmocka_unit_test(document_should_survive_reading_and_writing),
		cmocka_unit_test(numbers_beyond_json_should_cost_themselves_alone),
		cmocka_unit_test(words_should_come_back_as_themselves),
		cmocka_unit_test(histograms_should_keep_their_shape),
		cmocka_unit_test(fio_members_should_be_where_fio_has_them),
		cmocka_unit_test(agreement_should_be_told_where_there_was_a_comparison),
	};

	return cmocka_run_group_tests_name("encode_decode", tests, NULL, NULL);
}
