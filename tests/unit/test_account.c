// SPDX-License-Identifier: MIT
/* Where the time of an I/O went, from results that were filled in by hand and from old documents.
 */
#include "unit.h"

#include <stdlib.h>

#include "lib/buf.h"
#include "lib/file.h"
#include "lib/str.h"
#include "result/account.h"
#include "result/result.h"

#define IOS   16000
#define US    UINT64_C(1000)
#define CLOSE 1e-6

struct made {
	struct result result;
	struct result_workload workload[2];
	struct result_io io[4];
	struct result_round round[2];
};

static void latencies(struct histogram *h, uint64_t n, uint64_t ns)
{
	histogram_init(h);
	for (uint64_t i = 0; i < n; i++)
		histogram_add(h, ns);
}

/*
 * One job at depth 1 on a machine of two CPUs. Of 100 us per I/O: 2 of the tool's own and 8 in the
 * kernel by the thread's clock, of which 5 us submitting; 3 us of interrupts, 1 us stolen, 80 us
 * idle; so 6 us are nobody's.
 */
static struct made *make(void)
{
	struct made *m = calloc(1, sizeof(*m));
	struct result_workload *w = &m->workload[0];

	assert_non_null(m);
	m->result.workload = m->workload;
	m->result.workloads_n = 1;
	m->result.host.fact[HOST_CPUS].number = 2;
	m->result.cpu_error_ns = 20000000;
	m->result.tsc.call_ns = 10;
	w->work = (struct workload){ .ioengine = WORKLOAD_IO_URING,
				     .bs_bytes = 4096,
				     .iodepth = 1,
				     .numjobs = 1,
				     .iodepth_batch_submit = 1,
				     .direct = true,
				     .fixedbufs = true,
				     .registerfiles = true,
				     .stonewall = true };
	w->io = m->io;
	latencies(&m->io[0].slat, IOS, 5 * US);
	latencies(&m->io[0].clat, IOS, 90 * US);
	m->io[0].ios = IOS;
	w->measured_ns = 100 * US * IOS;
	w->submits[1] = w->completes[1] = IOS;
	w->switches_voluntary = IOS;
	w->round = m->round;
	w->rounds_n = 1;
	m->round[0].measured_ns = w->measured_ns;
	w->cpu = (struct result_cpu){ .irq_ns = 1 * US * IOS,
				      .softirq_ns = 2 * US * IOS,
				      .steal_ns = 1 * US * IOS,
				      .idle_ns = 180 * US * IOS,
				      .thread_ns = 10 * US * IOS,
				      .thread_user_ns = 2 * US * IOS,
				      .thread_system_ns = 8 * US * IOS };
	return m;
}

static void add_probe(struct probe_list *list, const char *name)
{
	str_copy(list->probe[list->n++].name, PROBE_NAME_BYTES, name);
}

static void add_figure(struct probe_list *list, const char *name, double p50, double spread)
{
	struct probe *to = &list->probe[list->n - 1];
	struct probe_figure *f = &to->figure[to->figures_n++];

	*f = (struct probe_figure){ .kind = PROBE_SAMPLES, .p50 = p50, .spread = spread };
	str_copy(f->name, sizeof(f->name), name);
}

static void assert_part(const struct account *a, enum account_part part, double us, double error_us)
{
	assert_float_equal(a->part_ns[part] / 1e3, us, CLOSE);
	if (!isnan(error_us))
		assert_float_equal(a->error_ns[part] / 1e3, error_us, CLOSE);
}

