/* SPDX-License-Identifier: MIT */
/* Reads what the kernel counts for a block device (Documentation/block/stat.rst). */
#ifndef TARE_RUN_DISKSTAT_H
#define TARE_RUN_DISKSTAT_H

#include <stdbool.h>

#include <stdbool.h>

#include "model/diskstat.h"

/* Reads ROOT/sys/class/block/NODE/stat. Returns 0 or -errno (-EBADMSG: not as expected). */
int diskstat_read(struct diskstat *to, const char *root, const char *node);

/* later - earlier, field by field. */
struct diskstat diskstat_since(const struct diskstat *later, const struct diskstat *earlier);

/* False where any count is below what it was: the kernel sets them to 0 as it takes a device out.
 */
bool diskstat_follows(const struct diskstat *later, const struct diskstat *earlier);

void diskstat_add(struct diskstat *to, const struct diskstat *from);

#endif
