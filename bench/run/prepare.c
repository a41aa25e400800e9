// SPDX-License-Identifier: MIT
/* One function for each way to a usable target, in a table by access. */
#include "run/prepare.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hw/disk_open.h"
#include "lib/clock.h"
#include "lib/str.h"

#define MIB (UINT64_C(1) << 20)
/* A slow disk of many TiB is no hang. */
#define PREPARE_DEADLINE_NS (UINT64_C(86400) * CLOCK_NS_PER_S)

static void begin_phase(struct board *board, enum board_phase phase, uint64_t total_bytes)
{
	atomic_store(&board->done, 0);
	atomic_store(&board->total, total_bytes);
	atomic_store(&board->deadline_ns, clock_now_ns() + PREPARE_DEADLINE_NS);
	atomic_store(&board->phase, phase);
}

static void proof_step(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
	struct board *board = context;

	atomic_store(&board->done, done_bytes);
	atomic_store(&board->total, total_bytes);
}

static int fill(struct prepared *prepared, struct board *board, const struct plan *plan,
		struct err *e)
{
	prepared->target.span_bytes = prepared->target.span_bytes / MIB * MIB;
	if (!prepared->target.span_bytes)
		return err_set(e, -ENOSPC, "the target holds less than 1 MiB");
	board->span_bytes = prepared->target.span_bytes;
	run_visit(prepared->visitor, RUN_UNFILLED, board, plan, &prepared->target);
	begin_phase(board, BOARD_FILLING, board->span_bytes);
	return step_fill(board, plan, &prepared->target, e);
}

static int open_scratch(struct prepared *prepared, struct board *board, const struct plan *plan,
			struct err *e)
{
	struct disk_proof_progress progress = { .step = proof_step,
						.context = board,
						.stop = (const volatile int *)&board->stop };
	struct disk_grant grant;
	int ret;

	begin_phase(board, BOARD_PROVING, plan->span_bytes);
	ret = plan->access == PLAN_DESTROY
		      ? disk_prove_destroy(&grant, &plan->disk, plan->confirm, plan->span_bytes, e)
		      : disk_prove_blank(&grant, &plan->disk, plan->span_bytes, &progress, e);
	board->proven_bytes = atomic_load(&board->done);
	if (ret)
		return ret;
	str_copy(board->consent, sizeof(board->consent), grant.words);
	board->grant = grant;
	ret = disk_open_target(&grant, true, plan->lock, &board->wrote, e);
	if (ret < 0)
		return ret;
	prepared->target.fd = ret;
	prepared->target.span_bytes = grant.span_bytes;
	return fill(prepared, board, plan, e);
}

static int search(struct prepared *prepared, struct board *board, const struct plan *plan,
		  uint64_t size_bytes, struct err *e)
{
	struct found_search what = { .fd = prepared->target.fd,
				     .size_bytes = size_bytes,
				     .want_bytes = plan->span_bytes,
				     .done = &board->done,
				     .stop = &board->stop };
	char searched[32];
	int ret;

	begin_phase(board, BOARD_SEARCHING, size_bytes);
	ret = found_scan(&prepared->found, &what, e);
	board->found_bytes = prepared->found.found_bytes;
	board->searched_bytes = prepared->found.searched_bytes;
	board->span_bytes = prepared->found.searched_bytes;
	if (ret)
		return ret;
	if (!prepared->found.found_bytes)
		return err_set(
			e, -ENODATA,
			"no data in the first %s: reads of blocks that hold nothing measure "
			"nothing; %s",
			str_from_bytes(searched, sizeof(searched), prepared->found.searched_bytes),
			plan->target == PLAN_TARGET_FILE
				? "allow writing (--write=yes) or name another file"
				: "allow writing (tare.write=blank) or name another disk");
	board->blocks = BOARD_BLOCKS_FOUND;
	prepared->target.found = &prepared->found;
	prepared->target.span_bytes = prepared->found.searched_bytes;
	return 0;
}

