// SPDX-License-Identifier: MIT
/*
 * The table of signatures: magics and places as their formats' documents and headers give them.
 * Reads only.
 */
#include "hw/disk_signature.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/bytes.h"

#define KIB	   UINT64_C(1024)
#define MIB	   (KIB * 1024)
#define HEAD_BYTES (4 * MIB)
#define TAIL_BYTES MIB
#define ALIGN	   4096

/* Counts from the disk's start, or back from its end. */
enum base { START, END, END_4K, END_64K, END_256K }; /* END_*: the size rounded down */

struct signature {
	const char *name;
	enum base base;
	uint64_t offset; /* END*: bytes before the end */
	const char *magic;
	size_t magic_len;
	uint32_t step; /* repeats every `step` bytes, `count` times; 0: once */
	uint32_t count;
	/* More to check, or a better name; gets the bytes from the structure's start, which lies
	 * `before` bytes before the magic, and there are `after` bytes. NULL: no. */
	const char *(*look)(const char *name, const uint8_t *structure);
	uint32_t before, after;
};

#define MAGIC(text) (text), sizeof(text) - 1

/* ext2_fs.h: offsets within the superblock. */
static const char *look_ext(const char *name, const uint8_t *sb)
{
	uint32_t compat = bytes_le32(sb + 92), incompat = bytes_le32(sb + 96);

	if (bytes_le32(sb + 24) > 6 || bytes_le32(sb + 76) > 1 || !bytes_le32(sb) ||
	    !bytes_le32(sb + 32))
		return NULL;
	if (incompat & 0x8)
		return "ext journal device";
	if (incompat & 0x2c0) /* extents, 64bit, flex_bg */
		return "ext4 file system";
	return compat & 0x4 ? "ext3 file system" : name;
}

/* Apple TN1150: version 4 is HFS+, 5 HFSX. */
static const char *look_hfs(const char *name, const uint8_t *sb)
{
	return sb[2] == 0 && (sb[3] == 4 || sb[3] == 5) ? name : NULL;
}

/* Four entries whose status bytes are legal, and not all of them empty. */
static const char *look_mbr(const char *name, const uint8_t *mbr)
{
	bool used = false;

	for (const uint8_t *entry = mbr + 446; entry < mbr + 510; entry += 16) {
		if (entry[0] & 0x7f)
			return NULL;
		used |= entry[4] && bytes_le32(entry + 12);
	}
	return used ? name : NULL;
}

static const char *look_gfs2(const char *name, const uint8_t *sb)
{
	return sb[4] == 0 && sb[5] == 0 && sb[6] == 0 && sb[7] == 1 ? name : NULL;
}

