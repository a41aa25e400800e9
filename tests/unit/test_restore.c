// SPDX-License-Identifier: MIT
/* What is put back at the end of a run, on files: all of the span, in whatever way the run ended.
 */
#include "run_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "run/restore.h"
#include "run/run.h"

#define MIB (UINT64_C(1) << 20)

struct site {
	struct plan plan;
	struct board *board;
	char dir[PATH_MAX], path[PATH_MAX + 16];
	volatile sig_atomic_t stop;
	bool stop_at_record;
};

static void on_record(void *context, const struct plan *plan, const struct board *board,
		      uint32_t round, uint32_t section)
{
	struct site *s = context;

	(void)plan;
	(void)board;
	(void)round;
	(void)section;
	if (s->stop_at_record)
		s->stop = 1;
}

static void on_progress(void *context, const struct plan *plan, const struct board *board)
{
	(void)context;
	(void)plan;
	(void)board;
}

static void site_init(struct site *s, const char *text, bool exists)
{
	memset(s, 0, sizeof(*s));
	temp_make(s->dir);
	snprintf(s->path, sizeof(s->path), "%s/target", s->dir);
	if (exists) {
		char *bytes = malloc(4 * MIB);

		assert_non_null(bytes);
		memset(bytes, 0x5a, 4 * MIB);
		temp_write(s->dir, "target", bytes, 4 * MIB);
		free(bytes);
	}
	fixture_plan(&s->plan, text, s->path, exists ? 4 * MIB : 0,
		     exists ? CONFIG_WRITE_YES : CONFIG_WRITE_NO, 2 * MIB);
	s->plan.restore = true;
	s->board = board_create(&s->plan);
	assert_non_null(s->board);
}

static void site_run(struct site *s)
{
	struct run_watcher watcher = { .record = on_record, .progress = on_progress, .context = s };

	run_plan(s->board, &s->plan, NULL, &watcher, &s->stop);
}

static void site_free(struct site *s)
{
	board_free(s->board);
	temp_remove(s->dir);
}

/* Bytes of the target that are not `byte`, from `from` to `to`. */
static size_t others(const struct site *s, size_t from, size_t to, char byte)
{
	struct buf text = BUF_INIT;
	size_t n = 0;

	assert_int_equal(file_read_all(&text, s->path, 16 * MIB), 0);
	assert_true(text.len >= to);
	for (size_t i = from; i < to; i++)
		n += text.data[i] != byte;
	buf_free(&text);
	return n;
}

/* This test will check that a file that the run made stays, full of zeros, and of one that was
 * there nothing but the span is zeroed; figures and stamps are as without. */
static void written_span_should_be_zeros(void **state)
{
	(void)state;
	for (int exists = 0; exists < 2; exists++) {
		static struct site s;

		site_init(&s, "[a]\nioengine=psync\nrw=randwrite\nnumber_ios=100\n", exists);
		s.plan.verify = true;
		site_run(&s);
		assert_string_equal(s.board->failure, "");
		assert_string_equal(s.board->restore_failure, "");
		assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
		assert_int_equal(s.board->verified_bytes, 2 * MIB);
		assert_int_equal(s.board->restored.bytes, 2 * MIB);
		assert_false(s.board->restored.mark_removed);
		assert_int_equal(others(&s, 0, 2 * MIB, 0), 0);
		if (exists)
			assert_int_equal(others(&s, 2 * MIB, 4 * MIB, 0x5a), 0);
		site_free(&s);
	}
}

/* This test will check that a run that is stopped, before its first round or in it, is put back. */
static void stopped_run_should_be_restored(void **state)
{
	(void)state;
	for (int early = 0; early < 2; early++) {
		static struct site s;

		site_init(&s,
			  "[a]\nioengine=psync\nrw=randwrite\nnumber_ios=10\n"
			  "[b]\nstonewall\nioengine=psync\ntime_based\nruntime=60\n",
			  false);
		s.stop = early;
		s.stop_at_record = true;
		site_run(&s);
		assert_string_equal(s.board->restore_failure, "");
		assert_int_equal(s.board->restored.bytes, 2 * MIB);
		assert_int_equal(others(&s, 0, 2 * MIB, 0), 0);
		site_free(&s);
	}
}

/* This test will check that nothing is zeroed unasked, and nothing where nothing was written. */
static void restoring_should_be_asked_for(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[a]\nioengine=psync\nnumber_ios=10\n", false);
	s.plan.restore = false;
	site_run(&s);
	assert_int_equal(s.board->restored.bytes, 0);
	assert_true(others(&s, 0, 2 * MIB, 0) > MIB);
	site_free(&s);
	site_init(&s, "[a]\nioengine=psync\nnumber_ios=10\n", true);
	s.plan.access = PLAN_READ_FOUND;
	site_run(&s);
	assert_int_equal(s.board->restored.bytes, 0);
	assert_int_equal(others(&s, 0, 4 * MIB, 0x5a), 0);
	site_free(&s);
}

/* This test will check that a file that has taken the name of the written one is left alone, that
 * a target that hangs is not touched, and that both are said. */
static void other_file_should_be_left_alone(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[a]\n", true);
	atomic_store(&s.board->wrote, true);
	s.board->span_bytes = 2 * MIB;
	assert_true(restore_is_due(s.board, &s.plan));
	restore_target(s.board, &s.plan);
	check_has(s.board->restore_failure, "no longer the file that was written");
	assert_int_equal(others(&s, 0, 4 * MIB, 0x5a), 0);
	atomic_store(&s.board->dead, true);
	restore_target(s.board, &s.plan);
	check_has(s.board->restore_failure, "the target answers no more");
	assert_int_equal(others(&s, 0, 4 * MIB, 0x5a), 0);
	assert_int_equal(s.board->restored.bytes, 0);
	site_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_span_should_be_zeros),
		cmocka_unit_test(stopped_run_should_be_restored),
		cmocka_unit_test(restoring_should_be_asked_for),
		cmocka_unit_test(other_file_should_be_left_alone),
	};

	return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
