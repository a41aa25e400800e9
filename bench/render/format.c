// SPDX-License-Identifier: MIT
/* Formats by name. */
#include "render/format.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const names[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_MARKDOWN] = "markdown",
	[FORMAT_JSON] = "json",
	[FORMAT_HTML] = "html",
};

int format_parse(enum format *to, const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]))
			continue;
		*to = (enum format)i;
		return 0;
	}
	return err_set(e, -EINVAL, "%s: no format of it: should be text, markdown, json or html",
		       name);
}
