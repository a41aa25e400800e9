// SPDX-License-Identifier: MIT
/* This test will check on loop devices that a disk is opened for writing only with a grant that
 * still holds, that nothing else on it changes, and that locks are set and released as promised. */
#include "hw/disk_open.h"

#include <errno.h>

#include "hw/disk_released.h"
#include "hw/disk_scan.h"
#include "lib/digest.h"
#include "loop_disk.h"
#include "store/gpt.h"

static _Atomic bool ignored; /* whether it was written */

static void proven_disk_is_marked_and_opened(void **state)
{
	static const uint32_t sectors[] = { 512, 4096, 512 };
	static const uint8_t fills[] = { 0x00, 0x00, 0xff };

	for (size_t i = 0; i < 3; i++) {
		uint8_t *block = aligned_alloc(4096, 4096);
		struct err e = ERR_INIT;
		_Atomic bool wrote = false;
		struct disk_grant grant;
		struct disk disk;
		struct loop loop;
		int fd;

		image_fill(*state, 64 * MIB, fills[i]);
		loop_open(&loop, *state, 64 * MIB, sectors[i]);
		disk = judged(&loop);
		assert_int_equal(disk.verdict, DISK_BLANK);
		assert_int_equal(disk.fill, fills[i]);
		assert_int_equal(disk.logical_block_bytes, sectors[i]);
		assert_int_equal(disk_prove_blank(&grant, &disk, 8 * MIB, NULL, &e), 0);
		fd = disk_open_target(&grant, true, false, &wrote, &e);
		if (fd < 0)
			print_error("%s\n", e.text);
		assert_true(fd >= 0);
		assert_true(wrote);
		/* While it is open nobody else gets it. */
		assert_true(disk_open_is_claimed(&disk, "/"));
		memset(block, 0x5a, 4096);
		assert_int_equal(pwrite(fd, block, 4096, 0), 4096);
		close(fd);
		/* The next run needs no proof, and finds the same partition. */
		disk = judged(&loop);
		assert_int_equal(disk.verdict, DISK_MARKED);
		assert_int_equal(disk_prove_blank(&grant, &disk, 0, NULL, &e), 0);
		assert_true(grant.marked);
		wrote = false;
		fd = disk_open_target(&grant, true, false, &wrote, &e);
		assert_true(fd >= 0);
		assert_false(wrote); /* it is marked already */
		memset(block, 0, 4096);
		assert_int_equal(pread(fd, block, 4096, 0), 4096);
		assert_int_equal(block[4095], 0x5a);
		close(fd);
		loop_close(&loop);
		if (sectors[i] == 512)
			image_run("sgdisk -v %s | grep 'No problems found'", loop.image);
		free(block);
	}
}

static void disk_that_changed_is_refused(void **state)
{
	static const struct {
		uint8_t fill;
		uint64_t at;
		const char *word, *byte;
	} cases[] = {
		{ 0x00, 0, "offset 0", "x" },
		{ 0x00, 16 * MIB - 1, "offset 16777215", "x" },
		{ 0x00, 64 * MIB - 1, "offset 67108863", "\\377" },
		{ 0xff, 0, "offset 0", "x" },
		{ 0xff, 16 * MIB - 1, "offset 16777215", "\\0" },
		{ 0xff, 64 * MIB - 1, "offset 67108863", "\\0" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT];
		struct err e = ERR_INIT;
		_Atomic bool wrote = false;
		struct disk_grant grant;
		struct disk disk;
		struct loop loop;

		image_fill(*state, 64 * MIB, cases[i].fill);
		loop_open(&loop, *state, 64 * MIB, 512);
		disk = judged(&loop);
		assert_int_equal(disk_prove_blank(&grant, &disk, 8 * MIB, NULL, &e), 0);
		/* Through the device, as another program would write it. */
		image_run("printf '%s' | dd of=/dev/%s bs=1 seek=%llu conv=notrunc,fsync",
			  cases[i].byte, loop.node, (unsigned long long)cases[i].at);
		digest_file(before, loop.image);
		assert_int_equal(disk_open_target(&grant, true, false, &wrote, &e), -EPERM);
		assert_non_null(strstr(e.text, cases[i].word));
		assert_false(wrote);
		loop_close(&loop);
		digest_file(after, loop.image);
		assert_string_equal(before, after);
	}
}