/* A file system without O_DIRECT will do where no section asks for it. */
static bool wants_direct(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->sections_n; i++)
		if (plan->section[i].direct && !plan->skip[i][0])
			return true;
	return false;
}

static int read_anywhere(struct prepared *prepared, struct board *board, const struct plan *plan)
{
	prepared->target.span_bytes = plan->span_bytes;
	board->span_bytes = plan->span_bytes;
	board->blocks = BOARD_BLOCKS_UNKNOWN;
	return 0;
}

static int open_read_only(struct prepared *prepared, struct board *board, const struct plan *plan,
			  struct err *e)
{
	char path[DISK_TEXT_BYTES + 8];
	uint64_t size_bytes = plan->disk.size_bytes;
	bool created;
	int ret;

	if (plan->target == PLAN_TARGET_FILE) {
		ret = disk_open_file(plan->path, 0, wants_direct(plan), false, &created,
				     &size_bytes, e);
	} else {
		snprintf(path, sizeof(path), "/dev/%s", plan->disk.node);
		ret = disk_open_read(path, true, e);
	}
	if (ret < 0)
		return ret;
	prepared->target.fd = ret;
	if (plan->access == PLAN_READ_ANY)
		return read_anywhere(prepared, board, plan);
	return search(prepared, board, plan, size_bytes, e);
}

static int open_written_file(struct prepared *prepared, struct board *board,
			     const struct plan *plan, struct err *e)
{
	uint64_t size_bytes;
	struct stat st;
	bool created;
	int ret = disk_open_file(plan->path, plan->span_bytes, wants_direct(plan),
				 plan->write_existing, &created, &size_bytes, e);

	if (ret < 0)
		return ret;
	prepared->target.fd = ret;
	if (!fstat(ret, &st)) {
		board->file_device = st.st_dev;
		board->file_inode = st.st_ino;
	}
	prepared->target.span_bytes = size_bytes < plan->span_bytes ? size_bytes : plan->span_bytes;
	snprintf(board->consent, sizeof(board->consent), "%s",
		 created ? "a new file" : "an existing file, named with --write=yes");
	return fill(prepared, board, plan, e);
}

/* Before anything is read for this run: what comes first tells what is read for the first time. A
 * target that cannot be opened here is left to those who must open it. */
static void look_at_untouched(const struct prepared *prepared, struct board *board,
			      const struct plan *plan)
{
	struct step_target target = prepared->target;
	char path[DISK_TEXT_BYTES + 8];
	struct err e = ERR_INIT;

	snprintf(path, sizeof(path), "/dev/%s", plan->disk.node);
	target.fd = disk_open_read(plan->target == PLAN_TARGET_FILE ? plan->path : path, true, &e);
	if (target.fd < 0)
		return;
	target.span_bytes = plan->span_bytes;
	run_visit(prepared->visitor, RUN_UNTOUCHED, board, plan, &target);
	close(target.fd);
}

int prepare_target(struct prepared *prepared, struct board *board, const struct plan *plan,
		   const struct run_visitor *visitor, struct err *e)
{
	static int (*const way[])(struct prepared *, struct board *, const struct plan *,
				  struct err *) = {
		[PLAN_PROVE_AND_WRITE] = open_scratch, [PLAN_WRITE_MARKED] = open_scratch,
		[PLAN_DESTROY] = open_scratch,	       [PLAN_WRITE_FILE] = open_written_file,
		[PLAN_READ_FOUND] = open_read_only,    [PLAN_READ_ANY] = open_read_only,
	};

	*prepared = (struct prepared){ .target.fd = -1,
				       .target.node = plan->target == PLAN_TARGET_DISK
							      ? plan->disk.node
							      : NULL,
				       .visitor = visitor };
	if (visitor)
		look_at_untouched(prepared, board, plan);
	return way[plan->access](prepared, board, plan, e);
}

void prepare_free(struct prepared *prepared)
{
	if (prepared->target.fd >= 0)
		close(prepared->target.fd);
	found_free(&prepared->found);
}
