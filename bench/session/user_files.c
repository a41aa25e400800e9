// SPDX-License-Identifier: MIT
/* Finds the results partitions and takes from them what the user put there. */
#include "session/user_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hw/disk_open.h"
#include "lib/file.h"
#include "lib/str.h"
#include "store/fat.h"
#include "store/slots.h"

#define JOB_SUFFIX ".fio"
#define EMBED_DIR  "tare.embed"

/* Opens a disk that may be looked at. Returns 0, or -errno (locked away, no medium, gone). */
static int open_disk(struct block *block, int *fd, const struct disk *disk)
{
	char path[DISK_TEXT_BYTES + 8];
	struct err ignored = ERR_INIT;

	if (!disk->size_bytes)
		return -ENOMEDIUM;
	snprintf(path, sizeof(path), "/dev/%s", disk->node);
	*fd = disk_open_read(path, false, &ignored);
	if (*fd < 0)
		return *fd;
	block_from_fd(block, fd, disk->size_bytes, disk->logical_block_bytes);
	return 0;
}

int user_files_conf(char *conf, size_t conf_bytes, const struct disk_list *disks,
		    struct notes *notes)
{
	struct slots *slots = malloc(sizeof(*slots));
	int ret = slots ? 0 : -EBADMSG;

	conf[0] = '\0';
	for (uint32_t i = 0; slots && i < disks->n && !conf[0]; i++) {
		const struct disk *d = &disks->disk[i];
		struct err e = ERR_INIT;
		struct block block;
		int fd;

		if (open_disk(&block, &fd, d))
			continue;
		if (!slots_find(slots, &block, &e)) {
			str_copy(conf, conf_bytes, slots->conf);
			if (slots->conf_problem[0]) {
				notes_add(notes, "%s: %s", d->node, slots->conf_problem);
				ret = -EBADMSG;
			}
		} else if (e.code) {
			notes_add(notes, "%s: %s", d->node, e.text);
		}
		close(fd);
	}
	free(slots);
	return ret;
}

static bool is_job_name(const char *name)
{
	size_t len = strlen(name), suffix_len = strlen(JOB_SUFFIX);

	return len > suffix_len && !strcmp(name + len - suffix_len, JOB_SUFFIX) &&
	       !strchr(name, '/');
}

static int cannot_read(struct err *e, int ret, const char *name, const char *where)
{
	if (ret == -EFBIG)
		return err_set(e, ret, "\"%s\": %s: more than %zu bytes", name, where,
			       USER_FILES_JOB_MAX_BYTES);
	return err_set(e, ret, "\"%s\": %s: %s", name, where, strerror(-ret));
}

int user_files_job_of_disk(struct buf *to, const struct block *disk, const char *name,
			   struct err *e)
{
	struct slots *slots = malloc(sizeof(*slots));
	struct err damaged = ERR_INIT;
	struct block_part part;
	int ret;

	if (!slots)
		return err_set(e, -ENOMEM, "no memory for job files");
	ret = slots_find(slots, disk, &damaged);
	if (!ret)
		ret = block_part_init(&part, disk, slots->start_bytes, slots->size_bytes);
	if (!ret)
		ret = fat_load_named(to, &part.block, name, USER_FILES_JOB_MAX_BYTES);
	free(slots);
	if (damaged.code)
		return err_set(e, ret, "\"%s\": %s", name, damaged.text);
	if (ret && ret != -ENOENT)
		cannot_read(e, ret, name, "results partition");
	return ret;
}

static int job_of_embed_area(struct buf *to, const char *root, const char *name, struct err *e)
{
	char path[512];
	int ret;

	snprintf(path, sizeof(path), "%s/" EMBED_DIR "/%s", root, name);
	ret = file_read_all(to, path, USER_FILES_JOB_MAX_BYTES);
	if (ret && ret != -ENOENT)
		cannot_read(e, ret, name, EMBED_DIR);
	return ret;
}

int user_files_job(struct buf *to, const struct disk_list *disks, const char *root,
		   const char *name, struct err *e)
{
	int ret = -ENOENT;

	if (!is_job_name(name))
		return err_set(e, -EINVAL,
			       "\"%s\": neither a built-in suite nor NAME" JOB_SUFFIX
			       ", a job file in the root of the results partition",
			       name);
	for (uint32_t i = 0; i < disks->n && ret == -ENOENT; i++) {
		struct block block;
		int fd;

		if (open_disk(&block, &fd, &disks->disk[i]))
			continue;
		ret = user_files_job_of_disk(to, &block, name, e);
		close(fd);
	}
	if (ret == -ENOENT)
		ret = job_of_embed_area(to, root, name, e);
	if (ret == -ENOENT)
		return err_set(
			e, ret,
			"\"%s\": no such file in the root of a results partition, nor in the "
			"image's " EMBED_DIR,
			name);
	return ret;
}
