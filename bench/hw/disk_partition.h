/* SPDX-License-Identifier: MIT */
/* The partitions of a disk of the live system, as the kernel has them now. Opens no device. */
#ifndef TARE_HW_DISK_PARTITION_H
#define TARE_HW_DISK_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/disk.h"

struct disk_partition_node {
	char node[DISK_TEXT_BYTES]; /* kernel name */
	uint32_t major, minor;
	uint64_t start_bytes, size_bytes;
};

/* Calls `take` for each partition of the disk with that number. Returns 0, what `take` returned
 * when that was not 0 (and stops there), or -errno where there is no such disk. */
int disk_partition_each(uint32_t major, uint32_t minor,
			int (*take)(const struct disk_partition_node *p, void *context),
			void *context);

/* The partition of that disk at exactly that place; false where there is none. */
bool disk_partition_find(struct disk_partition_node *found, uint32_t major, uint32_t minor,
			 uint64_t start_bytes, uint64_t size_bytes);

#endif
