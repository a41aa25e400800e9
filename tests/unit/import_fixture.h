/* SPDX-License-Identifier: MIT */
/* Text as a file that is imported, for tests. */
#ifndef TARE_TESTS_IMPORT_FIXTURE_H
#define TARE_TESTS_IMPORT_FIXTURE_H

#include "unit.h"

#include <math.h>

#include "import/import.h"
#include "import/samples.h"

/* Imports bytes as the file `path`; returns import_bytes()'s. */
static inline int import_text_as(struct samples *s, const char *path, const char *label,
				 const char *text, struct err *e)
{
	struct buf bytes = BUF_INIT;
	int ret;

	buf_puts(&bytes, text);
	buf_reserve(&bytes, 1);
	ret = import_bytes(s, &(struct import_source){ path, label, &bytes }, e);
	buf_free(&bytes);
	return ret;
}

static inline int import_text(struct samples *s, const char *label, const char *text, struct err *e)
{
	return import_text_as(s, "file", label, text, e);
}

/* The same of text that must be read without an error. */
static inline void import_good(struct samples *s, const char *text)
{
	struct err e = ERR_INIT;

	if (import_text(s, NULL, text, &e))
		fail_msg("%s", e.text);
	assert_int_equal(e.code, 0);
}

/* `text` is refused, with words; returns how many runs came of it nevertheless. */
static inline uint32_t import_refused(const char *text, const char *words)
{
	struct samples s = { 0 };
	struct err e = ERR_INIT;
	uint32_t runs;

	assert_int_not_equal(import_text(&s, NULL, text, &e), 0);
	check_has(e.text, words);
	runs = s.n;
	samples_free(&s);
	return runs;
}

/* Both absent, or alike to a part in 10^9. */
static inline void check_figure(const char *what, double got, double want)
{
	if (isnan(got) != isnan(want) || fabs(got - want) > 1e-9 * fabs(want))
		fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

#endif
