// SPDX-License-Identifier: MIT
/* Judges sections one by one, by arithmetic alone. */
#include "plan/sections.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "config/options.h"
#include "lib/clock.h"

#define SECTION_JOB_BYTES (UINT64_C(1) << 20) /* statistics, stack, ring and lists of a job */
/* Guess for a section without runtime. */
#define SECTION_UNBOUNDED_NS (UINT64_C(600) * CLOCK_NS_PER_S)

/* --- how much --- */

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Where the last clone begins; percentages count nothing. */
static uint64_t last_offset(const struct workload *w)
{
	uint64_t first = w->offset_bytes & WORKLOAD_SHARE ? 0 : w->offset_bytes;
	uint64_t step = w->offset_increment_bytes & WORKLOAD_SHARE ? 0 : w->offset_increment_bytes;
	uint64_t way;

	if (__builtin_mul_overflow(step, (uint64_t)(w->numjobs - 1), &way))
		return UINT64_MAX;
	return add_saturated(first, way);
}

uint64_t section_span(const struct workload *w, uint64_t default_bytes)
{
	uint64_t all = w->size_bytes | w->offset_bytes | w->offset_increment_bytes;
	uint64_t blocks = w->size_bytes / w->bs_bytes + (w->size_bytes % w->bs_bytes != 0);

	if (!w->size_bytes || (all & WORKLOAD_SHARE))
		return add_saturated(last_offset(w), default_bytes);
	return add_saturated(last_offset(w), blocks * w->bs_bytes);
}

uint64_t section_memory(const struct workload *w)
{
	uint64_t buffers = (uint64_t)w->iodepth * w->bs_bytes, rounds = 1;

	if (workload_writes(w)) /* whole rounds of buffers with enough random data in them */
		rounds = (WORKLOAD_POOL_BYTES + buffers - 1) / buffers;
	return w->numjobs * (buffers * rounds + SECTION_JOB_BYTES);
}

uint64_t section_time_ns(const struct workload *w)
{
	return w->ramp_time_ns + (w->runtime_ns ? w->runtime_ns : SECTION_UNBOUNDED_NS);
}

/* --- making ready --- */

/* Percent of `whole`; with a block, up to the next multiple of it, as fio rounds offsets. */
static void resolve_share(uint64_t *bytes, uint64_t whole, uint64_t block)
{
	uint64_t percent = *bytes & ~WORKLOAD_SHARE, rest;

	if (!(*bytes & WORKLOAD_SHARE))
		return;
	*bytes = whole / 100 * percent + whole % 100 * percent / 100;
	rest = block ? *bytes % block : 0;
	if (rest)
		*bytes += block - rest;
}

static void resolve_shares(struct workload *w, uint64_t span_bytes)
{
	resolve_share(&w->offset_bytes, span_bytes, w->bs_bytes);
	resolve_share(&w->offset_increment_bytes, span_bytes, w->bs_bytes);
	if (w->size_bytes & WORKLOAD_SHARE) {
		resolve_share(&w->size_bytes, span_bytes, 0);
		if (w->size_bytes >= w->bs_bytes) /* as fio; offsets it rounds up */
			w->size_bytes -= w->size_bytes % w->bs_bytes;
	}
}

/* io_size in percent is of the region, which is known once size is cut. */
static void resolve_io_size(struct workload *w, uint64_t span_bytes)
{
	uint64_t region = w->size_bytes ? w->size_bytes : span_bytes - w->offset_bytes;

	resolve_share(&w->io_size_bytes, region, 0);
}

/* As fio's init.c: no batch above the depth, no maximum below its minimum. */
static void fit_batches(struct workload *w)
{
	if (!w->iodepth_batch_submit || w->iodepth_batch_submit > w->iodepth)
		w->iodepth_batch_submit = w->iodepth;
	if (w->iodepth_batch_complete_max < w->iodepth_batch_complete_min)
		w->iodepth_batch_complete_max = w->iodepth_batch_complete_min;
}

/* fio refuses options of one engine beside another; here a job file with its engine changed still
 * runs, and says so. */
