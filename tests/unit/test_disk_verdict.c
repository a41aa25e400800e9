// SPDX-License-Identifier: MIT
/* This test will check every rule on writing to disks, in their order, with disks that are files in
 * a tree of its own; and that what no rule allows is refused. */
#include "hw/disk_verdict.h"

#include "disk_image.h"
#include "hw/disk_scan.h"

#define SIZE (64 * MIB)

/* A plain disk that would be approved; the cases change it. */
static struct disk plain(const char *node)
{
	struct disk disk = { .transport = "scsi",
			     .model = "TEST",
			     .size_bytes = SIZE,
			     .logical_block_bytes = 512,
			     .major = 8 };

	snprintf(disk.node, sizeof(disk.node), "%s", node);
	snprintf(disk.serial, sizeof(disk.serial), "SERIAL-%s", node);
	return disk;
}

struct verdict_case {
	const char *make; /* F is the disk's image */
	void (*change)(struct disk *disk);
	const char *named, *boot_guid;
	enum disk_verdict verdict;
	const char *reason;
};

static void make_optical(struct disk *d)
{
	d->optical = true;
	d->read_only = true;
	d->removable = true;
}

static void make_empty(struct disk *d)
{
	d->size_bytes = 0;
}

static void make_virtual(struct disk *d)
{
	snprintf(d->transport, sizeof(d->transport), "virtual");
	snprintf(d->node, sizeof(d->node), "zram0");
}

static void make_loop(struct disk *d)
{
	snprintf(d->transport, sizeof(d->transport), "virtual");
	snprintf(d->node, sizeof(d->node), "loop9");
	d->major = 7;
}

static void make_loop_imposter(struct disk *d)
{
	make_loop(d);
	d->major = 252;
}

static void make_unknown_bus(struct disk *d)
{
	d->transport[0] = '\0';
}

static void make_mounted(struct disk *d)
{
	d->mounted = true;
	snprintf(d->use, sizeof(d->use), "sda1 mounted on /home");
}

static void make_held(struct disk *d)
{
	d->holders = true;
	snprintf(d->use, sizeof(d->use), "sda2 held by dm-0");
}

static void make_read_only(struct disk *d)
{
	d->read_only = true;
}

static void make_usb(struct disk *d)
{
	snprintf(d->transport, sizeof(d->transport), "usb");
}

static void make_removable(struct disk *d)
{
	d->removable = true;
}

static void make_small(struct disk *d)
{
	d->size_bytes = 8 * MIB;
}

static void make_absent(struct disk *d)
{
	snprintf(d->node, sizeof(d->node), "gone");
}

static void make_other_size(struct disk *d)
{
	d->size_bytes = 65 * MIB;
}

static void make_odd_blocks(struct disk *d)
{
	d->logical_block_bytes = 520;
}

static void make_large_blocks(struct disk *d)
{
	d->logical_block_bytes = 4096;
}

static void make_known_partition(struct disk *d)
{
	d->partitions_n = 1;
	d->partition[0].start_bytes = MIB;
	d->partition[0].size_bytes = 8 * MIB;
}

static void make_right_partition(struct disk *d)
{
	d->partitions_n = 1;
	d->partition[0].start_bytes = MIB;
	d->partition[0].size_bytes = 32 * MIB;
}

#define SCRATCH	 "sgdisk -n 1:2048:+32M -c 1:TARE_SCRATCH F"
#define ERASED	 "tr '\\0' '\\377' <F >G && mv G F"
#define BYTE(at) "printf x | dd of=F bs=1 seek=$((" at ")) conv=notrunc"

