/* SPDX-License-Identifier: MIT */
/*
 * One output of fio, whichever form it had, on its way into a run: clones of a job become one
 * workload, and outputs that follow each other in a file become rounds.
 */
#ifndef TARE_IMPORT_FIO_RUN_H
#define TARE_IMPORT_FIO_RUN_H

#include "model/sample.h"

#define FIO_RUN_JOBS_MAX 4096 /* fio's own limit (REAL_MAX_JOBS) */

#define FIO_RUN_TOO_MANY "more than 4,096 jobs: fio itself runs no more"

struct fio_run {
	struct samples *to;
	uint32_t run;	  /* index in `to` */
	uint32_t first;	  /* its workloads before this output */
	uint32_t added_n; /* entries of this output, clones and repetitions among them */
	/* Of the workloads from `first` on: */
	uint32_t group[FIO_RUN_JOBS_MAX]; /* fio's groupid */
	uint32_t clones[FIO_RUN_JOBS_MAX];
};

/* Begins an output: adds a run, or goes on with the one that this file began. 0 or -ENOMEM. */
int fio_run_begin(struct fio_run *f, struct samples *to, const char *source);

struct sample_run *fio_run(const struct fio_run *f);

/* To be called for each workload just added (samples_add_workload()), filled in. 0, -ENOMEM, or
 * -E2BIG where there are more than fio can run. */
int fio_run_take(struct fio_run *f, uint32_t group);

/* Forgets what this output told so far: another one takes its place. */
void fio_run_restart(struct fio_run *f);

/* Ends it: what an earlier output of the file did as well becomes a round there. */
int fio_run_end(struct fio_run *f);

#endif
