// SPDX-License-Identifier: MIT
/* Rules: each on its case, and silent where nothing differs. */
#include "why_fixture.h"

#include "compare/causes.h"

#define SLOW_IOPS 50000.0 /* 20 us of a thread for each I/O */
#define FAST_IOPS 100000.0

#define A (&f->samples.run[0]) /* the slow one */
#define B (&f->samples.run[1])

typedef void setup(struct why_fixture *f);

static struct sample_workload *work(struct sample_run *run)
{
	return &run->workload[run->workloads_n - 1];
}

static void make(struct why_fixture *f, const char *name, enum sample_direction direction,
		 double slow_iops, double fast_iops)
{
	why_run(f, "a");
	why_run(f, "b");
	why_workload(A, name, direction, slow_iops);
	why_workload(B, name, direction, fast_iops);
}

/* Parts that both have, of 20 and 10 us: nothing unexplained but what a case leaves. */
static void set_parts(struct why_fixture *f, double slow_host_us, double slow_wake_us)
{
	for (int i = 0; i < 2; i++) {
		struct sample_workload *w = work(&f->samples.run[i]);

		why_part(w, ACCOUNT_TOOL, 0.5, 0.01);
		why_part(w, ACCOUNT_CLOCK, 0.1, NAN);
		why_part(w, ACCOUNT_SUBMISSION, 2, 0.01);
		why_part(w, ACCOUNT_COMPLETION, 3, 0.01);
		why_part(w, ACCOUNT_WAKE, i ? 1 : slow_wake_us, 0.01);
		why_part(w, ACCOUNT_HOST, i ? 3.4 : slow_host_us, 0.01);
		why_part(w, ACCOUNT_STOLEN, 0, 0.01);
	}
}

static void reads(struct why_fixture *f)
{
	make(f, "randread-4k-qd64", SAMPLE_READ, SLOW_IOPS, FAST_IOPS);
	set_parts(f, 13.4, 1);
}

/* The parts of A take so much more than those of B, which wait as long. */
static void more_in(struct why_fixture *f, enum account_part part)
{
	make(f, "randread-4k-qd64", SAMPLE_READ, SLOW_IOPS, FAST_IOPS);
	set_parts(f, 3.4, 1);
	work(A)->account.part_ns[part] += 10e3;
}

/* --- cases: what makes each rule speak first --- */

static void host(struct why_fixture *f)
{
	reads(f);
}

static void submission(struct why_fixture *f)
{
	more_in(f, ACCOUNT_SUBMISSION);
}

static void completion(struct why_fixture *f)
{
	more_in(f, ACCOUNT_COMPLETION);
}

static void tool(struct why_fixture *f)
{
	more_in(f, ACCOUNT_TOOL);
}

static void reading_clock(struct why_fixture *f)
{
	more_in(f, ACCOUNT_CLOCK);
}

static void wake(struct why_fixture *f)
{
	more_in(f, ACCOUNT_WAKE);
}

static void stolen(struct why_fixture *f)
{
	more_in(f, ACCOUNT_STOLEN);
}

static void unexplained(struct why_fixture *f)
{
	make(f, "randread-4k-qd64", SAMPLE_READ, SLOW_IOPS, FAST_IOPS);
	set_parts(f, 3.4, 1);
}

static void kernel(struct why_fixture *f)
{
	more_in(f, ACCOUNT_SUBMISSION);
	for (int i = 0; i < 2; i++) {
		struct account *a = &work(&f->samples.run[i])->account;

		a->part_ns[ACCOUNT_KERNEL] = a->part_ns[ACCOUNT_SUBMISSION] +
					     a->part_ns[ACCOUNT_COMPLETION];
		a->part_ns[ACCOUNT_SUBMISSION] = a->part_ns[ACCOUNT_COMPLETION] = NAN;
	}
}

/* null_blk takes as much longer as the disk does: it is not the disk. */
static void cpu(struct why_fixture *f)
{
	more_in(f, ACCOUNT_SUBMISSION);
	A->probe[SAMPLE_PROBE_NULL_QD64_NS] = 12e3;
	B->probe[SAMPLE_PROBE_NULL_QD64_NS] = 2e3;
}

static void queue(struct why_fixture *f)
{
	reads(f);
	work(A)->depth = 31;
	work(B)->depth = 63;
}

/* Two jobs do no more than one there, and twice as much here. */
static void host_thread(struct why_fixture *f)
{
	reads(f);
	work(A)->usr_pct = work(B)->usr_pct = 3;
	work(A)->sys_pct = work(B)->sys_pct = 20;
	why_workload(A, "randread-4k-qd64-jobs4", SAMPLE_READ, SLOW_IOPS * 1.05);
	why_workload(B, "randread-4k-qd64-jobs4", SAMPLE_READ, FAST_IOPS * 3);
}

