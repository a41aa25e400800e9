/* SPDX-License-Identifier: MIT */
/* Whole transfers at an offset of an open descriptor, through signals and in as many parts as the
 * kernel makes of them. Opens nothing. */
#ifndef TARE_LIB_TRANSFER_H
#define TARE_LIB_TRANSFER_H

#include <stddef.h>
#include <stdint.h>

/* Reads all of `len` bytes. Returns 0, -EIO (it ends before: truncated meanwhile) or -errno. */
int transfer_read(int fd, void *to, size_t len, uint64_t offset);

/* Writes all of it. Returns 0, -EIO (nothing more is taken) or -errno. */
int transfer_write(int fd, const void *from, size_t len, uint64_t offset);

#endif
