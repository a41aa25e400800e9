/* SPDX-License-Identifier: MIT */
/* The tables of the report. */
#ifndef TARE_RENDER_TABLES_H
#define TARE_RENDER_TABLES_H

#include "lib/buf.h"
#include "model/result.h"

/* Rates, depths and completion latencies. */
void tables_add_figures(struct buf *to, const struct result *result);

/* CPU time and cycles per I/O, with the error of what is machine-wide. */
void tables_add_costs(struct buf *to, const struct result *result);

/* Flushes, and responses of open loops; nothing where there were neither. */
void tables_add_waits(struct buf *to, const struct result *result);

#endif
