/* SPDX-License-Identifier: MIT */
/* A result of tare as a run of samples. */
#ifndef TARE_IMPORT_TARE_JSON_H
#define TARE_IMPORT_TARE_JSON_H

#include "import/import.h"
#include "lib/json.h"
#include "model/result.h"

/* Adds the document, of any schema number. Returns 0, -EINVAL with *e, or -ENOMEM. */
int tare_json_read(struct samples *to, const struct json *root, const struct import_source *source,
		   struct err *e);

/* Adds a result. Returns 0 or -ENOMEM. */
int tare_json_add(struct samples *to, const struct result *result, const char *source);

#endif
