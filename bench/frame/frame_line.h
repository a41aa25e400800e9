/* SPDX-License-Identifier: MIT */
/* One line of a frame: its envelope and its check. What the kinds mean is frame.h's. */
#ifndef TARE_FRAME_FRAME_LINE_H
#define TARE_FRAME_FRAME_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "frame/frame.h"
#include "lib/buf.h"

#define FRAME_TEXT_BYTES    (FRAME_COLUMNS - 20) /* of a line: less "@@TARE1 K " and " *01234567" */
#define FRAME_PAYLOAD_BYTES 36 /* 48 characters: with ID and index as much as fits */
#define FRAME_ID_BYTES	    6  /* five characters of base64 and the NUL */

/* Appends a line with CR LF. `text_len` <= FRAME_TEXT_BYTES. */
void frame_line_add(struct buf *to, char kind, const char *text, size_t text_len);

/* The short name of a document, by the hex text of its sha256. */
void frame_line_id(char id[FRAME_ID_BYTES], const char *sha256);

/* Parity groups of a document of so many data lines. */
static inline uint32_t frame_line_groups(uint32_t lines)
{
	return (lines + FRAME_PARITY_GROUP - 1) / FRAME_PARITY_GROUP;
}

struct frame_line {
	char kind;
	char text[FRAME_TEXT_BYTES + 1];
};

/* Appends a log without what terminals interpret: ANSI sequences and all control characters but
 * the line feed. */
void frame_line_clean(struct buf *to, const char *data, size_t len);

/*
 * Finds the next line whose check is right in a cleaned log, from *at on, and moves *at behind it.
 * Returns 1, or 0 at the end.
 */
int frame_line_next(struct frame_line *line, const char *log, size_t len, size_t *at);

#endif
