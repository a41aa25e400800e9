// SPDX-License-Identifier: MIT
/* This test will check on loop devices what tare itself writes to disks: that a destroyed disk is
 * ours and a restored one empty, that no byte outside the grant changes, and what is refused. */
#include "hw/disk_open.h"

#include <errno.h>

#include "hw/disk_device.h"
#include "hw/disk_sample.h"
#include "hw/disk_token.h"
#include "lib/rng.h"
#include "lib/str.h"
#include "loop_disk.h"

#define DISK_BYTES (96 * MIB)
#define SPAN_BYTES (40 * MIB)

static _Atomic bool ignored; /* whether it was written */

/* Loop devices have no serial: the disk is named by hand, with the token that it has. */

static void name_disk(struct disk *disk)
{
	struct disk_device device;
	struct err e = ERR_INIT;

	str_copy(disk->serial, sizeof(disk->serial), "LOOP");
	assert_int_equal(disk_device_open(&device, disk, "/", &e), 0);
	assert_int_equal(disk_token(disk->token, disk, &device.block), 0);
	disk_device_close(&device);
	disk->destroy = true;
}

/* Random bytes all over, and at both ends what speaks for itself. */
static void fill_image(const char *dir, struct loop *loop)
{
	static uint8_t data[1 << 20];
	struct rng rng;

	image_make(loop->image, dir, "disk", DISK_BYTES);
	rng_seed(&rng, 1);
	for (uint64_t at = 0; at < DISK_BYTES; at += sizeof(data)) {
		rng_fill(&rng, data, sizeof(data));
		image_write(loop->image, at, data, sizeof(data));
	}
}

static bool is_zero(const uint8_t *data, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		if (data[i])
			return false;
	return true;
}

static void open_and_close(const struct disk_grant *grant)
{
	struct err e = ERR_INIT;
	int fd = disk_open_target(grant, true, false, &ignored, &e);

	if (fd < 0)
		print_error("%s\n", e.text);
	assert_true(fd >= 0);
	close(fd);
}

static void destroyed_disk_is_ours(void **state)
{
	/* Tables and labels whose copies at the tail or inside the span would speak on. */
	static const char *const content[] = {
		"mkfs.ext4 -q -F %s",
		"sgdisk -n 1:2048:+8M -n 2:0:+8M -c 1:somebody %s",
		"mkfs.vfat %s",
		NULL,
	};

	for (size_t i = 0; i < sizeof(content) / sizeof(content[0]); i++) {
		struct err e = ERR_INIT;
		struct disk_grant grant;
		uint8_t *before, *after;
		struct disk disk;
		struct loop loop;
		size_t len;

		fill_image(*state, &loop);
		if (content[i]) {
			char command[256];

			snprintf(command, sizeof(command), content[i], loop.image);
			image_run("%s", command);
		} else {
			/* md 1.0 and ZFS keep theirs at the tail. */
			image_write(loop.image, DISK_BYTES - 8 * KIB, "\xfc\x4e\x2b\xa9\x01\0\0\0",
				    8);
			image_write(loop.image, DISK_BYTES - 128 * KIB, "\x0c\xb1\xba\0\0\0\0\0",
				    8);
			/* and one that would stand at the tail of the partition to be */
			image_write(loop.image, SPAN_BYTES + MIB - 8 * KIB,
				    "\xfc\x4e\x2b\xa9\x01\0\0\0", 8);
		}
		before = image_load(loop.image, &len);
		loop_open(&loop, *state, DISK_BYTES, 512);
		disk = judged(&loop);
		assert_int_equal(disk.verdict, DISK_DATA);
		name_disk(&disk);
		assert_int_equal(disk_prove_destroy(&grant, &disk, disk.token, SPAN_BYTES, &e), 0);
		assert_non_null(strstr(grant.words, "destroy: serial LOOP of"));
		assert_false(grant.proven || grant.marked);
		open_and_close(&grant);
		assert_int_equal(judged(&loop).verdict, DISK_MARKED);
		loop_close(&loop);
		after = image_load(loop.image, &len);
		/* Between partition and tail everything is as it was. */
		assert_memory_equal(before + SPAN_BYTES + MIB, after + SPAN_BYTES + MIB,
				    DISK_BYTES - 16 * MIB - SPAN_BYTES - MIB);
		free(before);
		free(after);
	}
}

