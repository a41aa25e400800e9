/* SPDX-License-Identifier: MIT */
/* What one section of a job file asks for, and whether a target can give it. For plan.c. */
#ifndef TARE_PLAN_SECTIONS_H
#define TARE_PLAN_SECTIONS_H

#include <stdint.h>

#include "lib/err.h"
#include "model/plan.h"

/*
 * Bytes of the span up to the end of the last clone's region, in whole blocks of bs. Without a
 * size, or with a percentage anywhere, a section asks for `default_bytes`. Saturates.
 */
uint64_t section_span(const struct workload *w, uint64_t default_bytes);

/*
 * Makes section `i` ready to run on the plan's target and span: percentages become bytes, values
 * that fio adapts are adapted, what cannot have an effect is taken out. What differs from what the
 * file says becomes a note. Where the section cannot run, plan->skip[i] says why.
 */
void section_judge(struct plan *plan, uint32_t i, struct notes *notes);

/* Bytes of memory that its jobs take, buffers and all. */
uint64_t section_memory(const struct workload *w);

/* Time that it takes at most; a guess where it ends by its size alone. */
uint64_t section_time_ns(const struct workload *w);

#endif
