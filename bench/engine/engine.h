/* SPDX-License-Identifier: MIT */
/*
 * What carries I/Os to the kernel and back. One engine is one file and one row of the registry; its
 * private state stays in it.
 *
 * Calls work on batches, so that the cost of the call itself is shared by the batch. No engine
 * allocates, locks or prints between open and close.
 */
#ifndef TARE_ENGINE_ENGINE_H
#define TARE_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "model/workload.h"

struct stats_io;

/* One I/O of a job: set up by the loop, carried by the engine, returned with its result. */
struct io {
	void *data;
	uint64_t offset_bytes;
	uint32_t len_bytes;
	int32_t result; /* bytes, or -errno; set by the engine */
	uint32_t index; /* of this io in its job; below the depth */
	bool write;
	struct stats_io *count; /* the loop's own: where it counts */
	uint64_t due_ns;	/* open loop: when it should have begun; 0: it has no such time */
	uint64_t start_ns;	/* the loop's own stamps */
	uint64_t issue_ns;
};

struct engine_setup {
	int fd;
	uint32_t depth;	   /* most I/Os in flight */
	uint32_t batch;	   /* most I/Os in one submit */
	uint32_t io_bytes; /* of every I/O */
	void *pool;	   /* the buffers of all I/Os, in one piece */
	size_t pool_bytes;
	bool fixedbufs;
	bool registerfiles;
	bool hipri;	    /* poll the device */
	bool sqthread_poll; /* a kernel thread submits */
};

struct engine; /* private to its file */

struct engine_ops {
	const char *name;
	enum workload_engine id;
	uint32_t depth_max;
	bool synchronous; /* an I/O is done by the call that reaps it: it has no submission latency
			   */

	/* Returns 0 with *engine set, or -errno with *e set (what the kernel refused). */
	int (*open)(struct engine **engine, const struct engine_setup *setup, struct err *e);

	/*
	 * Takes n I/Os over, n at least 1 and at most the batch; what the kernel does not take at
	 * once goes with later calls. A synchronous engine takes one. Returns 0, or -errno where
	 * the engine is of no use any more.
	 */
	int (*submit)(struct engine *engine, struct io *const *io, uint32_t n);

	/*
	 * Waits until at least `min` have completed, for at most timeout_ns, and puts up to `max`
	 * (at least min, at least 1) of them into `done`. `min` 0 only looks. Returns how many
	 * (fewer than min after a signal or the timeout), or -errno.
	 */
	int (*reap)(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		    uint64_t timeout_ns);

	/*
	 * What the kernel granted, in words: "registered buffers, registered file, DEFER_TASKRUN".
	 */
	const char *(*words)(const struct engine *engine);

	void (*close)(struct engine *engine);
};

/* Never NULL for a value of the enum. */
const struct engine_ops *engine_find(enum workload_engine id);

#endif
