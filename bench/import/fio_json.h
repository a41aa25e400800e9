/* SPDX-License-Identifier: MIT */
/* fio's JSON and JSON+, since 3.0, as samples. */
#ifndef TARE_IMPORT_FIO_JSON_H
#define TARE_IMPORT_FIO_JSON_H

#include <stdbool.h>

#include "import/import.h"
#include "lib/json.h"

/*
 * Adds the document. Several from one file are repetitions in one run: workloads that do the same
 * are its rounds. Clones that fio reports one by one (numjobs without group_reporting) are one
 * workload. Returns 0, -EINVAL with *e (no workload in it), or -ENOMEM.
 */
int fio_json_read(struct samples *to, const struct json *root, const struct import_source *source,
		  struct err *e);

/*
 * Whether `later`, the document behind `earlier` in a file, tells of the same measurement and goes
 * on where that one stood, as with --status-interval: the same jobs, no fewer I/Os, and the same
 * start. That is fio's own where it is told, else what time of printing and run time say; where
 * they do not say it, the two are taken for two measurements.
 */
bool fio_json_goes_on(const struct json *earlier, const struct json *later);

#endif
