/* SPDX-License-Identifier: MIT */
/*
 * A disk opened for reading, as a struct block, with its identity checked: the descriptor is that
 * of the device that was scanned, not of whatever has taken its name since.
 */
#ifndef TARE_HW_DISK_DEVICE_H
#define TARE_HW_DISK_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"
#include "model/disk.h"
#include "store/block.h"

struct disk_device {
	struct block block; /* reads past the page cache where the device can (O_DIRECT) */
	int fd;		    /* -1: closed */
	void *bounce;	    /* for reads that are not aligned */
};

/*
 * Opens ROOT/dev/NODE read-only and checks number, size and diskseq against *disk. Below a captured
 * root a regular file of the right size stands for the device. *device must stay where it is until
 * disk_device_close(). Returns 0 or -errno with *e set: -ENODEV where it is another device now.
 */
int disk_device_open(struct disk_device *device, const struct disk *disk, const char *root,
		     struct err *e);
void disk_device_close(struct disk_device *device);

/* Checks an open descriptor (of the whole disk) as above. Returns 0 or -ENODEV with *e set. */
int disk_device_check(int fd, const struct disk *disk, const char *root, struct err *e);

/* False where the disk or partition behind `fd` is on a disk with another diskseq. Kernels without
 * the number, and a `sequence` of 0, are not stopped by that: the other checks still hold. */
bool disk_device_same_sequence(int fd, uint64_t sequence);

/* The path of a device node: ROOT/dev/NODE, with '!' of sysfs names as '/'. `path` holds PATH_MAX.
 * Returns 0 or -ENAMETOOLONG. */
int disk_device_path(char *path, const char *root, const char *node);

/*
 * Lets *block read from `fd`, which may be O_DIRECT: *device keeps the bounce buffer. The fd is
 * closed by disk_device_close(). Returns 0 or -ENOMEM.
 */
int disk_device_wrap(struct disk_device *device, int fd, uint64_t size_bytes,
		     uint32_t sector_bytes);

#endif
