// SPDX-License-Identifier: MIT
/* Opens scanned disks for reading and makes sure that they are the scanned ones. Never writes. */
#include "hw/disk_device.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hw/disk_open.h"
#include "lib/transfer.h"

#define ALIGN	     4096 /* of memory, offset and length: enough for every logical block size */
#define BOUNCE_BYTES (64u << 10)

#ifndef BLKGETDISKSEQ /* Linux 5.15 */
#define BLKGETDISKSEQ _IOR(0x12, 128, uint64_t)
#endif

static int device_read(void *self, void *to, size_t len, uint64_t offset)
{
	struct disk_device *device = self;
	uint64_t size = device->block.size_bytes;
	char *at = to;

	/* The last block of a disk whose size is no multiple of ALIGN is aligned to its sectors. */
	if (!((uintptr_t)to % ALIGN || offset % device->block.sector_bytes ||
	      len % device->block.sector_bytes))
		return transfer_read(device->fd, to, len, offset);
	while (len) {
		uint64_t from = offset / ALIGN * ALIGN;
		uint64_t piece = size - from < BOUNCE_BYTES ? size - from : BOUNCE_BYTES;
		size_t skip = (size_t)(offset - from), n = (size_t)piece - skip;
		int ret = transfer_read(device->fd, device->bounce, (size_t)piece, from);

		if (ret)
			return ret;
		if (n > len)
			n = len;
		memcpy(at, (char *)device->bounce + skip, n);
		at += n;
		offset += n;
		len -= n;
	}
	return 0;
}

int disk_device_wrap(struct disk_device *device, int fd, uint64_t size_bytes, uint32_t sector_bytes)
{
	device->fd = fd;
	device->block = (struct block){ .self = device,
					.size_bytes = size_bytes,
					.sector_bytes = sector_bytes,
					.read = device_read };
	device->bounce = aligned_alloc(ALIGN, BOUNCE_BYTES);
	return device->bounce ? 0 : -ENOMEM;
}

int disk_device_path(char *path, const char *root, const char *node)
{
	int n = snprintf(path, PATH_MAX, "%s/dev/%s", strcmp(root, "/") ? root : "", node);

	if (n < 0 || n >= PATH_MAX)
		return -ENAMETOOLONG;
	for (char *at = path + n - strlen(node); *at; at++)
		if (*at == '!')
			*at = '/';
	return 0;
}

static int other(struct err *e, const struct disk *disk, const char *what, uint64_t found,
		 uint64_t scanned)
{
	return err_set(e, -ENODEV,
		       "disk %s: another device than the one scanned: %s %" PRIu64
		       ": should be %" PRIu64,
		       disk->node, what, found, scanned);
}

bool disk_device_same_sequence(int fd, uint64_t sequence)
{
	uint64_t found = 0;

	return !sequence || ioctl(fd, BLKGETDISKSEQ, &found) || found == sequence;
}

int disk_device_check(int fd, const struct disk *disk, const char *root, struct err *e)
{
	uint64_t size = 0, sequence = 0;
	struct stat st;

	if (fstat(fd, &st))
		return err_set(e, -ENODEV, "disk %s: %s", disk->node, strerror(errno));
	if (S_ISREG(st.st_mode) && strcmp(root, "/"))
		return (uint64_t)st.st_size == disk->size_bytes
			       ? 0
			       : other(e, disk, "size", (uint64_t)st.st_size, disk->size_bytes);
	if (!S_ISBLK(st.st_mode))
		return err_set(e, -ENODEV, "disk %s: its node in /dev is no block device",
			       disk->node);
	if (major(st.st_rdev) != disk->major)
		return other(e, disk, "major number", major(st.st_rdev), disk->major);
	if (minor(st.st_rdev) != disk->minor)
		return other(e, disk, "minor number", minor(st.st_rdev), disk->minor);
	if (ioctl(fd, BLKGETSIZE64, &size))
		return err_set(e, -ENODEV, "disk %s: size: %s", disk->node, strerror(errno));
	if (size != disk->size_bytes)
		return other(e, disk, "size", size, disk->size_bytes);
	if (!disk_device_same_sequence(fd, disk->sequence)) {
		ioctl(fd, BLKGETDISKSEQ, &sequence);
		return other(e, disk, "diskseq", sequence, disk->sequence);
	}
	return 0;
}

int disk_device_open(struct disk_device *device, const struct disk *disk, const char *root,
		     struct err *e)
{
	struct err first = ERR_INIT;
	char path[PATH_MAX];
	int fd, ret;

	*device = (struct disk_device){ .fd = -1 };
	if (disk->logical_block_bytes < 512 || disk->logical_block_bytes > ALIGN ||
	    disk->logical_block_bytes & (disk->logical_block_bytes - 1))
		return err_set(e, -EINVAL,
			       "disk %s: block size %" PRIu32 ": should be 512, 1024, 2048 or 4096",
			       disk->node, disk->logical_block_bytes);
	ret = disk_device_path(path, root, disk->node);
	if (ret)
		return err_set(e, ret, "disk %s: path too long", disk->node);
	fd = disk_open_read(path, true, &first);
	if (fd == -EINVAL) /* files on some file systems have no O_DIRECT */
		fd = disk_open_read(path, false, e);
	else if (fd < 0)
		err_set(e, fd, "%s", first.text);
	if (fd < 0)
		return fd;
	ret = disk_device_check(fd, disk, root, e);
	if (!ret) {
		ret = disk_device_wrap(device, fd, disk->size_bytes, disk->logical_block_bytes);
		if (ret)
			err_set(e, ret, "disk %s: out of memory", disk->node);
	}
	if (ret) {
		device->fd = fd;
		disk_device_close(device);
	}
	return ret;
}

void disk_device_close(struct disk_device *device)
{
	if (device->fd >= 0)
		close(device->fd);
	free(device->bounce);
	*device = (struct disk_device){ .fd = -1 };
}
