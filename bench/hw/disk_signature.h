/* SPDX-License-Identifier: MIT */
/*
 * Names what stands on a disk or partition. Names are for messages; the only decision that rests on
 * them is to refuse a marked partition that somebody has put a file system on.
 */
#ifndef TARE_HW_DISK_SIGNATURE_H
#define TARE_HW_DISK_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "store/block.h"

/*
 * The name of a known signature ("ext4 file system") in a piece of a disk that was read at
 * `offset_bytes` of `disk_bytes`, or NULL. Random data match with a probability below 1e-6.
 */
const char *disk_signature(const uint8_t *data, size_t len, uint64_t offset_bytes,
			   uint64_t disk_bytes);

/*
 * Reads the places of all known signatures (4 MiB at the head, 1 MiB at the tail) and sets *name to
 * the first one found, or NULL. Returns 0, -ENOMEM or -errno of a read.
 */
int disk_signature_find(const char **name, const struct block *block);

#endif
