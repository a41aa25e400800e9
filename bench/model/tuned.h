/* SPDX-License-Identifier: MIT */
/* What was set before measuring, and what had been there: settings by their names in sysfs. Plain
 * data. */
#ifndef TARE_MODEL_TUNED_H
#define TARE_MODEL_TUNED_H

#include <stdint.h>

#define TUNED_MAX 16

struct tuned_row {
	char attribute[24]; /* "scheduler", "nomerges", ... */
	char before[32];    /* as it was found */
	char after[32];	    /* as it was while measuring; the same where nothing was set */
};

struct tuned {
	struct tuned_row row[TUNED_MAX];
	uint32_t n; /* those that this machine has */
};

#endif
