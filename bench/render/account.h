/* SPDX-License-Identifier: MIT */
/* The table of where the time of an I/O went, and what it is beyond null_blk's. */
#ifndef TARE_RENDER_ACCOUNT_H
#define TARE_RENDER_ACCOUNT_H

#include "lib/buf.h"
#include "model/result.h"

/* Nothing where no workload has an account. */
void render_account(struct buf *to, const struct result *result);

#endif
