/* SPDX-License-Identifier: MIT */
/* What unit tests share: cmocka with the headers it needs, tables, texts, temporary files. */
#ifndef TARE_TESTS_UNIT_H
#define TARE_TESTS_UNIT_H

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define N(table) (sizeof(table) / sizeof((table)[0]))

/* `text` must hold `piece`. */
static inline void check_has(const char *text, const char *piece)
{
	if (!text || !strstr(text, piece))
		print_error("got \"%s\", want \"...%s...\"\n", text ? text : "(null)", piece);
	assert_non_null(text);
	assert_non_null(strstr(text, piece));
}

static inline void check_has_not(const char *text, const char *piece)
{
	if (strstr(text, piece))
		print_error("got \"%s\", want it without \"%s\"\n", text, piece);
	assert_null(strstr(text, piece));
}

/* Numbers with the name of their case. */
static inline void check_number(const char *what, uint64_t got, uint64_t want)
{
	if (got != want)
		print_error("%s: got %llu, want %llu\n", what, (unsigned long long)got,
			    (unsigned long long)want);
	assert_true(got == want);
}

/*
 * An empty folder of its own below $TMPDIR or /var/tmp (a disk, mostly, where O_DIRECT works).
 * `dir` holds PATH_MAX bytes; temp_remove() takes it away again.
 */
static inline void temp_make(char *dir)
{
	const char *parent = getenv("TMPDIR");

	snprintf(dir, PATH_MAX, "%s/tare-unit-XXXXXX", parent ? parent : "/var/tmp");
	assert_non_null(mkdtemp(dir));
}

static inline void temp_remove(const char *dir)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
}

/* Writes DIR/path, with the folders it needs. */
static inline void temp_write(const char *dir, const char *path, const void *data, size_t len)
{
	char full[2 * PATH_MAX];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (char *at = full + strlen(dir) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(full, 0777);
		*at = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static inline void temp_text(const char *dir, const char *path, const char *text)
{
	temp_write(dir, path, text, strlen(text));
}

/* An unlinked file of `bytes` zeros, open for reading and writing. */
static inline int temp_fd(size_t bytes)
{
	char dir[PATH_MAX], path[PATH_MAX + 8];
	int fd;

	temp_make(dir);
	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	temp_remove(dir);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	return fd;
}

#endif
