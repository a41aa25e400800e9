/* SPDX-License-Identifier: MIT */
/*
 * A text screen that is redrawn in place: what it shall show, and the bytes that make a terminal
 * show it. Only what changed is sent: a line on a frame buffer, or in the VGA memory of a virtual
 * machine, costs time.
 */
#ifndef TARE_RENDER_SHEET_H
#define TARE_RENDER_SHEET_H

#include <stdint.h>

#include "lib/buf.h"

#define SHEET_ROWS_MAX	 60
#define SHEET_LINE_BYTES 256

struct sheet {
	uint32_t rows, columns; /* rows: at most SHEET_ROWS_MAX; a line has at most columns - 1 */
	uint32_t n;		/* rows that are in use */
	char line[SHEET_ROWS_MAX][SHEET_LINE_BYTES];
};

/* An empty one. Rows beyond SHEET_ROWS_MAX and columns beyond SHEET_LINE_BYTES are left unused. */
void sheet_init(struct sheet *sheet, uint32_t rows, uint32_t columns);

/* Sets a line, or the next one; cut where the sheet ends, without control characters. A row that
 * the sheet has not is left out. */
void sheet_set(struct sheet *sheet, uint32_t row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void sheet_add(struct sheet *sheet, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Takes the whole screen of a terminal (ECMA-48, as Linux's consoles and xterm have it), with the
 * cursor hidden, and empties it; what others print goes to the lowest `messages` (> 0) of its rows,
 * and scrolls there.
 */
void sheet_begin(struct buf *to, uint32_t rows, uint32_t messages);

/* Makes the terminal that shows `shown` show `sheet`; both have the same size. Leaves the cursor
 * where it was. Nothing where nothing differs. */
void sheet_draw(struct buf *to, const struct sheet *sheet, const struct sheet *shown);

/* Gives the screen back: empty, the cursor at its top. */
void sheet_end(struct buf *to);

#endif
