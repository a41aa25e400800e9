/* SPDX-License-Identifier: MIT */
/*
 * What tare itself writes to disks, beside the workloads: the mark, and what a disk is wiped
 * with. Opens nothing: descriptors come from hw/disk_open.c alone, and every range from a grant of
 * hw/disk_proof.h.
 */
#ifndef TARE_HW_DISK_WRITE_H
#define TARE_HW_DISK_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/disk_proof.h"
#include "lib/err.h"

/* How far a target was put back. */
struct disk_restored {
	uint8_t fill;	   /* what with: DISK_FILL_ZERO, or DISK_FILL_ERASED on erased flash */
	uint64_t bytes;	   /* of the span: full of it, flushed, and read back as that */
	bool mark_removed; /* likewise, at both ends of the disk */
};

/* True where the grant has a basis (proven, marked, or destroy) and a span. */
bool disk_write_is_granted(const struct disk_grant *grant);

/* Writes the mark that the grant describes, and flushes. Returns 0, -EPERM where it would be
 * another one, or -errno with *e set. */
int disk_write_mark(int fd, const struct disk_grant *grant, struct err *e);

/*
 * Wipes a disk to be destroyed, before its mark: 16 MiB at both ends of the disk and of the
 * partition to be, so that no old table, superblock or label of a volume speaks for what is gone.
 * -EPERM for any other grant; else 0 or -errno with *e set.
 */
int disk_write_clean(int fd, const struct disk_grant *grant, struct err *e);

/*
 * Fills the grant's span with what stands in front of its partition, zeros or the 0xFF of erased
 * flash, flushes, and reads it back past the page cache; then, where the span is the whole scratch
 * partition, the mark: both tables of the GPT and the MBR in front. Where it is less, the mark
 * stays, because without it the rest would be neither ours nor blank. `fd` is O_DIRECT, of the
 * whole disk, claimed. *restored must be zero. Returns 0 or -errno with *e set.
 */
int disk_write_restore(int fd, const struct disk_grant *grant,
		       const struct disk_proof_progress *progress, struct disk_restored *restored,
		       struct err *e);

/*
 * Fills with one byte, flushes and reads back a range of an open disk or file; `fd` may be
 * O_DIRECT, then the range must be aligned to its blocks. `progress` counts up to twice `len`:
 * writing, reading back. Returns 0, -EIO (reads back otherwise) or -errno with *e naming `what`.
 */
int disk_write_fill(int fd, const char *what, uint8_t fill, uint64_t start, uint64_t len,
		    const struct disk_proof_progress *progress, struct err *e);

#endif
