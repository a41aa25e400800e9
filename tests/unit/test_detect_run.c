// SPDX-License-Identifier: MIT
/* Detectors within a run: apart from it, at their moments, within their budgets and the consent. */
#include "run_site.h"

#include <errno.h>
#include <math.h>

#include "detect/detect.h"
#include "detect/detectors.h"
#include "lib/tsc.h"

#define JOB "[r]\ntime_based\nruntime=200ms\nrw=randread\n"

static int spoilt; /* by a detector, in its own process */

static int finds(struct detecting *d, struct err *e)
{
	(void)e;
	spoilt = 1;
	assert_true(d->cpus_n >= 1 && d->until_ns > tsc_now_ns());
	assert_true(fcntl(d->fd, F_GETFL) & O_DIRECT);
	detection_size(d->to, 1.5, "ratio");
	detection_say(d->to, DETECTION_FOUND, 99, "%s", d->fresh ? "fresh" : "not fresh");
	return 0;
}

static int crashes(struct detecting *d, struct err *e)
{
	(void)e;
	detection_size(d->to, 1, "ratio");
	signal(SIGABRT, SIG_DFL);
	abort();
}

static int hangs(struct detecting *d, struct err *e)
{
	(void)d;
	(void)e;
	while (pause())
		continue;
	return 0;
}

static int fails(struct detecting *d, struct err *e)
{
	(void)d;
	return err_set(e, -EIO, "no I/O here");
}

static int adds(struct detecting *d, struct err *e)
{
	(void)e;
	detection_add(d->to, ", then %s", d->fresh ? "fresh" : "not fresh");
	return 0;
}

static int is_silent(struct detecting *d, struct err *e)
{
	(void)d;
	(void)e;
	return 0;
}

static int writes(struct detecting *d, struct err *e)
{
	struct shot shot = { .offset_bytes = d->from_bytes, .write = true };
	struct pulse p;
	double ns;
	int ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, 4096, d->seed, e);

	assert_int_equal(pulse_one(&p, &shot, &ns), -EPERM); /* nothing was let yet */
	pulse_let_write(&p, d->from_bytes, d->bytes);
	if (!ret)
		ret = pulse_one(&p, &shot, &ns);
	pulse_close(&p);
	if (!ret)
		detection_say(d->to, DETECTION_CLEAR, NAN, "wrote at %llu of %llu",
			      (unsigned long long)d->from_bytes, (unsigned long long)d->bytes);
	return ret;
}

static const struct detector_row rows[] = {
	{ "good", DETECTION_FINDING, { { RUN_READY, false, finds, 2000, "" } }, NULL, NULL },
	{ "crashes", DETECTION_FINDING, { { RUN_READY, false, crashes, 2000, "" } }, NULL, NULL },
	{ "hangs", DETECTION_LIMIT, { { RUN_READY, false, hangs, 10, "" } }, NULL, NULL },
	{ "fails", DETECTION_FINDING, { { RUN_READY, false, fails, 2000, "" } }, NULL, NULL },
	{ "silent", DETECTION_FINDING, { { RUN_READY, false, is_silent, 2000, "" } }, NULL, NULL },
	{ "before", DETECTION_FINDING, { { RUN_UNTOUCHED, false, finds, 2000, "" } }, NULL, NULL },
	{ "writes", DETECTION_FINDING, { { RUN_UNFILLED, true, writes, 2000, "" } }, NULL, NULL },
	{ "judges", DETECTION_LIMIT, { { 0 } }, NULL, "" },
	{ "adds",
	  DETECTION_FINDING,
	  { { RUN_UNFILLED, true, finds, 2000, "" }, { RUN_READY, false, adds, 2000, "" } },
	  NULL,
	  NULL },
	{ "mends",
	  DETECTION_FINDING,
	  { { RUN_UNFILLED, true, crashes, 2000, "" }, { RUN_READY, false, finds, 2000, "" } },
	  NULL,
	  NULL },
	{ "keeps",
	  DETECTION_FINDING,
	  { { RUN_UNFILLED, true, finds, 2000, "" }, { RUN_READY, false, crashes, 2000, "" } },
	  NULL,
	  NULL },
	{ "goes on",
	  DETECTION_FINDING,
	  { { RUN_UNFILLED, true, finds, 2000, "" }, { RUN_READY, false, fails, 2000, "" } },
	  NULL,
	  NULL },
};

