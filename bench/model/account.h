/* SPDX-License-Identifier: MIT */
/*
 * Where the time of an I/O goes: the time that the submitting threads had for each I/O (their
 * number by the length of the window, divided by the I/Os), in parts that are measured apart from
 * it and from each other. What they leave of it is unexplained, and may be negative: work that ran
 * on other CPUs beside the threads is in a part, but not in the threads' time. Plain data, ns per
 * I/O of any direction; NAN: not measured here. Submission and completion are there both or
 * neither; a clock is only where a tool is, waking up only where waiting is.
 */
#ifndef TARE_MODEL_ACCOUNT_H
#define TARE_MODEL_ACCOUNT_H

#include <math.h>
#include <stdbool.h>

/* In the order of an I/O's way; compare/gap.h has their names. */
enum account_part {
	ACCOUNT_TOOL,	    /* the tool's own code, between its calls */
	ACCOUNT_CLOCK,	    /* reading the clock; in the tool where it is not told apart */
	ACCOUNT_SUBMISSION, /* inside the call that submits, with interrupts taken meanwhile */
	ACCOUNT_COMPLETION, /* all other CPU time of the threads, and of interrupts */
	ACCOUNT_KERNEL,	    /* submission and completion, where they are not told apart */
	ACCOUNT_WAKE,	    /* waking up from sleep; in the host's part where it is not */
	ACCOUNT_HOST,	    /* waiting for device and host: the threads' CPUs had nothing to do */
	ACCOUNT_STOLEN,	    /* the hypervisor ran something else on a CPU that had work */
	ACCOUNT_PARTS_N,
};

struct account {
	double whole_ns; /* NAN: nothing is known, and no part either */
	double part_ns[ACCOUNT_PARTS_N];
	double error_ns[ACCOUNT_PARTS_N]; /* may be off by so much; NAN: not known */
};

static inline struct account account_none(void)
{
	struct account a = { .whole_ns = NAN };

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		a.part_ns[i] = a.error_ns[i] = NAN;
	return a;
}

static inline bool account_known(const struct account *a)
{
	return !isnan(a->whole_ns);
}

/* What the parts leave of the whole. */
static inline double account_unexplained_ns(const struct account *a)
{
	double left = a->whole_ns;

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		left -= isnan(a->part_ns[i]) ? 0 : a->part_ns[i];
	return left;
}

/* What the errors of the parts add up to, as far as they are known: less than that unexplained is
 * nothing. */
static inline double account_error_ns(const struct account *a)
{
	double sum = 0;

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		sum += isnan(a->part_ns[i]) || isnan(a->error_ns[i]) ? 0 : a->error_ns[i];
	return sum;
}

#endif
