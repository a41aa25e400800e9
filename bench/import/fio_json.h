/* SPDX-License-Identifier: MIT */
/* fio's JSON and JSON+, since 3.0, as samples. */
#ifndef TARE_IMPORT_FIO_JSON_H
#define TARE_IMPORT_FIO_JSON_H

#include "import/import.h"
#include "lib/json.h"

/*
 * Adds the document. Several from one file are repetitions in one run: workloads that do the same
 * are its rounds. Clones that fio reports one by one (numjobs without group_reporting) are one
 * workload. Returns 0, -EINVAL with *e (no workload in it), or -ENOMEM.
 */
int fio_json_read(struct samples *to, const struct json *root, const struct import_source *source,
		  struct err *e);

#endif