static void disk_that_changed_is_not_destroyed(void **state)
{
	static const uint64_t places[] = { 0, MIB - 1, DISK_BYTES - MIB, DISK_BYTES - 1 };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct err e = ERR_INIT;
		struct disk_grant grant;
		char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT];
		struct disk disk;
		struct loop loop;

		fill_image(*state, &loop);
		loop_open(&loop, *state, DISK_BYTES, 512);
		disk = judged(&loop);
		name_disk(&disk);
		assert_int_equal(disk_prove_destroy(&grant, &disk, disk.token, SPAN_BYTES, &e), 0);
		image_run("printf tare | dd of=/dev/%s bs=1 seek=%llu count=1 conv=notrunc,fsync",
			  loop.node, (unsigned long long)places[i]);
		digest_file(before, loop.image);
		assert_int_equal(disk_open_target(&grant, true, false, &ignored, &e), -EPERM);
		assert_non_null(strstr(e.text, "its token is no longer"));
		loop_close(&loop);
		digest_file(after, loop.image);
		assert_string_equal(before, after);
	}
}

static void destruction_takes_name_and_token(void **state)
{
	struct err e = ERR_INIT;
	struct disk_grant grant;
	struct disk disk, other;
	struct loop loop;

	fill_image(*state, &loop);
	loop_open(&loop, *state, DISK_BYTES, 512);
	disk = judged(&loop);
	name_disk(&disk);
	assert_int_equal(disk_prove_destroy(&grant, &disk, "01234567", SPAN_BYTES, &e), -EPERM);
	e = ERR_INIT;
	assert_int_equal(disk_prove_destroy(&grant, &disk, "", SPAN_BYTES, &e), -EPERM);
	for (int verdict = 0; verdict < DISK_VERDICTS_N; verdict++) {
		int want = verdict == DISK_DATA || verdict == DISK_BLANK || verdict == DISK_MARKED
				   ? 0
				   : -EPERM;

		other = disk;
		other.verdict = verdict;
		e = ERR_INIT;
		assert_int_equal(disk_prove_destroy(&grant, &other, disk.token, SPAN_BYTES, &e),
				 want);
		assert_int_equal(disk_write_is_granted(&grant), !want);
	}
	other = disk;
	other.destroy = false;
	e = ERR_INIT;
	assert_int_equal(disk_prove_destroy(&grant, &other, disk.token, SPAN_BYTES, &e), -EPERM);
	assert_false(disk_write_is_granted(&grant));
	loop_close(&loop);
}

static void scribble(const struct disk_grant *grant)
{
	uint8_t *data = aligned_alloc(4096, MIB);
	struct err e = ERR_INIT;
	int fd = disk_open_target(grant, true, false, &ignored, &e);

	assert_true(fd >= 0 && data);
	memset(data, 0xa5, MIB);
	for (uint64_t at = 0; at < grant->span_bytes; at += MIB)
		assert_int_equal(pwrite(fd, data, MIB, (off_t)at), MIB);
	close(fd);
	free(data);
}

static void restored_disk_is_blank(void **state)
{
	static const struct {
		uint32_t sector;
		uint8_t fill;  /* 0xFF: erased flash is what it was, too */
		bool by_later; /* by another run than the one that marked it */
	} cases[] = { { 512, 0, false },
		      { 4096, 0, false },
		      { 512, 0xff, false },
		      { 512, 0, true },
		      { 512, 0xff, true } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct disk_restored restored;
		struct err e = ERR_INIT;
		struct disk_grant grant;
		struct disk disk;
		struct loop loop;
		uint8_t *after;
		size_t len;

		image_fill(*state, DISK_BYTES, cases[i].fill);
		loop_open(&loop, *state, DISK_BYTES, cases[i].sector);
		disk = judged(&loop);
		assert_int_equal(disk_prove_blank(&grant, &disk, SPAN_BYTES, NULL, &e), 0);
		scribble(&grant);
		disk = judged(&loop);
		assert_int_equal(disk.verdict, DISK_MARKED);
		if (cases[i].by_later)
			assert_int_equal(disk_prove_blank(&grant, &disk, SPAN_BYTES, NULL, &e), 0);
		if (disk_restore(&grant, false, NULL, &restored, &e))
			print_error("%s\n", e.text);
		assert_int_equal(e.code, 0);
		assert_int_equal(restored.bytes, SPAN_BYTES);
		assert_int_equal(restored.fill, cases[i].fill);
		assert_true(restored.mark_removed);
		assert_int_equal(judged(&loop).verdict, DISK_BLANK);
		loop_close(&loop);
		after = image_load(loop.image, &len);
		assert_int_equal(disk_sample_other(after, len, cases[i].fill), len);
		free(after);
	}
}

