/* SPDX-License-Identifier: MIT */
/* What an I/O costs in CPU time, and how far off each figure may be. Derived from a result. */
#ifndef TARE_RESULT_COST_H
#define TARE_RESULT_COST_H

#include "model/result.h"

enum cost_field {
	/* Of the whole machine, by the kernel's accounting. */
	COST_USER,
	COST_SYSTEM,
	COST_IRQ,
	COST_SOFTIRQ,
	COST_STEAL,
	COST_IDLE,
	/* Of the submitting threads. */
	COST_THREAD,
	COST_THREAD_USER,
	COST_THREAD_SYSTEM,
	COST_FIELDS_N,
};

struct cost {
	double ns;     /* per I/O of either direction; 0 where there was none */
	double cycles; /* of the counter's rate (struct tsc, hz), whatever the core's; 0: no counter
			*/
	/*
	 * Machine-wide: result.cpu_error_ns for every window. The threads' total is their own clock
	 * and exact. Its split may count as user what interrupts and the hypervisor took: at most
	 * all that they took.
	 */
	double error_ns;
};

const char *cost_key(enum cost_field field); /* in a document, which has it in us */
struct cost cost_per_io(const struct result *result, const struct result_workload *w,
			enum cost_field field);

/* Of the submitting threads and of interrupts together. */
double cost_cycles_per_io(const struct result *result, const struct result_workload *w);

#endif
