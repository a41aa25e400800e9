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

#include "hw/disk_open.h"
#include "lib/tsc.h"
#include "model/detection.h"
#include "model/diskstat.h"
#include "model/plan.h"
#include "model/result.h"
#include "model/series.h"
#include "model/tuned.h"
#include "run/stats.h"

#define BOARD_TEXT_BYTES 256
#define BOARD_NOTES_MAX	 32
#define BOARD_NO_SECTION UINT32_MAX

enum board_phase {
	BOARD_STARTING,
	BOARD_PROVING,	 /* reading what will be overwritten */
	BOARD_SEARCHING, /* reading where data are, read only */
	BOARD_FILLING,	 /* writing the span once */
	BOARD_DETECTING, /* looking for what is behind the target: board->doing says what */
	BOARD_MEASURING,
	BOARD_VERIFYING, /* reading the span, looking at every stamp */
	BOARD_RESTORING, /* filling the span as it was (0x00, 0xFF), reading it back, removing the
			    mark */
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

/* One section in one round. Its figures are complete once the state is past BOARD_RUNNING. */
struct board_record {
	_Atomic uint32_t state; /* enum board_state */
	uint32_t position;	/* of its step in the round's order */
	uint64_t start_unix_s;
	uint64_t measured_ns;
	struct result_round_io io[STATS_DIRECTIONS];
	struct result_cpu cpu;
	char failure[BOARD_TEXT_BYTES];
};

/* One section over all its rounds so far. */
struct board_section {
	char words[160];     /* what the engine was granted */
	uint32_t io_workers; /* most kernel threads that carried its submissions */
	struct stats stats;  /* sum */
	struct series series;
	struct diskstat kernel; /* what the kernel counted in the same windows */
	/* Bytes in those windows where nothing of ours ran beside it: by our count, by the
	 * kernel's, and what the two may differ by: I/Os in flight, and the time between a window's
	 * end and the reading. */
	uint64_t compared_bytes[2], kernel_bytes[2], slack_bytes;
};

struct board {
	atomic_int stop;	      /* asked to end early */
	_Atomic uint32_t phase;	      /* enum board_phase */
	_Atomic uint64_t done, total; /* of the phase, while preparing or verifying: bytes */
	_Atomic uint32_t round, step; /* running */
	_Atomic(const char *) doing;  /* while detecting: the detector's name; or NULL */
	_Atomic bool dead;	      /* the target answers no more: nothing else is tried on it */
	_Atomic uint32_t turn,
		seen; /* the measuring side goes on once the reporter has seen its turn */
	/* The window of the running step, tsc_now_ns(): where it opens (UINT64_MAX: not yet) and
	 * ends. */
	_Atomic uint64_t measure_ns, end_ns;
	_Atomic uint64_t deadline_ns;	/* clock_now_ns() by which the phase should have moved on */
	char failure[BOARD_TEXT_BYTES]; /* why there is no (full) measurement */
	char consent[BOARD_TEXT_BYTES]; /* by which right the target was written */
	char note[BOARD_NOTES_MAX][BOARD_TEXT_BYTES];
	_Atomic uint32_t notes_n;
	struct tuned tuned;		  /* of a disk */
	struct tsc clock;		  /* as it was after the last step */
	uint64_t span_bytes;		  /* really used */
	uint64_t proven_bytes;		  /* read and found blank before the first write */
	_Atomic uint64_t written_bytes;	  /* by filling and by workloads, at least */
	_Atomic bool wrote;		  /* a write reached, or may have reached, the target */
	struct disk_grant grant;	  /* of a disk that was written; else its span is 0 */
	uint64_t file_device, file_inode; /* of a file that was written */
	struct disk_restored restored;
	struct detection_list detections;	/* of the detectors that ran beside the measuring */
	char restore_failure[BOARD_TEXT_BYTES]; /* why it was not, or not wholly; or "" */
	uint64_t found_bytes, searched_bytes, verified_bytes;
	uint64_t fill_ns;
	enum board_blocks blocks;
	uint32_t rounds_done; /* whole ones */
	uint32_t jobs_max, sections_n, records_n;
	/* All in the same shared memory: */
	struct stats *job_stats;       /* of the running step: jobs_max of them */
	uint32_t *job_section;	       /* whose each is; BOARD_NO_SECTION: nobody's */
	struct board_section *section; /* sections_n */
	struct board_record *record;   /* records_n, by plan_record() */
};

/* Maps a board for a plan. NULL: no memory. */
struct board *board_create(const struct plan *plan);
void board_free(struct board *board);

/* What board_create() would map, bytes. */
size_t board_bytes(const struct plan *plan);

void board_note(struct board *board, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The measuring side lets the reporter tell what there is to tell, before the next window opens. A
 * reporter that is stuck holds it up for 60 s, not for ever. */
void board_let_tell(struct board *board);

/* I/Os of both directions per second of the record's window; 0 where it has none. */
double board_iops(const struct board_record *record);

/*
 * Adds up what the jobs of a section have counted. Returns how many jobs that were.
 */
uint32_t board_add_jobs(const struct board *board, struct stats *to, uint32_t section);

/* Puts the figures of one round into its record, and adds them to their section. */
void board_settle(struct board *board, struct board_record *record, uint32_t section,
		  const struct stats *round);

#endif
