// SPDX-License-Identifier: MIT
/* Lists a disk's partitions from sysfs, by device number and never by editing names. */
#include "hw/disk_partition.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "lib/file.h"
#include "lib/str.h"

#define SYSFS_SECTOR 512

static bool partition_read(struct disk_partition_node *p, const char *dir, const char *name)
{
	char text[32];

	if (file_read_text(text, sizeof(text), dir, "%s/partition", name) <= 0 ||
	    file_read_text(text, sizeof(text), dir, "%s/dev", name) <= 0 ||
	    sscanf(text, "%" SCNu32 ":%" SCNu32, &p->major, &p->minor) != 2 ||
	    file_read_u64(&p->start_bytes, dir, "%s/start", name) ||
	    file_read_u64(&p->size_bytes, dir, "%s/size", name))
		return false;
	p->start_bytes *= SYSFS_SECTOR;
	p->size_bytes *= SYSFS_SECTOR;
	return str_copy(p->node, sizeof(p->node), name);
}

int disk_partition_each(uint32_t major, uint32_t minor,
			int (*take)(const struct disk_partition_node *p, void *context),
			void *context)
{
	char dir[64];
	struct dirent *entry;
	struct disk_partition_node p;
	DIR *folder;
	int ret = 0;

	snprintf(dir, sizeof(dir), "/sys/dev/block/%" PRIu32 ":%" PRIu32, major, minor);
	folder = opendir(dir);
	if (!folder)
		return -errno;
	while (!ret && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && partition_read(&p, dir, entry->d_name))
			ret = take(&p, context);
	closedir(folder);
	return ret;
}

struct wanted {
	uint64_t start_bytes, size_bytes;
	struct disk_partition_node *found;
};

static int match(const struct disk_partition_node *p, void *context)
{
	struct wanted *wanted = context;

	if (p->start_bytes != wanted->start_bytes || p->size_bytes != wanted->size_bytes)
		return 0;
	*wanted->found = *p;
	return 1;
}

bool disk_partition_find(struct disk_partition_node *found, uint32_t major, uint32_t minor,
			 uint64_t start_bytes, uint64_t size_bytes)
{
	struct wanted wanted = { start_bytes, size_bytes, found };

	return disk_partition_each(major, minor, match, &wanted) == 1;
}
