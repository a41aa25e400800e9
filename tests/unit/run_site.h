/* SPDX-License-Identifier: MIT */
/* A plan, its board and a watcher, for the tests of whole runs. */
#ifndef TARE_TESTS_RUN_SITE_H
#define TARE_TESTS_RUN_SITE_H

#include "run_fixture.h"

#include <signal.h>

#include "run/run.h"

#define MIB (UINT64_C(1) << 20)
#define MS  (CLOCK_NS_PER_S / 1000)

struct site {
	struct plan plan;
	struct board *board;
	char dir[PATH_MAX], path[PATH_MAX + 16];
	volatile sig_atomic_t stop;
	uint32_t records, progress; /* calls of the watcher */
	uint32_t rounds, quiet, ticks;
};

/* While something is told, and for a while after, no job may run: a record of a step whose window
 * is open is BOARD_RUNNING. */
static inline void check_silence(const struct board *board)
{
	for (int look = 0; look < 5; look++) {
		for (uint32_t i = 0; i < board->records_n; i++)
			assert_true(atomic_load(&board->record[i].state) != BOARD_RUNNING);
		clock_sleep_ns(MS);
	}
}

static inline void on_record(void *context, const struct plan *plan, const struct board *board,
			     uint32_t round, uint32_t section)
{
	struct site *s = context;
	uint32_t state = atomic_load(&board->record[plan_record(plan, round, section)].state);

	assert_true(state >= BOARD_DONE);
	if (atomic_load(&board->phase) == BOARD_MEASURING)
		check_silence(board);
	s->records++;
}

static inline void on_round(void *context, const struct plan *plan, const struct board *board,
			    uint32_t round)
{
	struct site *s = context;

	assert_int_equal(round, s->rounds);
	for (uint32_t i = 0; i < plan->sections_n; i++)
		assert_true(atomic_load(&board->record[plan_record(plan, round, i)].state) >=
			    BOARD_DONE);
	check_silence(board);
	s->rounds++;
}

static inline void on_quiet(void *context)
{
	struct site *s = context;

	check_silence(s->board);
	s->quiet++;
}

/* Jobs may be counting. */
static inline void on_tick(void *context, const struct plan *plan, const struct board *board)
{
	struct site *s = context;

	(void)plan;
	assert_int_equal(atomic_load(&board->phase), BOARD_MEASURING);
	s->ticks++;
}

static inline void on_progress(void *context, const struct plan *plan, const struct board *board)
{
	struct site *s = context;

	(void)plan;
	assert_true(atomic_load(&board->phase) != BOARD_MEASURING);
	s->progress++;
}

static inline struct run_watcher site_watcher(struct site *s)
{
	return (struct run_watcher){ .record = on_record,
				     .progress = on_progress,
				     .tick = on_tick,
				     .round = on_round,
				     .quiet = on_quiet,
				     .context = s };
}

/* `data`: the file is there already, full of bytes that are not zero. */
static inline void site_init(struct site *s, const char *text, uint64_t span_bytes, bool data)
{
	memset(s, 0, sizeof(*s));
	temp_make(s->dir);
	snprintf(s->path, sizeof(s->path), "%s/target", s->dir);
	if (data) {
		void *bytes = malloc(span_bytes);

		assert_non_null(bytes);
		memset(bytes, 0x5a, span_bytes);
		temp_write(s->dir, "target", bytes, span_bytes);
		free(bytes);
	}
	fixture_plan(&s->plan, text, s->path, data ? span_bytes : 0, CONFIG_WRITE_NO, span_bytes);
	s->board = board_create(&s->plan);
	assert_non_null(s->board);
}

static inline void site_run(struct site *s)
{
	struct run_watcher watcher = site_watcher(s);

	run_plan(s->board, &s->plan, NULL, &watcher, &s->stop);
}

static inline void site_free(struct site *s)
{
	board_free(s->board);
	temp_remove(s->dir);
}

#endif