/* Containers and file systems first; tables, which may stand beside them, last. */
static const struct signature signatures[] = {
	{ .name = "LUKS encryption", START, 0, MAGIC("LUKS\xba\xbe") },
	{ .name = "LUKS encryption (second header)", START, 16 * KIB, MAGIC("SKUL\xba\xbe") },
	{ .name = "BitLocker encryption", START, 3, MAGIC("-FVE-FS-") },
	{ .name = "LVM2 physical volume", START, 0, MAGIC("LABELONE"), 512, 4 },
	{ .name = "VDO volume", START, 0, MAGIC("dmvdo001") },
	{ .name = "Stratis pool", START, 516, MAGIC("!Stra0tis\x86\xff\x02^\x41rh"), 4096, 2 },
	{ .name = "dm-integrity volume", START, 0, MAGIC("integrt\0") },
	{ .name = "dm-verity volume", START, 0, MAGIC("verity\0\0") },
	{ .name = "Linux RAID (md 1.1)", START, 0, MAGIC("\xfc\x4e\x2b\xa9\x01\0\0\0") },
	{ .name = "Linux RAID (md 1.2)", START, 4 * KIB, MAGIC("\xfc\x4e\x2b\xa9\x01\0\0\0") },
	{ .name = "Linux RAID (md 1.0)", END_4K, 8 * KIB, MAGIC("\xfc\x4e\x2b\xa9\x01\0\0\0") },
	{ .name = "Linux RAID (md 0.90)", END_64K, 64 * KIB, MAGIC("\xfc\x4e\x2b\xa9\0\0\0\0") },
	{ .name = "firmware RAID (DDF)", END, 512, MAGIC("\xde\x11\xde\x11") },
	{ .name = "firmware RAID (Intel)", END, 1024, MAGIC("Intel Raid ISM Cfg Sig. ") },
	{ .name = "DRBD device", END, 4096 - 60, MAGIC("\x83\x74\x02\x6b") },
	{ .name = "DRBD device", END, 4096 - 60, MAGIC("\x83\x74\x02\x6c") },
	{ .name = "DRBD device", END, 4096 - 60, MAGIC("\x83\x74\x02\x6d") },
	{ .name = "Ceph bluestore", START, 0, MAGIC("bluestore block device") },
	{ .name = "Oracle ASM disk", START, 32, MAGIC("ORCLDISK") },
	{ .name = "bcache device",
	  START,
	  4096 + 24,
	  MAGIC("\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81") },
	{ .name = "bcachefs file system",
	  START,
	  4096 + 24,
	  MAGIC("\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef") },
	{ .name = "ZFS pool", START, 128 * KIB, MAGIC("\x0c\xb1\xba\0\0\0\0\0"), 1024, 128 },
	{ .name = "ZFS pool", START, 384 * KIB, MAGIC("\x0c\xb1\xba\0\0\0\0\0"), 1024, 128 },
	{ .name = "ZFS pool", END_256K, 384 * KIB, MAGIC("\x0c\xb1\xba\0\0\0\0\0"), 1024, 128 },
	{ .name = "ZFS pool", END_256K, 128 * KIB, MAGIC("\x0c\xb1\xba\0\0\0\0\0"), 1024, 128 },
	{ .name = "VMFS volume", START, MIB, MAGIC("\x0d\xd0\x01\xc0") },
	{ .name = "VMFS file system", START, 2 * MIB, MAGIC("\x5e\xf1\xab\x2f") },
	{ .name = "swap space", START, 4086, MAGIC("SWAPSPACE2") },
	{ .name = "swap space", START, 4086, MAGIC("SWAP-SPACE") },
	{ .name = "swap space", START, 65526, MAGIC("SWAPSPACE2") },
	{ .name = "hibernation image", START, 4086, MAGIC("S1SUSPEND") },
	{ .name = "NTFS file system", START, 3, MAGIC("NTFS    ") },
	{ .name = "ReFS file system", START, 3, MAGIC("ReFS\0\0\0\0") },
	{ .name = "exFAT file system", START, 3, MAGIC("EXFAT   ") },
	{ .name = "FAT file system", START, 54, MAGIC("FAT12   ") },
	{ .name = "FAT file system", START, 54, MAGIC("FAT16   ") },
	{ .name = "FAT file system", START, 82, MAGIC("FAT32   ") },
	{ .name = "xfs file system", START, 0, MAGIC("XFSB\0") },
	{ .name = "xfs log device", START, 0, MAGIC("\xfe\xed\xba\xbe\0\0\0") },
	{ .name = "btrfs file system", START, 64 * KIB + 64, MAGIC("_BHRfS_M") },
	{ .name = "ext2 file system",
	  START,
	  KIB + 56,
	  MAGIC("\x53\xef"),
	  .look = look_ext,
	  .before = 56,
	  .after = 256 },
	{ .name = "f2fs file system", START, KIB, MAGIC("\x10\x20\xf5\xf2") },
	{ .name = "erofs file system", START, KIB, MAGIC("\xe2\xe1\xf5\xe0") },
	{ .name = "HFS+ file system", START, KIB, MAGIC("H+"), .look = look_hfs, .after = 4 },
	{ .name = "HFS+ file system", START, KIB, MAGIC("HX"), .look = look_hfs, .after = 4 },
	{ .name = "APFS container", START, 32, MAGIC("NXSB") },
	{ .name = "GFS2 file system",
	  START,
	  64 * KIB,
	  MAGIC("\x01\x16\x19\x70"),
	  .look = look_gfs2,
	  .after = 8 },
	{ .name = "OCFS2 file system", START, KIB, MAGIC("OCFSV2"), 1024, 8 },
	{ .name = "jfs file system", START, 32 * KIB, MAGIC("JFS1") },
	{ .name = "reiserfs file system", START, 64 * KIB + 52, MAGIC("ReIsEr") },
	{ .name = "nilfs2 file system", START, KIB + 6, MAGIC("\x34\x34\x18\x01") },
	{ .name = "squashfs file system", START, 0, MAGIC("hsqs") },
	{ .name = "iso9660 file system", START, 32 * KIB + 1, MAGIC("CD001\x01\0") },
	{ .name = "UDF file system", START, 32 * KIB + 1, MAGIC("BEA01\x01\0") },
	{ .name = "Windows dynamic disk", START, 3 * KIB, MAGIC("PRIVHEAD") },
	{ .name = "Windows dynamic disk", END, 512, MAGIC("PRIVHEAD") },
	{ .name = "GPT partition table", START, 512, MAGIC("EFI PART\0\0\x01\0") },
	{ .name = "GPT partition table", START, 4096, MAGIC("EFI PART\0\0\x01\0") },
	{ .name = "backup of a GPT partition table", END, 512, MAGIC("EFI PART\0\0\x01\0") },
	{ .name = "backup of a GPT partition table", END, 4096, MAGIC("EFI PART\0\0\x01\0") },
	{ .name = "MBR partition table",
	  START,
	  510,
	  MAGIC("\x55\xaa"),
	  .look = look_mbr,
	  .before = 510,
	  .after = 2 },
};