static void mark_that_changed_is_refused(void **state)
{
	char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT];
	struct err e = ERR_INIT;
	struct disk_grant grant;
	struct disk disk;
	struct loop loop;

	image_need("sgdisk mkfs.ext4");
	image_make(loop.image, *state, "disk", 64 * MIB);
	image_run("sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH %s", loop.image);
	loop_open(&loop, *state, 64 * MIB, 512);
	disk = judged(&loop);
	assert_int_equal(disk.verdict, DISK_MARKED);
	assert_int_equal(disk_prove_blank(&grant, &disk, 0, NULL, &e), 0);
	image_run("mkfs.ext4 -F -E offset=1048576 /dev/%s 60000 && sync", loop.node);
	digest_file(before, loop.image);
	assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -EPERM);
	assert_non_null(strstr(e.text, "ext4 file system inside"));
	loop_close(&loop);
	digest_file(after, loop.image);
	assert_string_equal(before, after);
}

static void grants_hold_for_their_device_only(void **state)
{
	char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT];
	struct disk_grant good, grant;
	struct err e = ERR_INIT;
	struct disk disk;
	struct loop loop;
	int fd;

	loop_open(&loop, *state, 64 * MIB, 512);
	disk = judged(&loop);
	assert_int_equal(disk_prove_blank(&good, &disk, 8 * MIB, NULL, &e), 0);
	digest_file(before, loop.image);
	grant = good;
	grant.proven = false;
	assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -EPERM);
	grant = good;
	grant.minor++;
	e = ERR_INIT;
	assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -ENODEV);
	grant = good;
	grant.size_bytes -= 512;
	e = ERR_INIT;
	assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -ENODEV);
	grant = good;
	grant.partition_size_bytes += MIB;
	e = ERR_INIT;
	assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -EPERM);
	if (good.sequence) { /* Linux 5.15 */
		grant = good;
		grant.sequence++;
		e = ERR_INIT;
		assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -ENODEV);
	}
	/* Somebody holds it. */
	{
		char path[128];

		snprintf(path, sizeof(path), "/dev/%s", loop.node);
		fd = open(path, O_RDONLY | O_EXCL);
	}
	assert_true(fd >= 0);
	e = ERR_INIT;
	assert_int_equal(disk_open_target(&good, true, false, &ignored, &e), -EBUSY);
	assert_int_equal(judged(&loop).verdict, DISK_IN_USE);
	close(fd);
	loop_close(&loop);
	digest_file(after, loop.image);
	assert_string_equal(before, after);
}

/* Another medium under the same name and number, of the same size, and as blank or marked as
 * before: only its diskseq tells. */
static void replaced_device_is_refused(void **state)
{
	static const char *const makes[] = { "true",
					     "sgdisk -n 1:2048:0 -c 1:TARE_SCRATCH %s/disk" };

	for (size_t i = 0; i < 2; i++) {
		char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT], command[256];
		struct err e = ERR_INIT;
		struct disk_grant grant;
		struct disk disk;
		struct loop loop;

		snprintf(command, sizeof(command), makes[i], (char *)*state);
		image_fill(*state, 64 * MIB, 0);
		image_run("%s", command);
		loop_open(&loop, *state, 64 * MIB, 512);
		disk = judged(&loop);
		assert_int_equal(disk.verdict, i ? DISK_MARKED : DISK_BLANK);
		assert_int_equal(disk_prove_blank(&grant, &disk, 8 * MIB, NULL, &e), 0);
		digest_file(before, loop.image);
		loop_close(&loop);
		image_run("losetup -P /dev/%s %s", loop.node, loop.image);
		if (judged(&loop).sequence == disk.sequence) {
			loop_close(&loop);
			print_message("skipped: this kernel has no diskseq\n");
			skip();
		}
		assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -ENODEV);
		assert_non_null(strstr(e.text, "another device than the one scanned: diskseq"));
		/* Nor is it released. */
		image_run("blockdev --setro /dev/%s", loop.node);
		e = ERR_INIT;
		assert_int_equal(disk_open_target(&grant, true, true, &ignored, &e), -ENODEV);
		assert_int_equal(is_read_only(loop.node), 1);
		loop_close(&loop);
		digest_file(after, loop.image);
		assert_string_equal(before, after);
	}
}

