/* SPDX-License-Identifier: MIT */
/* The suites that are built in: job files of bench/suites/ with what a run of them takes. */
#ifndef TARE_CONFIG_SUITES_H
#define TARE_CONFIG_SUITES_H

#include <stdbool.h>
#include <stdint.h>

struct suite {
	const char *name;
	const char *text; /* the job file */
	const char *about;
	uint32_t rounds;
	uint64_t span_bytes;
	bool shuffled;	    /* the order of steps changes from round to round */
	bool short_by_plan; /* its results say that they are short; they are not meant for ranking
			     */
};

/* NULL where there is none of that name. */
const struct suite *suite_find(const char *name);

/* The i-th suite, or NULL past the last. */
const struct suite *suite_at(uint32_t i);

#endif
