// SPDX-License-Identifier: MIT
/* This test will check that disks, partitions and their uses are read right from captured machines
 * and from trees with the odd cases. */
#include "hw/disk_scan.h"

#include <errno.h>

#include "disk_image.h"

#define FIXTURES "tests/fixtures/sys/"

static const struct disk *named(const struct disk_list *list, const char *node)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (!strcmp(list->disk[i].node, node))
			return &list->disk[i];
	fail_msg("no disk %s", node);
	return NULL;
}

static const struct {
	const char *machine;
	uint32_t n;
	struct disk want;
} captured[] = {
	{ "q35-virtio-scsi",
	  3,
	  { .node = "sda",
	    .serial = "SCRATCH0001",
	    .vendor = "QEMU",
	    .model = "QEMU HARDDISK",
	    .firmware = "2.5+",
	    .driver = "virtio_scsi",
	    .transport = "scsi",
	    .path = "0000:00:01.0",
	    .scheduler = "none",
	    .write_cache = "write back",
	    .major = 8,
	    .minor = 0,
	    .sequence = 2,
	    .size_bytes = 2 * GIB,
	    .logical_block_bytes = 4096,
	    .hw_queues = 2,
	    .queue_depth = 128,
	    .queue_cpus = "0 1",
	    .irq_cpus = "1/0-1 0/0-1 1/0-1 0 1" } },
	{ "q35-virtio-scsi",
	  3,
	  { .node = "vda",
	    .serial = "VBLK01",
	    .driver = "virtio_blk",
	    .transport = "virtio",
	    .path = "0000:00:02.0",
	    .scheduler = "none",
	    .write_cache = "write back",
	    .major = 254,
	    .minor = 0,
	    .sequence = 1,
	    .size_bytes = 4 * GIB,
	    .logical_block_bytes = 512,
	    .hw_queues = 2,
	    .queue_cpus = "0 1",
	    .irq_cpus = "0/0-1 0 1",
	    .unknown = "queue_depth: the driver does not say" } },
	{ "q35-virtio-scsi",
	  3,
	  { .node = "sr0",
	    .vendor = "QEMU",
	    .model = "QEMU DVD-ROM",
	    .firmware = "2.5+",
	    .driver = "ahci",
	    .transport = "ata",
	    .path = "0000:00:1f.2",
	    .scheduler = "mq-deadline",
	    .write_cache = "write through",
	    .major = 11,
	    .sequence = 4,
	    .size_bytes = 64 * MIB,
	    .logical_block_bytes = 2048,
	    .hw_queues = 1,
	    .queue_depth = 1,
	    .queue_cpus = "0-1",
	    .irq_cpus = "0/0-1",
	    .optical = true,
	    .read_only = true,
	    .removable = true } },
	{ "bare-metal-nvme",
	  3,
	  { .node = "nvme0n1",
	    .serial = "S4EVNF0M123456",
	    .wwn = "nvme.1b36-533445564e46304d313233343536-"
		   "51454d55204e564d65204374726c-00000001",
	    .model = "QEMU NVMe Ctrl",
	    .firmware = "7.2.22",
	    .driver = "nvme",
	    .transport = "nvme",
	    .path = "0000:01:00.0",
	    .scheduler = "none",
	    .write_cache = "write back",
	    .major = 259,
	    .minor = 0,
	    .sequence = 1,
	    .size_bytes = 2 * GIB,
	    .logical_block_bytes = 512,
	    .hw_queues = 4,
	    .queue_depth = 1023,
	    .queue_cpus = "0 1 2 3",
	    .irq_cpus = "0/0-3 0 1 2 3" } },
	{ "bare-metal-nvme",
	  3,
	  { .node = "sda",
	    .serial = "WD-WCC4N0000001",
	    .wwn = "naa.50014ee2b0000001",
	    .vendor = "ATA",
	    .model = "WDC WD40EFRX-68N",
	    .firmware = "2.5+",
	    .driver = "ahci",
	    .transport = "ata",
	    .path = "0000:00:1f.2",
	    .scheduler = "mq-deadline",
	    .write_cache = "write back",
	    .major = 8,
	    .sequence = 2,
	    .size_bytes = 8 * GIB,
	    .logical_block_bytes = 512,
	    .hw_queues = 1,
	    .queue_depth = 32,
	    .queue_cpus = "0-3",
	    .irq_cpus = "3/0-3",
	    .partitions_n = 2 } },
	{ "bare-metal-nvme",
	  3,
	  { .node = "sdb",
	    .serial = "1-0000:00:02.0-1",
	    .vendor = "QEMU",
	    .model = "QEMU HARDDISK",
	    .firmware = "2.5+",
	    .driver = "usb-storage",
	    .transport = "usb",
	    .path = "0000:00:02.0",
	    .scheduler = "mq-deadline",
	    .write_cache = "write back",
	    .major = 8,
	    .minor = 16,
	    .sequence = 3,
	    .size_bytes = 4 * GIB,
	    .logical_block_bytes = 512,
	    .hw_queues = 1,
	    .queue_depth = 1,
	    .queue_cpus = "0-3",
	    .irq_cpus = "1/0-3",
	    .removable = true } },
	{ "vmware",
	  2,
	  { .node = "sda",
	    .vendor = "QEMU",
	    .model = "QEMU HARDDISK",
	    .firmware = "2.5+",
	    .driver = "vmw_pvscsi",
	    .transport = "scsi",
	    .path = "0000:00:02.0",
	    .scheduler = "mq-deadline",
	    .write_cache = "write back",
	    .major = 8,
	    .sequence = 1,
	    .size_bytes = 2 * GIB,
	    .logical_block_bytes = 512,
	    .hw_queues = 1,
	    .queue_depth = 254,
	    .queue_cpus = "0",
	    .irq_cpus = "0" } },
};

