// SPDX-License-Identifier: MIT
/*
 * Fuzz target: any bytes as a file that is compared, by whichever importer takes it: results of
 * tare, fio's JSON and text, tables, serial logs, images. Whatever is read makes a comparison (with
 * itself under another name, too, as it is and made slower, so that there is something to explain)
 * of plain text and of JSON, and a report of each environment by itself; no figure is negative.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "import/import.h"
#include "import/samples.h"
#include "lib/json.h"
#include "lib/str.h"
#include "render/apart_text.h"
#include "render/compare_json.h"
#include "render/compare_text.h"
#include "render/compare_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

static size_t width_of(const char *line, size_t len)
{
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width += (line[i] & 0xc0) != 0x80;
	return width;
}

static void check_text(const struct buf *text)
{
	check(!buf_failed(text) && text->len && text->data[text->len - 1] == '\n');
	check(strlen(text->data) == text->len);
	for (const char *line = text->data; *line;) {
		size_t len = strcspn(line, "\n");

		check(width_of(line, len) <= COMPARE_WIDTH);
		for (size_t i = 0; i < len; i++)
			check((unsigned char)line[i] >= ' ');
		line += len + (line[len] == '\n');
	}
}

static void check_figures(const struct samples *s)
{
	for (uint32_t r = 0; r < s->n; r++) {
		check(s->run[r].label && s->run[r].source);
		for (uint32_t i = 0; i < s->run[r].workloads_n; i++) {
			const struct sample_workload *w = &s->run[r].workload[i];

			check(!(w->iops < 0) && !(w->bytes_per_s < 0) && !(w->measured_s < 0));
			check(!(w->latency.mean_ns < 0) && !(w->cpu_ns_per_io < 0));
			check(w->direction < SAMPLE_DIRECTIONS_N);
		}
	}
}

static void check_comparison(const struct samples *s)
{
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct comparison c;
	struct err e = ERR_INIT;

	check(!compare(&c, s, NULL));
	compare_text(&text, &c, &s->notes, false);
	check_text(&text);
	if (!compare_json(&json, &c, &s->notes))
		json_free(json_parse(json.data, json.len, &e));
	check(!e.code && json.len);
	buf_free(&text);
	buf_free(&json);
	compare_free(&c);
}

static void check_apart(const struct samples *s)
{
	struct buf text = BUF_INIT;
	struct comparison c;

	check(!compare_apart(&c, s));
	for (uint32_t i = 0; i < c.groups_n; i++)
		check(!c.group[i].pairs_n);
	apart_text(&text, &c, &s->notes);
	check_text(&text);
	buf_free(&text);
	compare_free(&c);
}

/* Each importer by itself: what another one would take first comes to it too. */
static void check_each(struct import_source *source)
{
	static const struct import_format *const formats[] = { &import_documents, &import_fio_text,
							       &import_csv };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct samples s = { 0 };
		struct err e = ERR_INIT;

		if (formats[i]->read(&s, source, &e))
			check(e.code && e.text[0]);
		for (uint32_t r = 0; r < s.n; r++)
			check(s.run[r].label || !samples_set_label(&s.run[r], ""));
		check_figures(&s);
		samples_free(&s);
	}
}

/* Every second run takes twice the time, all of it in one part, and another one for each run. */
static void slow_down(struct samples *s)
{
	for (uint32_t r = 1; r < s->n; r += 2) {
		for (uint32_t i = 0; i < s->run[r].workloads_n; i++) {
			struct sample_workload *w = &s->run[r].workload[i];

			w->iops /= 2;
			for (uint32_t k = 0; k < w->rounds_n; k++)
				w->round[k].iops /= 2;
			w->account.part_ns[(r + i) % ACCOUNT_PARTS_N] += w->account.whole_ns;
			w->account.whole_ns *= 2;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct samples s = { 0 };
	struct buf bytes = BUF_INIT;
	struct import_source source = { .path = "file", .bytes = &bytes };

	for (int round = 0; round < 2; round++) {
		struct err e = ERR_INIT;
		int ret;

		buf_free(&bytes);
		buf_add(&bytes, data, size);
		buf_reserve(&bytes, 1);
		bytes.data[bytes.len] = '\0';
		source.label = round ? "again" : NULL;
		if (!round)
			check_each(&source);
		ret = import_bytes(&s, &source, &e);
		check(ret ? e.code && e.text[0] : !e.code && s.n);
		if (s.n)
			check_apart(&s);
	}
	check_figures(&s);
	if (s.n)
		check_comparison(&s);
	slow_down(&s);
	if (s.n)
		check_comparison(&s);
	samples_free(&s);
	buf_free(&bytes);
	return 0;
}
