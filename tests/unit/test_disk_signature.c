// SPDX-License-Identifier: MIT
/* This test will check that what the real tools put on disks is named right, that magics at their
 * documented places are, and that random data are not. */
#include "hw/disk_signature.h"

#include <stdbool.h>

#include "disk_image.h"
#include "lib/rng.h"

static void magics_are_named(void **state)
{
	static const struct {
		const char *name;
		uint64_t size, at;
		const char *magic;
		size_t len;
	} cases[] = {
		{ "BitLocker encryption", 64 * MIB, 3, "-FVE-FS-", 8 },
		{ "ReFS file system", 64 * MIB, 3, "ReFS\0\0\0\0", 8 },
		{ "VMFS volume", 64 * MIB, MIB, "\x0d\xd0\x01\xc0", 4 },
		{ "VMFS file system", 64 * MIB, 2 * MIB, "\x5e\xf1\xab\x2f", 4 },
		{ "LVM2 physical volume", 64 * MIB, 512, "LABELONE", 8 },
		{ "LVM2 physical volume", 64 * MIB, 1536, "LABELONE", 8 },
		{ "Oracle ASM disk", 64 * MIB, 32, "ORCLDISK", 8 },
		{ "Ceph bluestore", 64 * MIB, 0, "bluestore block device\n", 23 },
		{ "APFS container", 64 * MIB, 32, "NXSB", 4 },
		{ "HFS+ file system", 64 * MIB, 1024, "H+\0\x04", 4 },
		{ "VDO volume", 64 * MIB, 0, "dmvdo001", 8 },
		{ "Stratis pool", 64 * MIB, 4612, "!Stra0tis\x86\xff\x02^\x41rh", 16 },
		{ "ZFS pool", 64 * MIB, 128 * KIB, "\x0c\xb1\xba\0\0\0\0\0", 8 },
		{ "ZFS pool", 64 * MIB, 129 * KIB, "\x0c\xb1\xba\0\0\0\0\0", 8 },
		/* Labels 2 and 3 count from the size rounded down to 256 KiB. */
		{ "ZFS pool", 64 * MIB + 512, 64 * MIB - 384 * KIB, "\x0c\xb1\xba\0\0\0\0\0", 8 },
		{ "ZFS pool", 64 * MIB, 64 * MIB - 128 * KIB, "\x0c\xb1\xba\0\0\0\0\0", 8 },
		{ "Linux RAID (md 1.0)", 64 * MIB + 512, 64 * MIB - 8 * KIB,
		  "\xfc\x4e\x2b\xa9\x01\0\0\0", 8 },
		{ "Linux RAID (md 0.90)", 64 * MIB + 4096, 64 * MIB - 64 * KIB,
		  "\xfc\x4e\x2b\xa9\0\0\0\0", 8 },
		{ "DRBD device", 64 * MIB, 64 * MIB - 4096 + 60, "\x83\x74\x02\x6d", 4 },
		{ "firmware RAID (DDF)", 64 * MIB, 64 * MIB - 512, "\xde\x11\xde\x11", 4 },
		{ "firmware RAID (Intel)", 64 * MIB, 64 * MIB - 1024, "Intel Raid ISM Cfg Sig. ",
		  24 },
		{ "backup of a GPT partition table", 64 * MIB, 64 * MIB - 512, "EFI PART\0\0\x01\0",
		  12 },
		{ "backup of a GPT partition table", 64 * MIB, 64 * MIB - 4096,
		  "EFI PART\0\0\x01\0", 12 },
		{ "iso9660 file system", 64 * MIB, 32769, "CD001\x01\0", 7 },
		/* Magics alone are not enough where they are short. */
		{ NULL, 64 * MIB, 1080, "\x53\xef", 2 },
		{ NULL, 64 * MIB, 510, "\x55\xaa", 2 },
		{ NULL, 64 * MIB, 1024, "H+\0\x07", 4 },
		/* And a place counts. */
		{ NULL, 64 * MIB, 4, "-FVE-FS-", 8 },
		{ NULL, 64 * MIB, 2048, "LABELONE", 8 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[PATH_MAX];
		struct block block;
		const char *name;
		int fd;

		image_make(path, *state, "disk", cases[i].size);
		image_write(path, cases[i].at, cases[i].magic, cases[i].len);
		fd = open(path, O_RDONLY);
		block_from_fd(&block, &fd, cases[i].size, 512);
		assert_int_equal(disk_signature_find(&name, &block), 0);
		assert_string_equal(name ? name : "", cases[i].name ? cases[i].name : "");
		close(fd);
	}
}

static void real_tools_are_named(void **state)
{
	static const struct {
		const char *tool, *command; /* %s: the image */
		uint64_t size;
		const char *name;
	} cases[] = {
		{ "mkfs.ext4", "mkfs.ext4 -F %s", 32 * MIB, "ext4 file system" },
		{ "mkfs.ext4", "mkfs.ext4 -F -t ext3 %s", 32 * MIB, "ext3 file system" },
		{ "mkfs.ext4", "mkfs.ext4 -F -t ext2 %s", 32 * MIB, "ext2 file system" },
		{ "mkswap", "mkswap %s", 32 * MIB, "swap space" },
		{ "mkfs.fat", "mkfs.fat -F 16 %s", 32 * MIB, "FAT file system" },
		{ "mkfs.fat", "mkfs.fat -F 32 %s", 64 * MIB, "FAT file system" },
		{ "sgdisk", "sgdisk -n 1:0:0 %s", 32 * MIB, "GPT partition table" },
		{ "sgdisk",
		  "sgdisk -n 1:0:0 %s && dd if=/dev/zero of=%s bs=512 count=40 conv=notrunc",
		  32 * MIB, "backup of a GPT partition table" },
		{ "sfdisk", "echo 2048,4096,83 | sfdisk %s", 32 * MIB, "MBR partition table" },
		{ "mkfs.xfs", "mkfs.xfs -f %s", 512 * MIB, "xfs file system" },
		{ "mkfs.btrfs", "mkfs.btrfs -f %s", 512 * MIB, "btrfs file system" },
		{ "mkfs.ntfs", "mkfs.ntfs -F -Q %s", 64 * MIB, "NTFS file system" },
		{ "mkfs.exfat", "mkfs.exfat %s", 64 * MIB, "exFAT file system" },
		{ "mkfs.f2fs", "mkfs.f2fs %s", 128 * MIB, "f2fs file system" },
		{ "cryptsetup",
		  "echo secret | cryptsetup luksFormat -q --pbkdf-force-iterations 4 "
		  "--pbkdf-memory 32 --pbkdf argon2id %s",
		  64 * MIB, "LUKS encryption" },
		{ "xorriso",
		  "rm %s && cd $(dirname %s) && mkdir -p d && echo x >d/x && xorriso -as mkisofs "
		  "-o disk d",
		  32 * MIB, "iso9660 file system" },
	};
	unsigned int done = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[PATH_MAX], command[4096];
		uint64_t size = cases[i].size;
		struct block block;
		struct stat st;
		const char *name;
		int fd;

		if (image_try("command -v %s", cases[i].tool)) {
			print_message("left out: no %s\n", cases[i].tool);
			continue;
		}
		image_make(path, *state, "disk", size);
		snprintf(command, sizeof(command), cases[i].command, path, path, path);
		image_run("%s", command);
		fd = open(path, O_RDONLY);
		assert_int_equal(fstat(fd, &st), 0);
		block_from_fd(&block, &fd, (uint64_t)st.st_size, 512);
		assert_int_equal(disk_signature_find(&name, &block), 0);
		assert_string_equal(name ? name : "", cases[i].name);
		close(fd);
		done++;
	}
	assert_true(done >= 3);
}

