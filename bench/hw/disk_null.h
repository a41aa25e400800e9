/* SPDX-License-Identifier: MIT */
/*
 * Devices that have no storage behind them, for the appliance to measure its own path on: null_blk,
 * which answers at once and moves no data, and a RAM disk. They are only ever read.
 */
#ifndef TARE_HW_DISK_NULL_H
#define TARE_HW_DISK_NULL_H

#include "lib/err.h"

#define DISK_NULL_NODE "nullb0" /* as disk_is_null_blk() knows it */
#define DISK_RAM_NODE  "ram0"

/*
 * Makes the null_blk device by configfs, which is mounted where it is not: 1 GiB, blk-mq, answered
 * in the submitting call, no memory behind it. Only for the appliance. Returns 0 (-EEXIST: there is
 * one already, not ours) or -errno with *e set.
 */
int disk_null_make(struct err *e);

/* Takes it away again. */
void disk_null_remove(void);

/* Has the kernel make the RAM disk, by opening a node for it. Only for the appliance; it stays.
 * Returns 0 or -errno with *e set. */
int disk_ram_make(struct err *e);

#endif
