// SPDX-License-Identifier: MIT
/* One step: filling a span, jobs side by side, what cannot run, what ends up in the record. */
#include "run_fixture.h"

#include <errno.h>

#include "run/stamp.h"
#include "run/step.h"

#define MIB (UINT64_C(1) << 20)

struct site {
	struct plan plan;
	struct board *board;
	struct step_target target;
};

static void site_init(struct site *s, const char *text, uint64_t span_bytes)
{
	fixture_plan(&s->plan, text, "/x", 0, CONFIG_WRITE_NO, span_bytes);
	s->board = board_create(&s->plan);
	assert_non_null(s->board);
	s->target = (struct step_target){ .fd = temp_fd(span_bytes),
					  .span_bytes = span_bytes,
					  .direct_works = true };
}

static void site_free(struct site *s)
{
	close(s->target.fd);
	board_free(s->board);
}

static const struct board_record *run(struct site *s, uint32_t step)
{
	step_run(s->board, &s->plan, &s->target, 0, 3, step);
	return &s->board->record[s->plan.step[step].first];
}

/* This test will check that filling leaves a stamp in every 4 KiB of the span and nothing past it.
 */
static void filling_should_leave_a_stamp_everywhere(void **state)
{
	static struct site s;
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	site_init(&s, "[a]\n", 37 * MIB);
	assert_int_equal(step_fill(s.board, &s.plan, &s.target, &e), 0);
	assert_int_equal(fstat(s.target.fd, &st), 0);
	assert_int_equal(st.st_size, 37 * MIB);
	for (uint64_t at = 0; at < 37 * MIB; at += STAMP_EVERY_BYTES) {
		struct stamp stamp;

		assert_int_equal(pread(s.target.fd, &stamp, sizeof(stamp), (off_t)at),
				 sizeof(stamp));
		assert_true(stamp.magic == STAMP_MAGIC && stamp.offset_bytes == at);
	}
	assert_int_equal(atomic_load(&s.board->written_bytes), 37 * MIB);
	assert_true(atomic_load(&s.board->wrote));
	assert_true(s.board->fill_ns > 0);
	site_free(&s);
}

/* This test will check that filling says why it failed, or that it was stopped. */
static void filling_should_tell_its_trouble(void **state)
{
	static struct site s;
	struct err e = ERR_INIT;

	(void)state;
	site_init(&s, "[a]\n", 4 * MIB);
	close(s.target.fd);
	s.target.fd = open("/proc/self/exe", O_RDONLY);
	assert_true(step_fill(s.board, &s.plan, &s.target, &e) < 0);
	check_has(e.text, "filling the span: ");
	check_has(e.text, "Bad file descriptor");
	e = ERR_INIT;
	atomic_store(&s.board->stop, 1);
	assert_int_equal(step_fill(s.board, &s.plan, &s.target, &e), -EINTR);
	check_has(e.text, "stopped");
	site_free(&s);
}

/* This test will check that clones add up and their regions lie apart. */
static void clones_should_add_up(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[a]\nioengine=psync\nrw=write\nnumjobs=3\nsize=1m\noffset_increment=2m\n"
		  "offset=1m\n",
		  8 * MIB);
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_DONE);
	assert_int_equal(record->position, 3);
	assert_int_equal(record->stats.io[STATS_WRITE].ios, 3 * 256);
	assert_string_equal(record->words, "pread and pwrite");
	assert_true(record->start_unix_s > 0 && record->stats.measured_ns > 0);
	assert_int_equal(atomic_load(&s.board->written_bytes), 3 * MIB);
	assert_true(atomic_load(&s.board->wrote));
	assert_int_equal(fcntl(s.target.fd, F_SETFL, 0), 0); /* no O_DIRECT for small reads */
	for (uint64_t mib = 0; mib < 8; mib++) {
		uint64_t magic;

		assert_int_equal(pread(s.target.fd, &magic, 8, (off_t)(mib * MIB)), 8);
		assert_int_equal(magic == STAMP_MAGIC, mib == 1 || mib == 3 || mib == 5);
	}
	site_free(&s);
}

