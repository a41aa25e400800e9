// SPDX-License-Identifier: MIT
/* Makes results from what a run left on its board, and derives figures from them. */
#include "result/result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "hw/disk_token.h"
#include "hw/disk_tune.h"
#include "hw/disk_verdict.h"
#include "lib/arena.h"
#include "lib/str.h"
#include "result/build.h"
#include "result/cpu_json.h"
#include "result/outcome.h"
#include "run/steady.h"

#define FEW_IOS	 1000
#define SHORT_NS (UINT64_C(10) * CLOCK_NS_PER_S) /* below this a figure says so */

static const char *const state_names[] = {
	[RESULT_DONE] = "done",
	[RESULT_PARTIAL] = "partial",
	[RESULT_FAILED] = "failed",
	[RESULT_NOT_MEASURED] = "not measured",
};

static const char *const blocks_names[] = {
	[RESULT_BLOCKS_UNKNOWN] = "unknown",
	[RESULT_BLOCKS_WRITTEN] = "written by us",
	[RESULT_BLOCKS_FOUND] = "data found",
};

static const char *const record_names[] = {
	[BOARD_PENDING] = "pending", [BOARD_RUNNING] = "failed",  [BOARD_DONE] = "done",
	[BOARD_FAILED] = "failed",   [BOARD_STOPPED] = "stopped", [BOARD_SKIPPED] = "skipped",
};

const char *result_state_name(enum result_state state)
{
	return state_names[state];
}

const char *result_blocks_name(enum result_blocks blocks)
{
	return blocks_names[blocks];
}

void result_round_make(struct result_round *r, const struct board_record *record, uint32_t round,
		       uint64_t start_unix_s)
{
	uint64_t began = record->start_unix_s; /* 0: not yet; a clock that was set may be behind */

	*r = (struct result_round){ .round = round,
				    .position = record->position,
				    .start_s = began > start_unix_s ? began - start_unix_s : 0,
				    .measured_ns = record->measured_ns,
				    .io = { record->io[0], record->io[1] },
				    .cpu = record->cpu };
	cpu_round(&r->cpu);
	str_copy(r->state, sizeof(r->state), record_names[atomic_load(&record->state)]);
	str_copy(r->failure, sizeof(r->failure), record->failure);
}

static void fill_total(struct result_workload *w, const struct stats *total)
{
	w->measured_ns = total->measured_ns;
	w->depth_ns = total->depth_ns;
	w->switches_voluntary = total->switches_voluntary;
	w->switches_involuntary = total->switches_involuntary;
	w->cpu = stats_cpu(total);
	cpu_round(&w->cpu);
	w->sync = total->sync;
	memcpy(w->depth, total->depth, sizeof(w->depth));
	memcpy(w->submits, total->submits, sizeof(w->submits));
	memcpy(w->completes, total->completes, sizeof(w->completes));
	for (int i = 0; i < STATS_ERRNOS; i++)
		w->error[i] = (struct result_error){ total->error[i].error, total->error[i].n };
	for (int d = 0; d < STATS_DIRECTIONS; d++) {
		const struct stats_io *io = &total->io[d];

		w->io[d] = (struct result_io){ .ios = io->clat.n,
					       .bytes = io->bytes,
					       .short_ios = io->short_ios,
					       .slat = io->slat,
					       .clat = io->clat,
					       .lat = io->lat,
					       .response = io->response };
	}
}

/* The state of the rounds together: the first that is not "done" names it. */
static void judge_workload(struct result_workload *w)
{
	str_copy(w->state, sizeof(w->state), "done");
	for (uint32_t i = 0; i < w->rounds_n; i++) {
		const struct result_round *r = &w->round[i];

		if (!strcmp(r->state, "done"))
			continue;
		str_copy(w->state, sizeof(w->state), r->state);
		snprintf(w->reason, sizeof(w->reason), "%s",
			 r->failure[0] ? r->failure : "the run ended before it");
		return;
	}
}

/* The last rounds that were measured, whole. */
static void judge_steady(struct result_workload *w, const struct plan *plan,
			 const struct board *board, uint32_t section)
{
	double iops[PLAN_ROUNDS_MAX];
	struct steady steady;

	if (!plan->until_steady || board->rounds_done < STEADY_WINDOW_ROUNDS ||
	    plan->skip[section][0])
		return;
	for (uint32_t round = 0; round < board->rounds_done; round++)
		iops[round] = board_iops(&board->record[plan_record(plan, round, section)]);
	steady_window(&steady, iops, board->rounds_done);
	w->steady = (struct result_steady){ true, steady.reached, steady.excursion_pct,
					    steady.slope_pct };
}