static void captured_disks_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(captured) / sizeof(captured[0]); i++) {
		const struct disk *want = &captured[i].want, *got;
		struct err e = ERR_INIT;
		struct disk_list list;
		char root[256];

		snprintf(root, sizeof(root), FIXTURES "%s", captured[i].machine);
		assert_int_equal(disk_scan(&list, root, &e), 0);
		assert_int_equal(list.n, captured[i].n);
		got = named(&list, want->node);
		assert_string_equal(got->serial, want->serial);
		assert_string_equal(got->wwn, want->wwn);
		assert_string_equal(got->vendor, want->vendor);
		assert_string_equal(got->model, want->model);
		assert_string_equal(got->firmware, want->firmware);
		assert_string_equal(got->driver, want->driver);
		assert_string_equal(got->transport, want->transport);
		assert_string_equal(got->path, want->path);
		assert_string_equal(got->scheduler, want->scheduler);
		assert_string_equal(got->write_cache, want->write_cache);
		assert_int_equal(got->major, want->major);
		assert_int_equal(got->minor, want->minor);
		assert_int_equal(got->sequence, want->sequence);
		assert_int_equal(got->size_bytes, want->size_bytes);
		assert_int_equal(got->logical_block_bytes, want->logical_block_bytes);
		assert_int_equal(got->hw_queues, want->hw_queues);
		assert_int_equal(got->queue_depth, want->queue_depth);
		assert_string_equal(got->queue_cpus, want->queue_cpus);
		assert_string_equal(got->irq_cpus, want->irq_cpus);
		assert_string_equal(got->unknown, want->unknown);
		assert_int_equal(got->optical, want->optical);
		assert_int_equal(got->read_only, want->read_only);
		assert_int_equal(got->removable, want->removable);
		assert_int_equal(got->partitions_n, want->partitions_n);
		assert_int_equal(got->verdict, DISK_UNKNOWN);
		assert_false(got->mounted || got->holders);
		disk_list_free(&list);
	}
}

static void partitions_are_read(void **state)
{
	struct err e = ERR_INIT;
	struct disk_list list;
	const struct disk *disk;

	(void)state;
	assert_int_equal(disk_scan(&list, FIXTURES "bare-metal-nvme", &e), 0);
	disk = named(&list, "sda");
	assert_string_equal(disk->partition[0].node, "sda1");
	assert_string_equal(disk->partition[0].label, "EFI System");
	assert_int_equal(disk->partition[0].start_bytes, MIB);
	assert_int_equal(disk->partition[0].size_bytes, 512 * MIB);
	assert_string_equal(disk->partition[1].label, "root fs");
	disk_list_free(&list);
}

