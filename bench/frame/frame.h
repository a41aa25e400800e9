/* SPDX-License-Identifier: MIT */
/*
 * Results on a serial line that loses, repeats and mixes: encoder (appliance) and decoder
 * (workstation) in one place.
 *
 * Every line is `@@TARE1 <kind> <text> *<crc32>`, at most 79 columns: terminals wrap at 80. The CRC
 * is over everything before " *".
 *
 * S run=RUN key=value ...
 *	a readable summary, one event; what does not fit goes on in `S run=RUN +1 rest`, `+2 rest`:
 *	with '-' for the blank where it was cut inside a word
 * B run=RUN:ID copy=1/3 enc=deflate,b64
 * B run=RUN:ID bytes=101234 data=15123 lines=421
 * B run=RUN:ID sha256a=HEX
 * B run=RUN:ID sha256b=HEX
 *	begin a copy of a document: plain size, deflated size, data lines, the plain document's
 *	sha256 in halves
 * D ID INDEX BASE64
 *	data line INDEX (four hex digits): 36 bytes, the last line fewer
 * P ID GROUP BASE64
 *	parity: XOR of the data lines whose index modulo the number of groups (lines / 16, rounded
 *	up) is GROUP, short lines padded with zeros. Neighbours, which one disturbance hits
 *	together, are in different groups.
 * E ...
 *	the B lines again, last first: end a copy
 *
 * ID is the first five characters of the sha256 in base64 (30 bits): it tells the lines of a run's
 * checkpoints and of its final document apart.
 *
 * The decoder takes any bytes: ANSI sequences, CR, NUL, other text around and inside, lines in any
 * order and number. It pools the lines of all copies.
 */
#ifndef TARE_FRAME_FRAME_H
#define TARE_FRAME_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

#define FRAME_PREFIX		 "@@TARE1"
#define FRAME_COLUMNS		 79
#define FRAME_PARITY_GROUP	 16
#define FRAME_RUN_BYTES		 9 /* eight lower-case hex digits and the NUL */
#define FRAME_DOCUMENT_MAX_BYTES (16u << 20)
#define FRAME_LINES_MAX		 65536	      /* data lines a document: 2.25 MiB deflated */
#define FRAME_RUNS_MAX		 1024	      /* runs in one log */
#define FRAME_SUMMARY_MAX_BYTES	 (256u << 10) /* kept of a run's S lines; what is above is cut */

/* Appends one S line (several where it is too long): run, then `text` ("key=value key=value",
 * quotes around values with blanks). Control characters become blanks. */
void frame_summary(struct buf *to, const char *run, const char *text);

/*
 * Appends copy `copy` of `copies` of a document: B lines, D and P lines, E lines. Lines end with CR
 * LF. Returns 0, -ENOMEM, or -EFBIG (above FRAME_DOCUMENT_MAX_BYTES or FRAME_LINES_MAX).
 */
int frame_document(struct buf *to, const char *run, unsigned int copy, unsigned int copies,
		   const void *data, size_t len);

/* One run found in a log. */
struct frame_run {
	char run[FRAME_RUN_BYTES]; /* "" where only data lines survived, of no run known */
	bool complete;		   /* `document` is the last one that the run sent */
	/* A document exactly as sent, proven by its sha256. Where not complete: the newest
	 * checkpoint of the run that is whole; empty (data NULL) where there is none. */
	struct buf document;
	/* Of the last document where that is not whole: */
	uint32_t lines;	   /* data lines it has; 0: no B or E line told */
	uint32_t *missing; /* their indices, ascending */
	uint32_t missing_n;
	char problem[256]; /* in words */
	/* The events of the S lines, one a line, duplicates once, in order of first appearance;
	 * "..." stands where a part of one is missing. */
	struct buf summary;
	size_t said_bytes; /* of `summary`: what came before the end of `document` */
};

struct frame_log {
	struct frame_run *run; /* in order of first appearance */
	size_t n;
};

/*
 * Finds every run in a log. Never yields a document that differs from the sent one. Returns 0 (also
 * with no run found), -ENOMEM, or -E2BIG (more than FRAME_RUNS_MAX runs). On error *log is empty.
 */
int frame_decode(struct frame_log *log, const void *data, size_t len);
void frame_log_free(struct frame_log *log);

#endif
