/* SPDX-License-Identifier: MIT */
/*
 * The only file that opens a disk for writing, locks it or releases it. Everything else gets
 * descriptors from here, and writes only with a grant of hw/disk_proof.h.
 */
#ifndef TARE_HW_DISK_OPEN_H
#define TARE_HW_DISK_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/disk_proof.h"
#include "hw/disk_write.h"
#include "lib/err.h"
#include "model/disk.h"
#include "store/slots.h"

/* Opens a disk, partition or file read-only. `direct`: O_DIRECT. Returns a descriptor or -errno
 * with *e set. */
int disk_open_read(const char *path, bool direct, struct err *e);

/* True where somebody else holds the disk or a partition of it exclusively (mounted, part of a
 * volume, another tool). False for files of a captured tree and what cannot be opened. */
bool disk_open_is_claimed(const struct disk *disk, const char *root);

/*
 * Sets every block device and partition read-only in the kernel (BLKROSET) and notes the disks in
 * DISK_LOCKED_FILE. Only for the appliance. Returns how many could not be, with notes.
 */
int disk_lock_all(const struct disk_list *list, struct notes *notes);

/*
 * Sets one device node, disk or partition, read-only and reads it back: one that was added later
 * (hw/disk_hotplug.h). *was_writable (may be NULL): it had not been read-only. Returns 0, -ENODEV
 * (the node is another device now) or -errno.
 */
int disk_lock_node(const char *node, uint32_t major, uint32_t minor, bool *was_writable);

/* After a run: the target and its partitions are read-only again. Only for the appliance. Returns 0
 * or -errno. */
int disk_lock_target(const struct disk *disk);

/*
 * With a grant: releases the disk (clears the kernel's read-only flag), claims it, reads head and
 * tail once more (or the mark, where it is marked; or works the token out again, where it is to be
 * destroyed, and then wipes what stood at its ends), writes the mark where there is none yet, makes
 * the kernel reread the table, opens the partition TARE_SCRATCH exclusively for writing and checks
 * its start and size against the grant. Returns the descriptor (O_RDWR | O_EXCL, O_DIRECT where
 * asked) or -errno with *e set; on failure the disk is locked again where it was. `lock`:
 * appliance mode, which also writes down what is released (hw/disk_released.h); otherwise no
 * device's state but the target's partition table is changed. *wrote becomes true right before the
 * first byte goes to the disk, and is left alone where none did.
 *
 * -EPERM: the grant allows nothing, or the disk is no longer what it was granted for. -EBUSY:
 * somebody else holds it. -ETIME: the partition did not appear within 5 s.
 */
int disk_open_target(const struct disk_grant *grant, bool direct, bool lock, _Atomic bool *wrote,
		     struct err *e);

/*
 * Puts a disk back after disk_open_target(), whose descriptor must be closed: claims the whole
 * disk, checks that the mark is the granted one, and zeroes what disk_write_restore() says. In the
 * appliance (`lock`) the disk is locked again. Returns 0 or -errno with *e set; *restored says how
 * far it came.
 */
int disk_restore(const struct disk_grant *grant, bool lock,
		 const struct disk_proof_progress *progress, struct disk_restored *restored,
		 struct err *e);

/*
 * A file as target. Creates it only where nothing exists, `span_bytes` long and allocated; an
 * existing regular file is opened read-only, or for writing where write_existing. Block devices are
 * refused here. With `direct` the page cache keeps nothing of it that is on the medium. Returns the
 * descriptor or -errno with *e set; *created tells. What was created stays: the user named it.
 */
int disk_open_file(const char *path, uint64_t span_bytes, bool direct, bool write_existing,
		   bool *created, uint64_t *size_bytes, struct err *e);

/*
 * Stores a run's bodies on the results partition of `disk`: identity by all marks is checked, the
 * disk released for the time, other partitions stay locked, and locked again. Wraps slots_store()
 * and lets no byte outside the results partition through. Returns the slot's index or -errno with
 * *e set; -ENOENT without *e: no results partition there.
 */
int disk_store_results(const struct disk *disk, const char *run,
		       const struct buf body[SLOTS_PARTS_N], bool lock, struct err *e);

#endif
