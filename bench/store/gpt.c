// SPDX-License-Identifier: MIT
/* Reads GUID partition tables and lays out the scratch mark. Writes nothing itself. */
#include "store/gpt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/digest.h"
#include "lib/rng.h"
#include "store/bytes.h"

#define HEADER_BYTES	  92
#define ENTRY_BYTES	  128
#define ENTRIES_N	  128
#define ENTRIES_BYTES	  (ENTRY_BYTES * ENTRIES_N)
#define ENTRIES_MAX_BYTES (1u << 20) /* tables larger than this are taken for damaged */
#define NAME_UNITS	  36
#define MIN_DISK_BYTES	  (UINT64_C(4) << 20)

static const uint8_t type_linux_data[16] = { 0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47,
					     0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4 };

void gpt_guid_text(char text[GPT_GUID_TEXT], const uint8_t guid[16])
{
	/* The first three groups are little-endian numbers, the rest bytes. */
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	char *at = text;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		at += snprintf(at, 3, "%02x", guid[order[i]]);
	}
}

/* UTF-16 units to UTF-8; lone surrogates become '?'. */
static void label_text(char text[GPT_LABEL_BYTES], const uint8_t *name)
{
	char *at = text;

	for (int i = 0; i < NAME_UNITS; i++) {
		uint32_t c = bytes_le16(name + 2 * i);

		if (!c)
			break;
		if (c >= 0xd800 && c < 0xe000) {
			uint32_t low = i + 1 < NAME_UNITS ? bytes_le16(name + 2 * (i + 1)) : 0;

			if (c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i++;
			} else {
				c = '?';
			}
		}
		if (c < 0x80) {
			*at++ = (char)(c < 0x20 || c == 0x7f ? '?' : c);
			continue;
		}
		if (c < 0x800) {
			*at++ = (char)(0xc0 | c >> 6);
		} else {
			if (c < 0x10000) {
				*at++ = (char)(0xe0 | c >> 12);
			} else {
				*at++ = (char)(0xf0 | c >> 18);
				*at++ = (char)(0x80 | (c >> 12 & 0x3f));
			}
			*at++ = (char)(0x80 | (c >> 6 & 0x3f));
		}
		*at++ = (char)(0x80 | (c & 0x3f));
	}
	*at = '\0';
}

struct header {
	uint64_t first_usable, last_usable; /* in sectors */
	uint64_t entries_lba;
	uint32_t entries_n, entry_bytes, entries_crc;
};

static int header_parse(struct header *h, struct gpt *gpt, uint8_t *sector, uint32_t sector_bytes,
			uint64_t sectors)
{
	uint32_t header_bytes = bytes_le32(sector + 12), crc = bytes_le32(sector + 16);
	uint64_t entries_bytes, entries_sectors;

	if (header_bytes < HEADER_BYTES || header_bytes > sector_bytes)
		return -EBADMSG;
	bytes_put_le32(sector + 16, 0);
	if (digest_crc32(sector, header_bytes) != crc || bytes_le64(sector + 24) != 1)
		return -EBADMSG;
	h->first_usable = bytes_le64(sector + 40);
	h->last_usable = bytes_le64(sector + 48);
	memcpy(gpt->disk_guid, sector + 56, 16);
	h->entries_lba = bytes_le64(sector + 72);
	h->entries_n = bytes_le32(sector + 80);
	h->entry_bytes = bytes_le32(sector + 84);
	h->entries_crc = bytes_le32(sector + 88);
	entries_bytes = (uint64_t)h->entries_n * h->entry_bytes;
	entries_sectors = (entries_bytes + sector_bytes - 1) / sector_bytes;
	if (h->entry_bytes < ENTRY_BYTES || h->entry_bytes % 8 ||
	    entries_bytes > ENTRIES_MAX_BYTES || h->entries_lba < 2 || h->entries_lba >= sectors ||
	    h->first_usable > h->last_usable || h->last_usable >= sectors)
		return -EBADMSG;
	/* No partition may cover the table itself. */
	if (h->entries_lba + entries_sectors > h->first_usable)
		return -EBADMSG;
	return 0;
}