/* Where a signature stands on a disk of that size; UINT64_MAX: nowhere. */
static uint64_t place(const struct signature *s, uint64_t disk_bytes)
{
	static const uint64_t unit[] = { 1, 1, 4 * KIB, 64 * KIB, 256 * KIB };
	uint64_t end = disk_bytes / unit[s->base] * unit[s->base];

	if (s->base == START)
		return s->offset;
	return end < s->offset ? UINT64_MAX : end - s->offset;
}

/* One place of one signature; NULL: not there, or outside the piece. */
static const char *match(const struct signature *s, uint64_t at, const uint8_t *data, size_t len,
			 uint64_t offset_bytes)
{
	size_t need = s->magic_len > s->after ? s->magic_len : s->after;
	size_t i;

	if (at < offset_bytes || at - offset_bytes >= len)
		return NULL;
	i = (size_t)(at - offset_bytes);
	if (len - i < need || i < s->before || memcmp(data + i, s->magic, s->magic_len))
		return NULL;
	return s->look ? s->look(s->name, data + i - s->before) : s->name;
}

const char *disk_signature(const uint8_t *data, size_t len, uint64_t offset_bytes,
			   uint64_t disk_bytes)
{
	for (size_t row = 0; row < sizeof(signatures) / sizeof(signatures[0]); row++) {
		const struct signature *s = &signatures[row];
		uint64_t at = place(s, disk_bytes);

		for (uint32_t i = 0; at != UINT64_MAX && i < (s->count ? s->count : 1); i++) {
			const char *name =
				match(s, at + (uint64_t)i * s->step, data, len, offset_bytes);

			if (name)
				return name;
		}
	}
	return NULL;
}

int disk_signature_find(const char **name, const struct block *block)
{
	uint64_t size = block->size_bytes, tail_at;
	size_t len = size < HEAD_BYTES ? (size_t)size : HEAD_BYTES;
	uint8_t *data = aligned_alloc(ALIGN, (len + ALIGN) / ALIGN * ALIGN);
	int ret;

	*name = NULL;
	if (!data)
		return -ENOMEM;
	ret = block_read(block, data, len, 0);
	if (!ret)
		*name = disk_signature(data, len, 0, size);
	if (!ret && !*name && size > TAIL_BYTES) {
		tail_at = size - TAIL_BYTES;
		ret = block_read(block, data, TAIL_BYTES, tail_at);
		if (!ret)
			*name = disk_signature(data, TAIL_BYTES, tail_at, size);
	}
	free(data);
	return ret;
}
