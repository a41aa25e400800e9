// SPDX-License-Identifier: MIT
/* Works out and words the token of a disk. Reads only. */
#include "hw/disk_token.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/digest.h"

#define ALIGN 4096

/* Texts with their NUL, so that no two disks run into each other. */
static size_t put_identity(uint8_t *to, const struct disk *disk)
{
	const char *const text[] = { "tare destroy 1", disk->serial, disk->wwn, disk->vendor,
				     disk->model };
	uint8_t *at = to;

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		size_t len = strlen(text[i]) + 1;

		memcpy(at, text[i], len);
		at += len;
	}
	for (int byte = 0; byte < 8; byte++)
		*at++ = (uint8_t)(disk->size_bytes >> 8 * byte);
	return (size_t)(at - to);
}

int disk_token(char token[DISK_TOKEN_BYTES], const struct disk *disk, const struct block *block)
{
	uint64_t size = block->size_bytes;
	size_t edge = size < DISK_TOKEN_EDGE_BYTES ? (size_t)size : (size_t)DISK_TOKEN_EDGE_BYTES;
	size_t identity_max = 5 * DISK_TEXT_BYTES + 8;
	/* The edges first: where they are aligned, they are read without a detour. */
	uint8_t *data = aligned_alloc(ALIGN, (2 * edge + identity_max + ALIGN) / ALIGN * ALIGN);
	char text[DIGEST_SHA256_TEXT];
	int ret = data ? 0 : -ENOMEM;

	token[0] = '\0';
	if (!ret)
		ret = block_read(block, data, edge, 0);
	if (!ret)
		ret = block_read(block, data + edge, edge, size - edge);
	if (!ret) {
		size_t len = 2 * edge + put_identity(data + 2 * edge, disk);

		digest_sha256(text, data, len);
		memcpy(token, text, DISK_TOKEN_BYTES - 1);
		token[DISK_TOKEN_BYTES - 1] = '\0';
	}
	free(data);
	return ret;
}

bool disk_token_is_nameable(const struct disk *disk)
{
	for (const char *at = disk->serial; *at; at++)
		if (*at < ' ' || *at > '~' || *at == '"')
			return false;
	return disk->serial[0];
}

void disk_token_words(struct buf *to, const struct disk *disk)
{
	const char *quote = strchr(disk->serial, ' ') ? "\"" : "";

	buf_printf(to, "tare.destroy=%s%s:%" PRIu64 "%s tare.confirm=%s", quote, disk->serial,
		   disk->size_bytes, quote, disk->token);
}

bool disk_token_offer(struct buf *to, const struct disk *disk)
{
	if (!disk->token[0] || disk->destroy ||
	    (disk->verdict != DISK_DATA && disk->verdict != DISK_REMOVABLE))
		return false;
	disk_token_words(to, disk);
	return true;
}
