/* SPDX-License-Identifier: MIT */
/*
 * Reads results of any tool into samples: a row of the table in import.c for each format, told by
 * content, never by name. Prints nothing.
 */
#ifndef TARE_IMPORT_IMPORT_H
#define TARE_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "model/sample.h"

#define IMPORT_MAX_BYTES (64u << 20) /* largest text; what is larger can be a disk image only */

/* One file in memory. */
struct import_source {
	const char *path;  /* for messages and labels */
	const char *label; /* given for it, or NULL */
	struct buf *bytes; /* data ends with a NUL that is not counted; never NULL */
};

/*
 * A format. `is` tells by content. `read` adds runs; it returns 0 or -errno with *e naming line and
 * reason, and what could be read is there all the same.
 */
struct import_format {
	const char *name;
	bool (*is)(const struct import_source *source);
	int (*read)(struct samples *to, const struct import_source *source, struct err *e);
};

extern const struct import_format import_store;	    /* serial logs, slots, disk images */
extern const struct import_format import_documents; /* JSON of tare or fio */
extern const struct import_format import_fio_text;  /* what fio prints for people */
extern const struct import_format import_csv;	    /* tables with the header of import/csv.c */

/*
 * Adds what the file holds ("-": standard input). `label` names the environment; NULL: its own
 * label, else what is known of its platform and the file's name, the whole path where another is
 * called so: no file becomes a boot of another for that. Returns 0, or -errno with *e: "PATH: line
 * N: ...".
 */
int import_file(struct samples *to, const char *path, const char *label, struct err *e);

/* Reads a text ("-": standard input) as import_bytes() takes it, without a byte order mark. Returns
 * 0, or -errno with *e: "PATH: ...". */
int import_read(struct buf *to, const char *path, struct err *e);

/* The same as import_file() of bytes in memory; a byte order mark is taken off them. */
int import_bytes(struct samples *to, const struct import_source *source, struct err *e);

/* Sets "PATH: line N: ..." for the line that `at` lies in, and returns -EINVAL. */
int import_error(struct err *e, const struct import_source *source, const char *at, const char *fmt,
		 ...) __attribute__((format(printf, 4, 5)));

#endif
