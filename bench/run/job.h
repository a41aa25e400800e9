/* SPDX-License-Identifier: MIT */
/*
 * One job: a thread, an engine, and the loop that keeps I/Os in flight and counts them. Nothing is
 * allocated, locked or printed inside the loop, and no system call made but the engine's own.
 */
#ifndef TARE_RUN_JOB_H
#define TARE_RUN_JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "lib/err.h"
#include "model/workload.h"
#include "run/pattern.h"
#include "run/stats.h"

#define JOB_POOL_BYTES (UINT64_C(4) << 20) /* least random data to write from */

/* When the jobs of a step begin and end; the same for all of them. Times are clock_now_ns(). */
struct job_window {
	uint64_t begin_ns;   /* first I/O */
	uint64_t measure_ns; /* counting begins (after ramp_time) */
	uint64_t end_ns;     /* no more I/Os; UINT64_MAX: until the work is done */
};

struct job {
	/* set by the caller */
	const struct workload *work;
	int fd;
	uint32_t cpu;	     /* the vCPU to run on */
	uint64_t seed;	     /* of order and data */
	uint64_t stamp_seed; /* of the run */
	struct pattern pattern;
	struct stats *stats;	  /* shared memory: survives this process */
	const atomic_int *stop;	  /* not 0: end early */
	struct job_window window; /* set before job_start() */
	uint64_t total_ios;	  /* end after so many; UINT64_MAX: no such limit */
	uint64_t hang_ns;	  /* give up when nothing completes for so long */

	/* set by the job */
	char words[128]; /* what the engine was granted */
	struct err err;
	bool failed;		   /* ended by an error; err or stats->error says which */
	_Atomic bool ended;	   /* the loop is over; job_join() will not wait long */
	_Atomic uint64_t progress; /* I/Os completed, for whoever watches */

	/* private */
	const struct engine_ops *ops;
	struct engine *engine;
	pthread_t thread;
	pthread_barrier_t *ready;
	uint8_t *pool;
	size_t pool_bytes;
	uint32_t depth;
	uint32_t slices; /* of the pool, for each I/O */
	struct io *io;
	struct io **free_io, **queued, **done;
	uint32_t *slice;
	uint32_t free_n, queued_n, in_flight;
	uint64_t issued, sequence, in_call_ns, last_ns, last_done_ns;
	struct rng mix;
	bool measuring;
};

/*
 * Starts the job's thread: it opens its engine (a ring belongs to the thread that uses it),
 * prepares its buffers, and waits at `ready` twice: when it is ready, and to begin (the caller sets
 * the window between the two). Returns 0 or -errno.
 */
int job_start(struct job *job, pthread_barrier_t *ready);

/* Waits for its end and frees what it held. */
void job_join(struct job *job);

#endif
