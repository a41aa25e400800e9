/* SPDX-License-Identifier: MIT */
/*
 * Everything a run will do to one target, complete before anything is touched: it can be printed,
 * tested, and names every disk that it will write to. Plain data.
 */
#ifndef TARE_MODEL_PLAN_H
#define TARE_MODEL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/disk.h"
#include "model/workload.h"

#define PLAN_SECTIONS_MAX 64
#define PLAN_ROUNDS_MAX	  1000
#define PLAN_TEXT_BYTES	  512

enum plan_target {
	PLAN_TARGET_NONE, /* nothing to measure on; the reason says why */
	PLAN_TARGET_DISK,
	PLAN_TARGET_FILE,
};

/* How the run gets blocks that hold something. */
enum plan_access {
	PLAN_PROVE_AND_WRITE, /* a blank disk: prove, mark, fill */
	PLAN_WRITE_MARKED,    /* our own scratch partition: fill */
	PLAN_DESTROY,	      /* a disk named and confirmed: mark over what stands there, fill */
	PLAN_WRITE_FILE,      /* a file we create, or may overwrite: fill */
	PLAN_READ_FOUND,      /* read only, where data are found */
	PLAN_READ_ANY,	      /* read only, anywhere: null_blk, which keeps no data at all */
};

/* Sections [first, first + n) run at the same time. */
struct plan_step {
	uint32_t first;
	uint32_t n;
	uint32_t jobs; /* threads, over its sections */
};

struct plan {
	char suite[PLAN_TEXT_BYTES];
	char suite_sha256[65];
	bool short_by_plan;
	struct workload section[PLAN_SECTIONS_MAX];
	char skip[PLAN_SECTIONS_MAX][128]; /* why a section cannot run; "" where it will */
	uint32_t sections_n;
	struct plan_step step[PLAN_SECTIONS_MAX];
	uint32_t steps_n;
	uint32_t rounds;   /* at most, where until_steady */
	bool until_steady; /* rounds go on until run/steady.h is content */
	bool shuffled;
	uint64_t seed;	 /* of data, and of the order of steps */
	bool seed_given; /* by the user: it is the seed of offsets too, for randrepeat=1 */

	enum plan_target target;
	enum plan_access access;
	struct disk disk;		/* PLAN_TARGET_DISK */
	char path[PLAN_TEXT_BYTES];	/* PLAN_TARGET_FILE */
	bool write_existing;		/* PLAN_TARGET_FILE: the user said so */
	char confirm[DISK_TOKEN_BYTES]; /* PLAN_DESTROY: the token that the user gave */
	char reason[PLAN_TEXT_BYTES];	/* why this access, or why there is no target */
	uint64_t span_bytes;		/* wanted; what is left of it shows in the result */
	uint32_t wait_s;		/* before the first write */
	bool verify;			/* at the end: read the span, look at every stamp */
	bool restore;			/* at the very end: zero the span, remove the mark */
	bool lock;			/* appliance: devices are locked in the kernel */

	bool detects;	       /* what is behind the target is looked for (detect/detect.h) */
	uint32_t detect_ms;    /* how long that takes at most; 0: not known here */
	bool probes;	       /* the platform is probed first */
	uint32_t probes_ms;    /* how long that takes at most; 0: not known here */
	uint64_t measure_ns;   /* time the steps take at most, over all rounds */
	uint64_t memory_bytes; /* needed beyond the program itself */
};

/* Index of a section's record in one round. */
static inline uint32_t plan_record(const struct plan *plan, uint32_t round, uint32_t section)
{
	return round * plan->sections_n + section;
}

/* True where the plan writes to the target. */
static inline bool plan_writes(const struct plan *plan)
{
	return plan->target != PLAN_TARGET_NONE && plan->access != PLAN_READ_FOUND &&
	       plan->access != PLAN_READ_ANY;
}

#endif
