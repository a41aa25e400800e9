/* SPDX-License-Identifier: MIT */
/* Workloads that differ in one number alone, depth or jobs, put in its order. */
#ifndef TARE_RENDER_SWEEPS_H
#define TARE_RENDER_SWEEPS_H

#include "model/comparison.h"

#define SWEEPS_MAX	 16
#define SWEEP_GROUPS_MAX 32

struct sweep {
	const char *of;			  /* "depth", "jobs" */
	uint32_t group[SWEEP_GROUPS_MAX]; /* of the comparison, ascending by that number */
	double at[SWEEP_GROUPS_MAX];	  /* the number */
	uint32_t n;			  /* two or more */
};

struct sweeps {
	struct sweep sweep[SWEEPS_MAX];
	uint32_t n;
};

/* What is beyond the limits is left out. */
void sweeps_find(struct sweeps *to, const struct comparison *c);

#endif
