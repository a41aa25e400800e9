/* SPDX-License-Identifier: MIT */
/*
 * Who uses which device: mounts, swap, and the locks that tare set itself. Reads small files only.
 */
#ifndef TARE_HW_DISK_USES_H
#define TARE_HW_DISK_USES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk_use {
	uint32_t major, minor; /* 0:0 where only the name is known */
	char source[256];      /* "/dev/sda1", as the mount was asked for */
	char where[256];
	bool swap;
};

struct disk_uses {
	struct disk_use *use;
	size_t n;
	char locked[8192]; /* lines "MAJ:MIN" with a newline on both ends */
};

/*
 * Reads ROOT/proc/self/mountinfo, ROOT/proc/swaps and the lock list. Files that are not there count
 * as empty only in a captured tree: on the live system a mount table that cannot be read is an
 * error, because it could hide a mount. Returns 0 or -errno; free with disk_uses_free().
 */
int disk_uses_read(struct disk_uses *uses, const char *root);
void disk_uses_free(struct disk_uses *uses);

/* The first use of a device by number or by kernel name, or NULL. */
const struct disk_use *disk_uses_find(const struct disk_uses *uses, uint32_t major, uint32_t minor,
				      const char *node);

/* True for a disk that disk_lock_all() set read-only. */
bool disk_uses_locked(const struct disk_uses *uses, uint32_t major, uint32_t minor);

#endif
