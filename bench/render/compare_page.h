/* SPDX-License-Identifier: MIT */
/* A comparison as a page: the same in Markdown and in HTML. */
#ifndef TARE_RENDER_COMPARE_PAGE_H
#define TARE_RENDER_COMPARE_PAGE_H

#include "model/comparison.h"
#include "render/page.h"

/* A workload: its heading, its table, and what that one's marks mean. */
void compare_page_group(const struct page *p, const struct comparison *c,
			const struct comparison_group *g);

void compare_page(const struct page *p, const struct comparison *c, const struct notes *notes);

#endif
