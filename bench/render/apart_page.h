/* SPDX-License-Identifier: MIT */
/* A report on figures that are not tare's own, as a page: the same in Markdown and in HTML. */
#ifndef TARE_RENDER_APART_PAGE_H
#define TARE_RENDER_APART_PAGE_H

#include "lib/err.h"
#include "model/comparison.h"
#include "render/page.h"

/* As apart_text(); charts where the page has any and the samples are detailed. */
void apart_page(const struct page *p, const struct comparison *c, const struct notes *notes);

#endif
