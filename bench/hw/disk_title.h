/* SPDX-License-Identifier: MIT */
/* A disk's name in words, the same wherever a person reads it. */
#ifndef TARE_HW_DISK_TITLE_H
#define TARE_HW_DISK_TITLE_H

#include "lib/buf.h"
#include "model/disk.h"

#define DISK_MODEL_BYTES (2 * DISK_TEXT_BYTES)

/* "VENDOR MODEL", or the one there is, or "" (virtio-blk and Xen disks have neither). Returns
 * `to`. */
const char *disk_model_text(char to[DISK_MODEL_BYTES], const struct disk *disk);

/* Appends "NODE, SIZE, VENDOR MODEL, serial SERIAL"; what the disk has not is left out, but for
 * the serial, which is then "none". */
void disk_title(struct buf *to, const struct disk *disk);

#endif
