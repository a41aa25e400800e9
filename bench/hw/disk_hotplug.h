/* SPDX-License-Identifier: MIT */
/*
 * Watches for block devices that appear while the appliance runs, and has each set read-only at
 * once: whole disks and partitions, but for the scratch partition of the disk that is released
 * (hw/disk_released.h) and was there from the start. A device that appears later is no target in
 * this run: targets are chosen among the disks of the first scan.
 *
 * The order leaves no gap: disk_hotplug_open() subscribes, then disks are scanned and locked, then
 * disk_hotplug_start() handles what came meanwhile and leaves a process behind that sleeps in
 * poll() until the kernel says something. It dies with the process that started it. The flag itself
 * is set by hw/disk_open.c.
 */
#ifndef TARE_HW_DISK_HOTPLUG_H
#define TARE_HW_DISK_HOTPLUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "hw/disk_released.h"
#include "lib/err.h"
#include "model/disk.h"

#define DISK_HOTPLUG_LINE_BYTES 512

/* All zero: not open. */
struct disk_hotplug {
	bool open;
	int socket_fd; /* of the kernel's messages */
	pid_t pid;     /* of the watching process; 0: none */
	int notes_fd;  /* lines that it wrote, not blocking */
};

/* Subscribes to the kernel's messages about devices. Returns 0 or -errno. */
int disk_hotplug_open(struct disk_hotplug *h);

/*
 * Handles the messages since disk_hotplug_open() and starts the watching process. `known`: the
 * disks that were there from the start, locked. What was locked is added to `safety`, and what
 * could not be done to `warnings`.
 */
void disk_hotplug_start(struct disk_hotplug *h, const struct disk_list *known, struct notes *safety,
			struct notes *warnings);

/* Adds a sentence for each device that was locked since the last call, and one where nobody watches
 * any more. Returns at once. Of some 500 sentences between two calls the later ones are lost; the
 * devices are locked all the same. */
void disk_hotplug_drain(struct disk_hotplug *h, struct notes *safety);

/* Ends the watching process. */
void disk_hotplug_end(struct disk_hotplug *h);

/* --- its parts, for tests --- */

/* A block device that appeared. */
struct disk_hotplug_event {
	char path[256];		    /* below ROOT/sys: "/devices/.../block/sdb/sdb1" */
	char node[DISK_TEXT_BYTES]; /* kernel name: its last component */
	uint32_t major, minor;
	uint64_t sequence; /* diskseq of the whole disk; 0: unknown */
	bool partition;
	/* Of a partition, from sysfs (0 where it is gone again): */
	uint32_t disk_major, disk_minor;
	uint64_t start_bytes, size_bytes;
};

/*
 * Takes a message apart: "ACTION@PATH" and then KEY=VALUE, each ended by a NUL. True for a block
 * device with a number that was added, or whose medium was changed; everything else is passed over.
 */
bool disk_hotplug_parse(struct disk_hotplug_event *event, const char *message, size_t len);

enum disk_hotplug_act {
	DISK_HOTPLUG_LEAVE,    /* the released disk itself, or its scratch partition */
	DISK_HOTPLUG_LOCK,     /* a partition, or a disk that was there from the start */
	DISK_HOTPLUG_LOCK_NEW, /* a disk that was not */
};

/* What is to be done; pure. `released` NULL: nothing is. */
enum disk_hotplug_act disk_hotplug_decide(const struct disk_hotplug_event *event,
					  const struct disk_list *known,
					  const struct disk_released *released);

struct disk_hotplug_watch {
	const char *root;
	const struct disk_list *known;
	/* disk_lock_node() of hw/disk_open.h, or a test's. */
	int (*lock)(const char *node, uint32_t major, uint32_t minor, bool *was_writable);
};

/* Decides and locks. True where there is something to tell: `line` says it. */
bool disk_hotplug_handle(const struct disk_hotplug_watch *watch, struct disk_hotplug_event *event,
			 char line[DISK_HOTPLUG_LINE_BYTES]);

/* After lost messages: handles every device of sysfs that belongs to no known disk, or to the
 * released one, as if it were new. `tell` gets each line. */
void disk_hotplug_look_at_all(const struct disk_hotplug_watch *watch,
			      void (*tell)(void *context, const char *line), void *context);

#endif
