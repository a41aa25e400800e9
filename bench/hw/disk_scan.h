/* SPDX-License-Identifier: MIT */
/* Finds every block device in sysfs below a given root. Opens no device. */
#ifndef TARE_HW_DISK_SCAN_H
#define TARE_HW_DISK_SCAN_H

#include "lib/err.h"
#include "model/disk.h"

/* Where disk_lock_all() leaves the disks that it locked itself ("MAJ:MIN" a line), so that a later
 * scan does not take them for read-only by nature. In memory: gone with the boot. */
#define DISK_LOCKED_FILE "run/tare.locked"

/*
 * Whole disks only (partitions belong to their disk), sorted. Mounts come from
 * ROOT/proc/self/mountinfo by MAJ:MIN and by name, swap from ROOT/proc/swaps. Verdicts are left at
 * DISK_UNKNOWN. Returns 0 or -errno with *e set (no sysfs). Free with disk_list_free().
 */
int disk_scan(struct disk_list *list, const char *root, struct err *e);
void disk_list_free(struct disk_list *list);

/* The disk a user means: kernel name ("sda", "/dev/sda"), any link to its device node, serial, WWN
 * or PCI path. NULL: none; *ambiguous where several match (also NULL). */
const struct disk *disk_find(const struct disk_list *list, const char *name, bool *ambiguous);

#endif
