// SPDX-License-Identifier: MIT
/* Raw deflate streams in memory. */
#include "lib/deflate.h"

#include <errno.h>
#include <libdeflate.h>

/* The first level that looks for the cheapest way to write a block, not the longest match: a
 * document of numbers becomes 7 % smaller. Those above win nothing more. Takes 9 MB meanwhile. */
#define DEFLATE_LEVEL	   10
#define DEFLATE_ROOM_BYTES 65536 /* first guess at a plain form */

int deflate_pack(struct buf *to, const void *data, size_t len)
{
	struct libdeflate_compressor *packer;
	size_t bound, packed;

	if (len > DEFLATE_INPUT_MAX_BYTES)
		return -EFBIG;
	packer = libdeflate_alloc_compressor(DEFLATE_LEVEL);
	if (!packer)
		return -ENOMEM;
	bound = libdeflate_deflate_compress_bound(packer, len);
	buf_reserve(to, bound);
	if (!buf_failed(to)) {
		packed = libdeflate_deflate_compress(packer, data, len, to->data + to->len, bound);
		to->failed = !packed; /* never: the room is the bound */
		to->len += packed;
		to->data[to->len] = '\0';
	}
	libdeflate_free_compressor(packer);
	return buf_failed(to) ? -ENOMEM : 0;
}

/* Into `room` bytes. Returns 0, -ENOSPC where the plain form is longer, -EBADMSG or -ENOMEM. */
static int unpack_into(struct buf *to, struct libdeflate_decompressor *unpacker, const void *data,
		       size_t len, size_t room)
{
	enum libdeflate_result result;
	size_t used = 0, plain = 0;

	buf_reserve(to, room);
	if (buf_failed(to))
		return -ENOMEM;
	result = libdeflate_deflate_decompress_ex(unpacker, data, len, to->data + to->len, room,
						  &used, &plain);
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
		return -ENOSPC;
	if (result != LIBDEFLATE_SUCCESS || used != len)
		return -EBADMSG;
	to->len += plain;
	return 0;
}

int deflate_unpack(struct buf *to, const void *data, size_t len, size_t max_bytes)
{
	struct libdeflate_decompressor *unpacker;
	size_t room = max_bytes < DEFLATE_ROOM_BYTES ? max_bytes : DEFLATE_ROOM_BYTES;
	int ret;

	if (len > DEFLATE_INPUT_MAX_BYTES)
		return -EFBIG;
	unpacker = libdeflate_alloc_decompressor();
	if (!unpacker)
		return -ENOMEM;
	while ((ret = unpack_into(to, unpacker, data, len, room)) == -ENOSPC && room < max_bytes)
		room = room < max_bytes / 4 ? 4 * room : max_bytes;
	libdeflate_free_decompressor(unpacker);
	if (to->data)
		to->data[to->len] = '\0';
	return ret == -ENOSPC ? -EFBIG : ret;
}