static void contention(struct why_fixture *f)
{
	more_in(f, ACCOUNT_STOLEN);
	A->probe[SAMPLE_PROBE_LOST_PCT] = 12;
	B->probe[SAMPLE_PROBE_LOST_PCT] = 0.1;
	work(A)->account.part_ns[ACCOUNT_STOLEN] = 3e3;
}

static void first_write(struct why_fixture *f)
{
	make(f, "write-1m-qd16", SAMPLE_WRITE, 1551, 5014);
	work(A)->usr_pct = 5.7;
	work(A)->sys_pct = 2.5;
}

static void guest_ahead(struct why_fixture *f)
{
	make(f, "randread-4k-qd64", SAMPLE_READ, 166000, 197000);
	why_fact(A, SAMPLE_HYPERVISOR, "none");
	why_fact(B, SAMPLE_HYPERVISOR, "VMware");
}

static void found(struct why_fixture *f, struct sample_run *in, const char *name)
{
	struct sample_run *not_in = in == A ? B : A;

	why_detect(in, name, DETECTION_FOUND, 99);
	why_detect(not_in, name, DETECTION_CLEAR, 99);
}

static void found_throttle(struct why_fixture *f)
{
	reads(f);
	found(f, A, "throttle");
}

static void found_cache(struct why_fixture *f)
{
	reads(f);
	found(f, B, "cache");
}

static void found_unwritten(struct why_fixture *f)
{
	reads(f);
	work(B)->blocks = SAMPLE_BLOCKS_ABSENT;
	found(f, B, "unwritten");
}

static void found_allocation(struct why_fixture *f)
{
	make(f, "write-1m-qd16", SAMPLE_WRITE, SLOW_IOPS, FAST_IOPS);
	set_parts(f, 13.4, 1);
	found(f, A, "allocation");
}

static void found_flush(struct why_fixture *f)
{
	make(f, "randwrite-4k-qd1", SAMPLE_WRITE, SLOW_IOPS, FAST_IOPS);
	work(A)->shape.fdatasync_writes = work(B)->shape.fdatasync_writes = 1;
	set_parts(f, 13.4, 1);
	found(f, B, "flush");
}

static void found_queue(struct why_fixture *f)
{
	reads(f);
	found(f, A, "queue");
}

static void found_punt(struct why_fixture *f)
{
	more_in(f, ACCOUNT_COMPLETION);
	found(f, A, "punt");
}

static void found_host_thread(struct why_fixture *f)
{
	reads(f);
	found(f, A, "host-thread");
}

static void found_clock(struct why_fixture *f)
{
	more_in(f, ACCOUNT_CLOCK);
	found(f, A, "clock");
}

static void found_wake(struct why_fixture *f)
{
	make(f, "randread-4k-qd1", SAMPLE_READ, SLOW_IOPS, FAST_IOPS);
	set_parts(f, 3.4, 11);
	found(f, A, "wake");
}

static void found_contention(struct why_fixture *f)
{
	reads(f);
	found(f, A, "contention");
}

static void found_submitter(struct why_fixture *f)
{
	make(f, "randread-4k-qd64", SAMPLE_READ, SLOW_IOPS, FAST_IOPS);
	work(A)->account = work(B)->account = account_none();
	found(f, A, "submitter");
}

static void found_steady(struct why_fixture *f)
{
	make(f, "randwrite-4k-qd64", SAMPLE_WRITE, SLOW_IOPS, FAST_IOPS * 0.7);
	work(A)->account = work(B)->account = account_none();
	found(f, A, "steady");
}