static int fill_workload(struct result_workload *w, const struct plan *plan,
			 const struct board *board, uint32_t section, uint64_t start_unix_s)
{
	const struct board_section *from = &board->section[section];

	w->work = plan->section[section];
	w->round = calloc(plan->rounds, sizeof(*w->round));
	if (!w->round)
		return -ENOMEM;
	/* Rounds that steady state made needless are no rounds of this run. */
	w->rounds_n = plan->until_steady && board->rounds_done ? board->rounds_done : plan->rounds;
	for (uint32_t round = 0; round < w->rounds_n; round++)
		result_round_make(&w->round[round],
				  &board->record[plan_record(plan, round, section)], round,
				  start_unix_s);
	fill_total(w, &from->stats);
	str_copy(w->engine, sizeof(w->engine), from->words);
	w->io_workers = from->io_workers;
	w->series = from->series;
	w->kernel.disk = from->kernel;
	w->kernel.slack_bytes = from->slack_bytes;
	memcpy(w->kernel.tool_bytes, from->compared_bytes, sizeof(w->kernel.tool_bytes));
	memcpy(w->kernel.kernel_bytes, from->kernel_bytes, sizeof(w->kernel.kernel_bytes));
	judge_steady(w, plan, board, section);
	judge_workload(w);
	return 0;
}

static void fill_keys(struct result *result, const struct config *config)
{
	for (int i = 0; i < CONFIG_KEYS_N; i++) {
		struct result_key *key = &result->key[result->keys_n++];
		struct buf value = BUF_INIT;

		keys_value_text(&value, config, i);
		str_copy(key->name, sizeof(key->name), keys_name(i));
		str_copy(key->value, sizeof(key->value), value.data ? value.data : "");
		str_copy(key->source, sizeof(key->source), keys_source_name(config->source[i]));
		buf_free(&value);
	}
}

static void fill_target(struct result *result, const struct plan *plan, const struct board *board)
{
	result->has_target = plan->target != PLAN_TARGET_NONE;
	result->target_is_file = plan->target == PLAN_TARGET_FILE;
	result->target = plan->disk;
	str_copy(result->path, sizeof(result->path), plan->path);
	str_copy(result->access, sizeof(result->access),
		 plan_writes(plan) ? "written" : "read only");
	if (!board)
		return;
	result->tuned = board->tuned;
	disk_tune_show(&result->target, &board->tuned);
	result->blocks = (enum result_blocks)board->blocks;
	result->span_bytes = board->span_bytes;
	result->proven_bytes = board->proven_bytes;
	result->written_bytes = atomic_load(&board->written_bytes);
	result->found_bytes = board->found_bytes;
	result->searched_bytes = board->searched_bytes;
	result->verified_bytes = board->verified_bytes;
	result->wrote = atomic_load(&board->wrote);
	result->restored_bytes = board->restored.bytes;
	result->mark_removed = board->restored.mark_removed;
	result->fill_ns = board->fill_ns;
	str_copy(result->consent, sizeof(result->consent), board->consent);
}

/* The words with which a later run may overwrite it. */
static void say_token(struct result *result, const struct disk *disk)
{
	struct buf words = BUF_INIT;

	if (disk_token_offer(&words, disk) && !buf_failed(&words))
		notes_add(&result->safety, "%s: to overwrite it: %s", disk->node, words.data);
	buf_free(&words);
}

/* What became of tare.restore=yes. A target that could not be put back does not spoil the figures.
 */
static void say_restored(struct result *result, const struct plan *plan, const struct board *board)
{
	const char *name = result->target_is_file ? result->path : plan->disk.node;

	if (!plan->restore || !result->wrote)
		return;
	if (result->restored_bytes)
		notes_add(&result->safety,
			  "%s: restored: %" PRIu64
			  " bytes were filled with 0x%02x, flushed and read back%s",
			  name, result->restored_bytes, board->restored.fill,
			  result->mark_removed ? "; the mark is removed" : "");
	if (!board->restore_failure[0])
		return;
	notes_add(&result->safety, "%s: not wholly restored: %s", name, board->restore_failure);
	notes_add(&result->warnings, "tare.restore: %s", board->restore_failure);
}