/* This test will check each part against what was put in, and that nobody's time stays. */
static void parts_should_be_what_was_measured(void **state)
{
	struct made *m = make();
	struct account a = account_of(&m->result, 0);
	double tick_us = 20e6 / IOS / 1e3;

	(void)state;
	assert_float_equal(a.whole_ns / 1e3, 100, CLOSE);
	assert_part(&a, ACCOUNT_TOOL, 2 - 0.01, 4); /* all that was taken may have hit it */
	assert_part(&a, ACCOUNT_CLOCK, 0.03, NAN);
	assert_part(&a, ACCOUNT_SUBMISSION, 5 - 0.01, 0);
	assert_part(&a, ACCOUNT_COMPLETION, 3 + 3 - 0.01, 2 * tick_us);
	/* Of two CPUs' 200 us the machine's fields tell 184. */
	assert_part(&a, ACCOUNT_HOST, 80, tick_us + 200 - 184);
	assert_part(&a, ACCOUNT_STOLEN, 1, tick_us);
	assert_true(isnan(a.part_ns[ACCOUNT_KERNEL]) && isnan(a.part_ns[ACCOUNT_WAKE]));
	assert_float_equal(account_unexplained_ns(&a) / 1e3, 100 - 2 - 5 - 6 - 80 - 1, CLOSE);
	assert_float_equal(account_error_ns(&a) / 1e3, 4 + 4 * tick_us + 16, 1e-4);
	free(m);
}

/* This test will check that waking up is taken off waiting, and never more than was waited. */
static void waking_up_should_be_part_of_waiting(void **state)
{
	struct made *m = make();
	struct account a;

	(void)state;
	add_probe(&m->result.probes, "wake");
	add_figure(&m->result.probes, "sleep_ns", 12000, 1000);
	add_figure(&m->result.probes, "spin_ns", 2000, 200);
	a = account_of(&m->result, 0);
	assert_part(&a, ACCOUNT_WAKE, 10, 0.6);
	assert_part(&a, ACCOUNT_HOST, 70, NAN);
	m->workload[0].switches_voluntary = 20 * IOS;
	a = account_of(&m->result, 0);
	assert_part(&a, ACCOUNT_WAKE, 80, NAN);
	assert_part(&a, ACCOUNT_HOST, 0, NAN);
	m->result.probes.probe[0].figure[1].kind = PROBE_IMPOSSIBLE;
	a = account_of(&m->result, 0);
	assert_true(isnan(a.part_ns[ACCOUNT_WAKE]));
	assert_part(&a, ACCOUNT_HOST, 80, NAN);
	free(m);
}

/* This test will check that calls of many I/Os are shared by them, exactly where all are alike. */
static void batches_should_share_their_call(void **state)
{
	struct made *m = make();
	struct result_workload *w = &m->workload[0];
	struct account a;

	(void)state;
	w->submits[1] = 0;
	w->submits[16] = IOS / 16;
	latencies(&m->io[0].slat, IOS, 32 * US);
	a = account_of(&m->result, 0);
	assert_part(&a, ACCOUNT_SUBMISSION, 2 - 0.01 / 16, 0);
	/* Half of the I/Os alone, half in batches of 16: the truth lies between two models. */
	w->submits[16] = IOS / 32;
	w->submits[1] = IOS / 2;
	a = account_of(&m->result, 0);
	assert_true(a.error_ns[ACCOUNT_SUBMISSION] > 1000);
	for (int model = 0; model < 2; model++) {
		double alone_us = model ? 32 * 2.0 / 17 : 32, batch_us = model ? 16 * alone_us : 32;
		double mean_us = (alone_us / 2 + batch_us / 2) * 1e3, truth;

		truth = (alone_us / 2 + batch_us / 32) * 1e3;
		truth *= 32e3 / mean_us;
		assert_true(fabs(a.part_ns[ACCOUNT_SUBMISSION] +
				 10 * ((double)w->submits[1] + w->submits[16]) / IOS - truth) <=
			    a.error_ns[ACCOUNT_SUBMISSION] + CLOSE);
	}
	free(m);
}

/* This test will check that more than 64 I/Os a call count by their mean. */
static void larger_batches_should_count_by_their_mean(void **state)
{
	struct made *m = make();
	struct account a;

	(void)state;
	m->workload[0].submits[1] = 0;
	m->workload[0].submits[RESULT_DEPTHS - 1] = IOS / 100;
	latencies(&m->io[0].slat, IOS, 500 * US);
	a = account_of(&m->result, 0);
	assert_part(&a, ACCOUNT_SUBMISSION, 5 - 0.01 / 100, 0);
	free(m);
}

/* This test will check that a call that took longer than its thread and all interrupts had the CPU
 * is not called CPU time: 14 us of each I/O, of which 5 to 60 us are the call. */