static void added_node_is_locked_by_its_number(void **state)
{
	bool was_writable = false;
	struct disk disk;
	struct loop loop;

	loop_open(&loop, *state, 64 * MIB, 512);
	disk = judged(&loop);
	assert_int_equal(disk_lock_node(loop.node, disk.major, disk.minor + 1, &was_writable),
			 -ENODEV);
	assert_int_equal(is_read_only(loop.node), 0);
	assert_false(was_writable);
	assert_int_equal(disk_lock_node(loop.node, disk.major, disk.minor, &was_writable), 0);
	assert_int_equal(is_read_only(loop.node), 1);
	assert_true(was_writable);
	assert_int_equal(disk_lock_node(loop.node, disk.major, disk.minor, &was_writable), 0);
	assert_false(was_writable);
	assert_int_equal(disk_lock_node("no-such-node", 8, 0, NULL), -ENOENT);
	loop_close(&loop);
}

static void locks_hold_until_released(void **state)
{
	struct notes notes = { 0 };
	struct err e = ERR_INIT;
	struct disk_list list;
	struct disk_released released;
	struct disk_grant grant;
	char path[128], part[80];
	struct disk disk;
	struct loop loop;
	int fd;

	loop_open(&loop, *state, 64 * MIB, 512);
	if (!access("/" DISK_LOCKED_FILE, F_OK)) {
		loop_close(&loop);
		print_message("skipped: /" DISK_LOCKED_FILE " is in use\n");
		skip();
	}
	disk = judged(&loop);
	assert_int_equal(disk_prove_blank(&grant, &disk, 8 * MIB, NULL, &e), 0);
	list = (struct disk_list){ .disk = &disk, .n = 1 };
	assert_int_equal(disk_lock_all(&list, &notes), 0);
	assert_int_equal(notes.n, 0);
	assert_int_equal(is_read_only(loop.node), 1);
	snprintf(path, sizeof(path), "/dev/%s", loop.node);
	fd = open(path, O_WRONLY);
	assert_true(fd < 0 || pwrite(fd, "x", 1, 0) < 0 || fsync(fd) < 0);
	if (fd >= 0)
		close(fd);
	/* Our own lock is not taken for a read-only disk. */
	assert_int_equal(judged(&loop).verdict, DISK_BLANK);
	/* Without the appliance's mode the lock is not lifted. */
	assert_true(disk_open_target(&grant, true, false, &ignored, &e) < 0);
	assert_int_equal(is_read_only(loop.node), 1);
	e = ERR_INIT;
	assert_false(disk_released_get(&released, "/"));
	fd = disk_open_target(&grant, true, true, &ignored, &e);
	assert_true(fd >= 0);
	assert_int_equal(is_read_only(loop.node), 0);
	/* Told to those who lock what is added. */
	assert_true(disk_released_get(&released, "/"));
	assert_int_equal(released.minor, disk.minor);
	assert_int_equal(released.sequence, disk.sequence);
	assert_int_equal(released.start_bytes, grant.partition_start_bytes);
	assert_int_equal(released.size_bytes, grant.partition_size_bytes);
	close(fd);
	/* After the run. */
	assert_int_equal(disk_lock_target(&disk), 0);
	assert_int_equal(is_read_only(loop.node), 1);
	assert_false(disk_released_get(&released, "/"));
	/* A refusal locks again, partition and disk. */
	disk = judged(&loop);
	assert_int_equal(disk_prove_blank(&grant, &disk, 0, NULL, &e), 0);
	assert_int_equal(disk_lock_all(&list, &notes), 0);
	snprintf(part, sizeof(part), "%sp1", loop.node);
	assert_int_equal(is_read_only(part), 1);
	grant.partition_start_bytes += MIB;
	assert_true(disk_open_target(&grant, true, true, &ignored, &e) < 0);
	assert_int_equal(is_read_only(loop.node), 1);
	assert_int_equal(is_read_only(part), 1);
	assert_false(disk_released_get(&released, "/"));
	notes_free(&notes);
	loop_close(&loop);
	unlink("/" DISK_LOCKED_FILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(proven_disk_is_marked_and_opened, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(disk_that_changed_is_refused, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(mark_that_changed_is_refused, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(grants_hold_for_their_device_only, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(replaced_device_is_refused, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(added_node_is_locked_by_its_number, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(locks_hold_until_released, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
