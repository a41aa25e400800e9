// SPDX-License-Identifier: MIT
/* What is concluded from a result: CPU figures, one thread behind the disk, clocks, neighbours,
 * level rounds. */
#include "unit.h"

#include <math.h>

#include "detect/conclude.h"
#include "detect/detect.h"
#include "detect/detectors.h"
#include "lib/str.h"

#define S UINT64_C(1000000000)

/* A workload of five rounds of a second each. */
struct shape {
	const char *name;
	uint32_t depth, jobs;
	double iops[5];
	double busy;	/* of the submitting threads */
	double idle;	/* of two CPUs */
	double clat_us; /* of each I/O */
};

static void add(struct result *r, const struct shape *s)
{
	struct result_workload *w = &r->workload[r->workloads_n++];

	str_copy(w->work.name, sizeof(w->work.name), s->name);
	w->work.rw = WORKLOAD_RANDREAD;
	w->work.bs_bytes = 4096;
	w->work.iodepth = s->depth;
	w->work.numjobs = s->jobs;
	w->work.stonewall = true;
	w->measured_ns = 5 * S;
	w->io = &r->io[2 * (r->workloads_n - 1)];
	w->round = calloc(5, sizeof(*w->round));
	assert_non_null(w->round);
	histogram_init(&w->io[0].clat);
	w->rounds_n = 5;
	for (int i = 0; i < 5; i++) {
		w->round[i].measured_ns = S;
		w->round[i].io[0].ios = (uint64_t)s->iops[i];
		w->io[0].ios += (uint64_t)s->iops[i];
	}
	histogram_add_n(&w->io[0].clat, (uint64_t)(s->clat_us * 1e3), w->io[0].ios);
	w->submits[1] = w->completes[1] = w->io[0].ios; /* one a call */
	w->cpu.thread_ns = (uint64_t)(s->busy * 5e9 * s->jobs);
	w->cpu.idle_ns = (uint64_t)(s->idle * 10e9);
	w->cpu.system_ns = 10 * S - w->cpu.idle_ns;
	w->switches_voluntary = w->io[0].ios;
}

static struct result *make(const struct shape *shape, uint32_t n)
{
	static struct result r;

	r = (struct result){ .tsc = { .call_ns = 10 },
			     .clock = { .call_ns = 20 },
			     .cpu_error_ns = 20000000 };
	r.host.fact[HOST_CPUS].number = 2;
	r.workload = calloc(n, sizeof(*r.workload));
	r.io = calloc(n, 2 * sizeof(*r.io));
	assert_true(r.workload && r.io);
	for (uint32_t i = 0; i < n; i++)
		add(&r, &shape[i]);
	return &r;
}

static void drop(struct result *r)
{
	for (uint32_t i = 0; i < r->workloads_n; i++)
		free(r->workload[i].round);
	free(r->workload);
	free(r->io);
}

static struct detection judge(void (*how)(struct detection *, const struct result *),
			      const struct shape *shape, uint32_t n)
{
	struct result *r = make(shape, n);
	struct detection d = { .verdict = DETECTION_SKIPPED, .value = NAN };

	how(&d, r);
	drop(r);
	return d;
}

/* This test will check that a thread that is always on its CPU makes a figure one of the CPU. */
static void busy_threads_should_be_told(void **state)
{
	static const struct shape shape[] = {
		{ "qd1", 1, 1, { 1e4, 1e4, 1e4, 1e4, 1e4 }, 0.3, 0.5, 100 },
		{ "qd64", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.99, 0.5, 640 },
	};
	struct detection d = judge(judge_submitter, shape, 2);

	(void)state;
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(fabs(d.value - 9.9) < 0.01); /* 0.99 s for 100,000 */
	assert_string_equal(d.unit, "us");
	check_has(d.evidence, "qd64");
	d = judge(judge_submitter, shape, 1);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	d = judge(judge_submitter, shape, 0);
	assert_int_equal(d.verdict, DETECTION_SKIPPED);
}

/* This test will check that interrupts that the kernel does not charge to the thread they hit count
 * where it never slept, that they leave it open where it did, and not where its CPU was idle. */
static void interrupts_should_fill_a_cpu(void **state)
{
	static const struct shape shape[] = {
		{ "qd64", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.7, 0.505, 640 },
	};
	struct result *r = make(shape, 1);
	struct detection d = { 0 };

	(void)state;
	r->workload[0].cpu.softirq_ns = 3 * S / 2;
	r->workload[0].cpu.system_ns -= 3 * S / 2;
	judge_submitter(&d, r);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	check_has(d.evidence, "70.0 % of the time, with all interrupts for 99.0 %");
	r->workload[0].switches_voluntary = 0;
	judge_submitter(&d, r);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(fabs(d.value - 9.9) < 0.01);
	r->workload[0].cpu.idle_ns += S; /* interrupts that hit the other CPU */
	r->workload[0].cpu.system_ns -= S;
	judge_submitter(&d, r);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	drop(r);
}

