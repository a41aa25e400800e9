// SPDX-License-Identifier: MIT
/*
 * One disk's identity, bus and queue, from its sysfs folder and the folders above it. Reads only.
 */
#include "hw/disk_attr.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/str.h"

#define SYSFS_SECTOR_BYTES 512
#define SCSI_TYPE_CD	   "5" /* peripheral device type, SPC-5 */

bool disk_attr_join(char *path, const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n > 0 && n < PATH_MAX;
}

/* Last component of the target of a link, or false. */
static bool link_name(char *to, size_t to_bytes, const char *dir, const char *name)
{
	char path[PATH_MAX];

	return disk_attr_join(path, dir, name) && file_link_name(to, to_bytes, path);
}

bool disk_attr_up(char *dir)
{
	char *slash = strrchr(dir, '/');

	if (!slash || slash == dir)
		return false;
	*slash = '\0';
	slash = strrchr(dir, '/');
	return slash && strcmp(slash, "/devices");
}

static const char *last(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash + 1 : dir;
}

/* Printable, without runs of blanks: SCSI pads its strings to fixed widths. */
static void clean_copy(char to[DISK_TEXT_BYTES], const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < DISK_TEXT_BYTES - 1; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == ' ' || !c) {
			if (n && to[n - 1] != ' ')
				to[n++] = ' ';
		} else {
			to[n++] = c > 0x20 && c < 0x7f ? (char)c : '?';
		}
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

/* Texts by the files that may hold them: first one there wins. */
static const struct {
	size_t offset;
	const char *file;
	size_t skip; /* bytes of a binary header */
} texts[] = {
	{ offsetof(struct disk, serial), "serial", 0 },
	{ offsetof(struct disk, serial), "device/serial", 0 },
	{ offsetof(struct disk, serial), "device/vpd_pg80", 4 },
	{ offsetof(struct disk, wwn), "wwid", 0 },
	{ offsetof(struct disk, wwn), "device/wwid", 0 },
	{ offsetof(struct disk, wwn), "device/cid", 0 },
	{ offsetof(struct disk, vendor), "device/vendor", 0 },
	{ offsetof(struct disk, model), "device/model", 0 },
	{ offsetof(struct disk, model), "device/name", 0 },
	{ offsetof(struct disk, firmware), "device/firmware_rev", 0 },
	{ offsetof(struct disk, firmware), "device/rev", 0 },
	{ offsetof(struct disk, firmware), "device/fwrev", 0 },
	{ offsetof(struct disk, write_cache), "queue/write_cache", 0 },
};

static void read_texts(struct disk *disk, const char *dir)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *to = (char *)disk + texts[i].offset, text[512];
		int len;

		if (*to)
			continue;
		len = file_read_text(text, sizeof(text), dir, "%s", texts[i].file);
		if (len > (int)texts[i].skip)
			clean_copy(to, text + texts[i].skip, (size_t)len - texts[i].skip);
	}
	/* PCI and virtio have a number there. */
	if (!strncmp(disk->vendor, "0x", 2))
		disk->vendor[0] = '\0';
}

static void read_scheduler(struct disk *disk, const char *dir)
{
	char text[256], *open, *close;

	if (file_read_text(text, sizeof(text), dir, "queue/scheduler") <= 0)
		return;
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (close)
		*close = '\0';
	str_copy(disk->scheduler, sizeof(disk->scheduler), close ? open + 1 : text);
}

static uint64_t number(const char *dir, const char *file, uint64_t otherwise)
{
	uint64_t value;

	return file_read_u64(&value, dir, "%s", file) ? otherwise : value;
}

void disk_attr_unknown(struct disk *disk, const char *key, const char *why)
{
	size_t len = strlen(disk->unknown), end = strlen(why) + strlen(": ");
	char with[sizeof(disk->unknown)];
	bool same = len > end && !strcmp(disk->unknown + len - strlen(why), why);
	int n = snprintf(with, sizeof(with), "%.*s%s%s: %s", (int)(same ? len - end : len),
			 disk->unknown,
			 same  ? ", "
			 : len ? "; "
			       : "",
			 key, why);

	if (n > 0 && (size_t)n < sizeof(with)) /* whole reasons only */
		str_copy(disk->unknown, sizeof(disk->unknown), with);
}

