// SPDX-License-Identifier: MIT
/* What pages of every style share. */
#include "render/page.h"

static const char *take(const struct page *p, const struct buf *text)
{
	p->to->failed |= buf_failed(text);
	return text->data ? text->data : "";
}

void page_heading(const struct page *p, int level, struct buf *text)
{
	p->style->heading(p->to, level, take(p, text));
	buf_free(text);
}

void page_text(const struct page *p, struct buf *text)
{
	p->style->text(p->to, take(p, text));
	buf_free(text);
}

void page_item(const struct page *p, struct buf *text)
{
	p->style->item(p->to, SAYS_PLAIN, take(p, text));
	buf_free(text);
}

void page_table(const struct page *p, struct table *t, bool tagged)
{
	p->to->failed |= t->failed;
	p->style->table(p->to, t, tagged);
	table_free(t);
}
