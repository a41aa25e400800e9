// SPDX-License-Identifier: MIT
/*
 * First reads of this run beside second ones. What was not read yet comes from the medium, what was
 * read a moment ago from a cache, where there is one in front of the disk: the host's page cache, a
 * controller's, an array's.
 *
 * Before anything else reads the disk, places all over it are read, 4 KiB at depth 1; beside each
 * first read one of a place that was read earlier, in an order that is drawn. Where that shows a
 * cache, a span that doubles is read whole, and each time a few blocks that were read first again:
 * the cache holds one span and not the next one where its size lies between.
 *
 * Once the target may be written, what was just written is read beside what was not: a cache that
 * keeps writes alone is seen there. Not told: a cache that holds everything already.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/str.h"
#include "lib/tsc.h"

#define PAIRS_MAX   400
#define BLOCK_BYTES 4096u
#define LOOKS	    2 /* reads again, reads of what was written: each may find it */
/* Of its share the pairs have a half; the other is the spans'. */
#define PAIRS_PART 2

#define SPAN_MIN_BYTES (4u << 20)
#define READ_BYTES     (256u << 10)
#define READ_DEPTH     4
#define OLDEST_PART    4 /* of a span: what any cache that drops the oldest drops first */

/* Of this many reads so many do not fall to one side by chance: 1 in 1,300 where both are alike. */
#define KNEE_CLEAR 20

void conclude_cache(struct detection *to, const double *first, const double *second, uint32_t n)
{
	struct contrast c;
	enum detection_verdict verdict;

	contrast_pairs(&c, first, second, n, DETECT_RATIO);
	verdict = contrast_verdict(&c, LOOKS);
	detection_size(to, verdict == DETECTION_FOUND ? c.b / 1e3 : c.ratio,
		       verdict == DETECTION_FOUND ? "us" : "ratio");
	detection_say(to, verdict, contrast_confidence_pct(&c, LOOKS),
		      "reads of 4 KiB at depth 1: %.1f us for the first time, %.1f us again: %.2f "
		      "times as long, over %u pairs%s",
		      c.a / 1e3, c.b / 1e3, c.ratio, c.n,
		      verdict == DETECTION_FOUND ? ": a cache answers what was read before"
						 : "; a cache that holds all of it cannot be seen");
}

void conclude_cache_knee(struct detection *to, const struct cache_span *span, uint32_t n)
{
	char held[24], not_held[24];

	for (uint32_t i = 1; i < n; i++) {
		if (span[i - 1].hits < KNEE_CLEAR || span[i].hits > CACHE_SPAN_READS - KNEE_CLEAR)
			continue;
		str_from_bytes(held, sizeof(held), span[i - 1].bytes);
		str_from_bytes(not_held, sizeof(not_held), span[i].bytes);
		detection_add(to, "; it holds %s and not %s", held, not_held);
		return;
	}
	if (!n)
		return;
	str_from_bytes(held, sizeof(held), span[n - 1].bytes);
	detection_add(to, "; no size shows up to %s", held);
}

void conclude_cache_of_writes(struct detection *to, bool adds, const double *others,
			      const double *written, uint32_t n)
{
	struct contrast c;
	bool known = adds && to->verdict == DETECTION_FOUND;

	contrast_pairs(&c, others, written, n, DETECT_RATIO);
	if (!known && contrast_verdict(&c, LOOKS) == DETECTION_FOUND) {
		detection_size(to, c.b / 1e3, "us");
		detection_say(to, DETECTION_FOUND, contrast_confidence_pct(&c, LOOKS),
			      "reads of 4 KiB at depth 1: %.1f us right after a write, %.1f us of "
			      "other places: %.2f times as long, over %u pairs: a cache answers "
			      "what was just written",
			      c.b / 1e3, c.a / 1e3, c.ratio, c.n);
	} else if (adds) {
		detection_add(to, "; right after a write %.1f us, other places %.1f", c.b / 1e3,
			      c.a / 1e3);
	} else {
		detection_size(to, c.ratio, "ratio");
		detection_say(to, contrast_verdict(&c, LOOKS), contrast_confidence_pct(&c, LOOKS),
			      "reads of 4 KiB at depth 1: %.1f us right after a write, %.1f us of "
			      "other places: %.2f times as long, over %u pairs",
			      c.b / 1e3, c.a / 1e3, c.ratio, c.n);
	}
}

/* --- read again --- */

static int read_pairs(struct detecting *d, double *first, double *second, uint32_t *n,
		      uint64_t until_ns, struct err *e)
{
	static uint64_t read[PAIRS_MAX + 1];
	uint32_t reads = 0;
	struct places places;
	struct pulse p = { 0 };
	struct rng rng;
	int ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	while (*n < PAIRS_MAX && !ret && tsc_now_ns() < until_ns) {
		struct shot new = { .offset_bytes = places_next(&places) };
		struct shot old = { .offset_bytes = reads ? read[rng_below(&rng, reads)] : 0 };
		bool old_first = rng_below(&rng, 2);

		if (reads && old_first)
			ret = pulse_one(&p, &old, &second[*n]);
		if (!ret)
			ret = pulse_one(&p, &new, &first[*n]);
		if (reads && !old_first && !ret)
			ret = pulse_one(&p, &old, &second[*n]);
		*n += reads > 0 && !ret;
		read[reads++] = new.offset_bytes;
	}
	pulse_close(&p);
	places_free(&places);
	return ret;
}

