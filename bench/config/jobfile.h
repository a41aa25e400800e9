/* SPDX-License-Identifier: MIT */
/* fio's job-file format: [global] and job sections, `option=value` lines, # and ; comments. */
#ifndef TARE_CONFIG_JOBFILE_H
#define TARE_CONFIG_JOBFILE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "model/workload.h"

#define JOBFILE_SECTIONS_MAX 64

struct jobfile {
	struct workload section[JOBFILE_SECTIONS_MAX];
	uint32_t n;
};

/*
 * Reads a whole job file; `name` stands in messages. A [global] section sets what later sections
 * begin with. Returns 0 or -EINVAL with *e naming file, line, the offending text and what would be
 * right; also where there is no job section at all.
 */
int jobfile_parse(struct jobfile *job, const char *name, const char *text, size_t len,
		  struct err *e);

#endif
