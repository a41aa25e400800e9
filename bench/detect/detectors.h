/* SPDX-License-Identifier: MIT */
/*
 * What a detector is, and the table of them. One detector is one file and one row.
 *
 * It measures, and then concludes: the second is a pure function of samples, so that it can be
 * tested on any that one can think of. Its threshold is an effect that would matter to a reader;
 * whether the run is quiet enough to tell it from noise, the samples themselves say (contrast.h).
 */
#ifndef TARE_DETECT_DETECTORS_H
#define TARE_DETECT_DETECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/contrast.h"
#include "detect/pulse.h"
#include "lib/rng.h"
#include "model/detection.h"
#include "model/plan.h"
#include "model/result.h"
#include "run/found.h"
#include "run/moment.h"
#include "run/pattern.h"

#define DETECTORS_N	   14
#define DETECTING_CPUS_MAX 64
/* Below this ratio nobody's figures are another's: method of the field, and no noise of a run. */
#define DETECT_RATIO 1.15

/* A detector that runs. */
struct detecting {
	struct detection *to;
	const struct plan *plan;
	int fd;			    /* with O_DIRECT */
	const char *node;	    /* whole disk; NULL: a file */
	const struct found *found;  /* NULL: any block may be read */
	uint64_t from_bytes, bytes; /* its part of the target */
	bool again;		    /* an earlier turn has said something into *to */
	bool fresh;		    /* nothing in it was ever written, for all that is known */
	uint64_t seed;
	uint64_t until_ns;		  /* tsc_now_ns(): by then it should have ended */
	uint32_t cpu[DETECTING_CPUS_MAX]; /* that it may run on; it is on the first */
	uint32_t cpus_n;		  /* at least 1 */
};

#define DETECTOR_TURNS 2

/* One of the times at which a detector runs. */
struct detector_turn {
	enum run_moment moment;
	bool writes;
	/* Measures and concludes; in a later turn it adds to what d->to says already, or takes its
	 * place. Returns 0, or -errno where that could not be done: *e is words. NULL: no turn. */
	int (*run)(struct detecting *d, struct err *e);
	uint32_t budget_ms;
	const char *about; /* what it runs */
};

struct detector_row {
	const char *name;
	enum detection_kind kind;
	struct detector_turn turn[DETECTOR_TURNS]; /* in the order of their moments */
	/* Concludes from a result, or adds to what was found; NULL: no such thing. */
	void (*judge)(struct detection *to, const struct result *result);
	const char *judges; /* what it judges, where no turn tells; else NULL */
};

extern const struct detector_row detector_rows[DETECTORS_N];

/* --- what they conclude with --- */

/* Sets verdict, confidence (NAN: not known) and evidence. */
void detection_say(struct detection *to, enum detection_verdict verdict, double confidence_pct,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Appends to the evidence, as far as there is room. */
void detection_add(struct detection *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Sets the size of the effect. */
void detection_size(struct detection *to, double value, const char *unit);

/* --- what they measure with --- */

/* Where to read or write: every block of the part once, in an order that is drawn, then again. */
struct places {
	struct pattern pattern;
	struct pattern_found list;
};

/* Blocks of block_bytes in `bytes` from from_bytes on, those that hold data where d->found says so.
 * Returns 0, -ENODATA (no such block) or -ENOMEM. Free in all cases. */
int places_init(struct places *p, const struct detecting *d, uint64_t from_bytes, uint64_t bytes,
		uint32_t block_bytes);
void places_free(struct places *p);

static inline uint64_t places_next(struct places *p)
{
	return pattern_next(&p->pattern);
}

/* Runs on that CPU from now on. */
void detecting_pin(uint32_t cpu);

/* --- the detectors --- */

int detect_unwritten(struct detecting *d, struct err *e);
int detect_allocation(struct detecting *d, struct err *e);
int detect_cache(struct detecting *d, struct err *e);
int detect_cache_of_writes(struct detecting *d, struct err *e);
int detect_flush(struct detecting *d, struct err *e);
int detect_compress(struct detecting *d, struct err *e);
int detect_throttle(struct detecting *d, struct err *e);
int detect_queue(struct detecting *d, struct err *e);
int detect_punt(struct detecting *d, struct err *e);
int detect_wake(struct detecting *d, struct err *e);
int detect_contention(struct detecting *d, struct err *e);

void judge_punt(struct detection *to, const struct result *result);
void judge_submitter(struct detection *to, const struct result *result);
void judge_host_thread(struct detection *to, const struct result *result);
void judge_clock(struct detection *to, const struct result *result);
void judge_contention(struct detection *to, const struct result *result);
void judge_steady(struct detection *to, const struct result *result);

/* Runs a table of rows at a moment; detect_visit() does with detector_rows. */
void detect_visit_rows(const struct detector_row *rows, uint32_t n, enum run_moment moment,
		       struct board *board, const struct plan *plan,
		       const struct step_target *target);

#endif