/* A tree of its own: disks of 8 MiB, given as "NAME MAJ:MIN", or "DISK/NAME MAJ:MIN" for a
 * partition. */
static void tree(const char *root, const char *devices)
{
	image_run("cd %s && mkdir -p sys/class/block proc/self && echo '%s' | tr ',' '\\n' | "
		  "while read -r name dev; do p=sys/devices/pci0000:00/block/$name; mkdir -p $p; "
		  "echo $dev >$p/dev; echo 16384 >$p/size; "
		  "case $name in */*) echo 1 >$p/partition; echo 2048 >$p/start;; esac; "
		  "ln -s ../../../$p sys/class/block/${name##*/}; done",
		  root, devices);
}

static void uses_are_found(void **state)
{
	static const struct {
		const char *file, *text, *node, *use;
	} cases[] = {
		{ "proc/self/mountinfo", "25 1 8:1 / /boot rw - ext4 /dev/root rw", "sda",
		  "sda1 mounted on /boot" },
		{ "proc/self/mountinfo", "25 1 8:0 / / rw shared:1 - xfs /dev/sda rw", "sda",
		  "sda mounted on /" },
		/* btrfs and overlays show a number of their own; the source still tells. */
		{ "proc/self/mountinfo", "25 1 0:35 / /data rw - btrfs /dev/sda1 rw", "sda",
		  "sda1 mounted on /data" },
		{ "proc/self/mountinfo", "25 1 0:35 / /c rw - btrfs /dev/cciss/c0d0 rw",
		  "cciss!c0d0", "cciss!c0d0 mounted on /c" },
		{ "proc/swaps", "Filename Type\\n/dev/sdb partition 100 0 -2", "sdb",
		  "sdb in use as swap" },
		{ "sys/devices/pci0000:00/block/sda/sda1/holders/dm-3/x", "", "sda",
		  "sda1 held by dm-3" },
		{ "proc/self/mountinfo", "25 1 0:5 / /x rw - tmpfs /dev/sdaa rw", "sda", "" },
		{ "proc/self/mountinfo", "garbage\\n\\n25", "sda", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct disk_list list;
		const struct disk *disk;

		image_run("rm -rf %s/*", (char *)*state);
		tree(*state, "sda 8:0,sda/sda1 8:1,sdb 8:16,cciss!c0d0 104:0");
		image_run("cd %s && mkdir -p \"$(dirname %s)\" && printf '%s\\n' >%s",
			  (char *)*state, cases[i].file, cases[i].text, cases[i].file);
		assert_int_equal(disk_scan(&list, *state, &e), 0);
		disk = named(&list, cases[i].node);
		assert_string_equal(disk->use, cases[i].use);
		assert_int_equal(disk->mounted || disk->holders, cases[i].use[0] != 0);
		disk_list_free(&list);
	}
}

static void odd_entries_are_handled(void **state)
{
	struct err e = ERR_INIT;
	struct disk_list list;
	char *root = *state;

	tree(root, "sdb 8:16,sda 8:0,sda10 8:10,nvme0c0n1 259:5,nvme10n1 259:2,nvme2n1 259:1");
	/* Hidden multipath paths have no node; a link to nothing was unplugged just now. */
	image_run("cd %s && echo 1 >sys/devices/pci0000:00/block/nvme0c0n1/hidden && "
		  "ln -s ../../devices/gone sys/class/block/sdz",
		  root);
	assert_int_equal(disk_scan(&list, root, &e), 0);
	assert_int_equal(list.n, 5);
	assert_string_equal(list.disk[0].node, "nvme2n1");
	assert_string_equal(list.disk[1].node, "nvme10n1");
	assert_string_equal(list.disk[2].node, "sda");
	assert_string_equal(list.disk[3].node, "sda10"); /* a disk: its name is not parsed */
	assert_string_equal(list.disk[4].node, "sdb");
	assert_string_equal(list.disk[0].transport, "");
	/* No queue was made: what is not known is not 0 by the disk's own word. */
	assert_string_equal(
		list.disk[0].unknown,
		"logical_block_bytes, physical_block_bytes, max_transfer_bytes, "
		"nr_requests, rotational, fua, discard: not there; queue_depth: the "
		"driver does not say; irq_cpus: its bus does not say which are its own");
	disk_list_free(&list);
	image_run("rm -rf %s/sys", root);
	assert_int_equal(disk_scan(&list, root, &e), -ENOENT);
	assert_non_null(strstr(e.text, "should be a mounted sysfs"));
}

static void usb_disks_have_the_serial_of_their_device(void **state)
{
	static const struct {
		const char *of_disk, *of_device, *serial;
	} cases[] = {
		{ "", "S1", "S1" },
		{ "", "", "" }, /* and not that of the hub */
		{ "D1", "S1", "D1" },
	};
	char *root = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct disk_list list;

		image_run("cd %s && rm -rf sys && mkdir -p sys/class/block && "
			  "d=sys/devices/pci0000:00/usb1/1-1/host0/block/sda && mkdir -p $d && "
			  "echo 8:0 >$d/dev && echo 16384 >$d/size && "
			  "ln -s ../../../$d sys/class/block/sda && cd sys/devices/pci0000:00/usb1 "
			  "&& "
			  "echo 1d6b >idVendor && echo HUB >serial && echo 46f4 >1-1/idVendor && "
			  "printf '%s' >1-1/serial && printf '%s' >1-1/host0/block/sda/serial",
			  root, cases[i].of_device, cases[i].of_disk);
		assert_int_equal(disk_scan(&list, root, &e), 0);
		assert_string_equal(named(&list, "sda")->serial, cases[i].serial);
		disk_list_free(&list);
	}
}

