/* SPDX-License-Identifier: MIT */
/* Makes and frees the structs of model/sample.h. All adders return NULL or -ENOMEM without memory.
 */
#ifndef TARE_IMPORT_SAMPLES_H
#define TARE_IMPORT_SAMPLES_H

#include "model/sample.h"

/* Adds a run of which nothing is known but its source. Valid until the next one is added. */
struct sample_run *samples_add_run(struct samples *s, const char *source);

/* Adds a workload with every figure absent. Valid until the next one is added. */
struct sample_workload *samples_add_workload(struct sample_run *run, const char *name,
					     enum sample_direction direction);

/* Adds a round with every figure absent. */
struct sample_round *samples_add_round(struct sample_workload *w);

/* Append to the details of a workload; 0 or -ENOMEM. */
int samples_add_quantile(struct sample_workload *w, double pct, double ns);
int samples_add_point(struct sample_workload *w, struct sample_point point);
void samples_drop_details(struct sample_workload *w);

/* Sets a fact that is not set yet; text that is empty says nothing. */
int samples_set_fact(struct sample_run *run, enum sample_fact fact, const char *text);
int samples_set_label(struct sample_run *run, const char *text);

struct sample_shape samples_shape(void); /* nothing known */

/* Sets the size of blocks, exactly: "4 KiB", "513 B"; a range where the two differ. */
void samples_block_text(struct sample_shape *shape, uint64_t least_bytes, uint64_t most_bytes);

/*
 * Adds what `w` says as one more repetition of a workload of the run that does the same, where one
 * is there that came before index `before`; then *w is not needed any more and true is returned.
 */
bool samples_repeat(struct sample_run *run, uint32_t before, const struct sample_workload *w);

/* The same I/O done by clones of a job at the same time: rates add up, times are means. What cannot
 * be added, as percentiles, becomes absent. `clones`: how many *to stands for already. */
void samples_merge_clone(struct sample_workload *to, const struct sample_workload *w,
			 uint32_t clones);

/*
 * Fills in what others say: bytes from I/Os, rates from amounts and time, and time from both; the
 * CPU time per I/O where percentages of one thread are all there is.
 */
void samples_derive(struct sample_workload *w);

/* What a name says by convention, as "randread-4k-qd64" or "write-1m-qd16-jobs4": only what is
 * absent is filled in. */
void samples_shape_from_name(struct sample_shape *shape, const char *name);

/* Frees a run; those behind it move up. */
void samples_drop_run(struct samples *s, uint32_t i);
void samples_free(struct samples *s);

#endif
