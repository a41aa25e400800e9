/* SPDX-License-Identifier: MIT */
/* The suites that are built in: job files of bench/suites/ with what a run of them takes. */
#ifndef TARE_CONFIG_SUITES_H
#define TARE_CONFIG_SUITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The one that runs where nothing else is said. */
#define SUITE_DEFAULT "standard"

struct suite {
	const char *name;
	const char *text; /* the job file; "": no disk is used */
	const char *about;
	uint32_t rounds; /* at most, where until_steady */
	uint64_t span_bytes;
	bool shuffled;	    /* the order of steps changes from round to round */
	bool short_by_plan; /* its results say that they are short; they are not meant for ranking
			     */
	bool until_steady;  /* rounds go on to SNIA's steady state (run/steady.h) */
	bool probes;	    /* before anything else the platform is probed (probe/probe.h) */
	bool detects;	    /* beside the workloads, detectors run (detect/detect.h) */
	bool fits_cpus; /* sections with more jobs than the machine has CPUs make no sense in it:
			   they are no part of its plan */
};

/* NULL where there is none of that name. */
const struct suite *suite_find(const char *name);

/* The i-th suite, or NULL past the last. */
const struct suite *suite_at(uint32_t i);

/* "smoke, quick, ...": all names, for messages. Returns `to`. */
char *suite_names(char *to, size_t to_bytes);

#endif
