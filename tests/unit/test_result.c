// SPDX-License-Identifier: MIT
/* Results from boards: states, figures, doubts, what was done to disks. */
#include "result_fixture.h"

#include <math.h>

#include "config/suites.h"

#define S CLOCK_NS_PER_S

static const char two[] = "[a]\nrw=randread\n[b]\nstonewall\nrw=randwrite\n";

static const struct {
	enum board_state record[2][2]; /* round, section */
	const char *board_failure;
	enum result_state state;
	const char *workload[2], *reason;
} state_cases[] = {
	{ { { BOARD_DONE, BOARD_DONE }, { BOARD_DONE, BOARD_DONE } },
	  "",
	  RESULT_DONE,
	  { "done", "done" },
	  NULL },
	{ { { BOARD_DONE, BOARD_FAILED }, { BOARD_DONE, BOARD_DONE } },
	  "",
	  RESULT_PARTIAL,
	  { "done", "failed" },
	  "b: failed: the run ended before it" },
	{ { { BOARD_DONE, BOARD_DONE }, { BOARD_STOPPED, BOARD_PENDING } },
	  "",
	  RESULT_PARTIAL,
	  { "stopped", "pending" },
	  NULL },
	{ { { BOARD_DONE, BOARD_SKIPPED }, { BOARD_DONE, BOARD_SKIPPED } },
	  "",
	  RESULT_DONE,
	  { "done", "skipped" },
	  NULL },
	{ { { BOARD_DONE, BOARD_DONE }, { BOARD_DONE, BOARD_DONE } },
	  "killed",
	  RESULT_PARTIAL,
	  { "done", "done" },
	  "killed" },
	{ { { BOARD_PENDING, BOARD_PENDING }, { BOARD_PENDING, BOARD_PENDING } },
	  "no target",
	  RESULT_FAILED,
	  { "pending", "pending" },
	  "no target" },
	{ { { BOARD_SKIPPED, BOARD_SKIPPED }, { BOARD_SKIPPED, BOARD_SKIPPED } },
	  "",
	  RESULT_NOT_MEASURED,
	  { "skipped", "skipped" },
	  NULL },
	{ { { BOARD_RUNNING, BOARD_PENDING }, { BOARD_PENDING, BOARD_PENDING } },
	  "",
	  RESULT_FAILED,
	  { "failed", "pending" },
	  NULL },
};

/* This test will check the state of a run by those of its records. */
static void state_should_follow_the_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(state_cases); i++) {
		static struct maker m;
		struct result *r;

		maker_init(&m, two, 2);
		str_copy(m.board->failure, BOARD_TEXT_BYTES, state_cases[i].board_failure);
		for (uint32_t round = 0; round < 2; round++) {
			for (uint32_t s = 0; s < 2; s++) {
				enum board_state record = state_cases[i].record[round][s];

				if (record == BOARD_DONE || record == BOARD_STOPPED)
					maker_ios(&m, round, s, (int)s, 2000, 1000);
				maker_end(&m, round, s, record, S, "");
			}
		}
		r = maker_make(&m, NULL);
		if (r->state != state_cases[i].state)
			print_error("case %zu: %s\n", i, result_state_name(r->state));
		assert_int_equal(r->state, state_cases[i].state);
		for (int w = 0; w < 2; w++)
			assert_string_equal(r->workload[w].state, state_cases[i].workload[w]);
		if (state_cases[i].reason)
			assert_string_equal(r->reason, state_cases[i].reason);
		maker_free(&m);
	}
}

/* This test will check that a run of probes alone is done where they ran, and that any run keeps
 * what they found. */
static void probes_should_be_a_result(void **state)
{
	static const struct {
		bool sections;
		uint32_t ran, silent; /* of those that ran: without any figure */
		const char *failure;
		enum result_state state;
	} cases[] = {
		{ false, 2, 0, NULL, RESULT_DONE },	   { false, 0, 0, NULL, RESULT_FAILED },
		{ false, 2, 2, NULL, RESULT_FAILED },	   { false, 2, 1, NULL, RESULT_PARTIAL },
		{ false, 2, 0, "it died", RESULT_FAILED }, { true, 2, 0, NULL, RESULT_NOT_MEASURED }
	};
	static struct maker m;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct probe_list probes = { .probe = { { .name = "clock", .figures_n = 1 },
							{ .name = "exit", .figures_n = 1 } },
					     .n = cases[i].ran };
		struct result_parts parts = { .run = "0badcafe",
					      .config = &m.config,
					      .disks = &m.disks,
					      .host = &m.host,
					      .clock = &m.clock,
					      .probes = &probes,
					      .warnings = &m.warnings };

		for (uint32_t k = 0; k < cases[i].silent; k++)
			probes.probe[k] = (struct probe){ .name = "clock", .note = "not run: why" };
		maker_init(&m, two, 1);
		m.plan.probes = true;
		if (!cases[i].sections)
			m.plan.sections_n = 0;
		assert_int_equal(result_make(&m.result, &parts, &m.plan, NULL, cases[i].failure),
				 0);
		check_number("state", m.result.state, cases[i].state);
		assert_int_equal(m.result.probes.n, cases[i].ran);
		if (cases[i].silent)
			assert_string_equal(m.result.reason, "probe clock: not run: why");
		maker_free(&m);
	}
}

