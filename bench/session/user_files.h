/* SPDX-License-Identifier: MIT */
/*
 * Files that a user laid into the root of the results partition: tare.conf and job files. Reads
 * only.
 */
#ifndef TARE_SESSION_USER_FILES_H
#define TARE_SESSION_USER_FILES_H

#include <stddef.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "model/disk.h"
#include "store/block.h"

#define USER_FILES_JOB_MAX_BYTES ((size_t)1 << 20)

/* The text of tare.conf, from the first results partition that has one; "" where none has. What
 * keeps one from being read becomes a note. Returns 0, or -EBADMSG where one was there and could
 * not be taken. */
int user_files_conf(char *conf, size_t conf_bytes, const struct disk_list *disks,
		    struct notes *notes);

/*
 * Appends the text of the job file that tare.suite names: NAME.fio in the root of a results
 * partition of `disks`, else in ROOT/tare.embed (the image's embed area). Returns 0, -EINVAL
 * (`name` is no job file's name), -ENOENT (no such file), or -errno of what kept a file from being
 * read (-EFBIG: more than USER_FILES_JOB_MAX_BYTES), with *e quoting `name`.
 */
int user_files_job(struct buf *to, const struct disk_list *disks, const char *root,
		   const char *name, struct err *e);

/* The same for one disk or image. -ENOENT: it has no results partition, or that no such file;
 * *e is set by any other failure. */
int user_files_job_of_disk(struct buf *to, const struct block *disk, const char *name,
			   struct err *e);

#endif
