/* SPDX-License-Identifier: MIT */
/* The table of where the time of an I/O went, and what it is beyond null_blk's. */
#ifndef TARE_RENDER_ACCOUNT_H
#define TARE_RENDER_ACCOUNT_H

#include "render/tables.h"

/* Nothing where no workload has an account. */
tables_build account_table;

#endif
