// SPDX-License-Identifier: MIT
/* The two loops around pread(2) and pwrite(2). */
#include "lib/transfer.h"

#include <errno.h>
#include <unistd.h>

int transfer_read(int fd, void *to, size_t len, uint64_t offset)
{
	char *at = to;

	while (len) {
		ssize_t n = pread(fd, at, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int transfer_write(int fd, const void *from, size_t len, uint64_t offset)
{
	const char *at = from;

	while (len) {
		ssize_t n = pwrite(fd, at, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}
