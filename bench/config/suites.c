// SPDX-License-Identifier: MIT
/* The table of built-in suites. The job files themselves are data beside the source. */
#include "config/suites.h"

#include <stddef.h>
#include <string.h>

/* Puts a job file into the program as a string; the path is relative to the project's root, where
 * the compiler runs. */
#define SUITE_TEXT(id, file)                                                                       \
	extern const char id[];                                                                    \
	__asm__(".pushsection .rodata\n" #id ": .incbin \"" file "\"\n"                            \
		".byte 0\n.popsection\n")

SUITE_TEXT(suite_text_smoke, "bench/suites/smoke.fio");
SUITE_TEXT(suite_text_quick, "bench/suites/quick.fio");
SUITE_TEXT(suite_text_origin, "bench/suites/origin.fio");

static const struct suite suites[] = {
	{ "smoke", suite_text_smoke, "one short random read and write; for tests", 1,
	  UINT64_C(64) << 20, false, true },
	{ "quick", suite_text_quick, "4K random and 1M sequential, read and write; five rounds", 5,
	  UINT64_C(1) << 30, true, true },
	{ "origin", suite_text_origin, "the two fio commands of the forum thread, as posted", 1,
	  UINT64_C(10) << 30, false, false },
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
