/* SPDX-License-Identifier: MIT */
/* From what was asked and what machine this is to an ordered list of steps. Pure: opens nothing,
 * measures nothing. */
#ifndef TARE_PLAN_PLAN_H
#define TARE_PLAN_PLAN_H

#include <stdint.h>

#include "config/jobfile.h"
#include "config/suites.h"
#include "lib/buf.h"
#include "lib/err.h"
#include "model/config.h"
#include "model/disk.h"
#include "model/plan.h"

#define PLAN_TARGETS_MAX 4

/* What to run: a built-in suite, or a job file with the defaults of a run. */
struct plan_work {
	const struct suite *suite; /* NULL: a job file */
	const char *name;
	const char *text; /* as it was read: its sha256 identifies the work */
	struct jobfile job;
	uint32_t cpus; /* of the machine, for suites that fit themselves to it; 0: not known */
};

/* A file named as the target, as it is before the run. */
struct plan_file {
	const char *path;
	bool exists;
	uint64_t size_bytes;
};

/*
 * The disks to run on, at most PLAN_TARGETS_MAX, in the order they will run (by serial). With
 * target=auto: the disks that may be written; where there are none, the readable ones with data on
 * them (read only). Disks named by the user that do not exist, are ambiguous or refused become
 * notes; a null_blk device may be read where it is named. Returns how many.
 */
uint32_t plan_choose_disks(const struct disk *chosen[PLAN_TARGETS_MAX], const struct config *config,
			   const struct disk_list *disks, struct notes *notes);

/*
 * Builds the plan for one disk (`disk`), one file or for no target at all (both NULL; the
 * reason is worked out from `disks`). `seed` is the run's. Warnings about sizes and skipped
 * sections go to *notes.
 */
void plan_build(struct plan *plan, const struct plan_work *work, const struct config *config,
		const struct disk_list *disks, const struct disk *disk,
		const struct plan_file *file, uint64_t seed, struct notes *notes);

/* Steps of one round in the order they run: `order` holds plan->steps_n numbers. Depends on seed
 * and round only. */
void plan_order(uint32_t *order, const struct plan *plan, uint32_t round);

/* Time that a step takes at most, in one round; 0 where none of its sections can run. */
uint64_t plan_step_ns(const struct plan *plan, uint32_t step);

/* What becomes of the target, "will only be read"; "" without one. */
const char *plan_access_words(const struct plan *plan);

/* Every disk of a list with its verdict and reason; those of the plans have their number, from 1,
 * in front. With the words that let a disk be destroyed, where there are any. */
void plan_print_disks(struct buf *to, const struct disk_list *disks, const struct plan *const *plan,
		      uint32_t n);

/* The plan in words, for a person: what will be done to which disk, how long it takes. Ends with a
 * newline. */
void plan_print(struct buf *to, const struct plan *plan);

#endif