/* Heads and tails of images that other programs made; the fuzzer starts from them, too. */
static void recorded_disks_are_named(void **state)
{
	static const struct {
		const char *file, *name;
		bool tail;
	} cases[] = {
		{ "ext4", "ext4 file system", false },
		{ "xfs", "xfs file system", false },
		{ "btrfs", "btrfs file system", false },
		{ "f2fs", "f2fs file system", false },
		{ "ntfs", "NTFS file system", false },
		{ "fat32", "FAT file system", false },
		{ "exfat", "exFAT file system", false },
		{ "iso9660", "iso9660 file system", false },
		{ "apfs", "APFS container", false },
		{ "swap", "swap space", false },
		{ "luks", "LUKS encryption", false },
		{ "lvm", "LVM2 physical volume", false },
		{ "bcache", "bcache device", false },
		{ "zfs", "ZFS pool", false },
		{ "mbr", "MBR partition table", false },
		{ "gpt", "GPT partition table", false },
		{ "md-1-2", "Linux RAID (md 1.2)", false },
		{ "md-1-0", "Linux RAID (md 1.0)", true },
		{ "md-0-90", "Linux RAID (md 0.90)", true },
		{ "drbd", "DRBD device", true },
		{ "gpt-backup", "backup of a GPT partition table", true },
		{ "tail", NULL, true }, /* one byte, no format's */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[PATH_MAX];
		uint8_t *data;
		const char *name;
		size_t len;

		snprintf(path, sizeof(path), "tests/fuzz/corpus/disk/%s", cases[i].file);
		data = image_load(path, &len);
		name = disk_signature(data, len, cases[i].tail ? GIB - len : 0, GIB);
		assert_string_equal(name ? name : "", cases[i].name ? cases[i].name : "");
		assert_null(disk_signature(data, len, GIB / 2, GIB)); /* places count */
		free(data);
	}
}

static void zeros_and_random_data_have_no_name(void **state)
{
	size_t len = 2 * MIB;
	uint8_t *data = malloc(len);
	struct rng rng;

	(void)state;
	assert_non_null(data);
	memset(data, 0, len);
	assert_null(disk_signature(data, len, 0, 64 * MIB));
	assert_null(disk_signature(data, len, 62 * MIB, 64 * MIB));
	rng_seed(&rng, 3);
	for (int i = 0; i < 100; i++) {
		rng_fill(&rng, data, len);
		assert_null(disk_signature(data, len, 0, 64 * MIB));
		assert_null(disk_signature(data, len, 62 * MIB, 64 * MIB));
		/* Even with the short magics in place. */
		memcpy(data + 1080, "\x53\xef", 2);
		memcpy(data + 510, "\x55\xaa", 2);
		assert_null(disk_signature(data, len, 0, 64 * MIB));
	}
	free(data);
}

static void pieces_bound_the_search(void **state)
{
	uint8_t data[16] = "xxxxLABELONExxxx";

	(void)state;
	/* Every piece that ends inside a magic, or begins behind its start, has no name. */
	assert_non_null(disk_signature(data, 16, 508, MIB));
	assert_null(disk_signature(data, 11, 508, MIB));
	assert_null(disk_signature(data + 5, 11, 513, MIB));
	assert_null(disk_signature(data, 0, 512, MIB));
	for (uint64_t size = 0; size < 600 * KIB; size += 511)
		assert_null(disk_signature(data, 4, 0, size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(magics_are_named, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(real_tools_are_named, image_setup, image_teardown),
		cmocka_unit_test(recorded_disks_are_named),
		cmocka_unit_test(zeros_and_random_data_have_no_name),
		cmocka_unit_test(pieces_bound_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