static void restoring_stays_inside_its_grant(void **state)
{
	struct disk_restored restored;
	struct disk_grant first, part;
	struct err e = ERR_INIT;
	uint8_t *before, *after;
	struct disk disk;
	struct loop loop;
	size_t len;

	loop_open(&loop, *state, DISK_BYTES, 512);
	disk = judged(&loop);
	assert_int_equal(disk_prove_blank(&first, &disk, SPAN_BYTES, NULL, &e), 0);
	scribble(&first);
	before = image_load(loop.image, &len);
	disk = judged(&loop);
	assert_int_equal(disk_prove_blank(&part, &disk, 8 * MIB, NULL, &e), 0);
	assert_int_equal(disk_restore(&part, false, NULL, &restored, &e), 0);
	assert_int_equal(restored.bytes, 8 * MIB);
	assert_false(restored.mark_removed);
	after = image_load(loop.image, &len);
	assert_memory_equal(before, after, MIB);
	assert_true(is_zero(after, MIB, 9 * MIB));
	assert_memory_equal(before + 9 * MIB, after + 9 * MIB, len - 9 * MIB);
	assert_int_equal(judged(&loop).verdict, DISK_MARKED);
	loop_close(&loop);
	free(before);
	free(after);
}

static void restoring_needs_grant_and_mark(void **state)
{
	struct disk_grant grant, none;
	struct disk_restored restored;
	struct err e = ERR_INIT;
	char before[DIGEST_SHA256_TEXT], after[DIGEST_SHA256_TEXT];
	struct disk disk;
	struct loop loop;

	loop_open(&loop, *state, DISK_BYTES, 512);
	disk = judged(&loop);
	assert_int_equal(disk_prove_blank(&grant, &disk, SPAN_BYTES, NULL, &e), 0);
	scribble(&grant);
	none = grant;
	none.proven = none.marked = none.destroy = false;
	assert_int_equal(disk_restore(&none, false, NULL, &restored, &e), -EPERM);
	none = (struct disk_grant){ 0 };
	assert_int_equal(disk_restore(&none, false, NULL, &restored, &e), -EPERM);
	/* Somebody made a file system of it meanwhile. */
	image_run("mkfs.ext4 -q -F /dev/%s && sync", loop.node);
	digest_file(before, loop.image);
	e = ERR_INIT;
	assert_int_equal(disk_restore(&grant, false, NULL, &restored, &e), -EPERM);
	assert_non_null(strstr(e.text, "no longer marked"));
	assert_int_equal(restored.bytes, 0);
	loop_close(&loop);
	digest_file(after, loop.image);
	assert_string_equal(before, after);
}

/* Reads come back as something else than what was written. */
static void other_data_read_back_is_an_error(void **state)
{
	struct err e = ERR_INIT;
	int fd = open("/dev/zero", O_RDWR);

	(void)state;
	assert_true(fd >= 0);
	/* No file at all: it takes zeros and cannot be flushed. */
	assert_true(disk_write_fill(fd, "zero", 0, 0, MIB, NULL, &e) < 0);
	assert_non_null(strstr(e.text, "zero: filling bytes 0 to 1048576"));
	close(fd);
}

static void cleaning_is_for_destruction_alone(void **state)
{
	struct disk_grant grant = { .proven = true,
				    .marked = true,
				    .size_bytes = DISK_BYTES,
				    .partition_start_bytes = MIB,
				    .partition_size_bytes = SPAN_BYTES,
				    .span_bytes = SPAN_BYTES };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(disk_write_clean(-1, &grant, &e), -EPERM);
	grant.destroy = true;
	grant.partition_size_bytes = DISK_BYTES;
	e = ERR_INIT;
	assert_int_equal(disk_write_clean(-1, &grant, &e), -EPERM);
}

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, image_setup, image_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_DISK(destroyed_disk_is_ours),
		ON_DISK(disk_that_changed_is_not_destroyed),
		ON_DISK(destruction_takes_name_and_token),
		ON_DISK(restored_disk_is_blank),
		ON_DISK(restoring_stays_inside_its_grant),
		ON_DISK(restoring_needs_grant_and_mark),
		cmocka_unit_test(other_data_read_back_is_an_error),
		cmocka_unit_test(cleaning_is_for_destruction_alone),
	};

	return cmocka_run_group_tests_name("disk_write", tests, NULL, NULL);
}
