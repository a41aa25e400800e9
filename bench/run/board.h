/* SPDX-License-Identifier: MIT */
/*
 * The board: memory shared by the process that measures and the process that reports. The measuring
 * process writes what it has done as it goes, so that a crash, a hang or a signal leaves everything
 * up to that moment readable.
 */
#ifndef TARE_RUN_BOARD_H
#define TARE_RUN_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/plan.h"
#include "run/stats.h"

#define BOARD_TEXT_BYTES 256
#define BOARD_NOTES_MAX	 32

enum board_phase {
	BOARD_STARTING,
	BOARD_PROVING,	 /* reading what will be overwritten */
	BOARD_SEARCHING, /* reading where data are, read only */
	BOARD_FILLING,	 /* writing the span once */
	BOARD_MEASURING,
	BOARD_ENDED,
};

enum board_state {
	BOARD_PENDING,
	BOARD_RUNNING,
	BOARD_DONE,
	BOARD_FAILED,  /* what was measured until then is kept */
	BOARD_STOPPED, /* ended early on request; likewise */
	BOARD_SKIPPED,
};

/* What stands in the blocks that reads hit. */
enum board_blocks { BOARD_BLOCKS_UNKNOWN, BOARD_BLOCKS_WRITTEN, BOARD_BLOCKS_FOUND };

/* One section in one round. */
struct board_record {
	_Atomic uint32_t state; /* enum board_state */
	uint32_t position;	/* of its step in the round's order */
	uint64_t start_unix_s;
	uint64_t measure_ns; /* clock_now_ns() at the window's begin */
	char words[128];     /* what the engine was granted */
	char failure[BOARD_TEXT_BYTES];
	struct stats stats; /* complete once the state is past BOARD_RUNNING */
};

struct board {
	atomic_int stop;	      /* asked to end early */
	_Atomic uint32_t phase;	      /* enum board_phase */
	_Atomic uint64_t done, total; /* of the phase: bytes, or ns of measuring */
	_Atomic uint32_t round, step; /* running */
	_Atomic bool dead;	      /* the target answers no more: nothing else is tried on it */
	_Atomic uint32_t turn,
		seen; /* the measuring side goes on once the reporter has seen its turn */
	_Atomic uint64_t measure_ns; /* clock_now_ns() when the window opens; UINT64_MAX: not yet */
	_Atomic uint64_t deadline_ns;	/* clock_now_ns() by which the phase should have moved on */
	char failure[BOARD_TEXT_BYTES]; /* why there is no (full) measurement */
	char consent[BOARD_TEXT_BYTES]; /* by which right the target was written */
	char note[BOARD_NOTES_MAX][BOARD_TEXT_BYTES];
	_Atomic uint32_t notes_n;
	uint64_t span_bytes;		/* really used */
	uint64_t proven_bytes;		/* read and found zero before the first write */
	_Atomic uint64_t written_bytes; /* by filling and by workloads, at most */
	_Atomic bool wrote;		/* a write reached, or may have reached, the target */
	uint64_t found_bytes, searched_bytes;
	uint64_t fill_ns;
	enum board_blocks blocks;
	uint32_t jobs_max;
	uint32_t records_n;
	struct stats *
		job_stats; /* of the step that is running: jobs_max of them, in shared memory too */
	struct board_record record[]; /* plan_record() */
};

/* Maps a board for a plan. NULL: no memory. */
struct board *board_create(const struct plan *plan);
void board_free(struct board *board);

void board_note(struct board *board, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