/* A number of the queue, or `otherwise` and a reason. */
static uint64_t fact(struct disk *disk, const char *dir, const char *file, const char *key,
		     uint64_t otherwise)
{
	uint64_t value;
	int ret = file_read_u64(&value, dir, "%s", file);

	if (!ret)
		return value;
	disk_attr_unknown(disk, key, ret == -ENOENT ? "not there" : strerror(-ret));
	return otherwise;
}

static uint32_t count_folders(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct dirent *entry;
	uint32_t n = 0;
	DIR *folder;

	if (!disk_attr_join(path, dir, name))
		return 0;
	folder = opendir(path);
	if (!folder)
		return 0;
	while ((entry = readdir(folder)))
		n += entry->d_name[0] != '.';
	closedir(folder);
	return n;
}

static void read_numbers(struct disk *disk, const char *dir)
{
	disk->sequence = number(dir, "diskseq", 0);
	disk->size_bytes = number(dir, "size", 0) * SYSFS_SECTOR_BYTES;
	disk->logical_block_bytes =
		(uint32_t)fact(disk, dir, "queue/logical_block_size", "logical_block_bytes", 512);
	disk->physical_block_bytes =
		(uint32_t)fact(disk, dir, "queue/physical_block_size", "physical_block_bytes", 512);
	disk->max_transfer_bytes =
		fact(disk, dir, "queue/max_sectors_kb", "max_transfer_bytes", 0) * 1024;
	disk->nr_requests = (uint32_t)fact(disk, dir, "queue/nr_requests", "nr_requests", 0);
	disk->hw_queues = count_folders(dir, "mq");
	disk->rotational = fact(disk, dir, "queue/rotational", "rotational", 0);
	disk->fua = fact(disk, dir, "queue/fua", "fua", 0);
	disk->discard = fact(disk, dir, "queue/discard_max_bytes", "discard", 0);
	disk->removable = number(dir, "removable", 0);
	disk->read_only = number(dir, "ro", 0);
}

/* How many commands the device takes at a time, by who says so: SCSI of the device, NVMe of one of
 * its queues (one less than it has entries, NVMe 2.0, 3.3.1.5). */
static void read_depth(struct disk *disk, const char *dir)
{
	static const char *const files[] = { "device/queue_depth", "device/sqsize" };
	char bus[PATH_MAX];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !disk->queue_depth; i++)
		disk->queue_depth = (uint32_t)number(dir, files[i], 0);
	if (disk->queue_depth)
		return;
	disk_attr_bus(bus, dir); /* a multipath NVMe disk: one of its controllers */
	disk->queue_depth = (uint32_t)number(bus, "sqsize", 0);
	if (!disk->queue_depth)
		disk_attr_unknown(disk, "queue_depth", "the driver does not say");
}

void disk_attr_bus(char *bus, const char *dir)
{
	char path[PATH_MAX], subsystem[64] = "";
	struct dirent *entry;
	DIR *folder = NULL;

	str_copy(bus, PATH_MAX, dir);
	if (disk_attr_join(path, dir, "device") &&
	    link_name(subsystem, sizeof(subsystem), path, "subsystem") &&
	    !strcmp(subsystem, "nvme-subsystem"))
		folder = opendir(path);
	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		char controller[PATH_MAX], resolved[PATH_MAX];

		if (strncmp(entry->d_name, "nvme", 4) || entry->d_type != DT_LNK ||
		    !disk_attr_join(controller, path, entry->d_name) ||
		    !realpath(controller, resolved))
			continue;
		str_copy(bus, PATH_MAX, resolved);
		break;
	}
	closedir(folder);
}

static bool is_pci_address(const char *name)
{
	unsigned int domain, bus, slot, function;
	int n = 0;

	return sscanf(name, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &n) == 4 && n &&
	       !name[n];
}

