// SPDX-License-Identifier: MIT
/* Raw deflate streams in memory. The only user of zlib's compressor. */
#include "lib/deflate.h"

#include <errno.h>
#include <zlib.h>

#define DEFLATE_CHUNK_BYTES 16384
#define DEFLATE_RAW_WINDOW  (-15) /* zlib: negative is raw; 32 KiB of history */
/*
 * Documents are numbers in text: a match of a few digits far away costs more than the digits do,
 * and filtered takes none; blocks of 2^11 symbols follow the change from bins to columns to
 * options.
 */
#define DEFLATE_STRATEGY     Z_FILTERED
#define DEFLATE_MEMORY_LEVEL 5

int deflate_pack(struct buf *to, const void *data, size_t len)
{
	size_t before = to->len;
	z_stream z = { 0 };
	uLong bound;

	if (len > DEFLATE_INPUT_MAX_BYTES)
		return -EFBIG;
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, DEFLATE_RAW_WINDOW,
			 DEFLATE_MEMORY_LEVEL, DEFLATE_STRATEGY) != Z_OK)
		return -ENOMEM;
	bound = deflateBound(&z, (uLong)len);
	buf_reserve(to, bound);
	if (!buf_failed(to)) {
		z.next_in = (z_const Bytef *)data;
		z.avail_in = (uInt)len;
		z.next_out = (Bytef *)to->data + before;
		z.avail_out = (uInt)bound;
		/* One call does it: the room is the bound. */
		if (deflate(&z, Z_FINISH) == Z_STREAM_END)
			to->len = before + z.total_out;
		else
			to->failed = true;
		to->data[to->len] = '\0';
	}
	deflateEnd(&z);
	return buf_failed(to) ? -ENOMEM : 0;
}

/* One chunk of output. 1: go on; 0: the end, exactly; otherwise an error. */
static int unpack_chunk(struct buf *to, z_stream *z, size_t before, size_t max_bytes)
{
	int ret;

	buf_reserve(to, DEFLATE_CHUNK_BYTES);
	if (buf_failed(to))
		return -ENOMEM;
	z->next_out = (Bytef *)to->data + to->len;
	z->avail_out = DEFLATE_CHUNK_BYTES;
	ret = inflate(z, Z_NO_FLUSH);
	to->len += DEFLATE_CHUNK_BYTES - z->avail_out;
	if (to->len - before > max_bytes)
		return -EFBIG;
	if (ret == Z_STREAM_END)
		return z->avail_in ? -EBADMSG : 0;
	if (ret == Z_MEM_ERROR)
		return -ENOMEM;
	/* Z_BUF_ERROR: the input is used up before the end. */
	return ret == Z_OK ? 1 : -EBADMSG;
}

int deflate_unpack(struct buf *to, const void *data, size_t len, size_t max_bytes)
{
	size_t before = to->len;
	z_stream z = { 0 };
	int ret;

	if (len > DEFLATE_INPUT_MAX_BYTES)
		return -EFBIG;
	if (inflateInit2(&z, DEFLATE_RAW_WINDOW) != Z_OK)
		return -ENOMEM;
	z.next_in = (z_const Bytef *)data;
	z.avail_in = (uInt)len;
	do
		ret = unpack_chunk(to, &z, before, max_bytes);
	while (ret > 0);
	inflateEnd(&z);
	if (ret)
		to->len = before;
	if (to->data)
		to->data[to->len] = '\0';
	return ret;
}
