// SPDX-License-Identifier: MIT
/* This test will check on loop devices that results go into the slots of a results partition and
 * nowhere else. */
#include "hw/disk_open.h"

#include <errno.h>

#include "lib/digest.h"
#include "loop_disk.h"

static void body_make(struct buf body[SLOTS_PARTS_N], const char *text)
{
	body[SLOTS_JSON] = BUF_INIT;
	body[SLOTS_TEXT] = BUF_INIT;
	body[SLOTS_HTML] = BUF_INIT;
	buf_puts(&body[SLOTS_JSON], text);
	buf_puts(&body[SLOTS_TEXT], text);
}

static void results_are_stored_in_slots_only(void **state)
{
	struct buf body[SLOTS_PARTS_N];
	struct err e = ERR_INIT;
	struct disk disk;
	struct loop loop;
	char part[80];

	image_need("sgdisk mkfs.fat mcopy mtype fsck.fat cmp");
	image_run("tests/fixtures/results_image.sh %s/disk 4", (char *)*state);
	image_run("cp %s/disk %s/before", (char *)*state, (char *)*state);
	loop_open(&loop, *state, 0, 512);
	disk = judged(&loop);
	assert_int_equal(disk.verdict, DISK_RESULTS);
	snprintf(part, sizeof(part), "%sp1", loop.node);
	body_make(body, "{ \"one\": 1 }\n");
	for (int lock = 0; lock < 2; lock++) {
		struct notes notes = { 0 };
		struct disk_list list = { .disk = &disk, .n = 1 };

		if (lock && !access("/" DISK_LOCKED_FILE, F_OK))
			break;
		if (lock)
			assert_int_equal(disk_lock_all(&list, &notes), 0);
		assert_int_equal(disk_store_results(&disk, lock ? "run1" : "run0", body, lock, &e),
				 lock);
		assert_int_equal(e.code, 0);
		assert_int_equal(is_read_only(loop.node), lock);
		assert_int_not_equal(is_read_only(part), !lock);
		if (lock)
			unlink("/" DISK_LOCKED_FILE);
		notes_free(&notes);
	}
	buf_free(&body[0]);
	buf_free(&body[1]);
	loop_close(&loop);
	image_run("mtype -i %s@@1M ::run00.json | head -n 1 | grep '\"one\": 1'", loop.image);
	image_run("dd if=%s of=%s.fat bs=1M skip=1 count=4 && fsck.fat -n %s.fat", loop.image,
		  loop.image, loop.image);
	/* File system structures and partition tables are what they were, byte for byte. */
	image_run("cmp -n 1048576 %s %s/before", loop.image, (char *)*state);
	image_run("cmp -n 16384 -i 1048576 %s %s/before", loop.image, (char *)*state);
	image_run("cmp -i 5242880 %s %s/before", loop.image, (char *)*state);
}

static void other_disks_get_no_results(void **state)
{
	char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT];
	static const char *const makes[] = { "true", "sgdisk -n 1:0:0 %s", "mkfs.fat -F 16 %s" };
	struct buf body[SLOTS_PARTS_N];

	body_make(body, "{}\n");
	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++) {
		struct err e = ERR_INIT;
		char command[PATH_MAX];
		struct disk disk;
		struct loop loop;

		image_make(loop.image, *state, "disk", 64 * MIB);
		snprintf(command, sizeof(command), makes[i], loop.image);
		image_run("%s", command);
		digest_file(before, loop.image);
		loop_open(&loop, *state, 0, 512);
		disk = judged(&loop);
		assert_int_equal(disk_store_results(&disk, "run", body, false, &e), -ENOENT);
		assert_int_equal(e.code, 0);
		loop_close(&loop);
		digest_file(after, loop.image);
		assert_string_equal(before, after);
	}
	buf_free(&body[0]);
	buf_free(&body[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(results_are_stored_in_slots_only, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(other_disks_get_no_results, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
