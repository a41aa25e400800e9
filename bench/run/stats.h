/* SPDX-License-Identifier: MIT */
/* What is counted while measuring: by one job, and added up over jobs and rounds. Plain data;
 * adding is exact. */
#ifndef TARE_RUN_STATS_H
#define TARE_RUN_STATS_H

#include <stdint.h>

#include "lib/histogram.h"
#include "model/result.h"
#include "run/cpu.h"

#define STATS_ERRNOS 8

enum stats_direction { STATS_READ, STATS_WRITE, STATS_DIRECTIONS };

#define STATS_DEPTHS RESULT_DEPTHS

struct stats_io {
	uint64_t bytes;
	uint64_t short_ios;	   /* fewer bytes than asked for */
	struct histogram slat;	   /* until the engine had it */
	struct histogram clat;	   /* from then until it was done; its n is the number of I/Os */
	struct histogram lat;	   /* both */
	struct histogram response; /* open loop: from when it was due until it was done */
};

struct stats_errno {
	int32_t error; /* positive errno; 0: unused */
	uint64_t n;
};

struct stats {
	struct stats_io io[STATS_DIRECTIONS];
	struct histogram sync; /* fsync and fdatasync */
	struct stats_errno error[STATS_ERRNOS];
	uint64_t unmeasured_written_bytes; /* by I/Os outside the window: while ramping, draining */
	uint64_t depth[STATS_DEPTHS];	   /* I/Os by how many were in flight when submitted */
	uint64_t submits[STATS_DEPTHS];	   /* calls by how many I/Os they took */
	uint64_t completes[STATS_DEPTHS];  /* calls by how many I/Os they brought */
	uint64_t measured_ns;		   /* length of the window */
	uint64_t thread_ns;		   /* CPU clock of the submitting threads */
	uint64_t thread_user_ns;   /* of it outside the ring calls, by the loop's own stamps */
	uint64_t thread_system_ns; /* the rest of it */
	uint64_t depth_ns;	   /* integral of I/Os in flight over the window */
	uint64_t switches_voluntary;
	uint64_t switches_involuntary;
	struct cpu_times cpu;	 /* of the whole machine during the window */
} __attribute__((aligned(128))); /* threads count side by side: no line is shared */

void stats_init(struct stats *s);

/* Row of the tables of depths. */
static inline uint32_t stats_depth(uint32_t n)
{
	return n < STATS_DEPTHS - 1 ? n : STATS_DEPTHS - 1;
}

/* The machine's and the threads' CPU times together, as a result has them. */
struct result_cpu stats_cpu(const struct stats *s);

/* Counts an errno (positive); past STATS_ERRNOS different ones, the last row takes all. */
void stats_error(struct stats *s, int32_t error);

/* Jobs of one round: counts add, windows overlap (the longest counts); `cpu` is not touched. */
void stats_add_job(struct stats *to, const struct stats *job);

/* Rounds follow each other: everything adds. */
void stats_add_round(struct stats *to, const struct stats *round);

#endif