static int entries_parse(struct gpt *gpt, const struct header *h, const uint8_t *entries)
{
	static const uint8_t unused[16];

	for (uint32_t i = 0; i < h->entries_n; i++) {
		const uint8_t *entry = entries + (size_t)i * h->entry_bytes;
		uint64_t first = bytes_le64(entry + 32), last = bytes_le64(entry + 40);
		struct gpt_partition *p;

		if (!memcmp(entry, unused, sizeof(unused)))
			continue;
		if (first < h->first_usable || first > last || last > h->last_usable)
			return -EBADMSG;
		if (gpt->n == GPT_PARTITIONS_MAX) {
			gpt->cut = true;
			break;
		}
		p = &gpt->partition[gpt->n++];
		memcpy(p->type, entry, 16);
		p->start_bytes = first * gpt->sector_bytes;
		p->size_bytes = (last - first + 1) * gpt->sector_bytes;
		label_text(p->label, entry + 56);
	}
	return 0;
}

/* Anything in the MBR beside the protective entry and the type-0 active entry that bootable ISO
 * images carry for old BIOSes. */
static bool mbr_is_hybrid(const uint8_t *mbr)
{
	bool protective = false;

	for (const uint8_t *entry = mbr + 446; entry < mbr + 510; entry += 16) {
		if (entry[4] == 0xee)
			protective = true;
		else if (entry[4])
			return true;
	}
	return !protective;
}

static int read_at(struct gpt *gpt, const struct block *disk, uint32_t sector_bytes,
		   uint8_t *sector)
{
	uint64_t sectors = disk->size_bytes / sector_bytes;
	struct header h;
	uint8_t *entries;
	size_t len;
	int ret;

	if (sectors < 3)
		return -ENOENT;
	ret = block_read(disk, sector, sector_bytes, sector_bytes);
	if (ret)
		return ret;
	if (memcmp(sector, "EFI PART", 8))
		return -ENOENT;
	*gpt = (struct gpt){ .sector_bytes = sector_bytes };
	ret = header_parse(&h, gpt, sector, sector_bytes, sectors);
	if (ret)
		return ret;
	ret = block_read(disk, sector, 512, 0);
	if (ret)
		return ret;
	gpt->hybrid = mbr_is_hybrid(sector);
	len = (size_t)h.entries_n * h.entry_bytes;
	entries = malloc(len + 1);
	if (!entries)
		return -ENOMEM;
	ret = block_read(disk, entries, len, h.entries_lba * sector_bytes);
	if (ret == -ERANGE || (!ret && digest_crc32(entries, len) != h.entries_crc))
		ret = -EBADMSG;
	if (!ret)
		ret = entries_parse(gpt, &h, entries);
	free(entries);
	return ret;
}

int gpt_read(struct gpt *gpt, const struct block *disk)
{
	const uint32_t sizes[] = { disk->sector_bytes, 512, 4096 };
	uint8_t sector[4096];
	int ret = -ENOENT;

	if (disk->sector_bytes < 512 || disk->sector_bytes > sizeof(sector))
		return -EINVAL;
	for (size_t i = 0; ret == -ENOENT && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (i && sizes[i] == disk->sector_bytes)
			continue;
		ret = read_at(gpt, disk, sizes[i], sector);
	}
	return ret;
}

static void random_guid(uint8_t guid[16], struct rng *rng)
{
	rng_fill(rng, guid, 16);
	guid[7] = (uint8_t)((guid[7] & 0x0f) | 0x40); /* version 4: random */
	guid[8] = (uint8_t)((guid[8] & 0x3f) | 0x80); /* variant of RFC 4122 */
}

struct layout {
	uint64_t sectors, entries_sectors, first, last; /* partition, in sectors */
	uint32_t sector_bytes, entries_crc;
	uint8_t disk_guid[16];
};

static void put_header(uint8_t *to, const struct layout *l, bool primary)
{
	uint64_t backup = l->sectors - 1;

	memcpy(to, "EFI PART", 8);
	bytes_put_le32(to + 8, 0x00010000);
	bytes_put_le32(to + 12, HEADER_BYTES);
	bytes_put_le64(to + 24, primary ? 1 : backup);
	bytes_put_le64(to + 32, primary ? backup : 1);
	bytes_put_le64(to + 40, 2 + l->entries_sectors);
	bytes_put_le64(to + 48, backup - l->entries_sectors - 1);
	memcpy(to + 56, l->disk_guid, 16);
	bytes_put_le64(to + 72, primary ? 2 : backup - l->entries_sectors);
	bytes_put_le32(to + 80, ENTRIES_N);
	bytes_put_le32(to + 84, ENTRY_BYTES);
	bytes_put_le32(to + 88, l->entries_crc);
	bytes_put_le32(to + 16, digest_crc32(to, HEADER_BYTES));
}

