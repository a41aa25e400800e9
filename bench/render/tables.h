/* SPDX-License-Identifier: MIT */
/* The tables of the report. */
#ifndef TARE_RENDER_TABLES_H
#define TARE_RENDER_TABLES_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/table.h"
#include "model/result.h"

/* Fills `t`, which the caller frees, and appends lines that say what its columns mean. False: there
 * is nothing to show, and neither is touched. */
typedef bool tables_build(struct table *t, struct buf *legend, const struct result *result);

tables_build tables_figures; /* rates, depths and completion latencies */
tables_build tables_costs; /* CPU time and cycles per I/O, with the error of what is machine-wide */
tables_build tables_waits; /* flushes, and responses of open loops */

/* Those above and account_table (render/account.h), in the order of the report. */
#define TABLES_N 4
extern tables_build *const tables[TABLES_N];

#endif
