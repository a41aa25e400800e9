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

void page_note(const struct page *p, struct buf *text)
{
	p->style->note(p->to, take(p, text));
	buf_free(text);
}

void page_item(const struct page *p, struct buf *text)
{
	p->style->item(p->to, SAYS_PLAIN, take(p, text));
	buf_free(text);
}

static void add_note(void *ctx, enum says_tone tone, const char *first, const char *text)
{
	struct buf line = BUF_INIT;

	(void)tone;
	buf_printf(&line, "%s%s", first, text);
	page_note(ctx, &line);
}

struct says page_notes(const struct page *p)
{
	return (struct says){ add_note, (void *)p };
}

static void add_item(void *ctx, enum says_tone tone, const char *first, const char *text)
{
	const struct page *p = ctx;
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s%s", first, text);
	p->style->item(p->to, tone, take(p, &line));
	buf_free(&line);
}

struct says page_items(const struct page *p)
{
	return (struct says){ add_item, (void *)p };
}

void page_table(const struct page *p, struct table *t, bool tagged)
{
	p->to->failed |= t->failed;
	p->style->table(p->to, t, tagged);
	table_free(t);
}