static void visit_rows(void *context, enum run_moment moment, struct board *board,
		       const struct plan *plan, const struct step_target *target)
{
	(void)context;
	detect_visit_rows(rows, N(rows), moment, board, plan, target);
}

static const struct detection *
run_with(struct site *s, void (*visit)(void *, enum run_moment, struct board *, const struct plan *,
				       const struct step_target *))
{
	struct run_visitor visitor = { .visit = visit };
	struct run_watcher watcher = site_watcher(s);

	run_plan(s->board, &s->plan, &visitor, &watcher, &s->stop);
	assert_string_equal(s->board->failure, "");
	assert_int_equal(atomic_load(&s->board->record[0].state), BOARD_DONE);
	return s->board->detections.detection;
}

/* This test will check that a detector that crashes, hangs, fails or says nothing is undecided and
 * says why, and takes nothing from the others or from the run. */
static void detectors_should_be_apart(void **state)
{
	const struct detection *d;
	static struct site s;

	(void)state;
	site_init(&s, JOB, 4 * MIB, false);
	d = run_with(&s, visit_rows);
	assert_int_equal(s.board->detections.n, N(rows));
	assert_int_equal(spoilt, 0);
	assert_string_equal(d[0].name, "good");
	assert_int_equal(d[0].verdict, DETECTION_FOUND);
	assert_true(d[0].value == 1.5 && d[0].confidence_pct == 99);
	assert_string_equal(d[0].evidence, "fresh");
	assert_int_equal(d[1].verdict, DETECTION_UNDECIDED);
	check_has(d[1].evidence, "ended by signal 6");
	assert_true(isnan(d[1].value));
	assert_int_equal(d[2].verdict, DETECTION_UNDECIDED);
	assert_int_equal(d[2].kind, DETECTION_LIMIT);
	check_has(d[2].evidence, "overran its budget of 10 ms");
	assert_int_equal(d[3].verdict, DETECTION_UNDECIDED);
	check_has(d[3].evidence, "not measured: no I/O here");
	assert_int_equal(d[4].verdict, DETECTION_UNDECIDED);
	check_has(d[4].evidence, "concluded nothing");
	assert_int_equal(d[5].verdict, DETECTION_SKIPPED); /* the file was not there */
	check_has(d[5].evidence, "nothing to read");
	assert_int_equal(d[6].verdict, DETECTION_CLEAR);
	assert_int_equal(d[7].verdict, DETECTION_SKIPPED);
	assert_string_equal(d[8].evidence, "fresh, then fresh");
	assert_int_equal(d[9].verdict, DETECTION_FOUND);
	assert_string_equal(d[9].evidence, "fresh; before that: ended by signal 6");
	/* A second turn takes nothing away. */
	assert_true(d[10].verdict == DETECTION_FOUND && d[10].value == 1.5);
	assert_string_equal(d[10].evidence, "fresh; a later look did not come to an end");
	assert_string_equal(d[11].evidence, "fresh; a later look failed: no I/O here");
	site_free(&s);
}

/* This test will check that nothing writes where the plan only reads, that what only reads runs,
 * and that no block was changed. */
static void target_that_is_read_should_stay_as_it_is(void **state)
{
	const struct detection *d;
	static struct site s;
	uint8_t byte;
	int fd;

	(void)state;
	site_init(&s, JOB, 4 * MIB, true);
	d = run_with(&s, visit_rows);
	assert_int_equal(d[0].verdict, DETECTION_FOUND);
	assert_int_equal(d[5].verdict, DETECTION_FOUND);
	assert_string_equal(d[5].evidence, "not fresh");
	assert_int_equal(d[6].verdict, DETECTION_SKIPPED);
	check_has(d[6].evidence, "only read");
	assert_false(atomic_load(&s.board->wrote));
	fd = open(s.path, O_RDONLY);
	for (off_t at = 0; at < (off_t)(4 * MIB); at += 4096) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		assert_int_equal(byte, 0x5a);
	}
	close(fd);
	site_free(&s);
}

static bool writes_ever(const struct detector_row *row)
{
	return row->turn[0].writes || row->turn[1].writes;
}