/* This test will check runs without a board: nothing to measure on, or something went wrong. */
static void absence_of_a_run_should_have_its_reason(void **state)
{
	static const struct {
		const char *failure;
		enum result_state state;
		const char *reason;
	} cases[] = { { NULL, RESULT_NOT_MEASURED, "no disk was found" },
		      { "it died", RESULT_FAILED, "it died" } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct maker m;
		struct result *r;

		maker_init(&m, two, 1);
		board_free(m.board);
		m.board = NULL;
		m.plan.target = PLAN_TARGET_NONE;
		str_copy(m.plan.reason, sizeof(m.plan.reason), "no disk was found");
		r = maker_make(&m, cases[i].failure);
		assert_int_equal(r->state, cases[i].state);
		assert_string_equal(r->reason, cases[i].reason);
		assert_int_equal(r->workloads_n, 0);
		assert_false(r->has_target);
		check_note(&r->safety, "nothing was opened for writing: no target");
		maker_free(&m);
	}
}

/* This test will check figures: rounds add up, skipped and pending ones do not count. */
static void figures_should_add_up_over_rounds(void **state)
{
	static struct maker m;
	const struct result_workload *w;
	struct result *r;

	(void)state;
	r = maker_rich(&m);
	assert_int_equal(r->workloads_n, 4);
	w = &r->workload[0];
	assert_int_equal(w->rounds_n, 2);
	assert_int_equal(result_ios(w), 400001);
	assert_int_equal(w->measured_ns, 20 * S);
	assert_true(result_iops(w, 0) == 400001 / 20.0);
	assert_true(result_bytes_per_s(w, 0) == 400001 * 4096 / 20.0);
	assert_true(result_depth(w) == 32);
	assert_int_equal(w->io[0].clat.n, 400001);
	assert_int_equal(w->round[1].io[0].ios, 200001);
	assert_int_equal(w->round[1].round, 1);
	assert_int_equal(w->round[1].start_s, 1);
	assert_true(w->round[0].io[0].clat_p50_ns > 80000);
	assert_true(w->round[0].io[0].clat_p50_ns < w->round[0].io[0].clat_p99_ns);
	assert_true(w->round[0].io[0].clat_p999_ns <= w->round[0].io[0].clat_max_ns);
	assert_int_equal(w->cpu.irq_ns, 40000000);
	assert_int_equal(w->cpu.thread_ns, 5 * S);
	assert_string_equal(w->engine, "SINGLE_ISSUER, registered buffers");
	w = &r->workload[2];
	assert_string_equal(w->state, "failed");
	assert_string_equal(w->reason, "I/O failed: Input/output error");
	assert_int_equal(w->error[0].error, 28);
	assert_int_equal(w->error[0].n, 2);
	assert_int_equal(w->error[1].error, 5);
	assert_int_equal(w->error[1].n, 4);
	w = &r->workload[3];
	assert_string_equal(w->state, "skipped");
	assert_true(result_iops(w, 0) == 0 && result_depth(w) == 0);
	assert_int_equal(w->round[0].io[0].clat_max_ns, 0);
	assert_int_equal(r->state, RESULT_PARTIAL);
	assert_string_equal(r->run, "0badcafe");
	assert_int_equal(r->seed, 42);
	assert_string_equal(r->build_id, "test");
	maker_free(&m);
}

/* This test will check that the target is told as it was measured, and every disk as it was found.
 */
static void disks_should_be_told_as_they_were(void **state)
{
	static struct maker m;
	const struct result *r;

	(void)state;
	maker_init(&m, two, 1);
	str_copy(m.plan.disk.scheduler, sizeof(m.plan.disk.scheduler), "mq-deadline");
	str_copy(m.disk[0].scheduler, sizeof(m.disk[0].scheduler), "mq-deadline");
	r = maker_make(&m, NULL);
	assert_string_equal(r->target.scheduler, "none");
	assert_int_equal(r->target.nr_requests, 1023);
	assert_string_equal(r->disks.disk[0].scheduler, "mq-deadline");
	assert_int_equal(r->disks.disk[0].nr_requests, 256);
	assert_int_equal(r->tuned.n, 6);
	maker_free(&m);
}

/* This test will check that every key travels with its value and source. */
static void keys_should_travel_with_the_result(void **state)
{
	static struct maker m;
	struct result *r;

	(void)state;
	r = maker_rich(&m);
	assert_int_equal(r->keys_n, CONFIG_KEYS_N);
	assert_string_equal(r->key[CONFIG_LABEL].value, "a \"label\" of ours");
	assert_string_equal(r->key[CONFIG_LABEL].source, "kernel command line");
	assert_string_equal(r->key[CONFIG_WRITE].value, "blank");
	assert_string_equal(r->key[CONFIG_WRITE].source, "default");
	assert_string_equal(r->label, "a \"label\" of ours");
	maker_free(&m);
}

