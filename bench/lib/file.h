/* SPDX-License-Identifier: MIT */
/*
 * Small files below a given root, as sysfs, procfs and captured fixtures have them. Reads only.
 */
#ifndef TARE_LIB_FILE_H
#define TARE_LIB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

/*
 * Reads ROOT/path (path without leading slash; formatted) into `to`, cut to to_bytes - 1,
 * NUL-terminated and trimmed of trailing white space. Returns the length (>= 0) or -errno.
 */
int file_read_text(char *to, size_t to_bytes, const char *root, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* As above, as one unsigned decimal number. Returns 0, -errno of the read, or -EINVAL where it is
 * no number. */
int file_read_u64(uint64_t *value, const char *root, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The last component of what the symbolic link `path` leads to: a driver's name. False: there is no
 * such link, or no room for the name. */
bool file_link_name(char *to, size_t to_bytes, const char *path);

/* Appends a whole file (at most max_bytes; larger: -EFBIG) to `to`; path "-" is standard input.
 * Returns 0 or -errno. */
int file_read_all(struct buf *to, const char *path, size_t max_bytes);

/*
 * Writes a whole regular file atomically (temporary name beside it, fsync, rename). Refuses
 * anything that exists and is not a regular file (-EINVAL): block devices are never written here.
 * Returns 0 or -errno.
 */
int file_write_all(const char *path, const void *data, size_t len);

/* Writes the text of an attribute of configfs, which must exist: anything that is not on that file
 * system is refused (-EINVAL) before it is opened for writing. Returns 0 or -errno. */
int file_write_attribute(const char *path, const char *text);

#endif
