// SPDX-License-Identifier: MIT
/* This test will check that bodies reach the results partition of a real image and not a byte
 * beside it, and that nothing is written where the marks are not all there. */
#include "hw/disk_results.h"

#include <errno.h>

#include "disk_image.h"
#include "store/gpt.h"

#define START_BYTES MIB /* of the partition, by tests/fixtures/results_image.sh */

static struct {
	uint64_t from, to, bytes;
	int fail;
} seen;

static int watched_write(int fd, const void *from, size_t len, uint64_t offset)
{
	if (seen.fail)
		return seen.fail;
	seen.from = offset < seen.from ? offset : seen.from;
	seen.to = offset + len > seen.to ? offset + len : seen.to;
	seen.bytes += len;
	return pwrite(fd, from, len, (off_t)offset) == (ssize_t)len ? 0 : -EIO;
}

static struct disk disk_of(const char *path, uint64_t *partition_bytes)
{
	struct disk disk = { .node = "sdx", .logical_block_bytes = 512 };
	struct block_memory memory;
	struct gpt *gpt = malloc(sizeof(*gpt));
	size_t len;
	uint8_t *data = image_load(path, &len);

	assert_non_null(gpt);
	block_from_memory(&memory, data, len, 512);
	assert_int_equal(gpt_read(gpt, &memory.block), 0);
	assert_int_equal(gpt->partition[0].start_bytes, START_BYTES);
	*partition_bytes = gpt->partition[0].size_bytes;
	disk.size_bytes = len;
	free(gpt);
	free(data);
	return disk;
}

static void nothing_beside_the_partition_is_written(void **state)
{
	struct buf body[SLOTS_PARTS_N] = { BUF_INIT, BUF_INIT };
	struct err e = ERR_INIT;
	uint64_t partition_bytes;
	char path[PATH_MAX];
	struct disk disk;
	int fd;

	image_need("sgdisk mkfs.fat mcopy");
	image_run("tests/fixtures/results_image.sh %s/disk 4", (char *)*state);
	snprintf(path, sizeof(path), "%s/disk", (char *)*state);
	disk = disk_of(path, &partition_bytes);
	buf_puts(&body[SLOTS_JSON], "{}");
	buf_puts(&body[SLOTS_TEXT], "text");
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	seen.from = UINT64_MAX;
	assert_true(disk_results_write(fd, watched_write, &disk, "run0", body, &e) >= 0);
	assert_true(seen.bytes > 0);
	assert_true(seen.from >= START_BYTES);
	assert_true(seen.to <= START_BYTES + partition_bytes);
	/* An error of the writing is an error. */
	seen.fail = -EROFS;
	assert_int_equal(disk_results_write(fd, watched_write, &disk, "run1", body, &e), -EROFS);
	close(fd);
	/* Another label, and it is nobody's results partition: not one call. */
	image_run("sgdisk -c 1:TARE_RESULTZ %s", path);
	memset(&seen, 0, sizeof(seen));
	fd = open(path, O_RDWR);
	e = ERR_INIT;
	assert_int_equal(disk_results_write(fd, watched_write, &disk, "run2", body, &e), -ENOENT);
	assert_int_equal(seen.bytes, 0);
	close(fd);
	buf_free(&body[SLOTS_JSON]);
	buf_free(&body[SLOTS_TEXT]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_beside_the_partition_is_written,
						image_setup, image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
