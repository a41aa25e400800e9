/* SPDX-License-Identifier: MIT */
/* A workload over time. Points follow each other without gaps within a round; a point in which
 * nothing completed is there, with zeros. Plain data. */
#ifndef TARE_MODEL_SERIES_H
#define TARE_MODEL_SERIES_H

#include <stdint.h>

#define SERIES_POINTS_MAX 300

struct series_point {
	uint32_t round; /* the first, where there are more rounds than points */
	uint64_t at_ns; /* its begin, since the begin of its round's window */
	uint64_t length_ns;
	uint64_t ios[2]; /* completed in it: reads, writes */
	uint64_t p99_ns; /* completion latency, both directions; of two folded points the larger */
	uint64_t max_ns; /* as the histogram has it: to 0.78 % */
};

struct series {
	uint32_t limit; /* points to keep: more are folded, two into one */
	uint32_t n;
	struct series_point point[SERIES_POINTS_MAX];
};

#endif
