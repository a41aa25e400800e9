/* SPDX-License-Identifier: MIT */
/*
 * Results kept in preallocated files of the results partition: written in place, body first, then
 * its header, so that power lost at any moment costs at most the slot being written. The newest
 * valid slot is never the one overwritten, and nothing outside slots and headers is ever written.
 *
 * A partition is ours only by all its marks: GPT disk GUID that begins with 54415245 ("TARE") in
 * its printed form, PARTLABEL TARE_RESULTS, FAT label TARERES, and a file TARE.ID whose first line
 * is "TARE-RESULTS 1". Slot N is runNN.json and runNN.txt; its header is block N of 4096 bytes of
 * TARE.IDX: one line of text below 512 bytes (so that a single sector decides), then zeros:
 *
 *	TARE-SLOT 1 sequence=N run=ID json=BYTES:SHA256 text=BYTES:SHA256 crc=CRC32
 *
 * Beside them stands runNN.html, for people alone: no header tells of it, and partitions made by
 * earlier versions have none. It counts as ours only where it is as large as runNN.json, to the
 * byte: a user's own file of that name is left alone. It is emptied before the header is written
 * and gets its first sector last, so that at no moment it tells of another run or half of one.
 */
#ifndef TARE_STORE_SLOTS_H
#define TARE_STORE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "store/block.h"

#define SLOTS_MAX	     64
#define SLOTS_HEADER_BYTES   4096
#define SLOTS_RUN_BYTES	     9	/* at most eight letters and digits, and the NUL */
#define SLOTS_SHA256_BYTES   65 /* as text, with the NUL */
#define SLOTS_CONF_BYTES     16384
#define SLOTS_FILE_MAX_BYTES (UINT64_C(16) << 20)

enum slots_part {
	SLOTS_JSON,
	SLOTS_TEXT,
	SLOTS_HTML, /* capacity 0: there is none */
	SLOTS_PARTS_N,
	SLOTS_CHECKED_N = SLOTS_HTML, /* those that a header tells of */
};

struct slots_file {
	uint64_t offset_bytes; /* within the disk, not the partition */
	uint64_t capacity_bytes;
};

struct slot {
	bool valid;	   /* header and every body match */
	uint64_t sequence; /* counts up over all runs; 0: never written, or header unreadable */
	char run[SLOTS_RUN_BYTES];
	struct slots_file file[SLOTS_PARTS_N];
	uint64_t length_bytes[SLOTS_CHECKED_N];
	char sha256[SLOTS_CHECKED_N][SLOTS_SHA256_BYTES];
};

struct slots {
	uint64_t start_bytes; /* of the partition, within the disk */
	uint64_t size_bytes;
	uint64_t index_offset_bytes; /* of TARE.IDX, within the disk */
	struct slot slot[SLOTS_MAX];
	uint32_t n;
	char conf[SLOTS_CONF_BYTES]; /* text of tare.conf on the partition; "" where there is none
				      */
	char conf_problem[128];	     /* why tare.conf was not taken, in words; "" where it was */
};

/*
 * Finds the slots on a whole disk or image and checks every body. Returns 0; -ENOENT: no results
 * partition (the usual answer for any disk); or another -errno with *e set where the disk claims to
 * be one but is damaged (which mark is wrong, what was found) or cannot be read.
 */
int slots_find(struct slots *slots, const struct block *disk, struct err *e);

/* The same for a bare copy of the partition, which has no GPT and so only the two marks inside the
 * file system. -ENOENT: not FAT, or not labelled TARERES. */
int slots_find_partition(struct slots *slots, const struct block *partition, struct err *e);

/* Index of the newest valid slot, or -ENOENT. */
int slots_newest(const struct slots *slots);

/* Index of the slot to write next: never the newest valid one; an unused one, else an invalid one,
 * else the oldest. -ENOSPC where there are fewer than two. */
int slots_next(const struct slots *slots);

/*
 * Stores a run: bodies (padded with newlines to the file's size), flush, header, flush, then all of
 * it read back and compared. `disk` is what slots_find() was given, with write and flush; its flush
 * should drop cached copies, so that reading back asks the device. A JSON larger than its file is
 * an error (-EFBIG), the text is cut at a line's end, an HTML that is too large is left out.
 * Updates *slots. Returns the slot's index or -errno with *e set; beside an index, *e tells why
 * there is no HTML though there is a place for it.
 */
int slots_store(struct slots *slots, const struct block *disk, const char *run,
		const struct buf body[SLOTS_PARTS_N], struct err *e);

/* Appends a valid slot's body, JSON or text. Returns 0, -EINVAL (not valid, another part), -EBADMSG
 * (changed since it was found), -ENOMEM or -errno of a read. */
int slots_load(struct buf *to, const struct slots *slots, uint32_t index, enum slots_part part,
	       const struct block *disk);

#endif