/* This test will check that a workload that needed threads of the kernel is told, though the
 * detector's own reads did not, and none of large blocks. */
static void deeper_workloads_should_tell_of_threads(void **state)
{
	static const struct shape shape[] = {
		{ "qd1", 1, 1, { 1e4, 1e4, 1e4, 1e4, 1e4 }, 0.3, 0.5, 100 },
		{ "qd64", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.5, 640 },
	};
	struct result *r = make(shape, 2);
	struct detection d = { 0 };

	(void)state;
	conclude_punt(&d, 256, 16, 0);
	judge_punt(&d, r);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	r->workload[1].io_workers = 3;
	r->workload[1].work.bs_bytes = 1 << 20;
	judge_punt(&d, r);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	r->workload[1].work.bs_bytes = 4096;
	judge_punt(&d, r);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(d.value == 3);
	check_has(d.evidence, "qd64, at depth 64 with 1 jobs: io_uring handed I/Os to 3 threads");
	check_has(d.evidence, "carried 256 reads at depth 16 by itself");
	conclude_punt(&d, 256, 16, 2);
	judge_punt(&d, r);
	assert_true(d.value == 2); /* what was counted apart stays */
	drop(r);
}

/* This test will check jobs that scale, that do not for want of CPU, and that do not behind an idle
 * machine. */
static void jobs_should_tell_of_one_thread(void **state)
{
	static const struct {
		struct shape one, two;
		enum detection_verdict verdict;
	} cases[] = {
		{ { "a", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.7, 640 },
		  { "b", 64, 2, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.3, 0.6, 1280 },
		  DETECTION_FOUND },
		{ { "a", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.7, 640 },
		  { "b", 64, 2, { 19e4, 19e4, 18e4, 19e4, 2e5 }, 0.3, 0.6, 670 },
		  DETECTION_CLEAR },
		{ { "a", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.99, 0.2, 640 },
		  { "b", 64, 2, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.01, 1280 },
		  DETECTION_CLEAR },
		{ { "a", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.7, 640 },
		  { "b", 64, 2, { 5e4, 2e5, 1e5, 3e5, 2e5 }, 0.3, 0.6, 1280 },
		  DETECTION_UNDECIDED },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct shape both[] = { cases[i].one, cases[i].two };
		struct detection d = judge(judge_host_thread, both, 2);

		print_message("%s\n", d.evidence);
		assert_int_equal(d.verdict, cases[i].verdict);
		assert_int_equal(judge(judge_host_thread, both, 1).verdict, DETECTION_SKIPPED);
	}
}

/* This test will check that no thread is blamed where the limit is known, and what of limits that
 * lie well above what two jobs do. */
static void known_limits_should_not_be_blamed_on_a_thread(void **state)
{
	static const struct shape shape[] = {
		{ "a", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.7, 640 },
		{ "b", 64, 2, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.3, 0.6, 1280 },
	};
	struct result *r = make(shape, 2);
	static const struct {
		const char *name, *unit;
		double value;
		enum detection_verdict verdict;
	} sizes[] = {
		{ "throttle", "iops", 120000, DETECTION_CLEAR },
		{ "throttle", "iops", 50000, DETECTION_CLEAR },	     /* and a burst */
		{ "throttle", "iops", 200000, DETECTION_UNDECIDED }, /* of its bursts? */
		{ "throttle", "mib_per_s", 400, DETECTION_CLEAR },
		{ "throttle", "mib_per_s", 500, DETECTION_UNDECIDED }, /* 391 are met */
		{ "queue", "ios", 32, DETECTION_CLEAR },
		{ "queue", "ios", 200, DETECTION_FOUND },
		{ "flush", "us", 1, DETECTION_FOUND },
	};
	struct detection d = { 0 }, *known = &r->detectors.detection[0];

	(void)state;
	r->detectors.n = 1;
	str_copy(known->name, sizeof(known->name), "throttle");
	detection_size(known, 1e5, "iops");
	known->verdict = DETECTION_UNDECIDED;
	judge_host_thread(&d, r);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	known->verdict = DETECTION_FOUND;
	judge_host_thread(&d, r);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	check_has(d.evidence, "by throttle");
	for (size_t i = 0; i < N(sizes); i++) {
		str_copy(known->name, sizeof(known->name), sizes[i].name);
		detection_size(known, sizes[i].value, sizes[i].unit);
		judge_host_thread(&d, r);
		assert_int_equal(d.verdict, sizes[i].verdict);
	}
	drop(r);
}

