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
#include <sys/resource.h>

#include "engine/engine.h"
#include "lib/err.h"
#include "model/workload.h"
#include "run/arrival.h"
#include "run/gate.h"
#include "run/pattern.h"
#include "run/stamp.h"
#include "run/stats.h"

/* When the jobs of a step begin and end; the same for all of them. Times are tsc_now_ns(). */
struct job_window {
	uint64_t begin_ns;   /* first I/O */
	uint64_t measure_ns; /* counting begins (after ramp_time) */
	uint64_t end_ns;     /* no more I/Os; UINT64_MAX: until the work is done */
};

/* What a thread had used at some moment. */
struct job_usage {
	uint64_t thread_ns;
	struct rusage ru;
};

struct job {
	/* set by the caller */
	const struct workload *work;
	int fd;
	uint32_t cpu;	     /* the vCPU to run on */
	uint64_t seed;	     /* of order and timing */
	uint64_t stamp_seed; /* of the run: stands in every stamp, and makes the data */
	struct pattern pattern;
	struct stats *stats;	  /* shared memory: survives this process */
	const atomic_int *stop;	  /* not 0: end early */
	struct job_window window; /* set before the gate opens */
	uint64_t total_ios;	  /* end after so many; UINT64_MAX: no such limit */
	uint64_t hang_ns;	  /* give up when nothing completes for so long */
	bool verify;		  /* look at the stamps of what was read */

	/* set by the job */
	char words[160]; /* what the engine was granted */
	struct err err;
	struct stamp_fault fault;  /* verify: the first in place of those found */
	bool failed;		   /* ended by an error; err, fault or stats->error says which */
	_Atomic bool ended;	   /* the loop is over; job_join() will not wait long */
	_Atomic uint64_t progress; /* I/Os completed, for whoever watches */

	/* private, of job_setup.c */
	pthread_t thread;
	struct gate *gate;
	uint8_t *pool;
	size_t pool_bytes;
	uint32_t slices; /* of the pool, for each I/O */
	struct io *io;
	uint32_t *slice;

	/* private, of the loop */
	const struct engine_ops *ops;
	int (*submit)(struct engine *engine, struct io *const *io, uint32_t n); /* of ops */
	int (*reap)(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		    uint64_t timeout_ns);
	struct engine *engine;
	struct io **idle, **idle_top; /* those not in flight, and the end of them, where they are
					 taken and put back */
	bool reads_only;
	bool singly; /* each I/O may have to wait, for its time or a flush, or goes its direction's
			way */
	bool one;    /* none of that, and one I/O a call, both ways */
	struct pattern *pattern_of[STATS_DIRECTIONS];
	struct pattern writes; /* readwrite: as in fio, reads and writes have a position each */
	uint32_t depth, batch;
	uint32_t most_done;	     /* at once: iodepth_batch_complete_max, at least 1 */
	uint64_t look_ns;	     /* until then, I/Os and nothing else */
	uint64_t plain_until_ns;     /* I/Os with nothing to look at but their result; 0: others */
	uint64_t left_ios, ramp_ios; /* still to be begun; begun before the window */
	uint64_t sequence;
	uint64_t own_ns;		      /* between the engine's calls, in the window */
	uint64_t stalled_ns;		      /* waited since the last completion */
	uint64_t depth_moments, depth_before; /* see job_window.c */
	uint32_t sync_every, unsynced;	      /* writes */
	struct arrival arrival;
	struct rng mix, refill;
	struct job_usage from;	/* at the window's begin */
	struct histogram *slat; /* of all its submissions; NULL: each I/O has its own, or none */
	bool measuring;
} __attribute__((
	aligned(128))); /* jobs lie beside each other: no line is shared, nor a pair of them */

/*
 * Starts the job's thread: it opens its engine (a ring belongs to the thread that uses it),
 * prepares its buffers, says at the gate that it is ready, and begins when the gate opens (the
 * caller sets the window before). Returns 0 or -errno.
 */
int job_start(struct job *job, struct gate *gate);

/* Waits for its end and frees what it held. */
void job_join(struct job *job);

/* The loop itself, run by the job's thread: from the window's begin to its end. */
void job_loop(struct job *job);

/* Makes `bytes` of data to write: random, each 512 bytes compressible by buffer_compress_pct. */
void job_fill(const struct workload *w, struct rng *rng, uint8_t *to, size_t bytes);

/* I/Os that are not in flight, and those that are. */
static inline uint32_t job_idle(const struct job *job)
{
	return (uint32_t)(job->idle_top - job->idle);
}

static inline uint32_t job_in_flight(const struct job *job)
{
	return job->depth - job_idle(job);
}

/* I/Os that a job of this workload keeps in flight: iodepth, cut to what its engine can do. */
uint32_t job_depth(const struct workload *w);

#endif
