/* SPDX-License-Identifier: MIT */
/* Pages as Markdown that forums and issue trackers take: headings, lists and tables of GitHub's
 * kind, no HTML, no charts. */
#ifndef TARE_RENDER_MARKDOWN_H
#define TARE_RENDER_MARKDOWN_H

#include <stddef.h>

#include "render/page.h"

extern const struct page_style markdown_style;

/* Appends foreign text on one line so that it reads as it is: marks of Markdown, links and names of
 * people become plain text. */
void markdown_escape(struct buf *to, const char *text);

#endif