static void say_disks(struct result *result)
{
	for (uint32_t i = 0; i < result->disks.n; i++) {
		const struct disk *d = &result->disks.disk[i];

		if (d->verdict == DISK_UNKNOWN)
			continue; /* the target is a file: disks were not looked at */
		notes_add(&result->safety, "%s (serial %s): %s: %s", d->node,
			  d->serial[0] ? d->serial : "none", disk_verdict_name(d->verdict),
			  d->reason);
		say_token(result, d);
	}
}

static void say_safety(struct result *result, const struct plan *plan, const struct config *config,
		       const struct notes *added)
{
	say_disks(result);
	if (added)
		notes_merge(&result->safety, added);
	if (config->writing_off)
		notes_add(&result->safety, "nothing may be written in this run: %s",
			  config->writing_off_why);
	if (!result->has_target)
		notes_add(&result->safety, "nothing was opened for writing: no target");
	else if (!result->wrote)
		notes_add(&result->safety, "%s: nothing was written to it",
			  result->target_is_file ? result->path : plan->disk.node);
	else if (result->target_is_file)
		notes_add(&result->safety, "%s: written: %s; span of %" PRIu64 " bytes",
			  result->path, result->consent, result->span_bytes);
	else
		notes_add(&result->safety,
			  "%s: written by consent \"%s\": mark and span of %" PRIu64
			  " bytes; %" PRIu64 " bytes read and found blank before",
			  plan->disk.node, result->consent, result->span_bytes,
			  result->proven_bytes);
}

/* Doubt about how the I/Os went, not about how many there were. */
static void say_doubt_of_path(struct result *result, const struct result_workload *w)
{
	const struct result_kernel *k = &w->kernel;

	if (w->io_workers)
		notes_add(&result->warnings,
			  "%s: io_uring handed its submissions to %" PRIu32
			  " kernel threads: the device takes none that may not wait (NOWAIT), "
			  "its queue was full, or they had to be split; ioengine=libaio measures "
			  "it without them",
			  w->work.name, w->io_workers);
	for (int d = 0; d < 2; d++)
		if (!result_kernel_agrees(k, d))
			notes_add(&result->warnings,
				  "%s: the kernel counted %" PRIu64 " bytes %s, tare %" PRIu64
				  ": something else used the device, or a layer merged or split "
				  "what was asked",
				  w->work.name, k->kernel_bytes[d], d ? "written" : "read",
				  k->tool_bytes[d]);
	if (w->steady.judged && !w->steady.reached)
		notes_add(&result->warnings,
			  "%s: no steady state after %" PRIu32
			  " rounds: the last %d spread over %.0f %% (allowed 20), slope %.0f %% "
			  "(allowed 10)",
			  w->work.name, result->rounds_done, STEADY_WINDOW_ROUNDS,
			  w->steady.excursion_pct, w->steady.slope_pct);
}

/* Doubt beside the numbers: too short, too little, data only in part of what was searched. */
static void say_doubts(struct result *result)
{
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		if (result_ios(w) && !result->short_by_plan &&
		    (w->measured_ns < SHORT_NS || result_ios(w) < FEW_IOS))
			notes_add(&result->warnings,
				  "%s: only %.1f s and %" PRIu64
				  " I/Os were measured: below 10 s or 1,000 I/Os a figure may be "
				  "luck",
				  w->work.name, (double)w->measured_ns / CLOCK_NS_PER_S,
				  result_ios(w));
		if (w->reason[0])
			notes_add(&result->warnings, "%s: %s: %s", w->work.name, w->state,
				  w->reason);
		say_doubt_of_path(result, w);
	}
	if (result->short_by_plan && result->workloads_n)
		notes_add(&result->warnings,
			  "suite %s is short by plan: its figures are a first answer, not for "
			  "ranking",
			  result->suite);
	if (result->blocks == RESULT_BLOCKS_FOUND && result->searched_bytes)
		notes_add(&result->warnings,
			  "read only: data were found in %.1f %% of the %" PRIu64
			  " MiB searched; only those blocks were read",
			  100.0 * (double)result->found_bytes / (double)result->searched_bytes,
			  result->searched_bytes >> 20);
}

