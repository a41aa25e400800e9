// SPDX-License-Identifier: MIT
/* Wipes what the run wrote. What may be wiped comes from the grant that it was written by. */
#include "run/restore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hw/disk_open.h"
#include "hw/disk_sample.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "run/crew.h"

static void restore_step(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
	struct board *board = context;

	atomic_store(&board->done, done_bytes);
	atomic_store(&board->total, total_bytes);
	atomic_store(&board->deadline_ns, clock_now_ns() + CREW_HANG_NS);
}

bool restore_is_due(const struct board *board, const struct plan *plan)
{
	return plan->restore && plan_writes(plan) && atomic_load(&board->wrote);
}

/* The file that was written and no other that has taken its name. It stays, full of zeros. */
static int restore_file(struct board *board, const struct plan *plan,
			const struct disk_proof_progress *progress, struct err *e)
{
	struct err without = ERR_INIT;
	uint64_t size_bytes;
	struct stat st;
	bool created;
	int fd, ret = 0;

	fd = disk_open_file(plan->path, 0, true, true, &created, &size_bytes, &without);
	if (fd == -EINVAL) /* a file system without O_DIRECT */
		fd = disk_open_file(plan->path, 0, false, true, &created, &size_bytes, e);
	else if (fd < 0)
		err_set(e, fd, "%s", without.text);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) || st.st_dev != board->file_device || st.st_ino != board->file_inode ||
	    size_bytes < board->span_bytes)
		ret = err_set(e, -ENODEV, "%s: no longer the file that was written", plan->path);
	if (!ret)
		ret = disk_write_fill(fd, plan->path, DISK_FILL_ZERO, 0, board->span_bytes,
				      progress, e);
	if (!ret)
		board->restored.bytes = board->span_bytes;
	close(fd);
	return ret;
}

void restore_target(struct board *board, const struct plan *plan)
{
	const struct disk_proof_progress progress = { .step = restore_step, .context = board };
	struct err e = ERR_INIT;
	int ret;

	restore_step(board, 0, 0);
	atomic_store(&board->phase, BOARD_RESTORING);
	if (atomic_load(&board->dead))
		ret = err_set(&e, -EIO, "the target answers no more");
	else if (plan->target == PLAN_TARGET_FILE)
		ret = restore_file(board, plan, &progress, &e);
	else
		ret = disk_restore(&board->grant, plan->lock, &progress, &board->restored, &e);
	if (ret)
		str_copy(board->restore_failure, sizeof(board->restore_failure), e.text);
	else if (plan->target == PLAN_TARGET_DISK && !board->restored.mark_removed)
		snprintf(board->restore_failure, sizeof(board->restore_failure),
			 "disk %s: the mark stays: its partition is larger than the span of this "
			 "run: should be tare.span=%llu",
			 plan->disk.node, (unsigned long long)board->grant.partition_size_bytes);
}
