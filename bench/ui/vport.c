// SPDX-License-Identifier: MIT
/* Finds and feeds a virtio-serial port. */
#include "ui/vport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/file.h"

#define CHUNK_BYTES 32768 /* what the driver takes at once */
/* The driver calls a buffer written once it is in the queue, of which QEMU's has VPORT_TAIL_BYTES
 * places (hw/char/virtio-serial-bus.c). Sent byte by byte, the end of the data gets into it only as
 * the host takes out what came before. */
#define SINGLE_BYTES (2 * VPORT_TAIL_BYTES)

bool vport_find(char path[VPORT_PATH_BYTES], const char *root, const char *name)
{
	char found[64];
	struct dirent *entry;
	bool is = false;
	DIR *dir;

	snprintf(path, VPORT_PATH_BYTES, "%s/sys/class/virtio-ports", root);
	dir = opendir(path);
	while (dir && !is && (entry = readdir(dir)))
		is = entry->d_name[0] != '.' &&
		     file_read_text(found, sizeof(found), root, "sys/class/virtio-ports/%s/name",
				    entry->d_name) > 0 &&
		     !strcmp(found, name) &&
		     snprintf(path, VPORT_PATH_BYTES, "%s/dev/%s", root, entry->d_name) <
			     VPORT_PATH_BYTES;
	if (dir)
		closedir(dir);
	return is;
}

static size_t chunk(size_t left)
{
	if (left <= SINGLE_BYTES)
		return 1;
	return left - SINGLE_BYTES < CHUNK_BYTES ? left - SINGLE_BYTES : CHUNK_BYTES;
}

int vport_write(const char *path, const void *data, size_t len, uint64_t deadline_ns)
{
	uint64_t until_ns = clock_now_ns() + deadline_ns;
	const char *at = data;
	struct stat st;
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !(S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		ret = -ENXIO; /* whatever bears that name, it is no port */
	while (len && !ret) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		ssize_t n = write(fd, at, chunk(len));

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			ret = -errno;
		} else if (clock_now_ns() >= until_ns) {
			ret = -ETIMEDOUT;
		} else if (poll(&p, 1, 100) > 0 && !(p.revents & POLLOUT)) {
			clock_sleep_ns(CLOCK_NS_PER_S / 10); /* nobody is there: POLLHUP at once */
		}
	}
	close(fd);
	return ret;
}
