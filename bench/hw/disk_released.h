/* SPDX-License-Identifier: MIT */
/*
 * Which scratch partition is released for writing at the moment. hw/disk_open.c writes it down
 * before it releases anything; the watch over added devices (hw/disk_hotplug.h), another process,
 * reads it. A file in memory: gone with the boot. Only for the appliance.
 */
#ifndef TARE_HW_DISK_RELEASED_H
#define TARE_HW_DISK_RELEASED_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_RELEASED_FILE "run/tare.released"

struct disk_released {
	uint32_t major, minor; /* of the whole disk */
	uint64_t sequence;     /* its diskseq; 0 (a kernel without it) is never told of */
	uint64_t start_bytes, size_bytes; /* of the partition */
};

/* Replaces what is written down in ROOT; NULL: nothing is released any more. Returns 0 or -errno.
 */
int disk_released_set(const char *root, const struct disk_released *released);

/* False where nothing is released, or what is written down cannot be understood. */
bool disk_released_get(struct disk_released *released, const char *root);

#endif
