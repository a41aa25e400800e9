// SPDX-License-Identifier: MIT
/* A whole run in its own process, on files. */
#include "run_site.h"

#include <errno.h>

/* This test will check that nothing is told while a window is open, not even of a section that
 * could not begin beside one that runs; that every round is told once, in order, and that before
 * each window there is a last word. */
static void nothing_should_be_told_while_a_window_is_open(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s,
		  "[global]\ntime_based\nruntime=300ms\nrw=randread\n"
		  "[runs]\n[beside]\nbs=513\n[after]\nstonewall\n",
		  4 * MIB, true);
	s.plan.rounds = 3;
	board_free(s.board);
	s.board = board_create(&s.plan);
	assert_non_null(s.board);
	site_run(&s);
	assert_int_equal(s.records, 9);
	assert_int_equal(s.rounds, 3);
	assert_true(s.quiet >= 7); /* before the first step, after each of six */
	site_free(&s);
}

/* This test will check that whoever watches hears of a window about once a second while it is open,
 * and no more often. */
static void open_window_should_tick_once_a_second(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[long]\ntime_based\nruntime=3300ms\nrw=randread\nrate_iops=1000\n", 4 * MIB,
		  true);
	site_run(&s);
	assert_int_equal(s.records, 1);
	assert_in_range(s.ticks, 2, 4);
	site_free(&s);
}

/* This test will check a run on a new file: it is filled, measured, and every record is told. */
static void new_file_should_be_filled_and_measured(void **state)
{
	static struct site s;
	struct stat st;

	(void)state;
	site_init(&s,
		  "[r]\nrw=randread\nioengine=psync\nnumber_ios=100\n"
		  "[w]\nstonewall\nrw=randwrite\nioengine=libaio\niodepth=4\nnumber_ios=50\n",
		  8 * MIB, false);
	s.plan.rounds = 2;
	board_free(s.board);
	s.board = board_create(&s.plan);
	site_run(&s);
	assert_string_equal(s.board->failure, "");
	assert_int_equal(atomic_load(&s.board->phase), BOARD_ENDED);
	assert_int_equal(s.records, 4);
	assert_int_equal(s.board->blocks, BOARD_BLOCKS_WRITTEN);
	assert_int_equal(s.board->span_bytes, 8 * MIB);
	assert_string_equal(s.board->consent, "a new file");
	assert_true(atomic_load(&s.board->wrote));
	assert_int_equal(atomic_load(&s.board->written_bytes), 8 * MIB + 2 * 50 * 4096);
	for (uint32_t i = 0; i < 4; i++) {
		const struct board_record *r = &s.board->record[i];

		assert_int_equal(atomic_load(&r->state), BOARD_DONE);
		assert_int_equal(r->io[i % 2].ios, i % 2 ? 50 : 100);
		assert_int_equal(r->position, i % 2);
	}
	assert_int_equal(s.board->rounds_done, 2);
	assert_int_equal(s.board->section[0].stats.io[0].clat.n, 2 * 100);
	assert_int_equal(s.board->section[1].stats.io[1].clat.n, 2 * 50);
	assert_int_equal(stat(s.path, &st), 0);
	assert_int_equal(st.st_size, 8 * MIB);
	site_free(&s);
}

/* This test will check that a target that answers no more is not tried again, and that this is
 * told. */
static void dead_target_should_be_left_alone(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[r]\nrw=randread\nioengine=psync\nnumber_ios=100\n", 4 * MIB, false);
	atomic_store(&s.board->dead, true); /* as a step leaves it after a hang */
	site_run(&s);
	check_has(s.board->failure, "answers no more");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	site_free(&s);
}

/* This test will check that an existing file is only read: its bytes are as they were. */
static void existing_file_should_only_be_read(void **state)
{
	static struct site s;
	static uint8_t bytes[4 << 20];
	int fd;

	(void)state;
	site_init(&s,
		  "[r]\nrw=randread\nioengine=psync\nnumber_ios=100\n"
		  "[w]\nstonewall\nrw=randwrite\nnumber_ios=50\n",
		  4 * MIB, true);
	site_run(&s);
	assert_string_equal(s.board->failure, "");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
	assert_int_equal(s.board->record[0].io[0].ios, 100);
	assert_int_equal(atomic_load(&s.board->record[1].state), BOARD_SKIPPED);
	assert_int_equal(s.board->blocks, BOARD_BLOCKS_FOUND);
	assert_int_equal(s.board->found_bytes, 4 * MIB);
	assert_false(atomic_load(&s.board->wrote));
	fd = open(s.path, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	assert_int_equal(bytes[0], 0x5a);
	assert_memory_equal(bytes, bytes + 1, sizeof(bytes) - 1);
	site_free(&s);
}

/* This test will check that a target which cannot be had is a failure in words. */
static void target_that_cannot_be_had_should_be_told(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[r]\n", 4 * MIB, false);
	snprintf(s.plan.path, sizeof(s.plan.path), "%.400s/no/such/folder", s.dir);
	site_run(&s);
	check_has(s.board->failure, "no/such/folder");
	check_has(s.board->failure, "No such file or directory");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	assert_int_equal(s.records, 0);
	site_free(&s);
}

/* This test will check that a file without data is not read: it would measure nothing. */
static void file_of_zeros_should_not_be_measured(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[r]\n", 4 * MIB, true);
	assert_int_equal(truncate(s.path, 0), 0);
	assert_int_equal(truncate(s.path, 4 * MIB), 0);
	site_run(&s);
	check_has(s.board->failure, "no data in the first 4 MiB");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	site_free(&s);
}

/* This test will check that a request to stop which comes before there is a measuring process is
 * heard by it. */
static void stop_before_the_start_should_be_heard(void **state)
{
	static struct site s;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	site_init(&s, "[a]\nioengine=psync\ntime_based\nruntime=60\n", 4 * MIB, false);
	s.stop = 1;
	site_run(&s);
	assert_true(clock_now_ns() - start_ns < 10 * CLOCK_NS_PER_S);
	check_has(s.board->failure, "filling the span: stopped");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	assert_int_equal(s.board->rounds_done, 0);
	site_free(&s);
}

/* This test will check the look at every stamp after the last round: workloads write stamps too, so
 * all of the span passes; what writes none is found. */
static void verified_run_should_look_at_every_stamp(void **state)
{
	static const struct {
		const char *options, *failure;
	} cases[] = { { "rw=randwrite", "" },
		      { "rw=randwrite\nzero_buffers", "found no stamp (first bytes 0x00000000" } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct site s;
		char text[128];

		snprintf(text, sizeof(text), "[a]\nioengine=psync\nnumber_ios=100\n%s\n",
			 cases[i].options);
		site_init(&s, text, 4 * MIB, false);
		s.plan.verify = true;
		site_run(&s);
		assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
		check_has(s.board->failure, cases[i].failure);
		if (!cases[i].failure[0]) {
			assert_string_equal(s.board->failure, "");
			assert_int_equal(s.board->verified_bytes, 4 * MIB);
		}
		site_free(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_should_be_told_while_a_window_is_open),
		cmocka_unit_test(open_window_should_tick_once_a_second),
		cmocka_unit_test(new_file_should_be_filled_and_measured),
		cmocka_unit_test(dead_target_should_be_left_alone),
		cmocka_unit_test(existing_file_should_only_be_read),
		cmocka_unit_test(target_that_cannot_be_had_should_be_told),
		cmocka_unit_test(file_of_zeros_should_not_be_measured),
		cmocka_unit_test(stop_before_the_start_should_be_heard),
		cmocka_unit_test(verified_run_should_look_at_every_stamp),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
