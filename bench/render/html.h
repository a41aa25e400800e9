/* SPDX-License-Identifier: MIT */
/*
 * Pages as HTML: one file that holds all it needs, asks no network, and may be opened from a stick.
 * What devices and files said is text in it and nothing else: it is escaped, and a policy in the
 * page lets no script run but those it was made with.
 */
#ifndef TARE_RENDER_HTML_H
#define TARE_RENDER_HTML_H

#include "model/comparison.h"
#include "model/result.h"
#include "render/page.h"

extern const struct page_style html_style;

/* Appends foreign text as text, fit for an attribute in quotes too. */
void html_escape(struct buf *to, const char *text);

/* The parts of html_style that stand in a file of their own (render/html_stack.c), and what they
 * share. */
void html_stack(struct buf *to, const struct page_stack *stack, const struct table *t);
void html_table(struct buf *to, const struct table *t, bool tagged);
void html_fold(struct buf *to, const char *title);  /* NULL: ends it */
void html_tagged(struct buf *to, const char *text); /* text that begins with a letter */

/*
 * Append a whole document. `charts` of a report is the comparison of this result alone, made of
 * detailed samples (model/sample.h); NULL: no charts. Out of memory fails the buffer; what cannot
 * be drawn leaves the tables. Of environments that stand apart it is a report
 * (render/apart_page.h).
 */
void html_comparison(struct buf *to, const struct comparison *c, const struct notes *notes);
void html_report(struct buf *to, const struct result *result, const struct comparison *charts);

#endif
