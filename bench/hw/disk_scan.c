// SPDX-License-Identifier: MIT
/* Block devices as sysfs shows them: one struct disk for each whole disk. Opens no device. */
#include "hw/disk_scan.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hw/disk_attr.h"
#include "hw/disk_irq.h"
#include "hw/disk_uses.h"
#include "lib/file.h"
#include "lib/str.h"

#define SYSFS_SECTOR_BYTES 512 /* unit of `size` and `start`, whatever the device's blocks are */

/* Reads MAJ:MIN. */
static int read_dev(uint32_t *major, uint32_t *minor, const char *dir)
{
	char text[32];
	int ret = file_read_text(text, sizeof(text), dir, "dev");

	if (ret < 0)
		return ret;
	return sscanf(text, "%" SCNu32 ":%" SCNu32, major, minor) == 2 ? 0 : -EINVAL;
}

/* The first holder of a disk or partition, or false. */
static bool read_holder(char *holder, size_t holder_bytes, const char *dir)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *holders;

	if (!disk_attr_join(path, dir, "holders"))
		return false;
	holders = opendir(path);
	if (!holders)
		return false;
	while (!found && (entry = readdir(holders))) {
		if (entry->d_name[0] == '.')
			continue;
		str_copy(holder, holder_bytes, entry->d_name);
		found = true;
	}
	closedir(holders);
	return found;
}

/* Mounts and holders of one node (disk or partition), in words where it is the first use. */
static void read_use(struct disk *disk, const struct disk_uses *uses, const char *node,
		     const char *dir, bool *mounted, bool *held)
{
	uint32_t major = 0, minor = 0;
	char holder[DISK_TEXT_BYTES];
	const struct disk_use *use;

	read_dev(&major, &minor, dir);
	use = disk_uses_find(uses, major, minor, node);
	*mounted = use;
	*held = read_holder(holder, sizeof(holder), dir);
	if (disk->use[0])
		return;
	if (use)
		snprintf(disk->use, sizeof(disk->use), "%.60s %s%.120s", node,
			 use->swap ? "in use as swap" : "mounted on ", use->swap ? "" : use->where);
	else if (*held)
		snprintf(disk->use, sizeof(disk->use), "%.60s held by %.120s", node, holder);
}

static void partition_label(char *label, size_t label_bytes, const char *dir)
{
	char text[1024], *at;

	if (file_read_text(text, sizeof(text), dir, "uevent") <= 0)
		return;
	at = strstr(text, "PARTNAME=");
	if (!at || (at != text && at[-1] != '\n'))
		return;
	at += strlen("PARTNAME=");
	at[strcspn(at, "\n")] = '\0';
	str_copy(label, label_bytes, at);
}

static void read_partition(struct disk *disk, const struct disk_uses *uses, const char *node,
			   const char *dir)
{
	struct disk_partition p = { 0 };

	str_copy(p.node, sizeof(p.node), node);
	partition_label(p.label, sizeof(p.label), dir);
	if (!file_read_u64(&p.start_bytes, dir, "start"))
		p.start_bytes *= SYSFS_SECTOR_BYTES;
	if (!file_read_u64(&p.size_bytes, dir, "size"))
		p.size_bytes *= SYSFS_SECTOR_BYTES;
	read_use(disk, uses, node, dir, &p.mounted, &p.holders);
	disk->mounted |= p.mounted;
	disk->holders |= p.holders;
	if (disk->partitions_n < DISK_PARTITIONS_MAX)
		disk->partition[disk->partitions_n++] = p;
	else
		disk->partitions_cut = true;
}

static int by_start(const void *a, const void *b)
{
	const struct disk_partition *left = a, *right = b;

	if (left->start_bytes != right->start_bytes)
		return left->start_bytes < right->start_bytes ? -1 : 1;
	return strverscmp(left->node, right->node);
}

static void read_partitions(struct disk *disk, const struct disk_uses *uses, const char *dir)
{
	char path[PATH_MAX], number[16];
	struct dirent *entry;
	DIR *folder = opendir(dir);

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || !disk_attr_join(path, dir, entry->d_name))
			continue;
		if (file_read_text(number, sizeof(number), path, "partition") > 0)
			read_partition(disk, uses, entry->d_name, path);
	}
	closedir(folder);
	qsort(disk->partition, disk->partitions_n, sizeof(disk->partition[0]), by_start);
}