static const struct verdict_case cases[] = {
	{ "true", NULL, NULL, NULL, DISK_BLANK, "all zero" },
	{ "true", make_large_blocks, NULL, NULL, DISK_BLANK, "all zero" },
	{ "true", make_optical, NULL, NULL, DISK_OPTICAL, "optical" },
	{ "true", make_empty, NULL, NULL, DISK_EMPTY, "size 0" },
	{ "true", make_virtual, NULL, NULL, DISK_VIRTUAL, "compressed RAM disk" },
	{ "true", make_virtual, "zram0", NULL, DISK_VIRTUAL, "compressed RAM disk" },
	{ "true", make_loop, NULL, NULL, DISK_VIRTUAL, "loop device" },
	{ "true", make_loop, "loop9", NULL, DISK_BLANK, "all zero" },
	{ "true", make_loop_imposter, "loop9", NULL, DISK_VIRTUAL, "loop device" },
	{ "true", make_unknown_bus, "sda", NULL, DISK_VIRTUAL, "no disk bus" },
	{ "sgdisk -n 1:2048:+32M -U 12345678-0000-4000-8000-00000000000a F", NULL, NULL,
	  "12345678-0000-4000-8000-00000000000a", DISK_BOOT, "disk GUID 12345678" },
	{ "sgdisk -n 1:2048:+32M -U 12345678-0000-4000-8000-00000000000b F", NULL, NULL,
	  "12345678-0000-4000-8000-00000000000a", DISK_DATA, "GPT with 1 partition" },
	{ "sgdisk -n 1:2048:+8M -n 2:0:0 -c 2:TARE_ESP F", NULL, NULL, NULL, DISK_BOOT,
	  "TARE_ESP" },
	{ "mkdir d && echo x >d/x && rm F && xorriso -as mkisofs -V TARE_ISO -o F d && truncate -s "
	  "64M F",
	  NULL, NULL, NULL, DISK_BOOT, "TARE_ISO" },
	{ "mkdir d && echo x >d/x && rm F && xorriso -as mkisofs -V OTHER_ISO -o F d && truncate "
	  "-s 64M F",
	  NULL, NULL, NULL, DISK_DATA, "iso9660 file system" },
	{ "sgdisk -n 1:2048:+8M -c 1:TARE_RESULTS F", NULL, NULL, NULL, DISK_RESULTS,
	  "TARE_RESULTS" },
	{ "true", make_mounted, NULL, NULL, DISK_MOUNTED, "sda1 mounted on /home" },
	{ SCRATCH, make_mounted, NULL, NULL, DISK_MOUNTED, "sda1 mounted on /home" },
	{ "true", make_held, NULL, NULL, DISK_IN_USE, "sda2 held by dm-0" },
	{ "true", make_read_only, NULL, NULL, DISK_READ_ONLY, "read-only" },
	{ "true", make_usb, NULL, NULL, DISK_REMOVABLE, "USB, and not named" },
	{ "true", make_usb, "SERIAL-sda", NULL, DISK_BLANK, "all zero" },
	{ "true", make_removable, NULL, NULL, DISK_REMOVABLE, "removable, and not named" },
	{ "true", make_removable, "SERIAL-sdb", NULL, DISK_REMOVABLE, "removable, and not named" },
	{ "truncate -s 8M F", make_small, NULL, NULL, DISK_TOO_SMALL, "8 MiB: should be at least" },
	{ "true", make_absent, NULL, NULL, DISK_UNREADABLE, "No such file" },
	{ "true", make_other_size, NULL, NULL, DISK_UNREADABLE, "another device" },
	{ "true", make_odd_blocks, NULL, NULL, DISK_UNREADABLE, "block size 520" },
	{ SCRATCH, NULL, NULL, NULL, DISK_MARKED, "marked as tare's" },
	{ SCRATCH, make_right_partition, NULL, NULL, DISK_MARKED, "marked as tare's" },
	{ SCRATCH, make_known_partition, NULL, NULL, DISK_DATA, "other partitions" },
	{ SCRATCH, make_large_blocks, NULL, NULL, DISK_DATA, "another block size" },
	{ SCRATCH " && mkfs.ext4 -F -E offset=1048576 F 30000", NULL, NULL, NULL, DISK_DATA,
	  "ext4 file system inside partition TARE_SCRATCH" },
	{ "sgdisk -n 1:2048:+8M -c 1:TARE_SCRATCH -n 2:0:0 F", NULL, NULL, NULL, DISK_DATA,
	  "GPT with 2 partitions" },
	{ "true", make_known_partition, NULL, NULL, DISK_DATA, "the kernel still knows" },
	{ "mkfs.ext4 -F F", NULL, NULL, NULL, DISK_DATA, "ext4 file system" },
	{ "mkswap F", NULL, NULL, NULL, DISK_DATA, "swap space" },
	{ SCRATCH " && dd if=/dev/zero of=F bs=512 count=34 conv=notrunc", NULL, NULL, NULL,
	  DISK_DATA, "backup of a GPT" },
	{ BYTE("0"), NULL, NULL, NULL, DISK_DATA, "unknown data at offset 0" },
	{ BYTE("12345678"), NULL, NULL, NULL, DISK_DATA, "unknown data at offset 12345678" },
	{ BYTE("64 * 1048576 - 1"), NULL, NULL, NULL, DISK_DATA,
	  "unknown data at offset 67108863" },
	{ ERASED, NULL, NULL, NULL, DISK_BLANK, "head and tail, all 0xFF" },
	{ ERASED, make_known_partition, NULL, NULL, DISK_DATA, "the kernel still knows" },
	{ ERASED " && " BYTE("5000000"), NULL, NULL, NULL, DISK_DATA,
	  "unknown data at offset 5000000" },
	{ ERASED " && dd if=/dev/zero of=F bs=4k seek=100 count=1 conv=notrunc", NULL, NULL, NULL,
	  DISK_DATA, "unknown data at offset 409600" },
	{ "tr '\\0' '\\132' <F >G && mv G F", NULL, NULL, NULL, DISK_DATA,
	  "unknown data at offset 0" },
	{ "dd if=/dev/urandom of=F bs=64k seek=400 count=100 conv=notrunc", NULL, NULL, NULL,
	  DISK_DATA, "unknown data" },
};

