/* SPDX-License-Identifier: MIT */
/* What `tare compare` and `tare report` can print. */
#ifndef TARE_RENDER_FORMAT_H
#define TARE_RENDER_FORMAT_H

#include "lib/err.h"

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_HTML };

/* By its name. Returns 0, or -EINVAL with *e naming those there are. */
int format_parse(enum format *to, const char *name, struct err *e);

#endif
