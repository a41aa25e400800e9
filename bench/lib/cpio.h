/* SPDX-License-Identifier: MIT */
/* Archives as the kernel unpacks them into its first file system: cpio, format "newc"
 * (Documentation/driver-api/early-userspace/buffer-format.rst). */
#ifndef TARE_LIB_CPIO_H
#define TARE_LIB_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

/* Appends a folder, or a file with its bytes (below 4 GiB), owned by root, of no time. */
void cpio_add_folder(struct buf *to, const char *name);
void cpio_add_file(struct buf *to, const char *name, const void *data, size_t len);

/* Appends the end. */
void cpio_end(struct buf *to);

/* One entry of an archive; name and data lie in the archive's bytes. */
struct cpio_entry {
	const char *name; /* NUL-terminated */
	const char *data;
	size_t len;
	bool is_file; /* regular */
};

/*
 * The entry at *at, which is moved behind it; begin with 0. Returns true; false at the archive's
 * end, and where the bytes are none (anything damaged, zeros).
 */
bool cpio_next(struct cpio_entry *entry, const void *archive, size_t len, size_t *at);

#endif
