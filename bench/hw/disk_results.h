/* SPDX-License-Identifier: MIT */
/*
 * Results on a disk that hw/disk_open.c has opened: lets no byte outside the results partition
 * through. Opens nothing.
 */
#ifndef TARE_HW_DISK_RESULTS_H
#define TARE_HW_DISK_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "model/disk.h"
#include "store/slots.h"

/*
 * Finds the results partition by all its marks on `fd` (the whole disk) and stores a run's bodies
 * there (slots_store()). `write` writes all of `from` or returns -errno; it is only called for
 * bytes inside the partition. Returns the slot's index or -errno with *e set, -ENOENT without.
 */
int disk_results_write(int fd, int (*write)(int fd, const void *from, size_t len, uint64_t offset),
		       const struct disk *disk, const char *run,
		       const struct buf body[SLOTS_PARTS_N], struct err *e);

#endif
