/* SPDX-License-Identifier: MIT */
/* For tests that write to disks: loop devices, and what scan and verdict say of one. */
#ifndef TARE_TESTS_LOOP_DISK_H
#define TARE_TESTS_LOOP_DISK_H

#include "disk_image.h"

#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "hw/disk_scan.h"
#include "hw/disk_verdict.h"
#include "lib/digest.h"

/* A loop device over DIR/disk, gone with loop_close(). */
struct loop {
	char image[PATH_MAX];
	char node[64]; /* "loop3" */
};

static inline void loop_open(struct loop *loop, const char *dir, uint64_t size, uint32_t sector)
{
	char path[PATH_MAX], text[64] = "";
	int fd;

	image_need("losetup blockdev sgdisk");
	if (geteuid() || image_try("losetup -f")) {
		print_message("skipped: needs root and loop devices\n");
		skip();
	}
	snprintf(loop->image, sizeof(loop->image), "%s/disk", dir);
	if (access(loop->image, F_OK))
		image_make(loop->image, dir, "disk", size);
	snprintf(path, sizeof(path), "%s/node", dir);
	image_run("losetup -fP --show -b %u %s >%s", sector, loop->image, path);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	assert_memory_equal(text, "/dev/", 5);
	snprintf(loop->node, sizeof(loop->node), "%.60s", text + 5);
}

static inline void loop_close(const struct loop *loop)
{
	/* A loop device keeps the flag for its next user. */
	image_run("blockdev --setrw /dev/%s", loop->node);
	/* The node of a partition may still be settling: detach until it is gone. */
	image_run("for i in 1 2 3 4 5 6 7 8 9; do losetup -d /dev/%s; "
		  "losetup /dev/%s || exit 0; sleep 0.1; done; exit 1",
		  loop->node, loop->node);
}

/* The disk as scan and verdict see it, named by the user. */
static inline struct disk judged(const struct loop *loop)
{
	char *named[] = { (char *)loop->node, NULL };
	struct disk_verdict_config config = { .root = "/",
					      .minimum_bytes = 8 * MIB,
					      .named = named };
	struct err e = ERR_INIT;
	struct disk_list list, one;
	const struct disk *found;
	struct disk disk;
	bool ambiguous;

	assert_int_equal(disk_scan(&list, "/", &e), 0);
	found = disk_find(&list, loop->node, &ambiguous);
	assert_non_null(found);
	disk = *found;
	one = (struct disk_list){ .disk = &disk, .n = 1 };
	disk_verdict_all(&one, &config);
	disk_list_free(&list);
	return disk;
}

/* An image of one byte value: zeros, or 0xFF as erased flash. */
static inline void image_fill(const char *dir, uint64_t size, uint8_t fill)
{
	image_run("rm -f %s/disk && head -c %llu /dev/zero | tr '\\0' '\\%o' >%s/disk", dir,
		  (unsigned long long)size, fill, dir);
}

/* -1: no such node (a partition, on a kernel that does not read GPT by itself). */
static inline int is_read_only(const char *node)
{
	char path[128];
	int fd, flag = -1;

	snprintf(path, sizeof(path), "/dev/%s", node);
	fd = open(path, O_RDONLY);
	if (fd < 0 && errno == ENOENT)
		return -1;
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, BLKROGET, &flag), 0);
	close(fd);
	return flag;
}

/* The sha256 of a file, whole. */
static inline void digest_file(char text[DIGEST_SHA256_TEXT], const char *path)
{
	size_t len;
	uint8_t *data = image_load(path, &len);

	digest_sha256(text, data, len);
	free(data);
}

#endif
