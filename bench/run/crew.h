/* SPDX-License-Identifier: MIT */
/*
 * Jobs that run side by side: started together, watched through one window, waited for. Whoever
 * fills the crew decides what the jobs are.
 */
#ifndef TARE_RUN_CREW_H
#define TARE_RUN_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "model/diskstat.h"
#include "run/board.h"
#include "run/cpu.h"
#include "run/gate.h"
#include "run/job.h"
#include "run/sampler.h"

/* Longer than SCSI's own timeout and its retries. */
#define CREW_HANG_NS (UINT64_C(120) * CLOCK_NS_PER_S)

struct crew {
	struct board *board;
	struct job *job; /* `jobs` of them; the first n are set up */
	uint32_t jobs, n;
	struct sampler *sampler; /* samplers_n of them, set up by the caller but for their window */
	uint32_t samplers_n;
	const char *node;    /* block device whose counters are read, or NULL */
	uint64_t unit_bytes; /* what one I/O adds to board->done; 0: nothing is shown */

	/* what was seen */
	struct job_window window;
	struct cpu_times cpu[2];   /* at the window's ends */
	struct diskstat kernel[2]; /* likewise */
	uint64_t read_ns[2];	   /* when they were read */
	bool cpu_known, kernel_known;
	uint32_t io_workers; /* kernel threads that carry submissions, near the window's end */
};

/* Room for so many jobs. Returns 0 or -ENOMEM. Free with crew_free() in both cases. */
int crew_init(struct crew *crew, struct board *board, uint32_t jobs);
void crew_free(struct crew *crew);

/*
 * Calibrates the clock, starts the threads, opens the window, watches until its end, waits for the
 * threads. While there is progress, board->deadline_ns moves ahead. Returns 0, or -errno where a
 * thread could not start (none ran then).
 */
int crew_run(struct crew *crew);

/* Threads of io_uring that the kernel added to this process to submit what would have blocked, as
 * long as they live. */
uint32_t crew_io_workers(void);

#endif
