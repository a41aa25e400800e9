// SPDX-License-Identifier: MIT
/* Makes plans. Everything here is arithmetic on what it is given. */
#include "plan/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/options.h"
#include "hw/disk_scan.h"
#include "hw/disk_verdict.h"
#include "lib/clock.h"
#include "lib/digest.h"
#include "lib/rng.h"
#include "lib/str.h"
#include "plan/sections.h"

#define PLAN_MIB		(UINT64_C(1) << 20)
#define PLAN_DEFAULT_SPAN_BYTES (UINT64_C(1) << 30)
#define PLAN_SECTION_BYTES	(UINT64_C(512) << 10) /* a section's sums, here and in the result */
#define PLAN_RECORD_BYTES	(UINT64_C(2) << 10)   /* one section in one round */

_Static_assert(JOBFILE_SECTIONS_MAX <= PLAN_SECTIONS_MAX, "a plan holds any job file");

/* --- targets --- */

/* Named and confirmed, and nothing has turned writing off since. */
static bool may_destroy(const struct disk *disk, const struct config *config)
{
	return disk->destroy && !config->writing_off;
}

static bool may_write(const struct disk *disk, const struct config *config)
{
	return (disk->verdict == DISK_BLANK && config->write >= CONFIG_WRITE_BLANK) ||
	       (disk->verdict == DISK_MARKED && config->write >= CONFIG_WRITE_MARKED) ||
	       may_destroy(disk, config);
}

/* Disks that hold data we may at least read. */
static bool may_read(const struct disk *disk)
{
	return disk->verdict == DISK_DATA || disk->verdict == DISK_MARKED ||
	       disk->verdict == DISK_READ_ONLY || disk->verdict == DISK_MOUNTED ||
	       disk->verdict == DISK_IN_USE;
}

/* What is refused otherwise, but may be read where the user names it. */
static bool may_read_named(const struct disk *disk)
{
	return may_read(disk) || disk_is_null_blk(disk);
}

static int by_serial(const void *a, const void *b)
{
	const struct disk *x = *(const struct disk *const *)a, *y = *(const struct disk *const *)b;
	int ret = strcmp(x->serial, y->serial);

	return ret ? ret : strcmp(x->node, y->node);
}

static uint32_t choose_matching(const struct disk *chosen[PLAN_TARGETS_MAX],
				const struct config *config, const struct disk_list *disks,
				bool to_write, struct notes *notes)
{
	const struct disk **all = calloc(disks->n ? disks->n : 1, sizeof(*all));
	uint32_t n = 0, kept;

	if (!all)
		return 0;
	for (uint32_t i = 0; i < disks->n; i++)
		if (to_write ? may_write(&disks->disk[i], config) : may_read(&disks->disk[i]))
			all[n++] = &disks->disk[i];
	qsort(all, n, sizeof(*all), by_serial);
	kept = n < PLAN_TARGETS_MAX ? n : PLAN_TARGETS_MAX;
	memcpy(chosen, all, kept * sizeof(*all));
	for (uint32_t i = kept; i < n; i++)
		notes_add(notes, "%s (serial %s): not measured: at most %d disks in one run",
			  all[i]->node, all[i]->serial[0] ? all[i]->serial : "none",
			  PLAN_TARGETS_MAX);
	free(all);
	return kept;
}

static bool is_chosen(const struct disk *const *chosen, uint32_t n, const struct disk *disk)
{
	for (uint32_t i = 0; i < n; i++)
		if (chosen[i] == disk)
			return true;
	return false;
}

static uint32_t choose_named(const struct disk *chosen[PLAN_TARGETS_MAX],
			     const struct config *config, const struct disk_list *disks,
			     struct notes *notes)
{
	char list[CONFIG_TEXT_BYTES], *save = NULL;
	uint32_t n = 0;