/* This test will check how much a section does: its region, loops, io_size, number_ios. */
static void work_should_be_as_large_as_asked(void **state)
{
	static const struct {
		const char *options;
		uint64_t ios;
	} cases[] = {
		{ "size=1m", 256 },
		{ "size=1m\nloops=3", 768 },
		{ "size=1m\nio_size=2m", 512 },
		{ "io_size=40k", 10 },
		{ "number_ios=7", 7 },
		{ "size=1m\nnumber_ios=1000", 256 },
		{ "", 1024 },
		{ "offset=3m", 256 },
		{ "offset=4092k", 1 },
		{ "bs=3m", 1 },
		{ "runtime=100", 1024 }, /* the end of the region comes first */
		{ "number_ios=1500\nio_size=1g", 1500 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct board_record *record;
		static struct site s;
		char text[256];

		snprintf(text, sizeof(text), "[a]\nioengine=null\n%s\n", cases[i].options);
		site_init(&s, text, 4 * MIB);
		record = run(&s, 0);
		assert_int_equal(atomic_load(&record->state), BOARD_DONE);
		check_number(cases[i].options, record->stats.io[STATS_READ].ios, cases[i].ios);
		site_free(&s);
	}
}

/* This test will check that a section that cannot run does not keep the others from it. */
static void sections_should_fail_alone(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[skipped]\nbs=513\n[beyond]\nioengine=null\nnumjobs=2\noffset_increment=4m\n"
		  "[fails]\nioengine=psync\nrw=write\n[runs]\nioengine=null\nnumber_ios=10\n",
		  4 * MIB);
	close(s.target.fd);
	s.target.fd = open("/proc/self/exe", O_RDONLY);
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record[0].state), BOARD_SKIPPED);
	check_has(record[0].failure, "bs 513 is no multiple");
	assert_int_equal(atomic_load(&record[1].state), BOARD_SKIPPED);
	check_has(record[1].failure, "clone 2 beyond the span");
	assert_int_equal(atomic_load(&record[2].state), BOARD_FAILED);
	check_has(record[2].failure, "I/O failed: Bad file descriptor");
	assert_int_equal(record[2].stats.error[0].error, EBADF);
	assert_int_equal(atomic_load(&record[3].state), BOARD_DONE);
	assert_int_equal(record[3].stats.io[STATS_READ].ios, 10);
	site_free(&s);
}

/* This test will check that a step of sections that all cannot run still ends. */
static void step_without_jobs_should_end(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[a]\nbs=513\nrw=write\n", 4 * MIB);
	assert_int_equal(atomic_load(&run(&s, 0)->state), BOARD_SKIPPED);
	assert_false(atomic_load(&s.board->wrote));
	site_free(&s);
}

/* This test will check windows of sections side by side: each ends with its own runtime. */
static void sections_should_end_with_their_runtime(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[global]\nioengine=null\ntime_based\n[a]\nruntime=200ms\n[b]\nruntime=1\n"
		  "direct=0\n",
		  4 * MIB);
	record = run(&s, 0);
	assert_in_range(record[0].stats.measured_ns, 1, CLOCK_NS_PER_S / 5);
	assert_in_range(record[1].stats.measured_ns, CLOCK_NS_PER_S * 2 / 5, CLOCK_NS_PER_S);
	assert_int_equal(atomic_load(&s.board->notes_n), 1);
	check_has(s.board->note[0], "b: direct=0 does not hold beside a");
	site_free(&s);
}

/* This test will check that a stopped step says so and keeps what it had. */
static void stopped_step_should_say_so(void **state)
{
	static struct site s;
	const struct board_record *record;

	(void)state;
	site_init(&s, "[a]\nioengine=null\ntime_based\nruntime=60\n", 4 * MIB);
	atomic_store(&s.board->stop, 1);
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_STOPPED);
	site_free(&s);
}

/* This test will check reads of found data: only where data are, none where no stretch is as long
 * as the block. */
static void found_data_should_limit_reads(void **state)
{
	static struct site s;
	uint8_t bitmap[] = { 0x0e }; /* 4 KiB blocks 1, 2 and 3 */
	struct found found = { .bitmap = bitmap, .blocks = 8, .found_bytes = 3 * 4096 };
	const struct board_record *record;

	(void)state;
	site_init(&s,
		  "[a]\nioengine=psync\nrw=randread\nbs=4k\n"
		  "[b]\nstonewall\nioengine=psync\nbs=16k\n",
		  MIB);
	s.target.found = &found;
	record = run(&s, 0);
	assert_int_equal(atomic_load(&record->state), BOARD_DONE);
	assert_int_equal(record->stats.io[STATS_READ].ios, 3);
	record = run(&s, 1);
	assert_int_equal(atomic_load(&record->state), BOARD_FAILED);
	check_has(record->failure, "no stretch of data as long as its bs");
	site_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(filling_should_leave_a_stamp_everywhere),
		cmocka_unit_test(filling_should_tell_its_trouble),
		cmocka_unit_test(clones_should_add_up),
		cmocka_unit_test(work_should_be_as_large_as_asked),
		cmocka_unit_test(sections_should_fail_alone),
		cmocka_unit_test(step_without_jobs_should_end),
		cmocka_unit_test(sections_should_end_with_their_runtime),
		cmocka_unit_test(stopped_step_should_say_so),
		cmocka_unit_test(found_data_should_limit_reads),
	};

	return cmocka_run_group_tests_name("step", tests, NULL, NULL);
}
