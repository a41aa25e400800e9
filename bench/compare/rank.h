/* SPDX-License-Identifier: MIT */
/* Which figures say too little about a disk to be ranked. */
#ifndef TARE_COMPARE_RANK_H
#define TARE_COMPARE_RANK_H

#include <stddef.h>

#include "model/sample.h"

#define RANK_SECONDS_MIN 10.0
#define RANK_IOS_MIN	 1000.0
#define RANK_SPAN_MIN	 1073741824.0 /* bytes: smaller regions fit caches of devices and hosts */

/* Writes why `w` is not to be ranked, or "". What its source does not tell is held against writes
 * only: a cache can take a short one whole, and blocks written first are allocated first. */
void rank_judge(char *why, size_t why_bytes, const struct sample_workload *w);

#endif
