// SPDX-License-Identifier: MIT
/* Bars in pieces, as drawings that need no script. */
#include <math.h>

#include "render/html.h"

#define WIDE 1000.0 /* of a drawing, which the page makes as wide as it has room for */

static double piece_of(const struct page_stack_row *row, size_t i)
{
	return isfinite(row->part[i]) && row->part[i] > 0 ? row->part[i] : 0;
}

static double sum_of(const struct page_stack *s, const struct page_stack_row *row)
{
	double sum = 0;

	for (size_t i = 0; i < s->parts_n; i++)
		sum += piece_of(row, i);
	return sum;
}

/* What the whole width stands for: a sum, and its error. */
static double reach_of(const struct page_stack *s)
{
	double most = 0;

	for (size_t i = 0; i < s->rows_n; i++) {
		double error = s->row[i].error, reach = sum_of(s, &s->row[i]);

		reach += isfinite(error) ? fmin(error, reach / 2) : 0;
		most = fmax(most, reach);
	}
	return most;
}

static void add_number(struct buf *to, double value)
{
	buf_printf(to, "%.*f", value < 10 ? 2 : value < 1000 ? 1 : 0, value);
}

/* The colours of pieces are those of their names above. */
static void add_names(struct buf *to, const struct page_stack *s)
{
	buf_puts(to, "<p class=\"key\">");
	for (size_t i = 0; i < s->parts_n; i++) {
		double all = 0;

		for (size_t k = 0; k < s->rows_n; k++)
			all += piece_of(&s->row[k], i);
		if (all <= 0)
			continue;
		buf_printf(to,
			   "<span><svg class=\"mark\" viewBox=\"0 0 10 10\" aria-hidden=\"true\">"
			   "<rect class=\"p%zu\" width=\"10\" height=\"10\"/></svg>",
			   i);
		html_escape(to, s->part[i]);
		buf_puts(to, "</span>\n");
	}
	buf_puts(to, "</p>\n");
}

/* From sum - error to sum + error: a line with ends. */
static void add_error(struct buf *to, double sum, double error, double scale)
{
	double low = fmax(0, sum - error) * scale, high = fmin(WIDE, (sum + error) * scale);

	if (!isfinite(error) || error <= 0)
		return;
	buf_printf(to, "<path class=\"error\" d=\"M%.1f 10H%.1fM%.1f 5V15M%.1f 5V15\"/>", low, high,
		   low, high);
}

static void add_bar(struct buf *to, const struct page_stack *s, const struct page_stack_row *row,
		    double reach)
{
	double sum = sum_of(s, row), scale = WIDE / (s->shares ? sum : reach), at = 0;

	buf_puts(to, "<svg class=\"bar\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" "
		     "aria-hidden=\"true\">");
	for (size_t i = 0; i < s->parts_n && sum > 0; i++) {
		double wide = piece_of(row, i) * scale;

		if (wide <= 0)
			continue;
		buf_printf(to,
			   "<rect class=\"p%zu\" x=\"%.1f\" width=\"%.1f\" height=\"20\"><title>",
			   i, at, wide);
		html_escape(to, s->part[i]);
		buf_puts(to, " ");
		add_number(to, row->part[i]);
		buf_printf(to, " %s</title></rect>", s->unit);
		at += wide;
	}
	if (!s->shares && sum > 0)
		add_error(to, sum, row->error, scale);
	buf_puts(to, "</svg>");
}

void html_stack(struct buf *to, const struct page_stack *stack, const struct table *t)
{
	double reach = reach_of(stack);

	buf_puts(to, "<figure class=\"stack\"><figcaption>");
	html_escape(to, stack->caption);
	buf_puts(to, "</figcaption>\n");
	add_names(to, stack);
	buf_puts(to, "<table class=\"bars\">");
	for (size_t i = 0; i < stack->rows_n; i++) {
		buf_puts(to, "<tr><th scope=\"row\">");
		if (stack->row[i].tagged)
			html_tagged(to, stack->row[i].label);
		else
			html_escape(to, stack->row[i].label);
		buf_puts(to, "</th><td>");
		add_bar(to, stack, &stack->row[i], reach);
		buf_puts(to, "</td><td class=\"n\">");
		add_number(to, sum_of(stack, &stack->row[i]));
		buf_printf(to, " %s</td></tr>\n", stack->unit);
	}
	buf_puts(to, "</table>\n");
	html_fold(to, "As a table");
	html_table(to, t, stack->rows_n && stack->row[0].tagged);
	html_fold(to, NULL);
	buf_puts(to, "</figure>\n");
}
