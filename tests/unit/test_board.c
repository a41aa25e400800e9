// SPDX-License-Identifier: MIT
/* The memory that the measuring and the reporting process share. */
#include "run_fixture.h"

#include <sys/wait.h>

/* This test will check that there is room for every record and for the jobs of the largest step,
 * and that what another process writes is seen. */
static void everything_should_have_its_place(void **state)
{
	static struct plan plan;
	struct board *board;
	pid_t pid;
	int status;

	(void)state;
	fixture_plan(&plan, "[a]\nnumjobs=3\n[b]\nnumjobs=2\n[c]\nstonewall\n", "/x", 0,
		     CONFIG_WRITE_NO, 1 << 20);
	plan.rounds = 4;
	board = board_create(&plan);
	assert_non_null(board);
	assert_int_equal(board->records_n, 12);
	assert_int_equal(board->jobs_max, 5);
	assert_int_equal(board->sections_n, 3);
	/* behind each other, none within another */
	assert_true((char *)board->job_stats >= (char *)(board + 1));
	assert_true((char *)board->job_section >= (char *)&board->job_stats[5]);
	assert_true((char *)board->section >= (char *)&board->job_section[5]);
	assert_true((char *)board->record >= (char *)&board->section[3]);
	assert_true((char *)&board->record[12] <= (char *)board + board_bytes(&plan));
	assert_int_equal((uintptr_t)board->job_stats % _Alignof(struct stats), 0);
	assert_int_equal((uintptr_t)board->section % _Alignof(struct board_section), 0);
	for (uint32_t j = 0; j < 5; j++)
		assert_int_equal(board->job_section[j], BOARD_NO_SECTION);
	assert_int_equal(atomic_load(&board->record[11].state), BOARD_PENDING);
	pid = fork();
	if (!pid) {
		for (uint32_t i = 0; i < board->jobs_max; i++)
			memset(&board->job_stats[i], 0xff, sizeof(board->job_stats[i]));
		for (uint32_t i = 0; i < board->records_n; i++)
			board->record[i].position = i;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	for (uint32_t i = 0; i < board->records_n; i++)
		assert_int_equal(board->record[i].position, i);
	assert_int_equal(board->job_stats[4].depth_ns, UINT64_MAX);
	board_free(board);
	board_free(NULL);
}

/* This test will check that the points of all sections together stay within what a result holds. */
static void series_should_share_their_room(void **state)
{
	static const struct {
		uint32_t sections, limit;
	} cases[] = { { 1, 300 }, { 3, 300 }, { 4, 250 }, { 14, 71 }, { 64, 15 } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct plan plan;
		struct board *board;

		plan = (struct plan){ .rounds = 2, .sections_n = cases[i].sections };
		board = board_create(&plan);
		assert_non_null(board);
		for (uint32_t k = 0; k < cases[i].sections; k++) {
			assert_int_equal(board->section[k].series.limit, cases[i].limit);
			assert_true(board->section[k].stats.io[0].clat.min_ns == UINT64_MAX);
		}
		board_free(board);
	}
}

/* This test will check that a section's figures are the sum of its own jobs, and the record those
 * of its round. */
static void jobs_should_settle_into_their_section(void **state)
{
	static const uint32_t section_of[] = { 0, 1, 0, BOARD_NO_SECTION };
	static struct plan plan;
	struct stats *sum = fixture_stats();
	struct board *board;

	(void)state;
	plan = (struct plan){ .rounds = 2, .sections_n = 2, .steps_n = 1 };
	plan.step[0] = (struct plan_step){ .n = 2, .jobs = 4 };
	board = board_create(&plan);
	assert_non_null(board);
	for (uint32_t j = 0; j < 4; j++) {
		struct stats_io *io = board->job_stats[j].io;

		stats_init(&board->job_stats[j]);
		histogram_add_n(&io[STATS_READ].clat, 50 * (j + 1), 10 + j);
		io[STATS_READ].bytes = 100 * (j + 1);
		io[STATS_WRITE].bytes = 1000;
		board->job_stats[j].unmeasured_written_bytes = 1;
		board->job_stats[j].measured_ns = CLOCK_NS_PER_S / 2;
		board->job_section[j] = section_of[j];
	}
	assert_int_equal(board_add_jobs(board, sum, 0), 2);
	for (uint32_t round = 0; round < 2; round++) {
		struct board_record *record = &board->record[plan_record(&plan, round, 0)];

		board_settle(board, record, 0, sum);
		assert_int_equal(record->io[STATS_READ].ios, 22);
		assert_int_equal(record->io[STATS_READ].bytes, 400);
		assert_int_equal(record->io[STATS_READ].clat_p50_ns,
				 150); /* no more than the most */
		assert_int_equal(record->io[STATS_READ].clat_max_ns, 150);
		assert_true(record->io[STATS_READ].clat_mean_ns == (10 * 50 + 12 * 150) / 22.0);
		assert_int_equal(record->io[STATS_WRITE].ios, 0);
		assert_int_equal(record->io[STATS_WRITE].clat_max_ns, 0);
		assert_true(board_iops(record) == 44);
	}
	assert_int_equal(board->section[0].stats.io[STATS_READ].clat.n, 44);
	assert_int_equal(board->section[0].stats.measured_ns, CLOCK_NS_PER_S);
	assert_int_equal(board->section[1].stats.io[STATS_READ].clat.n, 0);
	assert_int_equal(atomic_load(&board->written_bytes), 2 * (2000 + 2));
	assert_int_equal(board_add_jobs(board, sum, 7), 0);
	assert_true(board_iops(&board->record[1]) == 0); /* nothing was measured there */
	board_free(board);
	free(sum);
}

/* This test will check that notes keep their order and stop at their limit, and long ones are cut.
 */
static void notes_should_stop_at_their_limit(void **state)
{
	static struct plan plan;
	struct board *board;
	char text[2 * BOARD_TEXT_BYTES];

	(void)state;
	plan = (struct plan){ .rounds = 1, .sections_n = 1 };
	board = board_create(&plan);
	assert_non_null(board);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	board_note(board, "%s", text);
	assert_int_equal(strlen(board->note[0]), BOARD_TEXT_BYTES - 1);
	for (int i = 1; i < BOARD_NOTES_MAX + 5; i++)
		board_note(board, "note %d", i);
	assert_int_equal(atomic_load(&board->notes_n), BOARD_NOTES_MAX);
	assert_string_equal(board->note[1], "note 1");
	assert_string_equal(board->note[BOARD_NOTES_MAX - 1], "note 31");
	board_free(board);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_should_have_its_place),
		cmocka_unit_test(series_should_share_their_room),
		cmocka_unit_test(jobs_should_settle_into_their_section),
		cmocka_unit_test(notes_should_stop_at_their_limit),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
