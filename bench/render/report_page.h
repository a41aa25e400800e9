/* SPDX-License-Identifier: MIT */
/* One result as a page: the same in Markdown and in HTML. */
#ifndef TARE_RENDER_REPORT_PAGE_H
#define TARE_RENDER_REPORT_PAGE_H

#include "model/comparison.h"
#include "model/result.h"
#include "render/page.h"

/* `charts`: the comparison of this result alone, which holds what charts are drawn from; NULL:
 * none. */
void report_page(const struct page *p, const struct result *result,
		 const struct comparison *charts);

#endif
