/* SPDX-License-Identifier: MIT */
/*
 * Steady state as SNIA's Performance Test Specification for solid state storage has it (PTS 2.0.2,
 * 2.1.24): within the last five rounds no round lies far from the others, and the best straight
 * line through them is nearly level.
 */
#ifndef TARE_RUN_STEADY_H
#define TARE_RUN_STEADY_H

#include <stdbool.h>
#include <stdint.h>

#define STEADY_WINDOW	     5	  /* rounds */
#define STEADY_EXCURSION_PCT 20.0 /* largest less least, of the mean */
#define STEADY_SLOPE_PCT     10.0 /* of the line from the first to the last round, of the mean */

struct steady {
	bool reached;
	double excursion_pct;
	double slope_pct; /* signed: below 0 it falls */
};

/* Judges the last STEADY_WINDOW of n rounds. False, with zeros, where there are fewer, or nothing
 * was done in them. Returns reached. */
bool steady_window(struct steady *steady, const double *iops, uint32_t n);

#endif