/* Those of the table that take no long time, as they are. */
static void visit_real(void *context, enum run_moment moment, struct board *board,
		       const struct plan *plan, const struct step_target *target)
{
	static struct detector_row real[DETECTORS_N];
	uint32_t n = 0;

	(void)context;
	for (int i = 0; i < DETECTORS_N; i++)
		if (writes_ever(&detector_rows[i]) || !strcmp(detector_rows[i].name, "punt") ||
		    !strcmp(detector_rows[i].name, "contention"))
			real[n++] = detector_rows[i];
	detect_visit_rows(real, n, moment, board, plan, target);
}

/* This test will check that detectors that write leave no trace: every block holds the stamp of the
 * run afterwards, and each came to a verdict of its own. */
static void what_detectors_write_should_be_filled_over(void **state)
{
	const struct detection *d;
	static struct site s;

	(void)state;
	site_init(&s, JOB, 128 * MIB, false);
	s.plan.verify = true;
	d = run_with(&s, visit_real);
	assert_int_equal(s.board->verified_bytes, 128 * MIB);
	for (uint32_t i = 0; i < s.board->detections.n; i++) {
		print_message("%s: %d: %s\n", d[i].name, d[i].verdict, d[i].evidence);
		assert_int_not_equal(d[i].verdict, DETECTION_SKIPPED);
		check_has_not(d[i].evidence, "not measured");
		check_has_not(d[i].evidence, "concluded nothing");
	}
	site_free(&s);
}

/* This test will check that detectors write nothing outside of a span that is much smaller than its
 * target, however little room it leaves them: what lies behind it was not named. */
static void detectors_should_stay_inside_the_span(void **state)
{
	static const uint64_t spans[] = { MIB, 2 * MIB, 5 * MIB, 17 * MIB };

	(void)state;
	for (size_t i = 0; i < N(spans); i++) {
		static struct site s;
		struct stat st;
		uint8_t byte;
		int fd;

		site_init(&s, JOB, 24 * MIB, true);
		s.plan.access = PLAN_WRITE_FILE;
		s.plan.write_existing = true;
		s.plan.span_bytes = spans[i];
		run_with(&s, visit_real);
		fd = open(s.path, O_RDONLY);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_size, 24 * MIB);
		for (off_t at = 0; at < st.st_size; at += 4096) {
			assert_int_equal(pread(fd, &byte, 1, at), 1);
			assert_true((byte == 0x5a) == (at >= (off_t)spans[i]));
		}
		close(fd);
		site_free(&s);
	}
}

/* This test will check the table: names that are told apart, budgets that leave room in a minute
 * for boot and workloads, and a word on each. */
static void registry_should_fit_a_minute(void **state)
{
	static struct plan plan = { .target = PLAN_TARGET_DISK, .access = PLAN_PROVE_AND_WRITE };
	struct buf text = BUF_INIT;

	(void)state;
	assert_in_range(detect_budget_ms(&plan), 10000, 45000);
	for (int i = 0; i < DETECTORS_N; i++) {
		const struct detector_row *row = &detector_rows[i];

		assert_true(strlen(row->name) < DETECTION_NAME_BYTES);
		assert_true(row->turn[0].run || (row->judge && row->judges));
		for (int k = 0; k < DETECTOR_TURNS; k++) {
			const struct detector_turn *turn = &row->turn[k];

			assert_true(!turn->run == !turn->budget_ms && !turn->run == !turn->about);
			assert_true(!turn->writes || turn->moment == RUN_UNFILLED);
			assert_true(!k || !turn->run || turn->moment > turn[-1].moment);
		}
		for (int k = 0; k < i; k++)
			assert_string_not_equal(row->name, detector_rows[k].name);
	}
	detect_print(&text, &plan);
	check_has(text.data, "allocation");
	check_has(text.data, "writes in the span before it is filled");
	check_has_not(text.data, "skipped");
	plan.access = PLAN_READ_FOUND;
	assert_in_range(detect_budget_ms(&plan), 10000, 25000);
	buf_free(&text);
	detect_print(&text, &plan);
	check_has(text.data, "skipped: the target is only read");
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(detectors_should_be_apart),
		cmocka_unit_test(target_that_is_read_should_stay_as_it_is),
		cmocka_unit_test(what_detectors_write_should_be_filled_over),
		cmocka_unit_test(detectors_should_stay_inside_the_span),
		cmocka_unit_test(registry_should_fit_a_minute),
	};

	tsc_choose();
	return cmocka_run_group_tests_name("detect_run", tests, NULL, NULL);
}
