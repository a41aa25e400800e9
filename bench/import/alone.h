/* SPDX-License-Identifier: MIT */
/* One result as an HTML report: its charts are those of a comparison that has nothing beside it. */
#ifndef TARE_IMPORT_ALONE_H
#define TARE_IMPORT_ALONE_H

#include "lib/buf.h"
#include "model/result.h"

/* Appends the document. Returns 0 or -ENOMEM. */
int alone_html(struct buf *to, const struct result *result);

#endif
