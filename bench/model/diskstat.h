/* SPDX-License-Identifier: MIT */
/* The kernel's own counters of a block device, or the difference of two readings. Plain data. */
#ifndef TARE_MODEL_DISKSTAT_H
#define TARE_MODEL_DISKSTAT_H

#include <stdint.h>

/* Index 0: reads, 1: writes. */
struct diskstat {
	uint64_t ios[2];
	uint64_t merges[2];
	uint64_t bytes[2];
	uint64_t ticks_ms[2]; /* sum of the requests' own times */
	uint64_t busy_ms;     /* with at least one request in flight */
	uint64_t queue_ms;    /* integral of requests in flight */
};

#endif
