/* SPDX-License-Identifier: MIT */
/*
 * Plain-text tables: columns as wide as their widest cell, numbers to the right. Cells are UTF-8;
 * width counts code points.
 */
#ifndef TARE_LIB_TABLE_H
#define TARE_LIB_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

#define TABLE_COLUMNS_MAX 24

struct table {
	size_t columns;
	size_t cells_n;
	char **cells;			   /* row by row */
	char align[TABLE_COLUMNS_MAX + 1]; /* a character a column: 'l' or 'r' */
	bool failed; /* out of memory: cells are missing; rendering fails the buffer */
};

/* `align` has one character a column ("lrrr"). */
void table_init(struct table *t, const char *align);
/* Appends the next cell; the row is full after `columns` cells. */
void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Renders all rows, two blanks between columns, `indent` before each; trailing blanks are cut. The
 * first row is a header: a rule of '-' follows it. */
void table_render(struct buf *to, const struct table *t, const char *indent);
void table_free(struct table *t);

#endif
