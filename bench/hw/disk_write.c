// SPDX-License-Identifier: MIT
/* Writes marks and zeros to descriptors it is given, where a grant says. */
#include "hw/disk_write.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "hw/disk_sample.h"
#include "lib/clock.h"
#include "lib/transfer.h"
#include "store/gpt.h"

#define ALIGN	    4096
#define PIECE_BYTES ((size_t)1 << 20)

bool disk_write_is_granted(const struct disk_grant *grant)
{
	return (grant->proven || grant->marked || grant->destroy) && grant->span_bytes;
}

int disk_write_mark(int fd, const struct disk_grant *grant, struct err *e)
{
	struct gpt_mark mark;
	uint64_t seed;
	int ret;

	/* Two disks must not get the same GUIDs; the clock will do where entropy is missing. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
		seed = clock_now_ns() ^ grant->sequence << 48 ^ grant->minor;
	ret = gpt_mark_layout(&mark, grant->size_bytes, grant->logical_block_bytes,
			      grant->span_bytes, seed);
	if (ret)
		return err_set(e, ret, "disk %s: mark: %s", grant->node, strerror(-ret));
	if (mark.partition_start_bytes != grant->partition_start_bytes ||
	    mark.partition_size_bytes != grant->partition_size_bytes)
		ret = err_set(e, -EPERM, "disk %s: the mark would not be the granted one",
			      grant->node);
	if (!ret) {
		ret = transfer_write(fd, mark.tail, mark.tail_bytes, mark.tail_offset_bytes);
		if (!ret)
			ret = transfer_write(fd, mark.head, mark.head_bytes, 0);
		if (!ret && fsync(fd))
			ret = -errno;
		if (ret)
			err_set(e, ret, "disk %s: writing the mark failed: %s", grant->node,
				strerror(-ret));
	}
	gpt_mark_free(&mark);
	return ret;
}

static void tell(const struct disk_proof_progress *progress, uint64_t done, uint64_t total)
{
	if (progress && progress->step)
		progress->step(progress->context, done, total);
}

/* One way through the range: zeros out, or in and looked at. */
static int sweep(int fd, uint8_t *data, uint64_t start, uint64_t len, bool back,
		 const struct disk_proof_progress *progress)
{
	for (uint64_t done = 0; done < len;) {
		size_t n = len - done < PIECE_BYTES ? (size_t)(len - done) : PIECE_BYTES;
		int ret = back ? transfer_read(fd, data, n, start + done)
			       : transfer_write(fd, data, n, start + done);

		if (ret)
			return ret;
		if (back && disk_sample_other(data, n, 0) < n)
			return -EILSEQ;
		done += n;
		tell(progress, back ? len + done : done, 2 * len);
	}
	return 0;
}

int disk_write_zeros(int fd, const char *what, uint64_t start, uint64_t len,
		     const struct disk_proof_progress *progress, struct err *e)
{
	uint8_t *data = aligned_alloc(ALIGN, PIECE_BYTES);
	int ret = data ? 0 : -ENOMEM;

	if (!ret) {
		memset(data, 0, PIECE_BYTES);
		ret = sweep(fd, data, start, len, false, progress);
	}
	if (!ret && fsync(fd))
		ret = -errno;
	/* What is read back shall come from the disk. */
	if (!ret)
		ret = -posix_fadvise(fd, (off_t)start, (off_t)len, POSIX_FADV_DONTNEED);
	if (!ret)
		ret = sweep(fd, data, start, len, true, progress);
	free(data);
	if (ret == -EILSEQ)
		return err_set(e, -EIO, "%s: zeros were written, and other data read back", what);
	if (ret)
		return err_set(e, ret, "%s: zeroing bytes %" PRIu64 " to %" PRIu64 ": %s", what,
			       start, start + len, strerror(-ret));
	return 0;
}

int disk_write_clean(int fd, const struct disk_grant *grant, struct err *e)
{
	uint64_t edge = DISK_SAMPLE_EDGE_BYTES, size = grant->size_bytes;
	uint64_t first = grant->partition_start_bytes, end = first + grant->partition_size_bytes;
	/* Head of the disk, with the partition's; the partition's tail; the disk's tail. */
	const uint64_t range[3][2] = { { 0, first + edge < size ? first + edge : size },
				       { end > edge ? end - edge : 0, end },
				       { size > edge ? size - edge : 0, size } };

	if (!grant->destroy || end > size)
		return err_set(e, -EPERM, "disk %s: not granted to be destroyed", grant->node);
	for (int i = 0; i < 3; i++) {
		int ret = disk_write_zeros(fd, grant->node, range[i][0], range[i][1] - range[i][0],
					   NULL, e);

		if (ret)
			return ret;
	}
	return 0;
}

int disk_write_restore(int fd, const struct disk_grant *grant,
		       const struct disk_proof_progress *progress, struct disk_restored *restored,
		       struct err *e)
{
	struct gpt_mark mark;
	int ret = disk_write_zeros(fd, grant->node, grant->span_start_bytes, grant->span_bytes,
				   progress, e);

	if (ret)
		return ret;
	restored->zeroed_bytes = grant->span_bytes;
	if (grant->span_bytes != grant->partition_size_bytes)
		return 0;
	ret = gpt_mark_layout(&mark, grant->size_bytes, grant->logical_block_bytes,
			      grant->span_bytes, 0);
	if (ret)
		return err_set(e, ret, "disk %s: mark: %s", grant->node, strerror(-ret));
	/* The head last: as long as it stands the disk is ours. */
	ret = disk_write_zeros(fd, grant->node, mark.tail_offset_bytes, mark.tail_bytes, NULL, e);
	if (!ret)
		ret = disk_write_zeros(fd, grant->node, 0, mark.head_bytes, NULL, e);
	restored->mark_removed = !ret;
	gpt_mark_free(&mark);
	return ret;
}
