// SPDX-License-Identifier: MIT
/* Writes and reads newc archives. */
#include "lib/cpio.h"

#include <string.h>
#include <sys/stat.h>

#define MAGIC	     "070701"
#define HEADER_BYTES 110 /* the magic, and 13 fields of eight hex digits */
#define FIELD_DIGITS 8
#define ALIGN	     4
#define END_NAME     "TRAILER!!!"

/* Fields that are used here, counted from the one behind the magic. */
enum field { FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAME_SIZE = 11 };

static void pad(struct buf *to, size_t from)
{
	static const char zeros[ALIGN];

	buf_add(to, zeros, -(to->len - from) % ALIGN);
}

static void add(struct buf *to, const char *name, unsigned int mode, const void *data, size_t len)
{
	size_t from = to->len;

	/* inode, mode, uid, gid, links, time, size, device, rdevice, length of the name, check */
	buf_printf(to, MAGIC "%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 0, mode, 0, 0,
		   1, 0, (unsigned int)len, 0, 0, 0, 0, (unsigned int)strlen(name) + 1, 0);
	buf_add(to, name, strlen(name) + 1);
	pad(to, from);
	from = to->len;
	buf_add(to, data, len);
	pad(to, from);
}

void cpio_add_folder(struct buf *to, const char *name)
{
	add(to, name, S_IFDIR | 0755, "", 0);
}

void cpio_add_file(struct buf *to, const char *name, const void *data, size_t len)
{
	add(to, name, S_IFREG | 0644, data, len);
}

void cpio_end(struct buf *to)
{
	add(to, END_NAME, 0, "", 0);
}

static bool read_field(uint32_t *value, const char *header, enum field field)
{
	const char *digits = header + sizeof(MAGIC) - 1 + (size_t)field * FIELD_DIGITS;

	*value = 0;
	for (int i = 0; i < FIELD_DIGITS; i++) {
		static const char hex[] = "0123456789abcdef";
		const char *digit = digits[i] ? strchr(hex, digits[i] | 0x20) : NULL;

		if (!digit)
			return false;
		*value = *value << 4 | (uint32_t)(digit - hex);
	}
	return true;
}

static size_t aligned(size_t len)
{
	return (len + ALIGN - 1) / ALIGN * ALIGN;
}

bool cpio_next(struct cpio_entry *entry, const void *archive, size_t len, size_t *at)
{
	const char *header = (const char *)archive + *at;
	size_t left = len - *at, data_at;
	uint32_t mode, size, name_size;

	if (left < HEADER_BYTES || memcmp(header, MAGIC, sizeof(MAGIC) - 1) ||
	    !read_field(&mode, header, FIELD_MODE) || !read_field(&size, header, FIELD_SIZE) ||
	    !read_field(&name_size, header, FIELD_NAME_SIZE))
		return false;
	if (!name_size || name_size > left - HEADER_BYTES || header[HEADER_BYTES + name_size - 1])
		return false;
	data_at = aligned(HEADER_BYTES + (size_t)name_size);
	if (data_at > left || size > left - data_at)
		return false;
	*entry = (struct cpio_entry){ .name = header + HEADER_BYTES,
				      .data = header + data_at,
				      .len = size,
				      .is_file = S_ISREG(mode) };
	*at += data_at + aligned(size) < left ? data_at + aligned(size) : left;
	return strcmp(entry->name, END_NAME) != 0;
}
