// SPDX-License-Identifier: MIT
/* Words of a comparison. */
#include "render/compare_words.h"

#include <stdio.h>
#include <string.h>

#include "compare/say.h"
#include "lib/str.h"
#include "render/clean.h"
#include "render/wrap.h"

char *words_tag(char *to, uint32_t environment)
{
	return say_tag(to, environment);
}

static const char *rw_words(const char *rw)
{
	static const struct {
		const char *rw, *words;
	} rows[] = {
		{ "randread", "random read" }, { "randwrite", "random write" },
		{ "read", "sequential read" }, { "write", "sequential write" },
		{ "randrw", "random mixed" },  { "readwrite", "sequential mixed" },
		{ "trim", "sequential trim" }, { "randtrim", "random trim" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rw, rows[i].rw))
			return rows[i].words;
	return rw;
}

void words_name(struct buf *to, const struct comparison_group *g)
{
	static const char *const parts[] = { " (reads)", " (writes)", " (trims)" };

	buf_puts(to, g->name);
	if (strstr(g->shape.rw, "rw") || !strcmp(g->shape.rw, "readwrite"))
		buf_puts(to, parts[g->direction]);
}

void words_group(struct buf *to, const struct comparison_group *g)
{
	struct buf line = BUF_INIT;

	words_name(&line, g);
	words_wrap(to, "  ", line.data ? line.data : "");
	buf_free(&line);
}

void words_shape(struct buf *to, const struct sample_shape *s)
{
	buf_puts(to, s->rw[0] ? rw_words(s->rw) : "order not known");
	if (sample_known(s->read_pct))
		buf_printf(to, " %.0f/%.0f", s->read_pct, 100 - s->read_pct);
	if (s->bs[0])
		buf_printf(to, ", %s", s->bs);
	if (sample_known(s->iodepth))
		buf_printf(to, ", depth %.0f", s->iodepth);
	if (sample_known(s->numjobs))
		buf_printf(to, ", %.0f job%s", s->numjobs, s->numjobs > 1 ? "s" : "");
	if (s->fsync_writes > 0)
		buf_printf(to, ", fsync every %.0f", s->fsync_writes);
	if (s->fdatasync_writes > 0)
		buf_printf(to, ", fdatasync every %.0f", s->fdatasync_writes);
	if (s->rate_iops > 0)
		buf_printf(to, ", at %.0f I/Os per s", s->rate_iops);
	if (s->rate_bytes > 0)
		buf_printf(to, ", at %.1f MiB/s", s->rate_bytes / 1048576);
	if (s->sync[0] && strcmp(s->sync, "none") != 0)
		buf_printf(to, ", %s", s->sync);
	if (s->engine[0])
		buf_printf(to, ", %s", s->engine);
	if (sample_known(s->direct) && s->direct <= 0 && strcmp(s->engine, "null"))
		buf_puts(to, ", buffered");
}

void words_wrap(struct buf *to, const char *first, const char *foreign)
{
	struct buf clean = BUF_INIT;
	size_t indent;

	/* Widths are of what is printed, not of what was given. */
	clean_add(&clean, first, strlen(first));
	indent = clean.data ? str_utf8_count(clean.data) : 0;
	buf_add(to, clean.data, clean.len);
	clean.len = 0;
	clean_add(&clean, foreign, strlen(foreign));
	wrap_add(to, clean.len ? clean.data : "", COMPARE_WIDTH, indent);
	buf_free(&clean);
}

char *words_count(char *to, double value)
{
	char digits[32];
	size_t n, out = 0;

	if (!(value >= 0 && value < 1e15))
		value = 0;
	n = (size_t)snprintf(digits, sizeof(digits), "%.0f", value);
	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			to[out++] = ',';
		to[out++] = digits[i];
	}
	to[out] = '\0';
	return to;
}

void words_fixed(struct buf *to, int decimals, double value)
{
	if (value < 1e6)
		buf_printf(to, "%.*f", decimals, value);
	else
		buf_printf(to, "%.2g", value);
}

void words_rate(struct buf *to, double value)
{
	char text[32];

	if (!sample_known(value))
		return;
	if (value < 100 || value >= 1e10)
		words_fixed(to, 1, value);
	else
		buf_puts(to, words_count(text, value));
}

void words_us(struct buf *to, double ns)
{
	double us = ns / 1000;

	if (sample_known(us))
		words_fixed(to, us < 10 ? 2 : us < 1000 ? 1 : 0, us);
}
