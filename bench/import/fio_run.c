// SPDX-License-Identifier: MIT
/* Clones and repetitions of fio's jobs. */
#include "import/fio_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/samples.h"

int fio_run_begin(struct fio_run *f, struct samples *to, const char *source)
{
	struct sample_run *last = to->n ? &to->run[to->n - 1] : NULL;

	f->to = to;
	f->added_n = 0;
	/* It has no label until its file is read. */
	if (!last || last->label || last->has_rounds || strcmp(last->source, source)) {
		if (!samples_add_run(to, source))
			return -ENOMEM;
	}
	f->run = to->n - 1;
	f->first = fio_run(f)->workloads_n;
	return 0;
}

struct sample_run *fio_run(const struct fio_run *f)
{
	return &f->to->run[f->run];
}

int fio_run_take(struct fio_run *f, uint32_t group)
{
	struct sample_run *run = fio_run(f);
	uint32_t last = run->workloads_n - 1, slot = last - f->first;
	struct sample_workload *w = &run->workload[last];

	f->added_n++;
	samples_derive(w);
	if (slot >= FIO_RUN_JOBS_MAX)
		return -E2BIG;
	for (uint32_t i = 0; i < slot; i++) {
		struct sample_workload *other = &run->workload[f->first + i];

		if (f->group[i] != group || other->direction != w->direction ||
		    strcmp(other->name, w->name))
			continue;
		samples_merge_clone(other, w, f->clones[i]++);
		samples_drop_details(w);
		if (!sample_known(other->shape.numjobs) || other->shape.numjobs < f->clones[i])
			other->shape.numjobs = f->clones[i];
		run->workloads_n--;
		return 0;
	}
	f->group[slot] = group;
	f->clones[slot] = 1;
	return 0;
}

void fio_run_restart(struct fio_run *f)
{
	/* None of them has rounds before the output ends. */
	fio_run(f)->workloads_n = f->first;
	f->added_n = 0;
}

int fio_run_end(struct fio_run *f)
{
	struct sample_run *run = fio_run(f);
	uint32_t kept = f->first;

	for (uint32_t i = f->first; i < run->workloads_n; i++) {
		if (samples_repeat(run, f->first, &run->workload[i]))
			samples_drop_details(&run->workload[i]);
		else
			run->workload[kept++] = run->workload[i];
	}
	run->workloads_n = kept;
	return 0;
}
