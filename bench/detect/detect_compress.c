// SPDX-License-Identifier: MIT
/*
 * Does it matter what is written? Zeros, one block again and again, and data no two blocks of which
 * are alike: 64 KiB at depth 1, the three in an order that is drawn, over places that all held
 * unique data; then the same places are read. Storage that detects zeros, compresses or
 * deduplicates treats them differently, faster or slower.
 *
 * Not told apart: which of the three it does, where more than zeros differ.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/tsc.h"

#define ROUNDS_MAX  80
#define BLOCK_BYTES (64u << 10)
/* Zeros and repeats, each written and read, faster and slower. */
#define LOOKS 8

struct samples {
	double write[COMPRESS_KINDS][ROUNDS_MAX], read[COMPRESS_KINDS][ROUNDS_MAX];
	uint64_t place[COMPRESS_KINDS][ROUNDS_MAX];
	uint32_t writes_n, reads_n;
};

static const char *const kind_words[] = { [COMPRESS_UNIQUE] = "unique data",
					  [COMPRESS_REPEAT] = "a repeated block",
					  [COMPRESS_ZERO] = "zeros" };

/* The strongest of the contrasts so far. */
struct strongest {
	struct contrast c;
	enum compress_kind kind;
	bool read, all_clear;
};

/* Unique data against a kind, both ways round. */
static void look(struct strongest *best, const double *unique, const double *other, uint32_t n,
		 enum compress_kind kind, bool read)
{
	struct contrast c;

	for (int faster = 0; faster < 2; faster++) {
		contrast_pairs(&c, faster ? unique : other, faster ? other : unique, n,
			       DETECT_RATIO);
		if (contrast_verdict(&c, LOOKS) != DETECTION_CLEAR)
			best->all_clear = false;
		if (best->c.n && best->c.p_beyond <= c.p_beyond)
			continue;
		contrast_pairs(&best->c, faster ? unique : other, faster ? other : unique, n,
			       DETECT_RATIO);
		best->kind = kind;
		best->read = read;
		if (!faster) { /* always told as unique against the other */
			best->c.a = c.b;
			best->c.b = c.a;
			best->c.ratio = 1 / c.ratio;
		}
	}
}

void conclude_compress(struct detection *to, const struct compress_samples *s)
{
	struct strongest best = { .all_clear = true };
	enum detection_verdict verdict;

	for (enum compress_kind k = COMPRESS_REPEAT; k < COMPRESS_KINDS; k++) {
		look(&best, s->write[COMPRESS_UNIQUE], s->write[k], s->writes_n, k, false);
		look(&best, s->read[COMPRESS_UNIQUE], s->read[k], s->reads_n, k, true);
	}
	verdict = contrast_verdict(&best.c, LOOKS);
	if (verdict != DETECTION_FOUND)
		verdict = best.all_clear ? DETECTION_CLEAR : DETECTION_UNDECIDED;
	detection_size(to, best.c.ratio, "ratio");
	detection_say(
		to, verdict, contrast_confidence_pct(&best.c, LOOKS),
		"64 KiB %s: %.1f us of unique data, %.1f us of %s: %.2f times as long, over %u "
		"pairs%s",
		best.read ? "read" : "written", best.c.a / 1e3, best.c.b / 1e3,
		kind_words[best.kind], best.c.ratio, best.c.n,
		verdict != DETECTION_FOUND   ? ", the greatest difference of four"
		: best.kind == COMPRESS_ZERO ? ": zeros are not stored as other data are"
					     : ": data are compressed or deduplicated");
}

static enum pulse_data data_of(enum compress_kind kind)
{
	return kind == COMPRESS_ZERO	 ? PULSE_ZERO
	       : kind == COMPRESS_REPEAT ? PULSE_REPEAT
					 : PULSE_UNIQUE;
}

/* One place for each kind, written in an order that is drawn; `first`: unique data everywhere. */
static int write_round(struct samples *s, struct pulse *p, uint32_t i, struct rng *rng, bool first)
{
	uint32_t order[COMPRESS_KINDS];
	double unused;
	int ret = 0;

	rng_shuffle(rng, order, COMPRESS_KINDS);
	for (uint32_t k = 0; k < COMPRESS_KINDS && !ret; k++) {
		struct shot shot = { .offset_bytes = s->place[order[k]][i],
				     .write = true,
				     .data = first ? PULSE_UNIQUE : data_of(order[k]) };

		ret = pulse_one(p, &shot, first ? &unused : &s->write[order[k]][i]);
	}
	return ret;
}

static int read_round(struct samples *s, struct pulse *p, uint32_t i, struct rng *rng)
{
	uint32_t order[COMPRESS_KINDS];
	int ret = 0;

	rng_shuffle(rng, order, COMPRESS_KINDS);
	for (uint32_t k = 0; k < COMPRESS_KINDS && !ret; k++) {
		struct shot shot = { .offset_bytes = s->place[order[k]][i] };

		ret = pulse_one(p, &shot, &s->read[order[k]][i]);
	}
	return ret;
}

static int take_all(struct detecting *d, struct samples *s, struct pulse *p, uint32_t rounds)
{
	struct rng rng;
	int ret = 0;

	rng_seed(&rng, d->seed);
	for (uint32_t i = 0; i < rounds && !ret; i++)
		ret = write_round(s, p, i, &rng, true);
	for (; s->writes_n < rounds && !ret && tsc_now_ns() < d->until_ns; s->writes_n += !ret)
		ret = write_round(s, p, s->writes_n, &rng, false);
	for (; s->reads_n < s->writes_n && !ret && tsc_now_ns() < d->until_ns; s->reads_n += !ret)
		ret = read_round(s, p, s->reads_n, &rng);
	return ret;
}

int detect_compress(struct detecting *d, struct err *e)
{
	struct compress_samples samples = { 0 };
	uint64_t from = d->from_bytes + d->bytes / 8 * 7;
	static struct samples s;
	struct places places;
	uint32_t rounds;
	struct pulse p = { 0 };
	int ret = places_init(&places, d, (from + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES,
			      d->bytes / 8 - BLOCK_BYTES, BLOCK_BYTES);

	if (ret == -ENODATA || places.pattern.blocks < COMPRESS_KINDS * 16) {
		detection_say(d->to, DETECTION_SKIPPED, NAN, "the span is too small");
		return 0;
	}
	rounds = (uint32_t)(places.pattern.blocks / COMPRESS_KINDS < ROUNDS_MAX
				    ? places.pattern.blocks / COMPRESS_KINDS
				    : ROUNDS_MAX);
	for (uint32_t i = 0; i < rounds; i++)
		for (int k = 0; k < COMPRESS_KINDS; k++)
			s.place[k][i] = places_next(&places);
	ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	pulse_let_write(&p, d->from_bytes, d->bytes);
	if (!ret)
		ret = take_all(d, &s, &p, rounds);
	pulse_close(&p);
	places_free(&places);
	for (int k = 0; k < COMPRESS_KINDS; k++) {
		samples.write[k] = s.write[k];
		samples.read[k] = s.read[k];
	}
	samples.writes_n = s.writes_n;
	samples.reads_n = s.reads_n;
	if (!ret)
		conclude_compress(d->to, &samples);
	return ret;
}