static const struct {
	const char *name, *first; /* NULL: not first, but there */
	setup *setup;
	uint32_t where;
	enum comparison_strength strength;
} cases[] = {
	{ "host", "host", host, 0, COMPARISON_MEASURED },
	{ "submission", "submission", submission, 0, COMPARISON_MEASURED },
	{ "completion", "completion", completion, 0, COMPARISON_MEASURED },
	{ "kernel", "kernel", kernel, 0, COMPARISON_MEASURED },
	{ "tool", "tool", tool, 0, COMPARISON_MEASURED },
	{ "clock", "clock", reading_clock, 0, COMPARISON_MEASURED },
	{ "wake", "wake", wake, 0, COMPARISON_MEASURED },
	{ "stolen", "stolen", stolen, 0, COMPARISON_MEASURED },
	{ "unexplained", "unexplained", unexplained, 0, COMPARISON_UNDECIDED },
	{ "cpu", "cpu", cpu, 0, COMPARISON_MEASURED },
	{ "queue", "queue", queue, 0, COMPARISON_LIKELY },
	{ "host-thread", "host-thread", host_thread, 0, COMPARISON_LIKELY },
	{ "contention", "contention", contention, 0, COMPARISON_LIKELY },
	{ "first-write", "first-write", first_write, 0, COMPARISON_UNDECIDED },
	{ "guest-ahead", NULL, guest_ahead, 1, COMPARISON_UNDECIDED },
	{ "throttle", "throttle", found_throttle, 0, COMPARISON_LIKELY },
	{ "cache", "cache", found_cache, 1, COMPARISON_LIKELY },
	{ "unwritten", "unwritten", found_unwritten, 1, COMPARISON_LIKELY },
	{ "allocation", "allocation", found_allocation, 0, COMPARISON_LIKELY },
	{ "flush", "flush", found_flush, 1, COMPARISON_LIKELY },
	{ "queue", "queue", found_queue, 0, COMPARISON_LIKELY },
	{ "punt", "punt", found_punt, 0, COMPARISON_LIKELY },
	{ "host-thread", "host-thread", found_host_thread, 0, COMPARISON_LIKELY },
	{ "clock", "clock", found_clock, 0, COMPARISON_LIKELY },
	{ "wake", "wake", found_wake, 0, COMPARISON_LIKELY },
	{ "contention", "contention", found_contention, 0, COMPARISON_LIKELY },
	{ "submitter", "submitter", found_submitter, 0, COMPARISON_LIKELY },
	{ "steady", "steady", found_steady, 0, COMPARISON_LIKELY },
};

/* This test will check that each rule speaks first on its case, with evidence and its side. */
static void each_rule_should_fire_on_its_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct why_fixture f = { 0 };
		const struct comparison_pair *pair;
		const struct comparison_cause *cause;

		cases[i].setup(&f);
		why_compare(&f);
		pair = &f.c.group[0].pair[0];
		assert_string_equal(f.c.environment[pair->slow].label, "a");
		if (cases[i].first)
			assert_first(pair, cases[i].first);
		cause = why_cause(pair, cases[i].name);
		if (!cause)
			print_error("%s: no such cause\n", cases[i].name);
		assert_non_null(cause);
		check_number(cases[i].name, cause->where, cases[i].where);
		check_number(cases[i].name, cause->strength, cases[i].strength);
		assert_true(cause->says[0] && cause->evidence[0]);
		assert_true(isnan(cause->gap_ns) || cause->gap_ns > 0);
		if (cause->strength == COMPARISON_UNDECIDED)
			assert_true(cause->cannot[0] && cause->measure[0]);
		why_free(&f);
	}
}

/* This test will check that environments that are the same within noise have no cause, whatever
 * their parts say and with the same things behind both. */
static void the_same_should_have_no_cause(void **state)
{
	struct why_fixture f = { 0 };

	(void)state;
	make(&f, "randread-4k-qd64", SAMPLE_READ, SLOW_IOPS, SLOW_IOPS * 1.0005);
	set_parts(&f, 13.4, 1);
	work(&f.samples.run[0])->account.part_ns[ACCOUNT_SUBMISSION] += 5e3;
	for (int i = 0; i < 2; i++) {
		why_detect(&f.samples.run[i], "throttle", DETECTION_FOUND, 99);
		why_detect(&f.samples.run[i], "cache", DETECTION_CLEAR, 99);
	}
	why_compare(&f);
	assert_int_equal(why_pair(&f)->verdict, COMPARISON_SAME);
	assert_int_equal(why_pair(&f)->causes_n, 0);
	assert_false(why_pair(&f)->explained);
	assert_int_equal(f.c.findings_n, 0);
	why_free(&f);
}

/* This test will check that what both have, what nobody is sure of, and what explains another
 * direction is no cause of a difference. */
static void what_does_not_fit_should_be_no_cause(void **state)
{
	struct why_fixture made = { 0 }, *f = &made;

	(void)state;
	reads(f);
	why_detect(A, "throttle", DETECTION_FOUND, 99);
	why_detect(B, "throttle", DETECTION_FOUND, 99);
	why_detect(A, "queue", DETECTION_FOUND, 60);
	why_detect(B, "queue", DETECTION_CLEAR, 99);
	why_detect(A, "cache", DETECTION_FOUND, 99); /* makes none slower */
	why_detect(B, "cache", DETECTION_CLEAR, 99);
	why_detect(A, "punt", DETECTION_FOUND, 99);
	why_detect(B, "punt", DETECTION_UNDECIDED, 99);
	why_detect(A, "host-thread", DETECTION_FOUND, 99); /* nobody looked there */
	found(f, B, "unwritten");			   /* but its blocks were written */
	found(f, A, "wake");				   /* at depth 64 nobody sleeps */
	why_compare(f);
	assert_first(why_pair(f), "host");
	assert_int_equal(why_pair(f)->causes_n, 1);
	/* Told all the same, of the environments. */
	assert_int_equal(f->c.findings_n, 3);
	assert_string_equal(f->c.finding[0].rule, "unwritten");
	assert_string_equal(f->c.finding[1].rule, "cache");
	assert_string_equal(f->c.finding[2].rule, "wake");
	assert_int_equal(f->c.finding[1].where, 0);
	why_free(f);
}