static void every_rule_decides(void **state)
{
	image_need("sgdisk mkfs.ext4 mkswap xorriso");
	image_run("mkdir %s/dev", (char *)*state);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct verdict_case *c = &cases[i];
		char *named[] = { (char *)c->named, NULL };
		struct disk_verdict_config config = { .root = *state,
						      .minimum_bytes = 16 * MIB,
						      .seed = i,
						      .named = c->named ? named : NULL,
						      .boot_guid = c->boot_guid };
		struct disk disk = plain("sda");
		struct disk_list list = { .disk = &disk, .n = 1 };

		image_run("cd %s && rm -rf * && mkdir dev && truncate -s 64M F && %s",
			  (char *)*state, c->make);
		if (c->change)
			c->change(&disk);
		image_run("cd %s && mv F dev/%s", (char *)*state,
			  c->change == make_absent ? "other" : disk.node);
		disk_verdict_all(&list, &config);
		if (disk.verdict != c->verdict || !strstr(disk.reason, c->reason))
			print_error("%s: got %s, %s\n", c->make, disk_verdict_name(disk.verdict),
				    disk.reason);
		assert_int_equal(disk.verdict, c->verdict);
		assert_non_null(strstr(disk.reason, c->reason));
		assert_int_equal(disk_verdict_writable(disk.verdict),
				 disk.verdict == DISK_BLANK || disk.verdict == DISK_MARKED);
	}
}

static bool somebody_is_registered(char words[DISK_RESERVATION_WORDS], int fd)
{
	assert_true(fd >= 0);
	snprintf(words, DISK_RESERVATION_WORDS, "1 key registered");
	return true;
}

static void reserved_disks_are_refused_whatever_is_on_them(void **state)
{
	static const struct {
		const char *make;
		void (*change)(struct disk *disk);
		enum disk_verdict verdict;
	} rows[] = {
		{ "true", NULL, DISK_RESERVED },
		{ SCRATCH, NULL, DISK_RESERVED },
		{ "mkfs.ext4 -F F", NULL, DISK_RESERVED },
		/* Whose it is, and what the user did not name, is said first. */
		{ "true", make_mounted, DISK_MOUNTED },
		{ "true", make_usb, DISK_REMOVABLE },
		{ "true", make_absent, DISK_UNREADABLE },
	};

	image_need("sgdisk mkfs.ext4");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct disk_verdict_config config = { .root = *state,
						      .minimum_bytes = 16 * MIB,
						      .reserved = somebody_is_registered };
		struct disk disk = plain("sda");
		struct disk_list list = { .disk = &disk, .n = 1 };

		image_run("cd %s && rm -rf * && mkdir dev && truncate -s 64M F && %s && mv F "
			  "dev/sda",
			  (char *)*state, rows[i].make);
		if (rows[i].change)
			rows[i].change(&disk);
		disk_verdict_all(&list, &config);
		assert_int_equal(disk.verdict, rows[i].verdict);
		if (disk.verdict == DISK_RESERVED)
			assert_string_equal(disk.reason, "1 key registered");
	}
}

