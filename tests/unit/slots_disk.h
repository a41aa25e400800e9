/* SPDX-License-Identifier: MIT */
/* For tests of result slots: a small results image on a disk in memory whose write cache is
 * volatile. */
#ifndef TARE_TESTS_SLOTS_DISK_H
#define TARE_TESTS_SLOTS_DISK_H

#include <errno.h>

#include "disk_image.h"
#include "lib/rng.h"
#include "store/slots.h"

#define SECTOR	      512
#define PENDING_MAX   4096
#define SLOTS_IN_TEST 4
#define HTML_IN_TEST  6000 /* more than one block */

/* A disk in memory with a volatile write cache: writes become durable, sector by sector, at flush.
 * Reads see the cache. */
struct disk {
	struct block block;
	uint8_t *durable, *cached;
	size_t len;
	uint32_t pending[PENDING_MAX]; /* sectors written since the last flush, in order */
	size_t pending_n;
	size_t cut_after; /* power goes after so many sectors in all; SIZE_MAX: never */
	size_t written;
	struct rng
		*rng; /* chooses what of the cache reached the medium; NULL: a prefix, all of it */
	bool dead;
	uint8_t allowed[16384]; /* bit for each sector that may be written */
	bool strayed;
};

static inline int disk_read(void *self, void *to, size_t len, uint64_t offset)
{
	struct disk *disk = self;

	if (disk->dead)
		return -EIO;
	memcpy(to, disk->cached + offset, len);
	return 0;
}

static inline void power_off(struct disk *disk)
{
	disk->dead = true;
	for (size_t i = 0; i < disk->pending_n; i++) {
		size_t at = (size_t)disk->pending[i] * SECTOR;

		if (!disk->rng || rng_below(disk->rng, 2))
			memcpy(disk->durable + at, disk->cached + at, SECTOR);
	}
}

static inline int disk_write(void *self, const void *from, size_t len, uint64_t offset)
{
	struct disk *disk = self;

	assert_int_equal(offset % SECTOR, 0);
	assert_int_equal(len % SECTOR, 0);
	for (size_t done = 0; done < len && !disk->dead; done += SECTOR) {
		uint32_t sector = (uint32_t)((offset + done) / SECTOR);

		if (!(disk->allowed[sector / 8] & 1 << sector % 8))
			disk->strayed = true;
		if (disk->written == disk->cut_after) {
			power_off(disk);
			break;
		}
		memcpy(disk->cached + offset + done, (const char *)from + done, SECTOR);
		assert_true(disk->pending_n < PENDING_MAX);
		disk->pending[disk->pending_n++] = sector;
		disk->written++;
	}
	return disk->dead ? -EIO : 0;
}

static inline int disk_flush(void *self)
{
	struct disk *disk = self;

	if (disk->dead)
		return -EIO;
	for (size_t i = 0; i < disk->pending_n; i++) {
		size_t at = (size_t)disk->pending[i] * SECTOR;

		memcpy(disk->durable + at, disk->cached + at, SECTOR);
	}
	disk->pending_n = 0;
	return 0;
}

static inline void disk_open(struct disk *disk, const uint8_t *image, size_t len)
{
	memset(disk, 0, sizeof(*disk));
	disk->len = len;
	disk->durable = malloc(len);
	disk->cached = malloc(len);
	assert_true(disk->durable && disk->cached);
	memcpy(disk->durable, image, len);
	memcpy(disk->cached, image, len);
	disk->cut_after = SIZE_MAX;
	disk->block = (struct block){ .self = disk,
				      .size_bytes = len,
				      .sector_bytes = SECTOR,
				      .read = disk_read,
				      .write = disk_write,
				      .flush = disk_flush };
}

static inline void disk_close(struct disk *disk)
{
	free(disk->durable);
	free(disk->cached);
}

static inline void allow(struct disk *disk, uint64_t offset, uint64_t len)
{
	for (uint64_t at = offset / SECTOR; at < (offset + len) / SECTOR; at++)
		disk->allowed[at / 8] |= (uint8_t)(1 << at % 8);
}

/* Copies what may be written; where nothing strayed that is all that can differ. */
static inline void copy_allowed(const struct disk *disk, uint8_t *to, const uint8_t *from)
{
	for (size_t sector = 0; sector < disk->len / SECTOR; sector++)
		if (disk->allowed[sector / 8] & 1 << sector % 8)
			memcpy(to + sector * SECTOR, from + sector * SECTOR, SECTOR);
}