/* This test will check doubts: too short, too few, only a part of it read, warnings from before. */
static void doubts_should_stand_in_the_result(void **state)
{
	static struct maker m;
	const struct result *r;

	(void)state;
	r = maker_rich(&m);
	check_note(&r->warnings, "kernel command line: tare.colour");
	check_note(&r->warnings, "note of the board");
	check_note(&r->warnings, "mixed: only 1.0 s and 2000 I/Os were measured");
	check_note(&r->warnings, "fails: failed: I/O failed: Input/output error");
	check_note(&r->warnings, "odd: skipped: bs 513");
	assert_false(notes_have(&r->warnings, "randread-4k: only")); /* 20 s, 400001 I/Os */
	assert_false(notes_have(&r->warnings, "short by plan"));
	maker_free(&m);
	maker_init(&m, two, 1);
	m.plan.short_by_plan = true;
	m.board->blocks = BOARD_BLOCKS_FOUND;
	m.board->searched_bytes = 800 << 20;
	m.board->found_bytes = 200 << 20;
	maker_ios(&m, 0, 0, 0, 10, 100);
	maker_end(&m, 0, 0, BOARD_DONE, S, "");
	r = maker_make(&m, NULL);
	check_note(&r->warnings, "suite t.fio is short by plan");
	check_note(&r->warnings, "data were found in 25.0 % of the 800 MiB searched");
	assert_false(notes_have(&r->warnings, "a: only"));
	maker_free(&m);
}

/* This test will check the account of every disk, and of what was written by which right. */
static void safety_should_name_every_disk(void **state)
{
	static struct maker m;
	const struct result *r;

	(void)state;
	r = maker_rich(&m);
	check_note(&r->safety, "sda (serial S-sda): blank: reason of sda");
	check_note(&r->safety, "sdb (serial S-sdb): not blank: reason of sdb");
	check_note(&r->safety, "sr0 (serial none): optical");
	check_note(&r->safety, "sda: written by consent \"blank\": mark and span of 1073741824 "
			       "bytes; 1073741824 bytes read and found blank before");
	assert_string_equal(r->access, "written");
	maker_free(&m);
	maker_init(&m, two, 1);
	atomic_store(&m.board->wrote, false);
	r = maker_make(&m, "stopped while proving");
	check_note(&r->safety, "sda: nothing was written to it");
	maker_free(&m);
}

/* This test will check the words that would destroy a disk, why nothing may be written, and what
 * became of restoring. */
static void safety_should_tell_consent_and_its_end(void **state)
{
	static struct maker m;
	const struct result *r;

	(void)state;
	maker_init(&m, two, 1);
	str_copy(m.disk[1].token, sizeof(m.disk[1].token), "0123abcd");
	m.plan.restore = true;
	m.board->restored = (struct disk_restored){ 0, 1 << 30, true };
	r = maker_make(&m, NULL);
	check_note(&r->safety, "sdb: to overwrite it: tare.destroy=S-sdb:2147483648 "
			       "tare.confirm=0123abcd");
	check_note(&r->safety, "sda: restored: 1073741824 bytes were filled with 0x00, flushed "
			       "and read back; the mark is removed");
	assert_int_equal(r->restored_bytes, 1 << 30);
	assert_true(r->mark_removed);
	assert_false(notes_have(&r->safety, "nothing may be written"));
	assert_false(notes_have(&r->warnings, "tare.restore"));
	maker_free(&m);
	maker_init(&m, two, 1);
	m.plan.restore = true;
	str_copy(m.board->restore_failure, sizeof(m.board->restore_failure), "it hangs");
	m.config.writing_off = true;
	str_copy(m.config.writing_off_why, sizeof(m.config.writing_off_why), "no such key");
	r = maker_make(&m, NULL);
	check_note(&r->safety, "sda: not wholly restored: it hangs");
	check_note(&r->safety, "nothing may be written in this run: no such key");
	check_note(&r->warnings, "tare.restore: it hangs");
	maker_free(&m);
}

/* This test will check which percentiles a number of I/Os supports: ten beyond it. */
static void percentiles_should_need_ten_ios_beyond(void **state)
{
	static const struct {
		double ios, pct;
		bool holds;
	} cases[] = {
		{ NAN, 50, false },    { 0, 50, false },      { 19, 50, false },
		{ 20, 50, true },      { 999, 99, false },    { 1000, 99, true },
		{ 9999, 99.9, false }, { 10001, 99.9, true }, { 1e19, 100, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(histogram_percentile_holds(cases[i].ios, cases[i].pct),
				 cases[i].holds);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_should_follow_the_records),
		cmocka_unit_test(probes_should_be_a_result),
		cmocka_unit_test(absence_of_a_run_should_have_its_reason),
		cmocka_unit_test(figures_should_add_up_over_rounds),
		cmocka_unit_test(keys_should_travel_with_the_result),
		cmocka_unit_test(doubts_should_stand_in_the_result),
		cmocka_unit_test(disks_should_be_told_as_they_were),
		cmocka_unit_test(safety_should_name_every_disk),
		cmocka_unit_test(safety_should_tell_consent_and_its_end),
		cmocka_unit_test(percentiles_should_need_ten_ios_beyond),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
