// SPDX-License-Identifier: MIT
/* The HTML of a slot: its first sector, which is written whole or not at all, decides whether a
 * browser finds anything in it. */
#include "store/slots_html.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHAT	   "results partition: HTML"
#define SECTOR_MAX 4096 /* a file has at least as much */

void slots_html_locate(struct slot *slot, const struct fat *fat, uint32_t index)
{
	const struct fat_file *file;
	char name[32];

	snprintf(name, sizeof(name), "run%02" PRIu32 ".html", index);
	file = fat_find(fat, name);
	if (file && file->contiguous && file->size_bytes == slot->file[SLOTS_JSON].capacity_bytes)
		slot->file[SLOTS_HTML] =
			(struct slots_file){ file->offset_bytes, file->size_bytes };
}

int slots_html_empty(const struct slots_file *file, const struct block *disk)
{
	char head[SECTOR_MAX];

	if (!file->capacity_bytes)
		return 0;
	memset(head, '\n', sizeof(head));
	return block_write(disk, head, disk->sector_bytes, file->offset_bytes);
}

/* The file is empty by now, and the header of its slot written. */
static int html_write(const struct slots_file *file, const struct block *disk,
		      const struct buf *html)
{
	size_t capacity = (size_t)file->capacity_bytes, head = disk->sector_bytes;
	char *whole = malloc(capacity);
	int ret;

	if (!whole)
		return -ENOMEM;
	memset(whole, '\n', capacity);
	memcpy(whole, html->data, html->len);
	ret = block_write(disk, whole + head, capacity - head, file->offset_bytes + head);
	if (!ret)
		ret = block_flush(disk);
	if (!ret)
		ret = block_write(disk, whole, head, file->offset_bytes);
	if (!ret)
		ret = block_flush(disk);
	if (!ret)
		ret = block_verify(disk, whole, capacity, file->offset_bytes);
	free(whole);
	return ret;
}

void slots_html_store(const struct slots_file *file, const struct block *disk,
		      const struct buf *html, struct err *e)
{
	int ret;

	if (!file->capacity_bytes || !html->len)
		return;
	if (html->len > file->capacity_bytes) {
		err_set(e, -EFBIG, WHAT ": %zu bytes: should be at most %" PRIu64, html->len,
			file->capacity_bytes);
		return;
	}
	ret = html_write(file, disk, html);
	if (ret)
		err_set(e, ret, WHAT ": %s", strerror(-ret));
}