/* Devices of every kind, as sysfs has them (see the fixture's README), each with a blank image. */
static void captured_disks_are_judged(void **state)
{
	static const struct {
		const char *node;
		enum disk_verdict verdict;
		const char *reason;
	} want[] = {
		{ "dm-0", DISK_VIRTUAL, "device mapper volume" },
		{ "fd0", DISK_VIRTUAL, "floppy drive" },
		{ "loop0", DISK_VIRTUAL, "loop device" },
		{ "md0", DISK_VIRTUAL, "software RAID array" },
		{ "nullb0", DISK_VIRTUAL, "null_blk test device" },
		{ "nvme0n1", DISK_BLANK, "all zero" },
		{ "nvme1n1", DISK_DUPLICATE, "same WWN as nvme0n1" },
		{ "nvme2n1", DISK_BLANK, "all zero" },
		{ "nvme3n1", DISK_DUPLICATE, "same WWN as nvme2n1" },
		{ "nvme4n1", DISK_BLANK, "all zero" },
		{ "pmem0", DISK_VIRTUAL, "persistent memory" },
		{ "ram0", DISK_VIRTUAL, "RAM disk" },
		{ "rbd0", DISK_VIRTUAL, "on no disk bus that tare knows" },
		{ "sda", DISK_BLANK, "all zero" },
		{ "sdb", DISK_DUPLICATE, "same WWN as sda" },
		{ "sdc", DISK_BLANK, "all zero" },
		{ "sdd", DISK_TOO_SMALL, "8 MiB: should be at least 16 MiB" },
		{ "zram0", DISK_VIRTUAL, "compressed RAM disk" },
	};
	struct disk_verdict_config config = { .root = *state, .minimum_bytes = 16 * MIB };
	struct err e = ERR_INIT;
	struct disk_list list;

	image_run("cp -a tests/fixtures/sys/odd-disks/sys %s/ && cd %s && mkdir dev && "
		  "for d in sys/class/block/*; do truncate -s $(($(cat $d/size) * 512)) "
		  "dev/${d##*/}; done",
		  (char *)*state, (char *)*state);
	assert_int_equal(disk_scan(&list, *state, &e), 0);
	disk_verdict_all(&list, &config);
	assert_int_equal(list.n, sizeof(want) / sizeof(want[0]));
	for (uint32_t i = 0; i < list.n; i++) {
		if (strcmp(list.disk[i].node, want[i].node) ||
		    list.disk[i].verdict != want[i].verdict)
			print_error("%s: got %s, %s\n", list.disk[i].node,
				    disk_verdict_name(list.disk[i].verdict), list.disk[i].reason);
		assert_string_equal(list.disk[i].node, want[i].node);
		assert_int_equal(list.disk[i].verdict, want[i].verdict);
		assert_non_null(strstr(list.disk[i].reason, want[i].reason));
	}
	disk_list_free(&list);
}

static void duplicates_leave_one_path(void **state)
{
	static const struct {
		const char *wwn[2], *serial[2];
		bool other_model, first_mounted, second_mounted;
		enum disk_verdict verdict[2];
	} pairs[] = {
		{ { "naa.1", "naa.1" },
		  { "A", "B" },
		  false,
		  false,
		  false,
		  { DISK_BLANK, DISK_DUPLICATE } },
		{ { "naa.1", "naa.2" },
		  { "A", "A" },
		  false,
		  false,
		  false,
		  { DISK_BLANK, DISK_BLANK } },
		{ { "", "" }, { "A", "A" }, false, false, false, { DISK_BLANK, DISK_DUPLICATE } },
		{ { "", "" }, { "A", "A" }, true, false, false, { DISK_BLANK, DISK_BLANK } },
		{ { "", "" }, { "", "" }, false, false, false, { DISK_BLANK, DISK_BLANK } },
		{ { "", "naa.1" }, { "A", "A" }, false, false, false, { DISK_BLANK, DISK_BLANK } },
		/* A path whose twin is in use is never written to, whichever comes first. */
		{ { "naa.1", "naa.1" },
		  { "A", "A" },
		  false,
		  true,
		  false,
		  { DISK_MOUNTED, DISK_DUPLICATE } },
		{ { "naa.1", "naa.1" },
		  { "A", "A" },
		  false,
		  false,
		  true,
		  { DISK_DUPLICATE, DISK_MOUNTED } },
	};
	struct disk_verdict_config config = { .root = *state, .minimum_bytes = 16 * MIB };

	image_run("cd %s && mkdir dev && truncate -s 64M dev/sda dev/sdb", (char *)*state);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct disk disk[2] = { plain("sda"), plain("sdb") };
		struct disk_list list = { .disk = disk, .n = 2 };

		for (int d = 0; d < 2; d++) {
			snprintf(disk[d].wwn, sizeof(disk[d].wwn), "%s", pairs[i].wwn[d]);
			snprintf(disk[d].serial, sizeof(disk[d].serial), "%s", pairs[i].serial[d]);
		}
		if (pairs[i].other_model)
			snprintf(disk[1].model, sizeof(disk[1].model), "OTHER");
		disk[0].mounted = pairs[i].first_mounted;
		disk[1].mounted = pairs[i].second_mounted;
		disk_verdict_all(&list, &config);
		assert_int_equal(disk[0].verdict, pairs[i].verdict[0]);
		assert_int_equal(disk[1].verdict, pairs[i].verdict[1]);
	}
}

static void every_verdict_has_a_name(void **state)
{
	(void)state;
	for (int a = DISK_UNKNOWN; a < DISK_VERDICTS_N; a++)
		for (int b = DISK_UNKNOWN; b < a; b++)
			assert_string_not_equal(disk_verdict_name((enum disk_verdict)a),
						disk_verdict_name((enum disk_verdict)b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_rule_decides, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(reserved_disks_are_refused_whatever_is_on_them,
						image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(captured_disks_are_judged, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(duplicates_leave_one_path, image_setup,
						image_teardown),
		cmocka_unit_test(every_verdict_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
