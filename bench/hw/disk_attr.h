/* SPDX-License-Identifier: MIT */
/* What sysfs says of one disk: identity, bus, queue. Reads small files only. */
#ifndef TARE_HW_DISK_ATTR_H
#define TARE_HW_DISK_ATTR_H

#include <stdbool.h>

#include "model/disk.h"

/* Fills everything of *disk that stands in its sysfs folder `dir` (a resolved path), apart from
 * node, numbers, partitions and use. What is not there stays empty or 0. */
void disk_attr_read(struct disk *disk, const char *dir);

/* Adds a fact of *disk that is not known, by its key in the result, and why; once for several that
 * have the same reason. */
void disk_attr_unknown(struct disk *disk, const char *key, const char *why);

/* The folder of the device tree where the disk in `dir` hangs: its own, or of a multipath NVMe disk
 * that of one controller behind it. `bus` holds PATH_MAX. */
void disk_attr_bus(char *bus, const char *dir);

/* Cuts the last component off a folder of the device tree; false at its top. */
bool disk_attr_up(char *dir);

/* DIR/NAME into a buffer of PATH_MAX; false where it does not fit. */
bool disk_attr_join(char *path, const char *dir, const char *name);

#endif
