// SPDX-License-Identifier: MIT
/*
 * The table of detectors: in the order they are told of, each with its share of time. Shares are
 * upper limits, 40 s in all, so that with its workloads the suite `detect` ends within a minute.
 */
#include "detect/detectors.h"

const struct detector_row detector_rows[DETECTORS_N] = {
	{ "unwritten", DETECTION_FINDING, RUN_UNFILLED, true, detect_unwritten, NULL, 4000,
	  "reads of blocks never written against written ones" },
	{ "allocation", DETECTION_FINDING, RUN_UNFILLED, true, detect_allocation, NULL, 6000,
	  "first writes against second ones, 4 KiB to 4 MiB apart" },
	{ "cache", DETECTION_FINDING, RUN_UNTOUCHED, false, detect_cache, NULL, 4000,
	  "first reads of the run against second ones" },
	{ "flush", DETECTION_FINDING, RUN_UNFILLED, true, detect_flush, NULL, 3000,
	  "writes alone, with FUA, with a flush behind" },
	{ "compress", DETECTION_FINDING, RUN_UNFILLED, true, detect_compress, NULL, 5000,
	  "zeros and repeats against unique data, written and read" },
	{ "throttle", DETECTION_FINDING, RUN_READY, false, detect_throttle, NULL, 10000,
	  "bursts of reads after a rest, 4 KiB and 64 KiB" },
	{ "queue", DETECTION_FINDING, RUN_READY, false, detect_queue, NULL, 2000,
	  "I/Os that the kernel has in flight where 64 are asked for" },
	{ "punt", DETECTION_FINDING, RUN_READY, false, detect_punt, NULL, 1000,
	  "threads that io_uring needs for reads" },
	{ "submitter", DETECTION_LIMIT, RUN_READY, false, NULL, judge_submitter, 0,
	  "CPU of the submitting threads" },
	{ "host-thread", DETECTION_LIMIT, RUN_READY, false, NULL, judge_host_thread, 0,
	  "two jobs against one, and the CPUs meanwhile" },
	{ "clock", DETECTION_LIMIT, RUN_READY, false, NULL, judge_clock, 0,
	  "readings of the clock for each I/O" },
	{ "wake", DETECTION_LIMIT, RUN_READY, false, detect_wake, NULL, 4000,
	  "reads at depth 1 with CPUs asleep and kept awake" },
	{ "contention", DETECTION_LIMIT, RUN_READY, false, detect_contention, judge_contention,
	  1000, "time that is taken away from a spinning CPU" },
	{ "steady", DETECTION_LIMIT, RUN_READY, false, NULL, judge_steady, 0,
	  "slope and range over the rounds" },
};