/* Only slot files and the used headers may be written. */
static inline void allow_slots(struct disk *disk, const struct slots *slots)
{
	allow(disk, slots->index_offset_bytes, slots->n * (uint64_t)SLOTS_HEADER_BYTES);
	for (uint32_t i = 0; i < slots->n; i++)
		for (int part = 0; part < SLOTS_PARTS_N; part++)
			allow(disk, slots->slot[i].file[part].offset_bytes,
			      slots->slot[i].file[part].capacity_bytes);
}

static inline uint8_t *image_of(const char *dir, const char *environment, size_t *len)
{
	image_need("mkfs.fat fsck.fat mcopy mtype sgdisk");
	image_run("%s tests/fixtures/results_image.sh %s/disk %d", environment, dir, SLOTS_IN_TEST);
	{
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/disk", dir);
		return image_load(path, len);
	}
}

/* A body that says which run it is. */
static inline void body_make(struct buf body[SLOTS_PARTS_N], unsigned int run, size_t json_len)
{
	body[SLOTS_JSON] = BUF_INIT;
	body[SLOTS_TEXT] = BUF_INIT;
	body[SLOTS_HTML] = BUF_INIT;
	buf_printf(&body[SLOTS_JSON], "{ \"run\": %u, \"pad\": \"", run);
	while (body[SLOTS_JSON].len + 4 < json_len)
		buf_printf(&body[SLOTS_JSON], "%c", 'a' + (int)(run % 26));
	buf_puts(&body[SLOTS_JSON], "\" }\n");
	buf_printf(&body[SLOTS_TEXT], "report of run %u\n", run);
	buf_printf(&body[SLOTS_HTML], "<!DOCTYPE html>run %u", run);
	while (body[SLOTS_HTML].len < HTML_IN_TEST)
		buf_printf(&body[SLOTS_HTML], "%c", 'a' + (int)(run % 26));
	buf_puts(&body[SLOTS_HTML], "</html>\n");
}

static inline void body_free(struct buf body[SLOTS_PARTS_N])
{
	buf_free(&body[SLOTS_JSON]);
	buf_free(&body[SLOTS_TEXT]);
	buf_free(&body[SLOTS_HTML]);
}

static inline int store(struct slots *slots, struct disk *disk, unsigned int run, size_t json_len,
			struct err *e)
{
	struct buf body[SLOTS_PARTS_N];
	char name[SLOTS_RUN_BYTES];
	int ret;

	snprintf(name, sizeof(name), "%08x", run);
	body_make(body, run, json_len);
	ret = slots_store(slots, &disk->block, name, body, e);
	body_free(body);
	return ret;
}

/* The slot holds exactly that run. */
static inline void check_run(const struct slots *slots, uint32_t index, const struct block *block,
			     unsigned int run, size_t json_len)
{
	struct buf body[SLOTS_PARTS_N], loaded = BUF_INIT;
	char name[SLOTS_RUN_BYTES];

	snprintf(name, sizeof(name), "%08x", run);
	assert_string_equal(slots->slot[index].run, name);
	body_make(body, run, json_len);
	for (int part = 0; part < SLOTS_CHECKED_N; part++) {
		assert_int_equal(slots_load(&loaded, slots, index, (enum slots_part)part, block),
				 0);
		assert_int_equal(loaded.len, body[part].len);
		assert_memory_equal(loaded.data, body[part].data, loaded.len);
		buf_free(&loaded);
	}
	body_free(body);
}

/* The HTML of a slot is the whole one of that run, or shows nothing. Returns whether it is there.
 */
static inline bool check_html(const struct slots *slots, uint32_t index, const struct disk *disk,
			      unsigned int run)
{
	const struct slots_file *file = &slots->slot[index].file[SLOTS_HTML];
	const uint8_t *at = disk->cached + file->offset_bytes;
	struct buf body[SLOTS_PARTS_N];

	assert_true(file->capacity_bytes > HTML_IN_TEST);
	if (*at == '\n')
		return false;
	body_make(body, run, 100);
	assert_memory_equal(at, body[SLOTS_HTML].data, body[SLOTS_HTML].len);
	for (size_t i = body[SLOTS_HTML].len; i < file->capacity_bytes; i++)
		assert_int_equal(at[i], '\n');
	body_free(body);
	return true;
}

#endif
