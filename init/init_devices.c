// SPDX-License-Identifier: MIT
/* Watches sysfs until USB has settled. Opens no device and keeps nothing. */
#include "init_devices.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init_console.h"

#define USB_DEVICES "/sys/bus/usb/devices"
#define BLOCK	    "/sys/block"

/* A hub switches its ports on for 100 ms, debounces for 100 ms and resets for 50 ms and more before
 * the next device shows (drivers/usb/core/hub.c); hubs hang behind hubs. */
#define QUIET_MS 1000
/* A drive whose disk does not come: a card reader without a card. The driver itself waits 1 s
 * (usb-storage.delay_use), disks may spin up. */
#define PATIENCE_MS 5000
#define LIMIT_MS    15000
#define POLL_MS	    50

struct usb {
	unsigned int entries; /* devices and interfaces */
	unsigned int drives;  /* interfaces of the mass storage class */
	unsigned int disks;   /* block devices behind USB */
};

/* Calls `see` with the name of every entry of a directory. No heap, so no opendir(). */
static void each_entry(const char *dir, void (*see)(struct usb *usb, const char *name),
		       struct usb *usb)
{
	_Alignas(struct dirent) char room[4096];
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n;

	while (fd >= 0 && (n = getdents(fd, (struct dirent *)(void *)room, sizeof(room))) > 0) {
		for (int at = 0; at < n;) {
			struct dirent *entry = (struct dirent *)(void *)(room + at);

			if (entry->d_name[0] != '.')
				see(usb, entry->d_name);
			at += entry->d_reclen;
		}
	}
	if (fd >= 0)
		close(fd);
}

static void see_usb(struct usb *usb, const char *name)
{
	char path[sizeof(USB_DEVICES) + 300], class[8];

	usb->entries++;
	if (!strchr(name, ':')) /* a device; its interfaces are called "1-2:1.0" */
		return;
	snprintf(path, sizeof(path), USB_DEVICES "/%s/bInterfaceClass", name);
	init_read_line(class, sizeof(class), path);
	usb->drives += !strcmp(class, "08"); /* USB class codes: mass storage */
}

static void see_block(struct usb *usb, const char *name)
{
	char path[sizeof(BLOCK) + 300], target[1024];
	ssize_t n;

	snprintf(path, sizeof(path), BLOCK "/%s", name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	usb->disks += strstr(target, "/usb") != NULL;
}

void init_devices_settle(void)
{
	int64_t began_ms = init_now_ms(), changed_ms = began_ms, quiet_ms;
	struct usb last = { 0 };

	do {
		struct usb usb = { 0 };

		each_entry(USB_DEVICES, see_usb, &usb);
		if (!usb.entries)
			return;
		each_entry(BLOCK, see_block, &usb);
		if (memcmp(&usb, &last, sizeof(usb)))
			changed_ms = init_now_ms();
		last = usb;
		quiet_ms = init_now_ms() - changed_ms;
		if (quiet_ms >= (usb.disks < usb.drives ? PATIENCE_MS : QUIET_MS))
			return;
		init_sleep_ms(POLL_MS);
	} while (init_now_ms() - began_ms < LIMIT_MS);
}
