/* SPDX-License-Identifier: MIT */
/* Is a disk marked as tare's own, and does nobody else use it since? Reads only. */
#ifndef TARE_HW_DISK_MARK_H
#define TARE_HW_DISK_MARK_H

#include <stddef.h>

#include "store/block.h"
#include "store/gpt.h"

/*
 * A disk is marked when it has a valid primary GPT, in its own sector size, no MBR partitions
 * beside it, and exactly one partition, labelled TARE_SCRATCH, in which no known file system or
 * container stands (a user who reformats a scratch disk seldom renames the partition).
 *
 * Returns 0 and the partition; -ENOENT: not marked; -EEXIST: marked, but somebody has put something
 * into the partition; -ENOMEM or -errno of a read. Where not 0, `words` says what is on the disk
 * ("GPT with 3 partitions"), or is empty where no GPT is there.
 */
int disk_mark_check(struct gpt_partition *partition, const struct block *block, char *words,
		    size_t words_bytes);

#endif
