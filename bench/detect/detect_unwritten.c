// SPDX-License-Identifier: MIT
/*
 * Reads of blocks that were never written beside reads of blocks that were. A platform that
 * allocates on writing answers the former without any medium: whoever measures reads there measures
 * nothing (the source of fio's "completely fake" IOPS).
 *
 * Half of the units of its part are written whole; pairs of 4 KiB reads at depth 1 follow, one in
 * each half, in an order that is drawn, those of blocks never written away from what was. Hardly
 * any block is read twice. Not told apart: reads that a cache of the host answers, written or not.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/tsc.h"

#define PAIRS_MAX   300
#define BLOCK_BYTES 4096u
#define WRITE_BYTES (256u << 10)
#define WRITE_DEPTH 4
#define UNITS	    4 /* of its part, every other of which is written */
/* What is written may bring the rest of a granule with it; of a unit, at most a quarter. */
#define APART_BYTES (UINT64_C(4) << 20)

struct samples {
	double written[PAIRS_MAX], unwritten[PAIRS_MAX];
	uint32_t n;
	bool holds_data; /* a block that was not written by us */
};

void conclude_unwritten(struct detection *to, const double *written, const double *unwritten,
			uint32_t n)
{
	struct contrast c;
	enum detection_verdict verdict;

	contrast_pairs(&c, written, unwritten, n, DETECT_RATIO);
	verdict = contrast_verdict(&c, 1);
	detection_size(to, c.ratio, "ratio");
	detection_say(
		to, verdict, contrast_confidence_pct(&c, 1),
		"reads of 4 KiB at depth 1: %.1f us of written blocks, %.1f us of blocks never "
		"written: %.2f times as long, over %u pairs%s",
		c.a / 1e3, c.b / 1e3, c.ratio, c.n,
		verdict == DETECTION_FOUND
			? ": never-written blocks are answered without the medium"
			: "");
}

/* Every other unit, whole. */
static int write_half(struct detecting *d, uint64_t bytes, struct err *e)
{
	uint64_t unit = bytes / UNITS;
	struct pulse p;
	int ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, WRITE_DEPTH, WRITE_BYTES, d->seed, e);

	pulse_let_write(&p, d->from_bytes, d->bytes);
	for (uint64_t at = 0; at < bytes && !ret && tsc_now_ns() < d->until_ns;
	     at += WRITE_BYTES * WRITE_DEPTH) {
		struct shot shot[WRITE_DEPTH];
		uint32_t n = WRITE_DEPTH;

		if (at / unit % 2)
			continue;
		for (uint32_t i = 0; i < n; i++)
			shot[i] =
				(struct shot){ .offset_bytes = d->from_bytes + at + i * WRITE_BYTES,
					       .write = true };
		ret = pulse_fire(&p, shot, &n, 0);
	}
	pulse_close(&p);
	if (!ret && fdatasync(d->fd))
		ret = -errno;
	return ret;
}

/* A block of a unit that is written, or of the middle of the one behind it. */
static uint64_t place(struct detecting *d, struct rng *rng, uint64_t unit, bool written)
{
	uint64_t apart = written ? 0 : unit / 4 < APART_BYTES ? unit / 4 : APART_BYTES;
	uint64_t pair = rng_below(rng, UNITS / 2);
	uint64_t block = rng_below(rng, (unit - 2 * apart) / BLOCK_BYTES);

	return d->from_bytes + (2 * pair + !written) * unit + apart + block * BLOCK_BYTES;
}

static int read_pairs(struct detecting *d, struct samples *s, uint64_t unit, struct err *e)
{
	struct rng rng;
	struct pulse p;
	int ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);

	rng_seed(&rng, d->seed);
	while (s->n < PAIRS_MAX && !ret && tsc_now_ns() < d->until_ns) {
		bool written = rng_below(&rng, 2);
		double ns[2];

		for (int i = 0; i < 2 && !ret; i++, written = !written) {
			struct shot shot = { .offset_bytes = place(d, &rng, unit, written) };

			ret = pulse_one(&p, &shot, &ns[written]);
			s->holds_data = s->holds_data || (!written && !shot.blank);
		}
		s->written[s->n] = ns[1];
		s->unwritten[s->n] = ns[0];
		s->n += !ret;
	}
	pulse_close(&p);
	return ret;
}

int detect_unwritten(struct detecting *d, struct err *e)
{
	/* The first quarter; the half in the middle is allocation's. */
	uint64_t bytes = d->bytes / 4 / (UNITS * (WRITE_BYTES * WRITE_DEPTH)) *
			 (UNITS * (WRITE_BYTES * WRITE_DEPTH));
	static struct samples s;
	int ret;

	if (!bytes) {
		detection_say(d->to, DETECTION_SKIPPED, NAN,
			      "the span is too small: less than %u MiB",
			      UNITS * WRITE_BYTES * WRITE_DEPTH * 4 >> 20);
		return 0;
	}
	ret = write_half(d, bytes, e);
	if (!ret)
		ret = read_pairs(d, &s, bytes / UNITS, e);
	if (ret)
		return ret;
	if (!s.n)
		detection_say(d->to, DETECTION_UNDECIDED, NAN, "writing took all of its time");
	else if (s.holds_data)
		detection_say(d->to, DETECTION_SKIPPED, NAN,
			      "the blocks hold data: they were written before this run");
	else
		conclude_unwritten(d->to, s.written, s.unwritten, s.n);
	return 0;
}