static void sleeping_in_the_call_should_be_waiting(void **state)
{
	struct made *m = make();
	struct account a;

	(void)state;
	latencies(&m->io[0].slat, IOS, 13 * US);
	a = account_of(&m->result, 0);
	assert_part(&a, ACCOUNT_SUBMISSION, 13 - 0.01, 0);
	latencies(&m->io[0].slat, IOS, 60 * US);
	a = account_of(&m->result, 0);
	assert_true(isnan(a.part_ns[ACCOUNT_SUBMISSION]) && isnan(a.part_ns[ACCOUNT_COMPLETION]));
	assert_part(&a, ACCOUNT_KERNEL, 8 + 3 - 0.02, NAN);
	assert_part(&a, ACCOUNT_HOST, 80, NAN);
	assert_float_equal(account_unexplained_ns(&a) / 1e3, 100 - 2 - 11 - 80 - 1, CLOSE);
	free(m);
}

/* This test will check what is not told apart: a synchronous engine's call, a neighbour's CPU time.
 */
static void what_is_not_told_should_be_absent(void **state)
{
	struct made *m = make();
	struct account a;

	(void)state;
	histogram_init(&m->io[0].slat);
	a = account_of(&m->result, 0);
	assert_true(isnan(a.part_ns[ACCOUNT_SUBMISSION]) && isnan(a.part_ns[ACCOUNT_COMPLETION]));
	assert_part(&a, ACCOUNT_KERNEL, 8 + 3 - 0.02, NAN);
	free(m);

	m = make();
	m->result.workloads_n = 2;
	m->workload[1].work.stonewall = false; /* beside the first */
	a = account_of(&m->result, 0);
	assert_true(isnan(a.part_ns[ACCOUNT_HOST]) && isnan(a.part_ns[ACCOUNT_STOLEN]));
	assert_true(isnan(a.error_ns[ACCOUNT_COMPLETION]));
	assert_part(&a, ACCOUNT_COMPLETION, 3 - 0.01, NAN);
	m->workload[1].work.stonewall = true;
	a = account_of(&m->result, 0);
	assert_false(isnan(a.part_ns[ACCOUNT_HOST]));
	free(m);

	m = make();
	m->workload[0].cpu.idle_ns = 20 * US * IOS; /* the machine tells of less than half of it */
	a = account_of(&m->result, 0);
	assert_true(isnan(a.part_ns[ACCOUNT_HOST]));
	assert_part(&a, ACCOUNT_SUBMISSION, 5 - 0.01, 0);
	free(m);

	m = make();
	m->workload[0].work.numjobs = 3; /* on two CPUs: idle time says nothing of one of them */
	a = account_of(&m->result, 0);
	assert_true(isnan(a.part_ns[ACCOUNT_HOST]));
	m->workload[0].work.rate_iops[0] = 100;
	a = account_of(&m->result, 0);
	assert_false(account_known(&a));
	m->workload[0].work.rate_iops[0] = 0;
	m->io[0].ios = 0;
	a = account_of(&m->result, 0);
	assert_false(account_known(&a));
	free(m);
}

/* This test will check that what ran beside the threads shows as less than nothing unexplained. */
static void work_beside_should_show_as_negative(void **state)
{
	struct made *m = make();
	struct account a;

	(void)state;
	/* The thread is busy all the time, another CPU takes interrupts for 30 us of each I/O. */
	m->workload[0].cpu = (struct result_cpu){ .system_ns = 100 * US * IOS,
						  .softirq_ns = 30 * US * IOS,
						  .idle_ns = 70 * US * IOS,
						  .thread_ns = 100 * US * IOS,
						  .thread_user_ns = 2 * US * IOS };
	a = account_of(&m->result, 0);
	assert_part(&a, ACCOUNT_HOST, 0, NAN);
	assert_float_equal(account_unexplained_ns(&a) / 1e3, -30, CLOSE);
	free(m);
}

