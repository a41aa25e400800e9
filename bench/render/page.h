/* SPDX-License-Identifier: MIT */
/*
 * What a page of a report is made of, whatever it is written in: what it says is told once
 * (render/compare_page.h, render/report_page.h), how it looks is a row of functions for each
 * format. All text is as devices and files gave it; a style cleans and escapes it.
 */
#ifndef TARE_RENDER_PAGE_H
#define TARE_RENDER_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/table.h"
#include "render/compare_says.h"

/* A chart, drawn from the data that go with the page, and the same as a table. */
struct page_chart {
	const char *kind; /* "latency", "series", "sweep": a function of render/html/report.js */
	uint32_t index;	  /* of the workload or sweep among the data */
	const char *caption;
};

#define PAGE_STACK_PARTS 12

/* What a bar is made of, piece by piece. */
struct page_stack_row {
	const char *label;
	bool tagged;		       /* label begins with the letter of an environment */
	double part[PAGE_STACK_PARTS]; /* NAN, or below zero: has no piece */
	double error;		       /* of the whole; NAN: not known */
};

struct page_stack {
	const char *caption, *unit;
	const char *part[PAGE_STACK_PARTS]; /* names */
	size_t parts_n;
	const struct page_stack_row *row;
	size_t rows_n;
	bool shares; /* each bar is as long as the others; else as its sum is */
};

struct page_style {
	void (*heading)(struct buf *to, int level, const char *text); /* 1: of the page, to 3 */
	void (*text)(struct buf *to, const char *text);
	void (*note)(struct buf *to, const char *text); /* small print; may be of several lines */
	void (*list)(struct buf *to, bool begin);
	void (*item)(struct buf *to, enum says_tone tone, const char *text); /* of a list */
	/* The first row has the headings. `tagged`: its first column begins with the letter of an
	 * environment. */
	void (*table)(struct buf *to, const struct table *t, bool tagged);
	/* Between both stands what is shown where it is asked for. */
	void (*fold)(struct buf *to, const char *title); /* NULL: ends it */
	/* Absent in a format that has none: `t` then is not even built. */
	void (*chart)(struct buf *to, const struct page_chart *chart, const struct table *t);
	/* Likewise. */
	void (*stack)(struct buf *to, const struct page_stack *stack, const struct table *t);
};

struct page {
	const struct page_style *style;
	struct buf *to;
};

/* The same, of text that is put together; frees `text`. */
void page_heading(const struct page *p, int level, struct buf *text);
void page_text(const struct page *p, struct buf *text);
void page_note(const struct page *p, struct buf *text);
void page_item(const struct page *p, struct buf *text);
/* Sentences as notes, and as items of a list with their tone; *p must live as long. */
struct says page_notes(const struct page *p);
struct says page_items(const struct page *p);
/* Frees `t`. */
void page_table(const struct page *p, struct table *t, bool tagged);

#endif
