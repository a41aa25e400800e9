/* SPDX-License-Identifier: MIT */
/*
 * For tests of disks: a scratch folder, sparse images made with the real tools, loop devices. What
 * a test needs and this machine has not, skips the test and says what.
 */
#ifndef TARE_TESTS_DISK_IMAGE_H
#define TARE_TESTS_DISK_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB ((uint64_t)1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

/* Runs a shell command with its output thrown away; returns its exit status. */
__attribute__((format(printf, 1, 2))) static inline int image_try(const char *fmt, ...)
{
	char command[4096], full[4200];
	va_list args;
	int status;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(full, sizeof(full), "PATH=$PATH:/usr/sbin:/sbin; { %s; } >/dev/null 2>&1",
		 command);
	status = system(full);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

#define image_run(...) assert_int_equal(image_try(__VA_ARGS__), 0)

/* Skips the test where one of the commands (separated by blanks) is missing. */
static inline void image_need(const char *tools)
{
	if (!image_try("for tool in %s; do command -v $tool || exit 1; done", tools))
		return;
	print_message("skipped: needs the commands: %s\n", tools);
	skip();
}

/* A new scratch folder, removed by image_teardown(): for cmocka_*_setup_teardown(). */
static inline int image_setup(void **state)
{
	char *dir = strdup("/tmp/tare-test-XXXXXX");

	*state = dir;
	return dir && mkdtemp(dir) ? 0 : -1;
}

static inline int image_teardown(void **state)
{
	int ret = image_try("rm -rf '%s'", (char *)*state);

	free(*state);
	return ret;
}

/* A sparse file of zeros; the path is DIR/NAME. */
static inline void image_make(char path[PATH_MAX], const char *dir, const char *name, uint64_t size)
{
	int fd;

	snprintf(path, PATH_MAX, "%s/%s", dir, name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	close(fd);
}

static inline void image_write(const char *path, uint64_t offset, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, len, (off_t)offset), len);
	close(fd);
}

/* A whole file in memory; free() it. */
static inline uint8_t *image_load(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	uint8_t *data;

	assert_true(fd >= 0 && !fstat(fd, &st));
	*len = (size_t)st.st_size;
	data = malloc(*len + 1);
	assert_non_null(data);
	assert_int_equal(read(fd, data, *len), *len);
	close(fd);
	return data;
}

#endif