	str_copy(list, sizeof(list), config->target);
	for (char *name = strtok_r(list, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		bool ambiguous = false;
		const struct disk *disk = disk_find(disks, name, &ambiguous);

		if (!disk)
			notes_add(notes, "tare.target: \"%s\": %s", name,
				  ambiguous ? "several disks have this name: use another one"
					    : "no such disk: `tare disks` lists them (the name "
					      "of a file has a / in it)");
		else if (is_chosen(chosen, n, disk))
			continue; /* by another of its names */
		else if (!may_write(disk, config) && !may_read_named(disk))
			notes_add(notes, "tare.target: \"%s\": %s: %s", name,
				  disk_verdict_name(disk->verdict), disk->reason);
		else if (n == PLAN_TARGETS_MAX)
			notes_add(notes, "tare.target: \"%s\": not measured: at most %d disks",
				  name, PLAN_TARGETS_MAX);
		else
			chosen[n++] = disk;
	}
	return n;
}

uint32_t plan_choose_disks(const struct disk *chosen[PLAN_TARGETS_MAX], const struct config *config,
			   const struct disk_list *disks, struct notes *notes)
{
	uint32_t n;

	if (strcmp(config->target, "auto"))
		return choose_named(chosen, config, disks, notes);
	n = choose_matching(chosen, config, disks, true, notes);
	return n ? n : choose_matching(chosen, config, disks, false, notes);
}

/* Why there is nothing to measure on, and what the user can do. */
static void explain_none(struct plan *plan, const struct config *config,
			 const struct disk_list *disks)
{
	const char *text = "no disk was found: attach one (a blank disk needs nothing else)";

	for (uint32_t i = 0; i < disks->n; i++) {
		enum disk_verdict v = disks->disk[i].verdict;

		if (v == DISK_BLANK || v == DISK_MARKED) {
			text = config->writing_off
				       ? "a blank disk holds nothing to read, and writing is off "
					 "because a key about writing was not understood: correct "
					 "it"
				       : "a blank disk holds nothing to read, and writing is off: "
					 "boot "
					 "with tare.write=blank (the default) to measure it";
			break;
		}
		if (v != DISK_OPTICAL && v != DISK_BOOT && v != DISK_RESULTS && v != DISK_EMPTY &&
		    v != DISK_VIRTUAL)
			text = "no disk may be measured: see the verdicts; attach a blank disk";
	}
	str_copy(plan->reason, sizeof(plan->reason), text);
}

static void set_disk(struct plan *plan, const struct config *config, const struct disk *disk)
{
	plan->target = PLAN_TARGET_DISK;
	plan->disk = *disk;
	if (may_destroy(disk, config)) {
		plan->access = PLAN_DESTROY;
		str_copy(plan->confirm, sizeof(plan->confirm), config->confirm);
		snprintf(plan->reason, sizeof(plan->reason),
			 "tare.destroy names it and tare.confirm is its token: %.60s: %.240s goes",
			 disk_verdict_name(disk->verdict), disk->reason);
		return;
	}
	if (may_write(disk, config)) {
		plan->access = disk->verdict == DISK_MARKED ? PLAN_WRITE_MARKED
							    : PLAN_PROVE_AND_WRITE;
		str_copy(plan->reason, sizeof(plan->reason),
			 disk->verdict == DISK_MARKED ? "marked as a scratch disk of tare"
						      : "blank: written only after every block to "
							"be overwritten was read "
							"and is zero");
		return;
	}
	if (disk_is_null_blk(disk)) {
		plan->access = PLAN_READ_ANY;
		str_copy(plan->reason, sizeof(plan->reason),
			 "read only: null_blk keeps no data: what is measured is the path to a "
			 "disk, not a disk");
		return;
	}
	plan->access = PLAN_READ_FOUND;
	snprintf(plan->reason, sizeof(plan->reason),
		 "read only: %s; write workloads need a blank disk", disk->reason);
}

static void set_file(struct plan *plan, const struct config *config, const struct plan_file *file)
{
	plan->target = PLAN_TARGET_FILE;
	str_copy(plan->path, sizeof(plan->path), file->path);
	if (!file->exists && config->writing_off) {
		plan->target = PLAN_TARGET_NONE;
		snprintf(plan->reason, sizeof(plan->reason),
			 "a new file, and writing is off: %.400s", config->writing_off_why);
		return;
	}
	if (file->exists && config->write != CONFIG_WRITE_YES) {
		plan->access = PLAN_READ_FOUND;
		str_copy(plan->reason, sizeof(plan->reason),
			 "read only: the file exists; --write=yes would overwrite it");
		return;
	}
	plan->access = PLAN_WRITE_FILE;
	plan->write_existing = file->exists;
	str_copy(plan->reason, sizeof(plan->reason),
		 file->exists ? "an existing file, named with --write=yes" : "a new file");
}

/* --- work --- */

/* All of the job file; of a suite that fits the machine no section with more jobs than CPUs. What
 * waited for one that is left out waits for those before it. */
static void take_sections(struct plan *plan, const struct plan_work *work)
{
	bool fits = work->suite && work->suite->fits_cpus && work->cpus, stonewall = false;

	for (uint32_t i = 0; i < work->job.n; i++) {
		const struct workload *w = &work->job.section[i];

		stonewall = stonewall || w->stonewall;
		if (fits && w->numjobs > work->cpus)
			continue;
		plan->section[plan->sections_n] = *w;
		plan->section[plan->sections_n++].stonewall = stonewall;
		stonewall = false;
	}
}

static void make_steps(struct plan *plan)
{
	plan->steps_n = 0;
	for (uint32_t i = 0; i < plan->sections_n; i++) {
		struct plan_step *step;

		if (!i || plan->section[i].stonewall)
			plan->step[plan->steps_n++] = (struct plan_step){ .first = i };
		step = &plan->step[plan->steps_n - 1];
		step->n++;
		step->jobs += plan->section[i].numjobs;
	}
}

uint64_t plan_step_ns(const struct plan *plan, uint32_t step)
{
	uint64_t longest = 0;

	for (uint32_t i = 0; i < plan->step[step].n; i++) {
		uint32_t k = plan->step[step].first + i;
		uint64_t ns = plan->skip[k][0] ? 0 : section_time_ns(&plan->section[k]);

		longest = ns > longest ? ns : longest;
	}
	return longest;
}

static void add_up(struct plan *plan)
{
	uint64_t most = 0;

	plan->measure_ns = 0;
	for (uint32_t s = 0; s < plan->steps_n; s++) {
		uint64_t memory = 0;

		for (uint32_t i = 0; i < plan->step[s].n; i++) {
			uint32_t k = plan->step[s].first + i;

			if (!plan->skip[k][0])
				memory += section_memory(&plan->section[k]);
		}
		most = memory > most ? memory : most;
		plan->measure_ns += plan_step_ns(plan, s) * plan->rounds;
	}
	plan->memory_bytes = most + plan->sections_n *
					    (PLAN_SECTION_BYTES + PLAN_RECORD_BYTES * plan->rounds);
}

/* What the key says, else the suite, else as much as the sections touch. Whole MiB: what a span is
 * filled and marked in. */
static uint64_t wanted_span(const struct plan_work *work, const struct config *config)
{
	uint64_t most = 0;

	if (config->span_bytes)
		return config->span_bytes;
	if (work->suite)
		return work->suite->span_bytes;
	for (uint32_t i = 0; i < work->job.n; i++) {
		uint64_t bytes = section_span(&work->job.section[i], PLAN_DEFAULT_SPAN_BYTES);

		most = bytes > most ? bytes : most;
	}
	return most > UINT64_MAX - PLAN_MIB ? UINT64_MAX / PLAN_MIB * PLAN_MIB
					    : (most + PLAN_MIB - 1) / PLAN_MIB * PLAN_MIB;
}

/* The partition of a new mark begins at 1 MiB and leaves as much at the end for the backup table; a
 * mark that is there bounds what may be written without a new proof. */
static uint64_t usable_bytes(const struct plan *plan, const struct plan_file *file)
{
	uint64_t edges = UINT64_C(2) << 20;

	if (plan->target != PLAN_TARGET_DISK)
		return file && file->exists ? file->size_bytes : UINT64_MAX;
	if (!plan_writes(plan))
		return plan->disk.size_bytes;
	if (plan->access == PLAN_WRITE_MARKED && plan->disk.partitions_n == 1)
		return plan->disk.partition[0].size_bytes;
	return plan->disk.size_bytes > edges ? (plan->disk.size_bytes - edges) >> 20 << 20 : 0;
}

static void set_span(struct plan *plan, const struct plan_work *work, const struct config *config,
		     const struct plan_file *file, struct notes *notes)
{
	uint64_t usable = usable_bytes(plan, file);

	plan->span_bytes = wanted_span(work, config);
	if (plan->span_bytes <= usable)
		return;
	notes_add(notes, "span %" PRIu64 " cut to what the %s holds, %" PRIu64 " bytes",
		  plan->span_bytes,
		  plan->access == PLAN_WRITE_MARKED ? "scratch partition" : "target", usable);
	plan->span_bytes = usable;
}

/* Judges every section. A target that none of them can run on is not touched at all: nothing is
 * proven, marked or filled for nothing. */
static void judge_sections(struct plan *plan, struct notes *notes)
{
	char name[PLAN_TEXT_BYTES];

	for (uint32_t i = 0; i < plan->sections_n; i++)
		section_judge(plan, i, notes);
	for (uint32_t i = 0; i < plan->sections_n; i++)
		if (!plan->skip[i][0])
			return;
	str_copy(name, sizeof(name),
		 plan->target == PLAN_TARGET_DISK ? plan->disk.node : plan->path);
	plan->target = PLAN_TARGET_NONE;
	plan->disk = (struct disk){ 0 };
	plan->path[0] = '\0';
	snprintf(plan->reason, sizeof(plan->reason),
		 "%.160s: not touched: no workload can run on it: %.60s: %.120s", name,
		 plan->sections_n ? plan->section[0].name : "no section",
		 plan->sections_n ? plan->skip[0] : "nothing to run");
}

void plan_build(struct plan *plan, const struct plan_work *work, const struct config *config,
		const struct disk_list *disks, const struct disk *disk,
		const struct plan_file *file, uint64_t seed, struct notes *notes)
{
	const char *text = work->text ? work->text : ""; /* none where gathering it failed */

	*plan = (struct plan){ .seed = seed,
			       .seed_given = config->source[CONFIG_SEED] != CONFIG_FROM_DEFAULT,
			       .verify = config->verify == CONFIG_VERIFY_YES,
			       .restore = config->restore == CONFIG_RESTORE_YES,
			       .wait_s = (uint32_t)config->wait_s };
	str_copy(plan->suite, sizeof(plan->suite), work->name ? work->name : "");
	digest_sha256(plan->suite_sha256, text, strlen(text));
	plan->short_by_plan = work->suite && work->suite->short_by_plan;
	plan->shuffled = work->suite && work->suite->shuffled;
	plan->until_steady = work->suite && work->suite->until_steady;
	plan->rounds = config->rounds ? (uint32_t)config->rounds
		       : work->suite  ? work->suite->rounds
				      : 1;
	plan->probes = work->suite && work->suite->probes;
	plan->detects = work->suite && work->suite->detects;
	if (work->suite && !work->suite->text[0])
		snprintf(plan->reason, sizeof(plan->reason),
			 "suite %s measures the platform alone: no disk is used",
			 work->suite->name);
	else if (disk)
		set_disk(plan, config, disk);
	else if (file)
		set_file(plan, config, file);
	else
		explain_none(plan, config, disks);
	take_sections(plan, work);
	set_span(plan, work, config, file, notes);
	if (plan->target != PLAN_TARGET_NONE)
		judge_sections(plan, notes);
	plan->detects = plan->detects && plan->target != PLAN_TARGET_NONE;
	make_steps(plan);
	add_up(plan);
}

void plan_order(uint32_t *order, const struct plan *plan, uint32_t round)
{
	struct rng rng;

	if (plan->shuffled) {
		rng_seed(&rng, rng_mix(plan->seed, round));
		rng_shuffle(&rng, order, plan->steps_n);
		return;
	}
	for (uint32_t i = 0; i < plan->steps_n; i++)
		order[i] = i;
}
