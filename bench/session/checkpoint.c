// SPDX-License-Identifier: MIT
/*
 * Checkpoints on serial lines, after whole rounds. Not into a results slot: that would have to
 * overwrite the newest valid one, against what slots promise, or wear two; and it would write to a
 * disk, which may share its path with the target, in the middle of a run.
 */
#include "result/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>

#include "frame/frame.h"
#include "result/result.h"
#include "session/session.h"

/* Two seconds at 115200 baud. */
#define ROUND_BYTES (2u * 11520)

/* The state of the run in the most detail that a round's share of the line carries, else in the
 * least. Returns its frames; `detail` is what was tried first, and what it became. */
static struct buf make_frames(const struct result_parts *parts, const struct plan *plan,
			      const struct board *board, uint32_t rounds,
			      enum checkpoint_detail *detail)
{
	struct buf frames = BUF_INIT, json = BUF_INIT;
	struct result result;

	for (;; (*detail)++) {
		int ret = result_make(&result, parts, plan, board, NULL);

		frames.len = json.len = 0;
		if (!ret)
			checkpoint_mark(&result, rounds, *detail);
		ret = ret ? ret : result_encode(&json, &result);
		result_free(&result);
		if (!ret)
			ret = frame_document(&frames, parts->run, 1, 1, json.data, json.len);
		if (ret || buf_failed(&frames))
			buf_free(&frames);
		if (ret || frames.len <= ROUND_BYTES || *detail + 1 == CHECKPOINT_DETAILS_N)
			break;
	}
	buf_free(&json);
	return frames;
}

void session_checkpoint(struct session *s, struct checkpoints *c, const struct result_parts *parts,
			const struct plan *plan, const struct board *board, uint32_t round)
{
	struct buf frames;
	char line[128];

	if (round + 1 == plan->rounds && !plan->verify && !plan->restore)
		return; /* the result itself comes next */
	c->allowed_bytes += ROUND_BYTES;
	/* One that takes the line for longer than a round's share waits for that of the next. */
	if (c->allowed_bytes < c->last_bytes)
		return;
	frames = make_frames(parts, plan, board, round + 1, &c->detail);
	c->last_bytes = frames.len;
	if (!frames.len || frames.len > c->allowed_bytes) {
		buf_free(&frames);
		return;
	}
	snprintf(line, sizeof(line), "ev=checkpoint round=%" PRIu32 " rounds=%" PRIu32 " bytes=%zu",
		 round + 1, plan->rounds, frames.len);
	session_summary(s, parts->run, line);
	session_console_level(true);
	consoles_write(&s->consoles, CONSOLE_SERIAL, frames.data, frames.len);
	session_console_level(false);
	c->allowed_bytes = 0;
	buf_free(&frames);
}
