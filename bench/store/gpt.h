/* SPDX-License-Identifier: MIT */
/*
 * GUID partition tables (UEFI 2.10, chapter 5): reading those of others, laying out the one that
 * marks a scratch disk. Writes nothing itself.
 */
#ifndef TARE_STORE_GPT_H
#define TARE_STORE_GPT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/block.h"

#define GPT_LABEL_BYTES	   109 /* 36 UTF-16 units as UTF-8 */
#define GPT_GUID_TEXT	   37
#define GPT_PARTITIONS_MAX 128
#define GPT_SCRATCH_LABEL  "TARE_SCRATCH"
#define GPT_RESULTS_LABEL  "TARE_RESULTS"
#define GPT_ALIGN_BYTES	   (UINT64_C(1) << 20) /* of the scratch partition: its start and size */

struct gpt_partition {
	char label[GPT_LABEL_BYTES]; /* UTF-8; "" where there is none */
	uint8_t type[16];	     /* as on disk */
	uint64_t start_bytes;
	uint64_t size_bytes;
};

struct gpt {
	uint8_t disk_guid[16]; /* as on disk */
	/* Unit of the table's block numbers. An image made for 512 that lies on a 4096 disk keeps
	 * 512: the kernel does not see its partitions, but they can be read. */
	uint32_t sector_bytes;
	bool hybrid; /* the MBR in front has other entries than the protective one and the dummy
			active one of bootable ISO images */
	struct gpt_partition partition[GPT_PARTITIONS_MAX]; /* used entries, in table order */
	uint32_t n;
	bool cut; /* more entries than fit */
};

/*
 * Reads the primary table, looking for it at the block's own sector size, then at 512 and 4096.
 * Returns 0, -ENOENT (no GPT there), -EBADMSG (signature, but CRC or bounds wrong), -ENOMEM or
 * -errno of a read. *gpt is undefined on error.
 */
int gpt_read(struct gpt *gpt, const struct block *disk);

/* A GUID in the printed form, lower case. */
void gpt_guid_text(char text[GPT_GUID_TEXT], const uint8_t guid[16]);

/* The bytes of a scratch mark, as two extents to be written; everything else on the disk stays as
 * it is. */
struct gpt_mark {
	uint8_t *head; /* protective MBR, header, entries: from offset 0 */
	uint64_t head_bytes;
	uint8_t *tail; /* backup entries and header */
	uint64_t tail_offset_bytes;
	uint64_t tail_bytes;
	uint64_t partition_start_bytes; /* GPT_ALIGN_BYTES */
	uint64_t partition_size_bytes;	/* a multiple of GPT_ALIGN_BYTES */
};

/*
 * Lays out a GPT with the one partition TARE_SCRATCH (type Linux file system data, attribute bit 63
 * "do not automount" set) on a disk of that size. The partition has at least partition_bytes,
 * rounded up to GPT_ALIGN_BYTES, or all the disk can give where that is less or partition_bytes is
 * 0. GUIDs come from `seed`. Returns 0, -ENOSPC (disk below 4 MiB), -EINVAL (sector size not 512,
 * 1024, 2048 or 4096, or size no multiple of it), -ENOMEM. Free with gpt_mark_free().
 */
int gpt_mark_layout(struct gpt_mark *mark, uint64_t disk_bytes, uint32_t sector_bytes,
		    uint64_t partition_bytes, uint64_t seed);
void gpt_mark_free(struct gpt_mark *mark);

#endif
