/* SPDX-License-Identifier: MIT */
/*
 * Gathers results from whatever the user has of them: serial logs, results partitions and disk
 * images, results themselves and the arrays of collect_join(). What a file is, its content tells.
 * Prints nothing.
 */
#ifndef TARE_COLLECT_COLLECT_H
#define TARE_COLLECT_COLLECT_H

#include <stddef.h>

#include "frame/frame.h"
#include "lib/buf.h"
#include "lib/err.h"

#define COLLECT_LOG_MAX_BYTES (512u << 20) /* largest file that is read as text */

/* How much a document says, least first. */
enum collect_rank {
	COLLECT_NOTHING,    /* there is none */
	COLLECT_CHECKPOINT, /* whole, but the run sent a later one that is not */
	COLLECT_UNFINISHED, /* a whole checkpoint, the last that the run sent */
	COLLECT_PARTIAL,    /* whole, of a run that was ended early */
	COLLECT_WHOLE,
};

struct collect_run {
	char run[FRAME_RUN_BYTES]; /* "" where data lines of no run known were found */
	enum collect_rank rank;
	struct buf document;	  /* the exact bytes */
	const char *source;	  /* where it is from: a path given to collect_file() */
	const char *contradicted; /* another source with another document as good, or NULL */
	/* Of the first source whose last document of this run is not whole: */
	const char *broken_source;
	char problem[256];
	struct buf missing; /* its missing lines: "3-5, 17"; empty where not known */
	struct buf summary; /* its S lines' texts, one a line */
	struct buf later;   /* of a checkpoint: those that came after it */
};

struct collect {
	struct collect_run *run; /* in order of first appearance; of a partition, newest first */
	size_t n;
};

/*
 * Adds what `path` ("-": standard input) holds. `path` must outlive *c. Of a run that is known
 * already the better document stays. Returns 0, or -errno with *e set: "PATH: ..."; what could be
 * taken is there all the same, as the other runs of a partition with damaged slots.
 */
int collect_file(struct collect *c, const char *path, struct err *e);

/* The same of bytes that are read already; `path` names them. */
int collect_bytes(struct collect *c, struct buf *bytes, const char *path, struct err *e);

void collect_free(struct collect *c);

#endif
