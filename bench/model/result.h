/* SPDX-License-Identifier: MIT */
/*
 * What a run found out: everything that renderers, comparisons and the JSON need, and nothing else.
 * On disk it is the JSON of result/encode.c. Owns its heap parts; result_free() of result/result.h
 * frees them.
 */
#ifndef TARE_MODEL_RESULT_H
#define TARE_MODEL_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/histogram.h"
#include "lib/tsc.h"
#include "model/config.h"
#include "model/detection.h"
#include "model/disk.h"
#include "model/diskstat.h"
#include "model/host.h"
#include "model/probe.h"
#include "model/series.h"
#include "model/tuned.h"
#include "model/workload.h"

#define RESULT_SCHEMA	  3
#define RESULT_RUN_BYTES  9 /* eight hex digits and the NUL */
#define RESULT_TEXT_BYTES 512

enum result_state {
	RESULT_DONE,
	RESULT_PARTIAL,	     /* some workloads are missing or incomplete */
	RESULT_FAILED,	     /* no workload has a figure, though some should */
	RESULT_NOT_MEASURED, /* there was nothing to measure on; the reason says why */
};

enum result_blocks { RESULT_BLOCKS_UNKNOWN, RESULT_BLOCKS_WRITTEN, RESULT_BLOCKS_FOUND };

/* CPU time during the windows, ns. Fields of the machine have an error of one tick each. Whole
 * milliseconds, and microseconds of the threads, as a document has them. */
struct result_cpu {
	uint64_t user_ns, system_ns, irq_ns, softirq_ns, steal_ns, idle_ns; /* all CPUs */
	uint64_t thread_ns, thread_user_ns, thread_system_ns;		    /* submitting threads */
};

/* One direction of a workload, over all its rounds. */
struct result_io {
	uint64_t ios, bytes, short_ios;
	struct histogram slat, clat, lat;
	struct histogram response; /* open loop: from the intended start; n is 0 elsewhere */
};

/* One direction of one round, in figures. */
struct result_round_io {
	uint64_t ios, bytes;
	double clat_mean_ns;
	uint64_t clat_p50_ns, clat_p99_ns, clat_p999_ns, clat_max_ns;
};

struct result_round {
	uint32_t round;	   /* from 0 */
	uint32_t position; /* in the order of its round */
	char state[16];	   /* "done", "failed", "stopped", "skipped", "pending" */
	char failure[256];
	uint64_t start_s; /* since the run's */
	uint64_t measured_ns;
	struct result_round_io io[2]; /* read, write */
	struct result_cpu cpu;
};

struct result_error {
	int32_t error; /* positive errno */
	uint64_t n;
};

/* Whether the last rounds are level (run/steady.h). */
struct result_steady {
	bool judged; /* false: the run did not ask, or too few rounds are there */
	bool reached;
	double excursion_pct, slope_pct;
};

/* What the kernel counted for the device in a workload's windows, beside what we counted. */
struct result_kernel {
	struct diskstat disk;
	/* In those windows where nothing of ours ran beside it. */
	uint64_t tool_bytes[2], kernel_bytes[2];
	uint64_t slack_bytes; /* that the two may differ by; 0: there was no such window */
};

#define RESULT_DEPTHS 66 /* rows for 0, 1, ... 64, and for 65 and more */

struct result_workload {
	struct workload work;
	char state[16]; /* "done" where all rounds are; else of the first round that is not */
	char reason[256];
	char engine[160];    /* what it was granted */
	uint32_t io_workers; /* kernel threads that carried submissions, at most */
	uint64_t measured_ns;
	uint64_t depth_ns;		   /* integral of I/Os in flight */
	uint64_t depth[RESULT_DEPTHS];	   /* I/Os by how many were in flight with them */
	uint64_t submits[RESULT_DEPTHS];   /* calls by how many I/Os they took */
	uint64_t completes[RESULT_DEPTHS]; /* calls by how many I/Os they brought */
	struct histogram sync;		   /* fsync and fdatasync */
	struct series series;
	struct result_kernel kernel;
	struct result_steady steady;
	uint64_t switches_voluntary, switches_involuntary;
	struct result_cpu cpu;
	struct result_io *io; /* read, write: two of the result's */
	struct result_error error[8];
	struct result_round *round;
	uint32_t rounds_n;
};

struct result_key {
	char name[32];
	char value[CONFIG_TEXT_BYTES];
	char source[32];
};

struct arena;

struct result {
	char run[RESULT_RUN_BYTES];
	char version[64];
	char build_id[64];
	char label[CONFIG_TEXT_BYTES];
	uint64_t start_unix_s; /* as the machine's clock says; a label */
	enum result_state state;
	char reason[RESULT_TEXT_BYTES];
	bool checkpoint;   /* made between two rounds; the run went on */
	bool without_bins; /* of its distributions; a document says so by having none */

	char suite[RESULT_TEXT_BYTES];
	char suite_sha256[65];
	bool short_by_plan;
	uint32_t rounds; /* planned; at most, where until_steady */
	uint32_t rounds_done;
	bool until_steady;
	uint64_t seed;
	struct result_key key[CONFIG_KEYS_N];
	uint32_t keys_n;

	bool has_target;
	bool target_is_file;
	struct disk target;	      /* a disk, as it was measured */
	struct tuned tuned;	      /* what was set for that */
	char path[RESULT_TEXT_BYTES]; /* a file */
	char access[32];	      /* "written", "read only" */
	char consent[RESULT_TEXT_BYTES];
	enum result_blocks blocks;
	uint64_t span_bytes, proven_bytes, written_bytes, found_bytes, searched_bytes;
	uint64_t verified_bytes; /* at the end, stamp by stamp */
	uint64_t restored_bytes; /* of the span: at the very end wiped and read back */
	bool mark_removed;	 /* with it the partition table: the disk is as empty as its span */
	bool wrote;
	uint64_t fill_ns;

	struct disk_list disks; /* every device as it was found, with its verdict */
	struct host host;
	struct clock_cost clock; /* CLOCK_MONOTONIC */
	struct tsc tsc;		 /* the loop's own */
	struct probe_list probes;
	struct detection_list detectors;
	uint64_t first_io_ns;  /* since boot, at tare's first read of a disk */
	uint64_t cpu_error_ns; /* of each machine-wide CPU figure of one round: a tick of every CPU
				*/

	struct result_workload *workload;
	struct result_io *io; /* two of each workload: large, and so taken at once */
	struct arena *arena;  /* of one that was read: has it all; NULL: pieces of the heap */
	uint32_t workloads_n;
	struct notes warnings;
	struct notes safety; /* what was decided about every disk, and what was written */
};

#endif
