// SPDX-License-Identifier: MIT
/*
 * First reads of this run beside second ones. What was not read yet comes from the medium, what was
 * read a moment ago from a cache, where there is one in front of the disk: the host's page cache, a
 * controller's, an array's.
 *
 * Before anything else reads the disk, places all over it are read, 4 KiB at depth 1; beside each
 * first read one of a place that was read earlier, in an order that is drawn. Not told: a cache
 * that holds everything already, where both are fast; and its size.
 */
#include <math.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/tsc.h"

#define PAIRS_MAX   400
#define BLOCK_BYTES 4096u

void conclude_cache(struct detection *to, const double *first, const double *second, uint32_t n)
{
	struct contrast c;
	enum detection_verdict verdict;

	contrast_pairs(&c, first, second, n, DETECT_RATIO);
	verdict = contrast_verdict(&c, 1);
	detection_size(to, verdict == DETECTION_FOUND ? c.b / 1e3 : c.ratio,
		       verdict == DETECTION_FOUND ? "us" : "ratio");
	detection_say(to, verdict, contrast_confidence_pct(&c, 1),
		      "reads of 4 KiB at depth 1: %.1f us for the first time, %.1f us again: %.2f "
		      "times as long, over %u pairs%s",
		      c.a / 1e3, c.b / 1e3, c.ratio, c.n,
		      verdict == DETECTION_FOUND ? ": a cache answers what was read before"
						 : "; a cache that holds all of it cannot be seen");
}

int detect_cache(struct detecting *d, struct err *e)
{
	static double first[PAIRS_MAX], second[PAIRS_MAX];
	static uint64_t read[PAIRS_MAX + 1];
	uint32_t reads = 0, n = 0;
	struct places places;
	struct pulse p = { 0 };
	struct rng rng;
	int ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);

	rng_seed(&rng, d->seed);
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	while (n < PAIRS_MAX && !ret && tsc_now_ns() < d->until_ns) {
		struct shot new = { .offset_bytes = places_next(&places) };
		struct shot old = { .offset_bytes = reads ? read[rng_below(&rng, reads)] : 0 };
		bool old_first = rng_below(&rng, 2);

		if (reads && old_first)
			ret = pulse_one(&p, &old, &second[n]);
		if (!ret)
			ret = pulse_one(&p, &new, &first[n]);
		if (reads && !old_first && !ret)
			ret = pulse_one(&p, &old, &second[n]);
		n += reads > 0 && !ret;
		read[reads++] = new.offset_bytes;
	}
	pulse_close(&p);
	places_free(&places);
	if (!ret)
		conclude_cache(d->to, first, second, n);
	return ret;
}
