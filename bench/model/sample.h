/* SPDX-License-Identifier: MIT */
/*
 * Figures of any source (tare, fio, a table of somebody's) in one form, to be compared. What a
 * source does not say is absent: NAN, an empty text or NULL, and never zero. Plain data; made and
 * freed by import/samples.h.
 */
#ifndef TARE_MODEL_SAMPLE_H
#define TARE_MODEL_SAMPLE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "model/account.h"
#include "model/detection.h"

#define SAMPLE_ABSENT	  NAN
#define SAMPLE_NAME_BYTES 64

static inline bool sample_known(double figure)
{
	return !isnan(figure);
}

enum sample_direction { SAMPLE_READ, SAMPLE_WRITE, SAMPLE_TRIM, SAMPLE_DIRECTIONS_N };

/* What a workload does: what makes two of them the same one. */
struct sample_shape {
	char rw[16];	 /* fio's word: "randread"; "" absent */
	char bs[64];	 /* "4 KiB", "4 KiB-64 KiB" */
	char engine[24]; /* fio's word: "libaio" */
	double iodepth;
	double numjobs;
	double read_pct; /* of a mixed workload, else absent */
	double fsync_writes, fdatasync_writes;
	double rate_iops;  /* of this direction; 0: as fast as they complete */
	double rate_bytes; /* likewise, bytes per second */
	char sync[8];	   /* "none", "sync", "dsync": what each write waits for; "" absent */
	double direct;	   /* 0 or 1 */
};

/* Latencies in ns: of submission, and of completion where not said otherwise. */
struct sample_latency {
	double slat_mean_ns;
	double mean_ns, p50_ns, p99_ns, p999_ns, p9999_ns, max_ns;
};

/* One repetition of a workload within one boot. */
struct sample_round {
	double iops;
	double bytes_per_s;
	double measured_s;
	double ios;
	double cpu_ns_per_io;
	struct sample_latency latency;
};

/* So many percent of the I/Os took at most so long. */
struct sample_quantile {
	double pct;
	double ns;
};

/* A piece of a workload's time; windows of rounds follow each other without the time between. */
struct sample_point {
	uint32_t round; /* from 0 */
	double at_s;	/* its middle, since the begin of the first window */
	double iops;
	double p99_ns; /* of I/Os of both directions; absent where there were none */
};

enum sample_blocks { SAMPLE_BLOCKS_ABSENT, SAMPLE_BLOCKS_UNKNOWN, SAMPLE_BLOCKS_GOOD };

/* One direction of one workload in one boot. */
struct sample_workload {
	char name[SAMPLE_NAME_BYTES]; /* as its source calls it */
	struct sample_shape shape;
	enum sample_direction direction;
	double iops, bytes_per_s;
	double ios, bytes; /* of this direction, all rounds */
	double measured_s; /* all windows; of documents in a row: of the shortest */
	double span_bytes; /* region the I/Os fell in */
	double usr_pct, sys_pct;
	double cpu_ns_per_io; /* of the submitting threads, per I/O of any direction */
	struct sample_latency latency;
	double depth;	  /* I/Os in flight, on average */
	double device_ns; /* the kernel's count of an I/O's time in its queues and the device */
	struct account account;
	/* Whether what was read had been written: by tare or found to hold data; tare does not
	 * know; the source does not say. */
	enum sample_blocks blocks;
	char failure[160]; /* why its figures are not whole; "" else */
	struct sample_round *round;
	uint32_t rounds_n; /* 0: a single figure, of one repetition */
	/* Only where samples.detailed asks for them. */
	struct sample_quantile *quantile; /* completion latency, all rounds; ascending */
	uint32_t quantiles_n;
	struct sample_point *point;
	uint32_t points_n;
};

/* In the order of the table in compare/likeness.c. */
enum sample_fact {
	SAMPLE_TOOL, /* "tare 0.1.0", "fio-3.33" */
	SAMPLE_BUILD,
	SAMPLE_SUITE,
	SAMPLE_SPAN,
	SAMPLE_TARGET, /* "disk", "file" */
	SAMPLE_TARGET_MODEL,
	SAMPLE_TRANSPORT,
	SAMPLE_DRIVER,
	SAMPLE_QUEUES,
	SAMPLE_REQUESTS,
	SAMPLE_SCHEDULER,
	SAMPLE_WRITE_CACHE,
	SAMPLE_BLOCK_SIZES,
	SAMPLE_BLOCKS_READ,
	SAMPLE_CLOCK, /* the tool's: "tsc", "vDSO" */
	SAMPLE_CLOCKSOURCE,
	SAMPLE_HYPERVISOR,
	SAMPLE_MACHINE,
	SAMPLE_FIRMWARE,
	SAMPLE_CPU,
	SAMPLE_MICROCODE,
	SAMPLE_CPUS,
	SAMPLE_CPU_FREQUENCY_DRIVER,
	SAMPLE_GOVERNOR,
	SAMPLE_MEMORY,
	SAMPLE_KERNEL,
	SAMPLE_KERNEL_COMMAND_LINE,
	SAMPLE_MITIGATIONS,
	SAMPLE_FACTS_N,
};

/* Figures of probes that rules of a comparison use; medians. import/tare_json.c has the table of
 * their names. */
enum sample_probe {
	SAMPLE_PROBE_CLOCK_NS,	   /* the kernel's clock, a call */
	SAMPLE_PROBE_CPUID_NS,	   /* an exit to the hypervisor */
	SAMPLE_PROBE_WAKE_NS,	   /* waking a sleeping CPU, less what a spinning one takes */
	SAMPLE_PROBE_LOST_PCT,	   /* of a CPU's time, in gaps */
	SAMPLE_PROBE_CHAIN_MHZ,	   /* speed of a CPU by dependent additions */
	SAMPLE_PROBE_NULL_QD1_NS,  /* the engine on null_blk: latency of one at a time */
	SAMPLE_PROBE_NULL_QD64_NS, /* and time for each of 64, in batches of 16 */
	SAMPLE_PROBES_N,
};

/* What one boot (one document, one table's environment) says. */
struct sample_run {
	char *label;	 /* of its environment */
	char *source;	 /* path it came from */
	char id[16];	 /* tare's name of the run; "" elsewhere */
	bool has_rounds; /* its tool repeats workloads itself */
	bool short_by_plan;
	bool named_by_file;	    /* the label is made up: nobody gave one */
	char *fact[SAMPLE_FACTS_N]; /* NULL: not said */
	double probe[SAMPLE_PROBES_N];
	struct detection_list detectors; /* n is 0: none ran */
	struct sample_workload *workload;
	uint32_t workloads_n;
};

struct samples {
	/* Set before reading: keep distributions and series too, of the first run of each label,
	 * for charts. */
	bool detailed;
	struct sample_run *run;
	uint32_t n;
	struct notes notes; /* what a reader should know of how they were read */
	struct buf text;    /* the file that was read last: its memory serves the next one */
};

#endif
