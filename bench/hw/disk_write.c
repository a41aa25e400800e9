// SPDX-License-Identifier: MIT
/* Writes marks, and what disks are wiped with, to descriptors it is given where a grant says. */
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

/* One way through the range: out, or in and looked at. */
static int sweep(int fd, uint8_t *data, uint8_t fill, uint64_t start, uint64_t len, bool back,
		 const struct disk_proof_progress *progress)
{
	for (uint64_t done = 0; done < len;) {
		size_t n = len - done < PIECE_BYTES ? (size_t)(len - done) : PIECE_BYTES;
		int ret = back ? transfer_read(fd, data, n, start + done)
			       : transfer_write(fd, data, n, start + done);

		if (ret)
			return ret;
		if (back && disk_sample_other(data, n, fill) < n)
			return -EILSEQ;
		done += n;
		tell(progress, back ? len + done : done, 2 * len);
	}
	return 0;
}

int disk_write_fill(int fd, const char *what, uint8_t fill, uint64_t start, uint64_t len,
		    const struct disk_proof_progress *progress, struct err *e)
{
	uint8_t *data = aligned_alloc(ALIGN, PIECE_BYTES);
	int ret = data ? 0 : -ENOMEM;

	if (!ret) {
		memset(data, fill, PIECE_BYTES);
		ret = sweep(fd, data, fill, start, len, false, progress);
	}
	if (!ret && fsync(fd))
		ret = -errno;
	/* What is read back shall come from the disk. */
	if (!ret)
		ret = -posix_fadvise(fd, (off_t)start, (off_t)len, POSIX_FADV_DONTNEED);
	if (!ret)
		ret = sweep(fd, data, fill, start, len, true, progress);
	free(data);
	if (ret == -EILSEQ)
		return err_set(e, -EIO, "%s: 0x%02x was written, and other data read back", what,
			       fill);
	if (ret)
		return err_set(e, ret, "%s: filling bytes %" PRIu64 " to %" PRIu64 ": %s", what,
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
		int ret = disk_write_fill(fd, grant->node, DISK_FILL_ZERO, range[i][0],
					  range[i][1] - range[i][0], NULL, e);

		if (ret)
			return ret;
	}
	return 0;
}

/*
 * What the disk was full of before it was ours: 0xFF on erased flash, which is blank as well. A
 * marked disk does not say so, but the gap in front of a partition that tare made was never
 * written; where there is no gap (a user's own partition) zeros are what it says.
 */
static int find_fill(int fd, const struct disk_grant *grant, uint8_t *fill, struct err *e)
{
	uint64_t start = grant->partition_start_bytes;
	uint8_t *data = aligned_alloc(ALIGN, ALIGN);
	int ret = data ? 0 : -ENOMEM;

	*fill = DISK_FILL_ZERO;
	if (!ret && start >= ALIGN) {
		ret = transfer_read(fd, data, ALIGN, start - ALIGN);
		if (!ret && disk_sample_other(data, ALIGN, DISK_FILL_ERASED) == ALIGN)
			*fill = DISK_FILL_ERASED;
	}
	free(data);
	if (ret)
		err_set(e, ret, "disk %s: cannot be read: %s", grant->node, strerror(-ret));
	return ret;
}

/* The head last: as long as it stands the disk is ours. */
static int remove_mark(int fd, const struct disk_grant *grant, uint8_t fill, struct err *e)
{
	struct gpt_mark mark;
	int ret = gpt_mark_layout(&mark, grant->size_bytes, grant->logical_block_bytes,
				  grant->span_bytes, 0);

	if (ret)
		return err_set(e, ret, "disk %s: mark: %s", grant->node, strerror(-ret));
	ret = disk_write_fill(fd, grant->node, fill, mark.tail_offset_bytes, mark.tail_bytes, NULL,
			      e);
	if (!ret)
		ret = disk_write_fill(fd, grant->node, fill, 0, mark.head_bytes, NULL, e);
	gpt_mark_free(&mark);
	return ret;
}

int disk_write_restore(int fd, const struct disk_grant *grant,
		       const struct disk_proof_progress *progress, struct disk_restored *restored,
		       struct err *e)
{
	int ret = find_fill(fd, grant, &restored->fill, e);

	if (!ret)
		ret = disk_write_fill(fd, grant->node, restored->fill, grant->span_start_bytes,
				      grant->span_bytes, progress, e);
	if (ret)
		return ret;
	restored->bytes = grant->span_bytes;
	if (grant->span_bytes != grant->partition_size_bytes)
		return 0;
	ret = remove_mark(fd, grant, restored->fill, e);
	restored->mark_removed = !ret;
	return ret;
}