/* This test will check the split of null_blk, with and without the figures that came later. */
static void null_blk_should_be_told(void **state)
{
	struct made *m = make();
	struct probe_list *p = &m->result.probes;
	struct account a;

	(void)state;
	m->result.tsc.call_ns = 16;
	a = account_null(&m->result, true);
	assert_false(account_known(&a));
	add_probe(p, "engine");
	add_figure(p, "null_qd1_ns", 900, 10);
	add_figure(p, "null_qd64_ns", 500, 20);
	add_figure(p, "null_user_ns", 40, 0);
	add_figure(p, "null_system_ns", 450, 0);
	a = account_null(&m->result, true);
	assert_part(&a, ACCOUNT_TOOL, 0.039, NAN); /* a sixteenth of a reading is for each I/O */
	assert_part(&a, ACCOUNT_CLOCK, 0.003, NAN);
	assert_part(&a, ACCOUNT_KERNEL, 0.448, NAN);
	assert_float_equal(account_unexplained_ns(&a), 10, CLOSE);
	a = account_null_like(&m->result, 0);
	assert_false(account_known(&a)); /* nothing of depth 1 but its latency */
	add_figure(p, "null_submit_ns", 430, 0);
	add_figure(p, "null_qd1_user_ns", 60, 0);
	add_figure(p, "null_qd1_system_ns", 880, 0);
	add_figure(p, "null_qd1_submit_ns", 700, 0);
	a = account_null(&m->result, true);
	assert_part(&a, ACCOUNT_SUBMISSION, 0.429, NAN);
	assert_part(&a, ACCOUNT_COMPLETION, 0.019, NAN);
	assert_part(&a, ACCOUNT_HOST, 0, NAN);
	a = account_null_like(&m->result, 0);
	assert_float_equal(a.whole_ns, 940, CLOSE); /* no latency, which is another statistic */
	assert_part(&a, ACCOUNT_TOOL, 0.044, NAN);
	assert_part(&a, ACCOUNT_CLOCK, 0.048, NAN);
	assert_part(&a, ACCOUNT_SUBMISSION, 0.684, NAN);
	assert_part(&a, ACCOUNT_COMPLETION, 0.164, NAN);
	assert_float_equal(account_unexplained_ns(&a), 0, CLOSE);
	m->workload[0].work.bs_bytes = 1 << 20;
	a = account_null_like(&m->result, 0);
	assert_false(account_known(&a));
	free(m);
}

/* This test will check that documents of every schema have one. */
static void old_documents_should_have_accounts(void **state)
{
	static const char *const paths[] = { "tests/fixtures/results/v1-done.json",
					     "tests/fixtures/results/v2-done.json",
					     "tests/fixtures/results/v3-done.json" };

	(void)state;
	for (size_t i = 0; i < N(paths); i++) {
		struct result result;
		struct buf json = BUF_INIT;
		struct err e = ERR_INIT;
		struct account a;

		assert_int_equal(file_read_all(&json, paths[i], 1 << 24), 0);
		assert_int_equal(result_decode(&result, json.data, json.len, &e), 0);
		a = account_of(&result, 0);
		assert_true(account_known(&a));
		assert_float_equal(a.whole_ns,
				   1e9 * result.workload[0].work.numjobs /
					   (result_iops(&result.workload[0], 0) +
					    result_iops(&result.workload[0], 1)),
				   1e-3 * a.whole_ns);
		assert_true(a.part_ns[ACCOUNT_TOOL] >= 0);
		for (int part = 0; part < ACCOUNT_PARTS_N; part++)
			assert_true(isnan(a.part_ns[part]) || a.part_ns[part] >= 0);
		result_free(&result);
		buf_free(&json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_should_be_what_was_measured),
		cmocka_unit_test(waking_up_should_be_part_of_waiting),
		cmocka_unit_test(batches_should_share_their_call),
		cmocka_unit_test(larger_batches_should_count_by_their_mean),
		cmocka_unit_test(sleeping_in_the_call_should_be_waiting),
		cmocka_unit_test(what_is_not_told_should_be_absent),
		cmocka_unit_test(work_beside_should_show_as_negative),
		cmocka_unit_test(null_blk_should_be_told),
		cmocka_unit_test(old_documents_should_have_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
