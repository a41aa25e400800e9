// SPDX-License-Identifier: MIT
/* The primary volume descriptor, and folders from there on. Offsets are ECMA-119's. */
#include "store/iso.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "store/bytes.h"

#define SECTOR_BYTES	   2048u
#define DESCRIPTOR_AT	   (UINT64_C(16) * SECTOR_BYTES)
#define DESCRIPTOR_PRIMARY 1
#define LABEL_AT	   40 /* 8.4.7 */
#define LABEL_BYTES	   32
#define ROOT_AT		   156 /* 8.4.18: the root folder's record */
/* 9.1: of a folder's record. */
#define RECORD_EXTENT	  2
#define RECORD_SIZE	  10
#define RECORD_FLAGS	  25
#define RECORD_NAME_BYTES 32
#define RECORD_NAME	  33
#define FLAG_FOLDER	  2
#define FOLDER_MAX_BYTES  (1u << 20)

struct extent {
	uint64_t offset_bytes, size_bytes;
	bool is_folder;
};

static struct extent extent_of(const uint8_t *record)
{
	return (struct extent){ (uint64_t)bytes_le32(record + RECORD_EXTENT) * SECTOR_BYTES,
				bytes_le32(record + RECORD_SIZE),
				record[RECORD_FLAGS] & FLAG_FOLDER };
}

static int read_descriptor(uint8_t descriptor[SECTOR_BYTES], const struct block *block)
{
	int ret = block_read(block, descriptor, SECTOR_BYTES, DESCRIPTOR_AT);

	if (ret == -ERANGE)
		return -EINVAL;
	if (ret)
		return ret;
	return descriptor[0] == DESCRIPTOR_PRIMARY && !memcmp(descriptor + 1, "CD001\1", 6)
		       ? 0
		       : -EINVAL;
}

/* A record's name, up to the version that stands behind ';'. */
static bool has_name(const uint8_t *record, const char *name, size_t name_len)
{
	size_t len = record[RECORD_NAME_BYTES];
	const char *version = memchr(record + RECORD_NAME, ';', len);

	if (version)
		len = (size_t)(version - (const char *)record) - RECORD_NAME;
	return len == name_len && !memcmp(record + RECORD_NAME, name, len);
}

/* Looks through one sector of a folder. Returns 0 and *found; -ENOENT; or -EBADMSG. */
static int look_in_sector(struct extent *found, const uint8_t *sector, const char *name,
			  size_t name_len)
{
	/* No record crosses a sector's end; a length of 0 is that of the rest. */
	for (size_t at = 0; at < SECTOR_BYTES && sector[at]; at += sector[at]) {
		const uint8_t *record = sector + at;

		if (record[0] < RECORD_NAME || at + record[0] > SECTOR_BYTES ||
		    RECORD_NAME + record[RECORD_NAME_BYTES] > record[0])
			return -EBADMSG;
		if (!has_name(record, name, name_len))
			continue;
		*found = extent_of(record);
		return 0;
	}
	return -ENOENT;
}

static int look_in_folder(struct extent *found, const struct extent *folder,
			  const struct block *block, const char *name, size_t name_len)
{
	uint8_t sector[SECTOR_BYTES];

	if (folder->size_bytes > FOLDER_MAX_BYTES)
		return -EBADMSG;
	for (uint64_t at = 0; at < folder->size_bytes; at += SECTOR_BYTES) {
		int ret = block_read(block, sector, SECTOR_BYTES, folder->offset_bytes + at);

		if (!ret)
			ret = look_in_sector(found, sector, name, name_len);
		if (ret != -ENOENT)
			return ret == -ERANGE ? -EBADMSG : ret;
	}
	return -ENOENT;
}

int iso_find(uint64_t *offset_bytes, uint64_t *size_bytes, const struct block *block,
	     const char *path)
{
	uint8_t descriptor[SECTOR_BYTES];
	int ret = read_descriptor(descriptor, block);
	struct extent at;

	if (ret)
		return ret;
	at = extent_of(descriptor + ROOT_AT);
	while (*path) {
		size_t len = strcspn(path, "/");
		struct extent folder = at;

		ret = folder.is_folder ? look_in_folder(&at, &folder, block, path, len) : -ENOENT;
		if (ret)
			return ret;
		path += len + (path[len] == '/');
	}
	if (at.is_folder)
		return -ENOENT;
	if (at.offset_bytes > block->size_bytes ||
	    at.size_bytes > block->size_bytes - at.offset_bytes)
		return -EBADMSG;
	*offset_bytes = at.offset_bytes;
	*size_bytes = at.size_bytes;
	return 0;
}

int iso_label(char *label, size_t label_bytes, const struct block *block)
{
	uint8_t descriptor[SECTOR_BYTES];
	int ret = read_descriptor(descriptor, block);
	size_t len = LABEL_BYTES;

	if (ret)
		return ret;
	while (len && descriptor[LABEL_AT + len - 1] == ' ')
		len--;
	if (len >= label_bytes)
		len = label_bytes - 1;
	memcpy(label, descriptor + LABEL_AT, len);
	label[len] = '\0';
	return 0;
}
