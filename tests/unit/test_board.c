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
	assert_true((char *)board->job_stats >= (char *)&board->record[12]);
	assert_int_equal((uintptr_t)board->job_stats % _Alignof(max_align_t), 0);
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
		cmocka_unit_test(notes_should_stop_at_their_limit),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
