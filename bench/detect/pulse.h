/* SPDX-License-Identifier: MIT */
/*
 * A few I/Os, each timed: for detectors, which ask about single ones and short trains of them,
 * where run/job.h counts windows. Whoever has one owns it, in one thread.
 */
#ifndef TARE_DETECT_PULSE_H
#define TARE_DETECT_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "lib/err.h"
#include "lib/rng.h"

enum pulse_data {
	PULSE_UNIQUE, /* random, and no two blocks alike */
	PULSE_REPEAT, /* the same random 4 KiB everywhere */
	PULSE_ZERO,
};

/* One I/O. Times are tsc_now_ns(). */
struct shot {
	uint64_t offset_bytes;
	bool write;
	enum pulse_data data;	   /* of a write */
	uint64_t begin_ns, end_ns; /* set: before it was submitted; when its end was seen */
	bool blank; /* set: a read brought zeros only, or 0xFF as erased flash gives */
};

struct pulse {
	const struct engine_ops *ops;
	struct engine *engine;
	uint32_t depth, io_bytes;
	uint8_t *pool; /* a buffer for each I/O in flight */
	uint8_t *repeat;
	struct io *io;
	struct io **idle, **done;
	struct shot **shot; /* of each io, by its index */
	struct rng rng;
	uint64_t seed, sequence;
	uint64_t write_from, write_bytes; /* where writes may lie; 0 bytes: nowhere */
};

/*
 * `engine` with up to `depth` I/Os of io_bytes (a multiple of 4 KiB) in flight on `fd`. `seed`
 * makes the data. Returns 0 or -errno with *e set; close in both cases.
 */
int pulse_open(struct pulse *p, int fd, enum workload_engine engine, uint32_t depth,
	       uint32_t io_bytes, uint64_t seed, struct err *e);
void pulse_close(struct pulse *p);

/* Lets writes lie in these bytes, which were consented to: until then none is made. */
void pulse_let_write(struct pulse *p, uint64_t from_bytes, uint64_t bytes);

/* Whether a write there is let. */
bool pulse_may_write(const struct pulse *p, uint64_t offset_bytes, uint64_t bytes);

/*
 * Does the shots in order, as many at once as the depth allows, until until_ns (UINT64_C(0): no
 * such limit); *n of them in, those that were done out. What a write carries is made before its
 * time begins. Returns 0 or -errno: the first of an I/O that failed (a short one is -EIO), -EPERM
 * where a write lies elsewhere than was let, which is not made, or -ETIMEDOUT where nothing came
 * for 10 s.
 */
int pulse_fire(struct pulse *p, struct shot *shot, uint32_t *n, uint64_t until_ns);

/* One I/O at QD1: *ns is its time. Returns as pulse_fire(). */
int pulse_one(struct pulse *p, struct shot *shot, double *ns);

#endif
