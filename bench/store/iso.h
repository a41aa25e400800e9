/* SPDX-License-Identifier: MIT */
/* Finds a file in an ISO 9660 file system (ECMA-119). Reads only. */
#ifndef TARE_STORE_ISO_H
#define TARE_STORE_ISO_H

#include <stddef.h>
#include <stdint.h>

#include "store/block.h"

/*
 * Where the file `path` lies: names as ISO 9660 has them without version ("BOOT/CONFIG.IMG"), upper
 * case, parted by '/'. A file lies in one piece. Returns 0; -EINVAL: no such file system; -ENOENT:
 * no such file; -EBADMSG: it is damaged (a length or a place that cannot be); or -errno of a read.
 */
int iso_find(uint64_t *offset_bytes, uint64_t *size_bytes, const struct block *block,
	     const char *path);

/* The volume's name, trimmed. Returns as iso_find(). */
int iso_label(char *label, size_t label_bytes, const struct block *block);

#endif