/* This test will check that figures conclude nothing where a detector looked and could not. */
static void figures_should_not_outdo_detectors(void **state)
{
	static const struct {
		setup *setup;
		const char *name;
	} asked[] = { { queue, "queue" },
		      { host_thread, "host-thread" },
		      { contention, "contention" } };

	(void)state;
	for (size_t i = 0; i < N(asked); i++) {
		struct why_fixture made = { 0 }, *f = &made;

		asked[i].setup(f);
		why_detect(A, asked[i].name, DETECTION_UNDECIDED, NAN);
		why_compare(f);
		assert_null(why_cause(&f->c.group[0].pair[0], asked[i].name));
		why_free(f);
	}
}

/* This test will check that boots outvote one of them. */
static void most_boots_should_decide(void **state)
{
	static const enum detection_verdict verdict[] = { DETECTION_FOUND, DETECTION_FOUND,
							  DETECTION_CLEAR, DETECTION_SKIPPED };
	struct why_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < N(verdict); i++) {
		struct sample_run *run = why_run(&f, "a");

		why_detect(run, "throttle", verdict[i], 99);
		why_workload(run, "randread-4k-qd64", SAMPLE_READ, 1000);
	}
	why_detect(why_run(&f, "b"), "throttle", DETECTION_CLEAR, NAN);
	why_compare(&f);
	assert_int_equal(f.c.findings_n, 1);
	assert_string_equal(f.c.finding[0].rule, "throttle");
	compare_free(&f.c);
	f.samples.run[1].detectors.detection[0].verdict = DETECTION_CLEAR;
	f.samples.run[2].detectors.detection[0].verdict = DETECTION_UNDECIDED;
	why_compare(&f); /* one against one */
	assert_int_equal(f.c.findings_n, 0);
	why_free(&f);
}

/* This test will check that a remainder larger than half of the gap takes certainty from parts. */
static void an_open_gap_should_be_told_first(void **state)
{
	struct why_fixture made = { 0 }, *f = &made;

	(void)state;
	make(f, "randread-4k-qd64", SAMPLE_READ, 166000, 173000);
	work(A)->account.part_ns[ACCOUNT_TOOL] = 1283;
	work(B)->account.part_ns[ACCOUNT_TOOL] = 1002;
	work(A)->account.part_ns[ACCOUNT_KERNEL] = 4735;
	work(B)->account.part_ns[ACCOUNT_KERNEL] = 3445;
	why_compare(f);
	assert_first(why_pair(f), "unexplained");
	check_has(why_pair(f)->cause[0].says, "the threads of B were off their CPU for 1.33 us");
	assert_int_equal(why_cause(why_pair(f), "kernel")->strength, COMPARISON_LIKELY);
	why_free(f);
}

/* This test will check that a part within its error is none. */
static void a_part_within_its_error_should_be_no_cause(void **state)
{
	struct why_fixture made = { 0 }, *f = &made;

	(void)state;
	submission(f);
	why_part(work(A), ACCOUNT_SUBMISSION, 12, 6);
	why_part(work(B), ACCOUNT_SUBMISSION, 2, 6);
	why_compare(f);
	assert_null(why_cause(why_pair(f), "submission"));
	why_free(f);
}

/* This test will check that figures of zero and figures that are absent are not the same. */
static void absent_should_not_be_zero(void **state)
{
	struct why_fixture made = { 0 }, *f = &made;

	(void)state;
	make(f, "randread-4k-qd64", SAMPLE_READ, SLOW_IOPS, FAST_IOPS);
	work(A)->account = work(B)->account = account_none();
	work(B)->depth = 63; /* of A nothing is known */
	A->probe[SAMPLE_PROBE_LOST_PCT] = 12;
	why_compare(f);
	assert_int_equal(why_pair(f)->causes_n, 0);
	assert_int_equal(f->c.group[0].limits_n, 0);
	why_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_should_fire_on_its_case),
		cmocka_unit_test(the_same_should_have_no_cause),
		cmocka_unit_test(what_does_not_fit_should_be_no_cause),
		cmocka_unit_test(figures_should_not_outdo_detectors),
		cmocka_unit_test(most_boots_should_decide),
		cmocka_unit_test(an_open_gap_should_be_told_first),
		cmocka_unit_test(a_part_within_its_error_should_be_no_cause),
		cmocka_unit_test(absent_should_not_be_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