/* A whole disk that has a device node; *skip for what is none. */
static int read_disk(struct disk *disk, const struct disk_uses *uses, const char *root,
		     const char *name, bool *skip)
{
	char link[PATH_MAX], dir[PATH_MAX], text[16];
	bool mounted, held;

	*skip = true;
	memset(disk, 0, sizeof(*disk));
	if (snprintf(link, sizeof(link), "%s/sys/class/block/%s", root, name) >= (int)sizeof(link))
		return -ENAMETOOLONG;
	if (!realpath(link, dir))
		return errno == ENOENT ? 0 : -errno; /* unplugged meanwhile */
	if (file_read_text(text, sizeof(text), dir, "partition") > 0)
		return 0;
	/* Paths below a multipath NVMe disk: no node, the disk itself is listed beside them. */
	if (file_read_text(text, sizeof(text), dir, "hidden") > 0 && strcmp(text, "0"))
		return 0;
	if (read_dev(&disk->major, &disk->minor, dir))
		return 0;
	*skip = false;
	str_copy(disk->node, sizeof(disk->node), name);
	disk_attr_read(disk, dir);
	disk_irq_read(disk, root, dir);
	read_use(disk, uses, name, dir, &mounted, &held);
	disk->mounted = mounted;
	disk->holders = held;
	read_partitions(disk, uses, dir);
	if (disk->read_only && disk_uses_locked(uses, disk->major, disk->minor))
		disk->read_only = false;
	return 0;
}

static int by_node(const void *a, const void *b)
{
	return strverscmp(((const struct disk *)a)->node, ((const struct disk *)b)->node);
}

static int list_add(struct disk_list *list, const struct disk *disk)
{
	struct disk *grown = realloc(list->disk, (list->n + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->disk = grown;
	list->disk[list->n++] = *disk;
	return 0;
}

int disk_scan(struct disk_list *list, const char *root, struct err *e)
{
	struct disk_uses uses;
	char path[PATH_MAX];
	struct dirent *entry;
	struct disk disk;
	DIR *class;
	int ret;

	*list = (struct disk_list){ 0 };
	if (snprintf(path, sizeof(path), "%s/sys/class/block", root) >= (int)sizeof(path))
		return err_set(e, -ENAMETOOLONG, "disks: %s: path too long", root);
	class = opendir(path);
	if (!class)
		return err_set(e, -errno, "disks: %s: %s: should be a mounted sysfs", path,
			       strerror(errno));
	ret = disk_uses_read(&uses, root);
	while (!ret && (entry = readdir(class))) {
		bool skip;

		if (entry->d_name[0] == '.')
			continue;
		ret = read_disk(&disk, &uses, root, entry->d_name, &skip);
		if (!ret && !skip)
			ret = list_add(list, &disk);
	}
	closedir(class);
	disk_uses_free(&uses);
	if (ret) {
		disk_list_free(list);
		return err_set(e, ret, "disks: %s: %s", path, strerror(-ret));
	}
	if (list->n)
		qsort(list->disk, list->n, sizeof(list->disk[0]), by_node);
	return 0;
}

void disk_list_free(struct disk_list *list)
{
	free(list->disk);
	*list = (struct disk_list){ 0 };
}

static bool matches(const struct disk *disk, const char *name)
{
	const char *node = strncmp(name, "/dev/", 5) ? name : name + 5;
	struct stat st;

	if (!strcmp(node, disk->node) || (disk->serial[0] && !strcmp(name, disk->serial)) ||
	    (disk->path[0] && !strcmp(name, disk->path)))
		return true;
	if (disk->wwn[0]) {
		/* "naa.5000c500a1b2c3d4" is also known as 0x5000c500a1b2c3d4. */
		const char *digits = strncmp(disk->wwn, "naa.", 4) ? disk->wwn : disk->wwn + 4;

		if (!strcmp(name, disk->wwn) ||
		    !strcmp(strncmp(name, "0x", 2) ? name : name + 2, digits))
			return true;
	}
	return name[0] == '/' && !stat(name, &st) && S_ISBLK(st.st_mode) &&
	       major(st.st_rdev) == disk->major && minor(st.st_rdev) == disk->minor;
}

const struct disk *disk_find(const struct disk_list *list, const char *name, bool *ambiguous)
{
	const struct disk *found = NULL;

	*ambiguous = false;
	for (uint32_t i = 0; name[0] && i < list->n; i++) {
		if (!matches(&list->disk[i], name))
			continue;
		if (found) {
			*ambiguous = true;
			return NULL;
		}
		found = &list->disk[i];
	}
	return found;
}