static void take_out_engine_options(struct workload *w, struct notes *notes)
{
	static const struct {
		const char *name;
		size_t at;
	} uring[] = {
		{ "fixedbufs", offsetof(struct workload, fixedbufs) },
		{ "registerfiles", offsetof(struct workload, registerfiles) },
		{ "hipri", offsetof(struct workload, hipri) },
		{ "sqthread_poll", offsetof(struct workload, sqthread_poll) },
	};

	for (size_t i = 0; i < sizeof(uring) / sizeof(uring[0]); i++) {
		bool *set = (bool *)((char *)w + uring[i].at);

		if (w->ioengine == WORKLOAD_IO_URING || !*set)
			continue;
		*set = false;
		notes_add(notes, "%s: %s is an option of io_uring: without effect for %s", w->name,
			  uring[i].name, options_engine_name(w->ioengine));
	}
}

static void fit_time(struct workload *w, struct notes *notes)
{
	if (!w->time_based || w->runtime_ns)
		return;
	w->time_based = false;
	notes_add(notes, "%s: time_based without a runtime: ignored, as fio does", w->name);
}

static void cut_size(struct workload *w, uint64_t span_bytes, struct notes *notes)
{
	uint64_t room = span_bytes - w->offset_bytes, last_room = span_bytes - last_offset(w);

	if (w->size_bytes > room) {
		notes_add(notes, "%s: size %" PRIu64 " cut to the span, %" PRIu64 " bytes", w->name,
			  w->size_bytes, room);
		w->size_bytes = room;
	}
	if (w->size_bytes > last_room)
		notes_add(notes,
			  "%s: size %" PRIu64 " cut to the span for the later of %" PRIu32
			  " clones, to %" PRIu64 " bytes for the last",
			  w->name, w->size_bytes, w->numjobs, last_room);
}

/* --- whether it can run --- */

static bool is_whole_blocks(const struct plan *plan, const struct workload *w, char *why,
			    size_t why_bytes)
{
	const struct {
		const char *name;
		uint64_t bytes;
	} values[] = {
		{ "bs", w->bs_bytes },
		{ "offset", w->offset_bytes },
		{ "offset_increment", w->offset_increment_bytes },
	};
	uint32_t block = plan->target == PLAN_TARGET_DISK ? plan->disk.logical_block_bytes : 512;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i].bytes % block == 0)
			continue;
		snprintf(why, why_bytes,
			 "%s %" PRIu64 " is no multiple of the target's block of %" PRIu32 " bytes",
			 values[i].name, values[i].bytes, block);
		return false;
	}
	return true;
}

static bool has_room(const struct plan *plan, const struct workload *w, char *why, size_t why_bytes)
{
	if (w->size_bytes && w->size_bytes < w->bs_bytes)
		snprintf(why, why_bytes, "size %" PRIu64 " is smaller than bs %" PRIu64,
			 w->size_bytes, w->bs_bytes);
	else if (add_saturated(w->offset_bytes, w->bs_bytes) > plan->span_bytes)
		snprintf(why, why_bytes, "offset and bs lie beyond the span");
	else if (add_saturated(last_offset(w), w->bs_bytes) > plan->span_bytes)
		snprintf(why, why_bytes, "offset_increment puts clone %" PRIu32 " beyond the span",
			 w->numjobs);
	else
		return true;
	return false;
}

/* What fio's defaults mean, where a job file leaves them. */
static void doubt_path(const struct workload *w, struct notes *notes)
{
	if (w->ioengine == WORKLOAD_NULL)
		return;
	if (!w->direct)
		notes_add(notes,
			  "%s: direct=0: its I/Os go through the page cache; direct=1 measures the "
			  "target",
			  w->name);
	if (w->ioengine == WORKLOAD_PSYNC && w->iodepth > 1)
		notes_add(notes,
			  "%s: iodepth=%" PRIu32
			  ": psync keeps one I/O in flight; ioengine=libaio or "
			  "io_uring keep more",
			  w->name, w->iodepth);
}

void section_judge(struct plan *plan, uint32_t i, struct notes *notes)
{
	struct workload *w = &plan->section[i];
	char *why = plan->skip[i];
	size_t why_bytes = sizeof(plan->skip[i]);

	fit_batches(w);
	resolve_shares(w, plan->span_bytes);
	if (workload_writes(w) && !plan_writes(plan))
		snprintf(why, why_bytes, "it writes, and this target is read only");
	else if (is_whole_blocks(plan, w, why, why_bytes))
		has_room(plan, w, why, why_bytes);
	if (*why) {
		notes_add(notes, "%s: skipped: %s", w->name, why);
		return;
	}
	doubt_path(w, notes);
	take_out_engine_options(w, notes);
	fit_time(w, notes);
	cut_size(w, plan->span_bytes, notes);
	resolve_io_size(w, plan->span_bytes);
}