static int copy_disks(struct disk_list *to, const struct disk_list *from)
{
	to->disk = calloc(from->n ? from->n : 1, sizeof(*to->disk));
	if (!to->disk)
		return -ENOMEM;
	memcpy(to->disk, from->disk, from->n * sizeof(*to->disk));
	to->n = from->n;
	return 0;
}

/* Each CPU's time is counted in ticks of its own. */
static uint64_t tick_of_all_cpus(const struct host *host)
{
	uint64_t cpus = host->fact[HOST_CPUS].number;

	return cpu_tick_ns() * (cpus ? cpus : 1);
}

int result_make(struct result *result, const struct result_parts *parts, const struct plan *plan,
		const struct board *board, const char *failure)
{
	int ret = 0;

	*result = (struct result){ .start_unix_s = parts->start_unix_s,
				   .short_by_plan = plan->short_by_plan,
				   .rounds = plan->rounds,
				   .rounds_done = board ? board->rounds_done : 0,
				   .until_steady = plan->until_steady,
				   .first_io_ns = parts->first_io_ns,
				   .seed = plan->seed,
				   .host = *parts->host,
				   .clock = *parts->clock,
				   .tsc = board ? board->clock : tsc_state,
				   .cpu_error_ns = tick_of_all_cpus(parts->host) };
	if (parts->probes)
		result->probes = *parts->probes;
	str_copy(result->run, sizeof(result->run), parts->run);
	str_copy(result->version, sizeof(result->version), TARE_VERSION);
	str_copy(result->build_id, sizeof(result->build_id), build_id());
	str_copy(result->label, sizeof(result->label), parts->config->label);
	str_copy(result->suite, sizeof(result->suite), plan->suite);
	str_copy(result->suite_sha256, sizeof(result->suite_sha256), plan->suite_sha256);
	fill_keys(result, parts->config);
	fill_target(result, plan, board);
	ret = copy_disks(&result->disks, parts->disks);
	notes_merge(&result->warnings, parts->warnings);
	if (board)
		result->detectors = board->detections;
	if (board && !ret) {
		for (uint32_t i = 0; i < atomic_load(&board->notes_n); i++)
			notes_add(&result->warnings, "%s", board->note[i]);
		result->workload = calloc(plan->sections_n, sizeof(*result->workload));
		result->io = calloc(plan->sections_n, STATS_DIRECTIONS * sizeof(*result->io));
		ret = result->workload && result->io ? 0 : -ENOMEM;
		for (uint32_t i = 0; i < plan->sections_n && !ret; i++, result->workloads_n++) {
			result->workload[i].io = &result->io[i * STATS_DIRECTIONS];
			ret = fill_workload(&result->workload[i], plan, board, i,
					    result->start_unix_s);
		}
	}
	outcome_judge(result, plan, board, failure);
	say_safety(result, plan, parts->config, parts->added);
	if (board)
		say_restored(result, plan, board);
	say_doubts(result);
	return ret;
}

void result_free(struct result *result)
{
	if (!result->arena) {
		for (uint32_t i = 0; i < result->workloads_n; i++)
			free(result->workload[i].round);
		free(result->workload);
		free(result->io);
		free(result->disks.disk);
	}
	arena_free(result->arena);
	notes_free(&result->warnings);
	notes_free(&result->safety);
	*result = (struct result){ 0 };
}

/* --- figures --- */

double result_iops(const struct result_workload *w, int direction)
{
	return w->measured_ns ? (double)w->io[direction].ios * 1e9 / (double)w->measured_ns : 0;
}

double result_bytes_per_s(const struct result_workload *w, int direction)
{
	return w->measured_ns ? (double)w->io[direction].bytes * 1e9 / (double)w->measured_ns : 0;
}

uint64_t result_ios(const struct result_workload *w)
{
	return w->io[0].ios + w->io[1].ios;
}

double result_depth(const struct result_workload *w)
{
	return w->measured_ns ? (double)w->depth_ns / (double)w->measured_ns : 0;
}

bool result_kernel_compared(const struct result_kernel *k)
{
	return k->slack_bytes > 0;
}

bool result_kernel_agrees(const struct result_kernel *k, int direction)
{
	uint64_t tool = k->tool_bytes[direction], kernel = k->kernel_bytes[direction];

	return (tool > kernel ? tool - kernel : kernel - tool) <= k->slack_bytes;
}
