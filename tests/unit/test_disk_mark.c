// SPDX-License-Identifier: MIT
/* This test will check that only a disk with one partition TARE_SCRATCH, and nobody's data in it,
 * is taken for tare's own. */
#include "hw/disk_mark.h"

#include <errno.h>

#include "disk_image.h"

static const struct {
	const char *make; /* F is the image of 64 MiB */
	int ret;
	const char *words;
} marks[] = {
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F", 0, "" },
	{ "sgdisk -n 3:4096:40000 -c 3:TARE_SCRATCH F", 0, "" },
	{ "true", -ENOENT, "" },
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCHES F", -ENOENT,
	  "GPT with 1 partition: \"TARE_SCRATCHES\"" },
	{ "sgdisk -n 1:2048:0 -c 1:tare_scratch F", -ENOENT, "GPT with 1 partition" },
	{ "sgdisk -n 1:2048:0 F", -ENOENT, "GPT with 1 partition" },
	{ "sgdisk -o F", -ENOENT, "GPT with 0 partitions" },
	{ "sgdisk -n 1:2048:+8M -c 1:TARE_SCRATCH -n 2:0:0 -c 2:home F", -ENOENT,
	  "GPT with 2 partitions: \"TARE_SCRATCH\", \"home\"" },
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F && sgdisk -h 1 F", -ENOENT,
	  "MBR partitions beside it" },
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F && "
	  "printf x | dd of=F bs=1 seek=1100 conv=notrunc",
	  -ENOENT, "damaged GPT" },
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F && "
	  "dd if=/dev/urandom of=F bs=1M seek=1 count=60 conv=notrunc",
	  0, "" },
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F && "
	  "mkfs.ext4 -F -E offset=1048576 F 40000",
	  -EEXIST, "ext4 file system inside partition TARE_SCRATCH" },
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F && truncate -s 32M G && mkswap G && "
	  "dd if=G of=F bs=1M seek=1 conv=notrunc",
	  -EEXIST, "swap space inside" },
	/* LVM's label in the second sector of the partition. */
	{ "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH F && "
	  "printf LABELONE | dd of=F bs=512 seek=2049 conv=notrunc",
	  -EEXIST, "LVM2" },
};

static void marks_are_told_from_others(void **state)
{
	image_need("sgdisk mkfs.ext4 mkswap");
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct gpt_partition partition;
		char path[PATH_MAX], words[160];
		struct block block;
		int fd, ret;

		image_make(path, *state, "F", 64 * MIB);
		image_run("cd %s && %s", (char *)*state, marks[i].make);
		fd = open(path, O_RDONLY);
		block_from_fd(&block, &fd, 64 * MIB, 512);
		ret = disk_mark_check(&partition, &block, words, sizeof(words));
		if (ret != marks[i].ret)
			print_error("%s: got %d, %s\n", marks[i].make, ret, words);
		assert_int_equal(ret, marks[i].ret);
		assert_non_null(strstr(words, marks[i].words));
		assert_int_equal(!words[0], !marks[i].words[0]);
		if (!ret)
			assert_string_equal(partition.label, "TARE_SCRATCH");
		/* The same table on a disk of larger blocks is not one the kernel would use. */
		block.sector_bytes = 4096;
		if (!ret)
			assert_int_equal(disk_mark_check(&partition, &block, words, sizeof(words)),
					 -ENOENT);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(marks_are_told_from_others, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