static void own_locks_are_not_read_only_disks(void **state)
{
	struct err e = ERR_INIT;
	struct disk_list list;
	char *root = *state;

	tree(root, "sda 8:0,sdb 8:16");
	image_run("cd %s && for d in sda sdb; do echo 1 >sys/devices/pci0000:00/block/$d/ro; done; "
		  "mkdir run && printf '18:0\\n8:16\\n' >run/tare.locked",
		  root);
	assert_int_equal(disk_scan(&list, root, &e), 0);
	assert_true(named(&list, "sda")->read_only);
	assert_false(named(&list, "sdb")->read_only);
	disk_list_free(&list);
}

static void disks_are_found_by_what_users_say(void **state)
{
	static const struct disk disks[] = {
		{ .node = "sda", .serial = "ABC", .path = "0000:00:01.0", .major = 8 },
		{ .node = "sdb",
		  .serial = "DEF",
		  .path = "0000:00:01.0",
		  .wwn = "naa.5000c5",
		  .major = 8,
		  .minor = 16 },
		{ .node = "nvme0n1",
		  .serial = "ABC",
		  .path = "0000:00:02.0",
		  .wwn = "eui.0011",
		  .major = 259 },
		{ .node = "vdx", .major = 1, .minor = 3 },
	};
	static const struct {
		const char *name, *node;
		bool ambiguous;
	} cases[] = {
		{ "sda", "sda", false },
		{ "/dev/sda", "sda", false },
		{ "DEF", "sdb", false },
		{ "ABC", NULL, true },
		{ "0000:00:02.0", "nvme0n1", false },
		{ "0000:00:01.0", NULL, true },
		{ "naa.5000c5", "sdb", false },
		{ "0x5000c5", "sdb", false },
		{ "eui.0011", "nvme0n1", false },
		{ "sd", NULL, false },
		{ "sda1", NULL, false },
		{ "", NULL, false },
		{ "/dev/null", NULL, false }, /* same numbers, but no block device */
	};
	struct disk_list list = { .disk = (struct disk *)disks, .n = 4 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ambiguous = !cases[i].ambiguous;
		const struct disk *disk = disk_find(&list, cases[i].name, &ambiguous);

		assert_int_equal(ambiguous, cases[i].ambiguous);
		if (cases[i].node)
			assert_string_equal(disk ? disk->node : "", cases[i].node);
		else
			assert_null(disk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captured_disks_are_read),
		cmocka_unit_test(partitions_are_read),
		cmocka_unit_test_setup_teardown(uses_are_found, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(odd_entries_are_handled, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(usb_disks_have_the_serial_of_their_device,
						image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(own_locks_are_not_read_only_disks, image_setup,
						image_teardown),
		cmocka_unit_test(disks_are_found_by_what_users_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
