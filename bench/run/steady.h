/* SPDX-License-Identifier: MIT */
/*
 * Steady state by the SNIA Performance Test Specification: the last five rounds of a workload are
 * level. Arithmetic on figures; it measures nothing.
 */
#ifndef TARE_RUN_STEADY_H
#define TARE_RUN_STEADY_H

#include <stdbool.h>
#include <stdint.h>

#define STEADY_WINDOW_ROUNDS	 5
#define STEADY_ROUNDS_MAX	 25 /* by then it is called not reached */
#define STEADY_EXCURSION_MAX_PCT 20.0
#define STEADY_SLOPE_MAX_PCT	 10.0

struct steady {
	bool reached;	      /* both are within their limits */
	double excursion_pct; /* greatest less least round of the window, of the window's mean */
	/* Rise of the least-squares line from the window's first round to its last (slope x 4), of
	 * the window's mean; negative where it falls. */
	double slope_pct;
};

/*
 * Judges the last STEADY_WINDOW_ROUNDS of `n` rounds, oldest first, each >= 0 and finite. Returns
 * false, with all of *s zero, where there are fewer rounds or nothing was measured in the window.
 */
bool steady_window(struct steady *s, const double *iops, uint32_t n);

/* Whether the window of `n` rounds could be judged, and is level. */
bool steady_reached(const double *iops, uint32_t n);

#endif
