/* SPDX-License-Identifier: MIT */
/* The sound lines of a log, sorted by what they belong to. A part of the decoder. */
#ifndef TARE_FRAME_FRAME_POOL_H
#define TARE_FRAME_FRAME_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame/frame.h"
#include "frame/frame_line.h"
#include "lib/digest.h"

#define FRAME_POOL_OPEN SIZE_MAX

/* The payload of a D or P line. */
struct frame_piece {
	uint32_t index;
	char kind;
	uint8_t len;
	uint8_t payload[FRAME_PAYLOAD_BYTES];
};

/* All pieces with one ID, in the log's order. */
struct frame_pool_pieces {
	char id[FRAME_ID_BYTES];
	struct frame_piece *piece;
	size_t n, cap;
};

/* What B and E lines told of a document. */
struct frame_pool_document {
	char run[FRAME_RUN_BYTES];
	char id[FRAME_ID_BYTES];
	size_t seen; /* number of the last line that named it: the order of sending */
	/* Bytes of the run's summary that came before that line; FRAME_POOL_OPEN: up to the end of
	 * the event that was being put together. */
	size_t said_bytes;
	uint32_t bytes, data_bytes, lines; /* 0: not told */
	char sha256[DIGEST_SHA256_TEXT];   /* each half begins with NUL where not told */
	bool facts_contradict, encoding_unknown;
};

struct frame_pool_run {
	char run[FRAME_RUN_BYTES];
	struct buf summary; /* whole after frame_pool_finish() */
	struct buf event;   /* being put together from S lines */
	uint64_t parts;	    /* of it, so far */
};

struct frame_pool {
	struct frame_pool_run *run; /* in order of first appearance */
	size_t runs_n;
	struct frame_pool_document *document;
	size_t documents_n, documents_cap;
	struct frame_pool_pieces *pieces;
	size_t pieces_n, pieces_cap;
	size_t lines_n;
};

/* Takes a line in; one that is no frame line in spite of its check is passed over. Returns 0,
 * -ENOMEM or -E2BIG (too many runs). */
int frame_pool_add(struct frame_pool *pool, const struct frame_line *line);

/* To be called behind the last line. Returns 0 or -ENOMEM. */
int frame_pool_finish(struct frame_pool *pool);

const struct frame_pool_pieces *frame_pool_pieces_of(const struct frame_pool *pool, const char *id);

/* The document of `run` sent last, or last before `before`; NULL: none. */
const struct frame_pool_document *frame_pool_newest(const struct frame_pool *pool, const char *run,
						    const struct frame_pool_document *before);

/* How many pieces belong to no document that a B or E line named. */
size_t frame_pool_orphans(const struct frame_pool *pool);

void frame_pool_free(struct frame_pool *pool);

#endif