static void put_protective_mbr(uint8_t *to, uint64_t sectors)
{
	uint64_t covered = sectors - 1;

	to[446 + 2] = 0x02; /* first sector after the MBR, in CHS */
	to[446 + 4] = 0xee;
	memset(to + 446 + 5, 0xff, 3);
	bytes_put_le32(to + 446 + 8, 1);
	bytes_put_le32(to + 446 + 12, covered > UINT32_MAX ? UINT32_MAX : (uint32_t)covered);
	to[510] = 0x55;
	to[511] = 0xaa;
}

static void put_entry(uint8_t *to, const struct layout *l, struct rng *rng)
{
	memcpy(to, type_linux_data, 16);
	random_guid(to + 16, rng);
	bytes_put_le64(to + 32, l->first);
	bytes_put_le64(to + 40, l->last);
	bytes_put_le64(to + 48, UINT64_C(1) << 63);
	for (size_t i = 0; i < sizeof(GPT_SCRATCH_LABEL) - 1; i++)
		to[56 + 2 * i] = (uint8_t)GPT_SCRATCH_LABEL[i];
}

int gpt_mark_layout(struct gpt_mark *mark, uint64_t disk_bytes, uint32_t sector_bytes,
		    uint64_t partition_bytes, uint64_t seed)
{
	struct layout l = { .sector_bytes = sector_bytes };
	uint64_t usable_end;
	struct rng rng;

	*mark = (struct gpt_mark){ 0 };
	if (sector_bytes < 512 || sector_bytes > 4096 || (sector_bytes & (sector_bytes - 1)) ||
	    disk_bytes % sector_bytes)
		return -EINVAL;
	if (disk_bytes < MIN_DISK_BYTES)
		return -ENOSPC;
	rng_seed(&rng, seed);
	l.sectors = disk_bytes / sector_bytes;
	l.entries_sectors = ENTRIES_BYTES / sector_bytes;
	usable_end = (l.sectors - 1 - l.entries_sectors) * sector_bytes;
	mark->partition_start_bytes = GPT_ALIGN_BYTES;
	mark->partition_size_bytes = usable_end / GPT_ALIGN_BYTES * GPT_ALIGN_BYTES -
				     GPT_ALIGN_BYTES;
	if (partition_bytes && partition_bytes < mark->partition_size_bytes)
		mark->partition_size_bytes = (partition_bytes + GPT_ALIGN_BYTES - 1) /
					     GPT_ALIGN_BYTES * GPT_ALIGN_BYTES;
	l.first = mark->partition_start_bytes / sector_bytes;
	l.last = l.first + mark->partition_size_bytes / sector_bytes - 1;
	mark->head_bytes = (2 + l.entries_sectors) * sector_bytes;
	mark->tail_bytes = (1 + l.entries_sectors) * sector_bytes;
	mark->tail_offset_bytes = disk_bytes - mark->tail_bytes;
	mark->head = calloc(1, mark->head_bytes);
	mark->tail = calloc(1, mark->tail_bytes);
	if (!mark->head || !mark->tail) {
		gpt_mark_free(mark);
		return -ENOMEM;
	}
	random_guid(l.disk_guid, &rng);
	put_entry(mark->head + 2 * (size_t)sector_bytes, &l, &rng);
	memcpy(mark->tail, mark->head + 2 * (size_t)sector_bytes, ENTRIES_BYTES);
	l.entries_crc = digest_crc32(mark->tail, ENTRIES_BYTES);
	put_protective_mbr(mark->head, l.sectors);
	put_header(mark->head + sector_bytes, &l, true);
	put_header(mark->tail + ENTRIES_BYTES, &l, false);
	return 0;
}

void gpt_mark_free(struct gpt_mark *mark)
{
	free(mark->head);
	free(mark->tail);
	*mark = (struct gpt_mark){ 0 };
}
