// SPDX-License-Identifier: MIT
/* Small files, read and written whole. Never writes to anything but a regular file. */
#include "lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/str.h"

#define FILE_CHUNK_BYTES 65536
#define CONFIGFS_MAGIC	 0x62656570 /* fs/configfs/mount.c: no header of the kernel has it */
#define FILE_TEMP_TRIES	 100

/* read() that neither stops at a signal nor short of `len` or the end. */
static ssize_t read_full(int fd, char *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = read(fd, to + done, len - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static bool is_trailing(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || !c;
}

static int read_text(char *to, size_t to_bytes, const char *root, const char *fmt, va_list args)
{
	char path[PATH_MAX];
	ssize_t len;
	int fd, at;

	if (!to_bytes)
		return -EINVAL;
	to[0] = '\0';
	at = snprintf(path, sizeof(path), "%s/", root);
	if (at < 0 || (size_t)at >= sizeof(path))
		return -ENAMETOOLONG;
	len = vsnprintf(path + at, sizeof(path) - (size_t)at, fmt, args);
	if (len < 0 || (size_t)len >= sizeof(path) - (size_t)at)
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	len = read_full(fd, to, to_bytes - 1);
	close(fd);
	if (len < 0) {
		to[0] = '\0';
		return (int)len;
	}
	while (len && is_trailing(to[len - 1]))
		len--;
	to[len] = '\0';
	return (int)len;
}

int file_read_text(char *to, size_t to_bytes, const char *root, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = read_text(to, to_bytes, root, fmt, args);
	va_end(args);
	return ret;
}

int file_read_u64(uint64_t *value, const char *root, const char *fmt, ...)
{
	char text[64];
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = read_text(text, sizeof(text), root, fmt, args);
	va_end(args);
	if (ret < 0)
		return ret;
	return str_to_u64(text, value) ? -EINVAL : 0;
}

static int read_fd(struct buf *to, int fd, size_t max_bytes)
{
	size_t before = to->len;
	int ret = 0;

	for (;;) {
		ssize_t got;

		buf_reserve(to, FILE_CHUNK_BYTES);
		if (buf_failed(to))
			return -ENOMEM;
		got = read_full(fd, to->data + to->len, FILE_CHUNK_BYTES);
		if (got < 0)
			ret = (int)got;
		else
			to->len += (size_t)got;
		if (!ret && to->len - before > max_bytes)
			ret = -EFBIG;
		if (ret || got < FILE_CHUNK_BYTES)
			break;
	}
	if (ret)
		to->len = before;
	to->data[to->len] = '\0';
	return ret;
}

bool file_link_name(char *to, size_t to_bytes, const char *path)
{
	char target[PATH_MAX];
	const char *slash;
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n <= 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return str_copy(to, to_bytes, slash ? slash + 1 : target);
}

int file_read_all(struct buf *to, const char *path, size_t max_bytes)
{
	struct stat st;
	int fd, ret;

	if (!strcmp(path, "-"))
		return read_fd(to, STDIN_FILENO, max_bytes);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	/* A buffer that need not grow; files of the kernel's own have no size. */
	if (!fstat(fd, &st) && st.st_size > 0 && (uint64_t)st.st_size <= max_bytes)
		buf_reserve(to, (size_t)st.st_size + FILE_CHUNK_BYTES);
	ret = read_fd(to, fd, max_bytes);
	close(fd);
	return ret;
}

static int write_full(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

/* Creates a file that was not there, named after `path`. Not mkstemp(): its mode would be 0600
 * whatever the umask says. */
static int temp_create(char *temp, size_t temp_bytes, const char *path)
{
	for (int i = 0; i < FILE_TEMP_TRIES; i++) {
		int fd, len = snprintf(temp, temp_bytes, "%s.%ld-%d.tmp", path, (long)getpid(), i);

		if (len < 0 || (size_t)len >= temp_bytes)
			return -ENAMETOOLONG;
		fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* Makes the new name itself last. File systems that cannot are no error: the content is safe. */
static void sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd;

	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path + 1), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int file_write_all(const char *path, const void *data, size_t len)
{
	char temp[PATH_MAX];
	struct stat st;
	int fd, ret;

	/* A link counts as what it is: renaming would replace it, not what it points to. */
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return -EINVAL;
	fd = temp_create(temp, sizeof(temp), path);
	if (fd < 0)
		return fd;
	ret = write_full(fd, data, len);
	if (!ret && fsync(fd))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(temp, path))
		ret = -errno;
	if (ret) {
		unlink(temp);
		return ret;
	}
	sync_folder_of(path);
	return 0;
}

int file_write_attribute(const char *path, const char *text)
{
	struct statfs fs;
	int fd, ret;

	if (statfs(path, &fs))
		return -errno;
	if (fs.f_type != CONFIGFS_MAGIC)
		return -EINVAL;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	ret = write_full(fd, text, strlen(text));
	close(fd);
	return ret;
}
