/* SPDX-License-Identifier: MIT */
/*
 * The token of a disk: what a person must repeat (tare.confirm) to have a disk written that is not
 * blank. It names this disk with what stands on it now, so that one of another disk, or from before
 * somebody wrote to this one, does not fit. It keeps mistakes out, no secret. Reads only.
 */
#ifndef TARE_HW_DISK_TOKEN_H
#define TARE_HW_DISK_TOKEN_H

#include "lib/buf.h"
#include "lib/err.h"
#include "model/disk.h"
#include "store/block.h"

#define DISK_TOKEN_EDGE_BYTES (UINT64_C(1) << 20) /* of head and tail that are in the token */

/*
 * Works the token out: the first eight hex digits of a SHA-256 over serial, WWN, vendor, model and
 * size, and over the first and last DISK_TOKEN_EDGE_BYTES, where tables, superblocks and labels of
 * volumes stand. Returns 0, -ENOMEM or -errno of a read; `token` is "" then.
 */
int disk_token(char token[DISK_TOKEN_BYTES], const struct disk *disk, const struct block *block);

/* True where a command line can name the disk: it has a serial, of printable ASCII without quotes.
 */
bool disk_token_is_nameable(const struct disk *disk);

/* Appends the words that let the disk be overwritten: "tare.destroy=SERIAL:BYTES
 * tare.confirm=TOKEN", in quotes where the serial has blanks. */
void disk_token_words(struct buf *to, const struct disk *disk);

/* Appends those words where a person may want them: not for disks that are written without, nor for
 * those that cannot be. Returns whether it did. */
bool disk_token_offer(struct buf *to, const struct disk *disk);

#endif