/* --- a span that grows --- */

/* Reads it whole, in order; *whole: there was time for all of it. */
static int read_all(struct pulse *p, uint64_t from, uint64_t to, uint64_t until_ns, bool *whole)
{
	int ret = 0;

	while (from < to && !ret && tsc_now_ns() < until_ns) {
		struct shot shot[READ_DEPTH];
		uint32_t n = 0;

		for (; n < READ_DEPTH && from < to; n++, from += READ_BYTES)
			shot[n] = (struct shot){ .offset_bytes = from };
		ret = pulse_fire(p, shot, &n, 0);
	}
	*whole = !ret && from >= to;
	return ret;
}

/* How many of a few reads of its oldest part take less than limit_ns. Each block is read once: a
 * cache keeps what it was asked for twice. */
static int read_oldest(struct pulse *p, struct cache_span *span, uint64_t from, struct rng *rng,
		       double limit_ns)
{
	uint64_t blocks = span->bytes / OLDEST_PART / BLOCK_BYTES / CACHE_SPAN_READS;
	double ns;
	int ret = 0;

	for (uint32_t i = 0; i < CACHE_SPAN_READS && !ret; i++) {
		uint64_t block = i * blocks + rng_below(rng, blocks);
		struct shot shot = { .offset_bytes = from + block * BLOCK_BYTES };

		ret = pulse_one(p, &shot, &ns);
		span->hits += !ret && ns < limit_ns;
	}
	return ret;
}

static int read_spans(struct detecting *d, struct cache_span *span, uint32_t *n, double limit_ns,
		      struct err *e)
{
	struct pulse whole = { 0 }, single = { 0 };
	uint64_t from = d->from_bytes, done = 0;
	bool all = true;
	struct rng rng;
	int ret = pulse_open(&whole, d->fd, WORKLOAD_LIBAIO, READ_DEPTH, READ_BYTES, d->seed, e);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&single, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	for (uint64_t bytes = SPAN_MIN_BYTES; bytes <= d->bytes && *n < CACHE_SPANS_MAX && !ret;
	     bytes *= 2) {
		ret = read_all(&whole, from + done, from + bytes, d->until_ns, &all);
		if (ret || !all)
			break;
		done = bytes;
		span[*n] = (struct cache_span){ .bytes = bytes };
		ret = read_oldest(&single, &span[*n], from, &rng, limit_ns);
		*n += !ret;
	}
	pulse_close(&single);
	pulse_close(&whole);
	return ret;
}

int detect_cache(struct detecting *d, struct err *e)
{
	static double first[PAIRS_MAX], second[PAIRS_MAX];
	struct cache_span span[CACHE_SPANS_MAX];
	uint64_t now_ns = tsc_now_ns();
	uint32_t n = 0, spans_n = 0;
	int ret = read_pairs(d, first, second, &n, now_ns + (d->until_ns - now_ns) / PAIRS_PART, e);

	if (ret)
		return ret;
	conclude_cache(d->to, first, second, n);
	/* Where the blocks that may be read are listed, they do not lie in one piece. */
	if (d->to->verdict != DETECTION_FOUND || d->found)
		return 0;
	ret = read_spans(d, span, &spans_n,
			 sqrt(contrast_median(first, n) * contrast_median(second, n)), e);
	if (!ret)
		conclude_cache_knee(d->to, span, spans_n);
	return ret;
}

/* --- read after a write --- */

int detect_cache_of_writes(struct detecting *d, struct err *e)
{
	/* Nobody else's: between flush's and compress's. */
	uint64_t from = d->from_bytes + d->bytes / 16 * 13 / BLOCK_BYTES * BLOCK_BYTES;
	static double others[PAIRS_MAX], written[PAIRS_MAX];
	struct places places;
	struct pulse p = { 0 };
	struct rng rng;
	uint32_t n = 0;
	int ret = places_init(&places, d, from, d->bytes / 16, BLOCK_BYTES);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	while (n < PAIRS_MAX && 2 * (n + 1) <= d->bytes / 16 / BLOCK_BYTES && !ret &&
	       tsc_now_ns() < d->until_ns) {
		struct shot other = { .offset_bytes = places_next(&places) };
		struct shot write = { .offset_bytes = places_next(&places), .write = true };
		struct shot again = { .offset_bytes = write.offset_bytes };
		bool other_first = rng_below(&rng, 2);
		double ns;

		if (other_first)
			ret = pulse_one(&p, &other, &others[n]);
		if (!ret)
			ret = pulse_one(&p, &write, &ns);
		if (!ret)
			ret = pulse_one(&p, &again, &written[n]);
		if (!other_first && !ret)
			ret = pulse_one(&p, &other, &others[n]);
		n += !ret;
	}
	pulse_close(&p);
	places_free(&places);
	if (!ret && n)
		conclude_cache_of_writes(d->to, d->again, others, written, n);
	return ret;
}
