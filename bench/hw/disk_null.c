// SPDX-License-Identifier: MIT
/* configfs for null_blk (Documentation/block/null_blk.rst), a node for brd. */
#include "hw/disk_null.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/file.h"

#define CONFIGFS  "/sys/kernel/config"
#define NULL_BLK  CONFIGFS "/nullb"
#define DEVICE	  NULL_BLK "/" DISK_NULL_NODE
#define RAM	  "/dev/" DISK_RAM_NODE
#define RAM_MAJOR 1 /* Documentation/admin-guide/devices.txt */

/* In this order: `power` makes the device. */
static const struct {
	const char *path, *value;
} attributes[] = {
	{ DEVICE "/size", "1024\n" }, /* MiB */
	{ DEVICE "/blocksize", "512\n" }, { DEVICE "/queue_mode", "2\n" },
	{ DEVICE "/irqmode", "0\n" },	  { DEVICE "/memory_backed", "0\n" },
	{ DEVICE "/power", "1\n" },
};

int disk_null_make(struct err *e)
{
	if (access(NULL_BLK, F_OK) && mount("none", CONFIGFS, "configfs", 0, NULL))
		return err_set(e, -errno, "configfs: %s", strerror(errno));
	if (mkdir(DEVICE, 0755))
		return err_set(e, -errno, "null_blk: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		int ret = file_write_attribute(attributes[i].path, attributes[i].value);

		if (!ret)
			continue;
		rmdir(DEVICE);
		return err_set(e, ret, "null_blk: %s: %s", strrchr(attributes[i].path, '/') + 1,
			       strerror(-ret));
	}
	return 0;
}

void disk_null_remove(void)
{
	file_write_attribute(DEVICE "/power", "0\n");
	rmdir(DEVICE);
}

int disk_ram_make(struct err *e)
{
	int fd;

	if (mknod(RAM, S_IFBLK | 0600, makedev(RAM_MAJOR, 0)) && errno != EEXIST)
		return err_set(e, -errno, "brd: %s: %s", RAM, strerror(errno));
	fd = open(RAM, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "brd: %s: %s", RAM, strerror(errno));
	close(fd);
	return 0;
}