/* This test will check the tool's own clock and everybody's. */
static void clocks_should_be_taxed(void **state)
{
	static const struct shape shape[] = {
		{ "qd64", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.5, 0.5, 640 },
	};
	struct result *r = make(shape, 1);
	struct detection d = { 0 };

	(void)state;
	judge_clock(&d, r); /* three readings of 10 ns in 10 us, two of 20 ns */
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	assert_true(fabs(d.value - 0.4) < 1e-9);
	r->clock.call_ns = 4500;
	judge_clock(&d, r);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(fabs(d.value - 90) < 1e-9);
	r->clock.call_ns = 20;
	r->tsc.call_ns = 100;
	judge_clock(&d, r);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	assert_true(fabs(d.value - 3) < 1e-9);
	drop(r);
}

/* This test will check that stolen time makes a quiet listener's verdict another one, and what it
 * is added to is kept. */
static void stolen_time_should_be_contention(void **state)
{
	static const struct shape shape[] = {
		{ "qd1", 1, 1, { 1e4, 2e4, 1e4, 1e4, 1e4 }, 0.3, 0.5, 100 },
	};
	struct result *r = make(shape, 1);
	struct detection d = { .verdict = DETECTION_CLEAR, .value = 0.1, .evidence = "0.10 %" };
	struct detection skipped = { .verdict = DETECTION_SKIPPED, .evidence = "why" };

	(void)state;
	judge_contention(&d, r);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	check_has(d.evidence, "0.10 %; 0.00 % of the work's time stolen");
	check_has(d.evidence, "qd1 lie 83 % apart");
	r->workload[0].cpu.steal_ns = S / 20; /* five ticks */
	judge_contention(&d, r);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	r->workload[0].cpu.steal_ns = S;
	r->workload[0].round[1].measured_ns = 0; /* a run that was ended early */
	d.evidence[0] = '\0';
	judge_contention(&d, r);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	check_has(d.evidence, "16.67 % of the work's time stolen"); /* of 6 s that had work */
	check_has(d.evidence, "lie 0 % apart");
	judge_contention(&skipped, r);
	assert_string_equal(skipped.evidence, "why");
	drop(r);
}

/* This test will check level rounds, rising ones, and too few. */
static void rounds_should_be_level(void **state)
{
	static const struct shape shape[] = {
		{ "level", 1, 1, { 1e4, 1.01e4, 1e4, 0.99e4, 1e4 }, 0.3, 0.5, 100 },
		{ "rises", 1, 1, { 1e4, 1.2e4, 1.4e4, 1.6e4, 1.8e4 }, 0.3, 0.5, 100 },
	};
	struct detection d = judge(judge_steady, shape, 1);
	struct result *r;

	(void)state;
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	d = judge(judge_steady, shape, 2);
	assert_int_equal(d.verdict, DETECTION_FOUND);
	check_has(d.evidence, "rises");
	check_has(d.evidence, "1 of 2 workloads are level");
	r = make(shape, 1);
	r->workload[0].rounds_n = 4;
	judge_steady(&d, r);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	drop(r);
}

/* This test will check that a result without detectors is left alone, and that each row judges its
 * own. */
static void judging_should_go_by_the_table(void **state)
{
	static const struct shape shape[] = {
		{ "qd64", 64, 1, { 1e5, 1e5, 1e5, 1e5, 1e5 }, 0.99, 0.5, 640 },
	};
	struct result *r = make(shape, 1);

	(void)state;
	detect_judge(r);
	assert_int_equal(r->detectors.n, 0);
	r->detectors.n = DETECTORS_N;
	for (int i = 0; i < DETECTORS_N; i++)
		r->detectors.detection[i].verdict = DETECTION_SKIPPED;
	detect_judge(r);
	for (int i = 0; i < DETECTORS_N; i++) {
		const char *name = detector_rows[i].name;
		bool judged = !strcmp(name, "submitter") || !strcmp(name, "clock") ||
			      !strcmp(name, "steady");

		assert_int_equal(r->detectors.detection[i].verdict != DETECTION_SKIPPED, judged);
	}
	drop(r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_threads_should_be_told),
		cmocka_unit_test(interrupts_should_fill_a_cpu),
		cmocka_unit_test(deeper_workloads_should_tell_of_threads),
		cmocka_unit_test(jobs_should_tell_of_one_thread),
		cmocka_unit_test(known_limits_should_not_be_blamed_on_a_thread),
		cmocka_unit_test(clocks_should_be_taxed),
		cmocka_unit_test(stolen_time_should_be_contention),
		cmocka_unit_test(rounds_should_be_level),
		cmocka_unit_test(judging_should_go_by_the_table),
	};

	return cmocka_run_group_tests_name("judges", tests, NULL, NULL);
}
