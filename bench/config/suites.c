// SPDX-License-Identifier: MIT
/* The table of built-in suites. The job files themselves are data beside the source. */
#include "config/suites.h"

#include <stdio.h>
#include <string.h>

/* Puts a job file into the program as a string; the path is relative to the project's root, where
 * the compiler runs. */
#define SUITE_TEXT(id, file)                                                                       \
	extern const char id[];                                                                    \
	__asm__(".pushsection .rodata\n" #id ": .incbin \"" file "\"\n"                            \
		".byte 0\n.popsection\n")

SUITE_TEXT(suite_text_smoke, "bench/suites/smoke.fio");
SUITE_TEXT(suite_text_quick, "bench/suites/quick.fio");
SUITE_TEXT(suite_text_standard, "bench/suites/standard.fio");
SUITE_TEXT(suite_text_origin, "bench/suites/origin.fio");
SUITE_TEXT(suite_text_detect, "bench/suites/detect.fio");

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/*
 * Spans: what proves a path needs no more than 64 MiB. quick's GiB is proven and filled in seconds.
 * standard's 8 GiB are more than most controllers and many hosts cache, and still read and written
 * once within three minutes at 100 MiB/s; kbench's rule, 25 s of bandwidth, they keep up to
 * 330 MiB/s. tare.span asks for more. thorough has the same, or its figures would be of another
 * work. origin's are the thread's.
 */
static const struct suite suites[] = {
	{ .name = "smoke",
	  .text = suite_text_smoke,
	  .about = "one short random read and write; for tests",
	  .rounds = 1,
	  .span_bytes = 64 * MIB,
	  .short_by_plan = true },
	{ .name = "quick",
	  .text = suite_text_quick,
	  .about = "4K random and 1M sequential, read and write; five rounds, a minute",
	  .rounds = 5,
	  .span_bytes = GIB,
	  .shuffled = true,
	  .short_by_plan = true },
	{ .name = "standard",
	  .text = suite_text_standard,
	  .about = "4K by depth and by jobs, flushes, a mix, 1M; eight rounds, about ten minutes",
	  .rounds = 8,
	  .span_bytes = 8 * GIB,
	  .shuffled = true,
	  .probes = true,
	  .detects = true,
	  .fits_cpus = true },
	{ .name = "thorough",
	  .text = suite_text_standard,
	  .about = "the work of standard to SNIA's steady state, at most 25 rounds",
	  .rounds = 25,
	  .span_bytes = 8 * GIB,
	  .shuffled = true,
	  .until_steady = true,
	  .probes = true,
	  .detects = true,
	  .fits_cpus = true },
	{ .name = "origin",
	  .text = suite_text_origin,
	  .about = "the two fio commands of the forum thread, as posted",
	  .rounds = 1,
	  .span_bytes = 10 * GIB },
	{ .name = "detect",
	  .text = suite_text_detect,
	  .about =
		  "what is behind a disk, and what bounds it: caches, limits, allocation; a minute",
	  .rounds = 5,
	  .span_bytes = 256 * MIB,
	  .shuffled = true,
	  .short_by_plan = true,
	  .detects = true,
	  .fits_cpus = true },
	{ .name = "probe",
	  .text = "",
	  .about = "what the platform costs: clocks, exits, waking, memory; no disk; a minute",
	  .rounds = 1,
	  .probes = true },
};

const struct suite *suite_find(const char *name)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (!strcmp(suites[i].name, name))
			return &suites[i];
	return NULL;
}

const struct suite *suite_at(uint32_t i)
{
	return i < sizeof(suites) / sizeof(suites[0]) ? &suites[i] : NULL;
}

char *suite_names(char *to, size_t to_bytes)
{
	const struct suite *suite;
	size_t len = 0;

	for (uint32_t i = 0; (suite = suite_at(i)) && len < to_bytes; i++)
		len += (size_t)snprintf(to + len, to_bytes - len, "%s%s", i ? ", " : "",
					suite->name);
	return to;
}