/* Drivers of the disk itself, on top of which the controller's is what is asked for. */
static bool is_upper_driver(const char *driver)
{
	static const char *const upper[] = { "sd", "sr", "st", "mmcblk", "nvme-subsystem" };

	for (size_t i = 0; i < sizeof(upper) / sizeof(upper[0]); i++)
		if (!strcmp(driver, upper[i]))
			return true;
	return false;
}

/* `prefix` followed by digits only. */
static bool is_numbered(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(name, prefix, len) && name[len] &&
	       strspn(name + len, "0123456789") == strlen(name + len);
}

/* Buses that SCSI disks hang on without saying so, by a folder's name on the way up. */
static const struct {
	const char *prefix, *transport;
} scsi_on[] = {
	{ "usb", "usb" },
	{ "ata", "ata" },
};

/* True for a USB device, whose serial number is the disk's where the disk has none: the kernel asks
 * no stick for its SCSI page with one. */
static bool read_usb_serial(struct disk *disk, const char *device)
{
	char text[512];

	if (file_read_text(text, sizeof(text), device, "idVendor") <= 0)
		return false;
	if (!disk->serial[0] && file_read_text(text, sizeof(text), device, "serial") > 0)
		clean_copy(disk->serial, text, strlen(text));
	return true;
}

static void read_bus(struct disk *disk, const char *dir)
{
	bool scsi = !strcmp(disk->transport, "scsi"), numa = false, usb = false;
	char at[PATH_MAX], text[64];

	disk->numa_node = -1;
	disk_attr_bus(at, dir);
	do {
		const char *name = last(at);

		if (!disk->driver[0] && link_name(text, sizeof(text), at, "driver") &&
		    !is_upper_driver(text))
			str_copy(disk->driver, sizeof(disk->driver), text);
		if (!disk->path[0] && is_pci_address(name))
			str_copy(disk->path, sizeof(disk->path), name);
		usb = usb || read_usb_serial(disk, at); /* not of the hubs above it */
		if (!numa && file_read_text(text, sizeof(text), at, "numa_node") > 0) {
			disk->numa_node = (int32_t)strtol(text, NULL, 10);
			numa = true;
		}
		for (size_t i = 0; scsi && i < sizeof(scsi_on) / sizeof(scsi_on[0]); i++)
			if (is_numbered(name, scsi_on[i].prefix))
				str_copy(disk->transport, sizeof(disk->transport),
					 scsi_on[i].transport);
	} while (disk_attr_up(at));
}

/* By the subsystem of the device that carries the disk. Others stay "": see hw/disk_verdict.c. */
static const struct {
	const char *subsystem, *transport;
} transports[] = {
	{ "nvme", "nvme" },	{ "nvme-subsystem", "nvme" },
	{ "virtio", "virtio" }, { "scsi", "scsi" },
	{ "mmc", "mmc" },	{ "xen", "xen" },
	{ "pci", "pci" },	{ "nd", "virtual" },
};

static void read_transport(struct disk *disk, const char *dir)
{
	char device[PATH_MAX], subsystem[64];

	if (!disk_attr_join(device, dir, "device"))
		return;
	if (!link_name(subsystem, sizeof(subsystem), device, "subsystem")) {
		if (strstr(dir, "/devices/virtual/block/"))
			str_copy(disk->transport, sizeof(disk->transport), "virtual");
		return;
	}
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (!strcmp(subsystem, transports[i].subsystem))
			str_copy(disk->transport, sizeof(disk->transport), transports[i].transport);
	if (file_read_text(subsystem, sizeof(subsystem), device, "type") > 0 &&
	    !strcmp(disk->transport, "scsi"))
		disk->optical = !strcmp(subsystem, SCSI_TYPE_CD);
}

void disk_attr_read(struct disk *disk, const char *dir)
{
	read_texts(disk, dir);
	read_scheduler(disk, dir);
	read_numbers(disk, dir);
	read_depth(disk, dir);
	read_transport(disk, dir);
	read_bus(disk, dir);
}
