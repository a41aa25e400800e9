// SPDX-License-Identifier: MIT
/*
 * A limit on a disk's rate saves up what is not used, and lets it go at once: after a rest the
 * first I/Os of a train come faster than those that follow, and what follows is level. A device
 * that does what it can is no faster after a rest. While it rests this CPU spins, so that neither a
 * quota of the CPU's own nor its sleep has part in it.
 *
 * Trains of reads at depth 16: of 4 KiB for limits on I/Os, of 64 KiB for limits on bytes. Not
 * seen: limits above what one thread reaches here, below about 150 I/Os a second, and those that
 * save up nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/clock.h"
#include "lib/tsc.h"

#define DEPTH	     16
#define TRAINS	     24
#define TRAIN_MAX    16384 /* I/Os */
#define EARLY	     DEPTH
#define REST_NS	     UINT64_C(50000000)
#define TRAIN_MIN_NS UINT64_C(60000000)
#define TRAIN_MAX_NS UINT64_C(250000000) /* eleven of the slowest in half of its time */
/* A train that long, and its last third. */
#define TRAIN_EARLYS 6
#define LATE_PART    3
#define FASTEST	     20	  /* after a rest, times the long run's rate */
#define FASTER	     1.5  /* after a rest: no device's own doing */
#define LEVEL_PCT    20.0 /* trains of one limit lie no further apart */

static const uint32_t sizes[THROTTLE_SIZES] = { 4096, 64u << 10 };

/* Half of all trains lie so far apart, percent of their median. */
static double spread_pct(const double *late, uint32_t n)
{
	double from_median[THROTTLE_TRAINS_MAX], median = contrast_median(late, n);

	for (uint32_t i = 0; i < n; i++)
		from_median[i] = fabs(late[i] - median);
	return 200 * contrast_median(from_median, n) / median;
}

/* A limit on bytes lets the fewer I/Os through, the larger they are, also where there were too few
 * of these to be sure of them. Where the large ones alone are limited, it is one on bytes if the
 * small ones come much faster: one on I/Os would be theirs, too. */
static bool is_of_bytes(const struct contrast c[THROTTLE_SIZES],
			const struct throttle_samples s[THROTTLE_SIZES], int found)
{
	double by_ios = fabs(log(c[0].b / c[1].b));
	double by_bytes = fabs(log(c[0].b * s[0].bytes / (c[1].b * s[1].bytes)));

	return found ? c[0].b > FASTER * c[found].b : by_bytes < by_ios;
}

static void say_found(struct detection *to, const struct throttle_samples *s,
		      const struct contrast *c, bool of_bytes)
{
	double mib_per_s = c->b * s->bytes / (1 << 20);

	detection_size(to, of_bytes ? mib_per_s : c->b, of_bytes ? "mib_per_s" : "iops");
	detection_say(to, DETECTION_FOUND, contrast_confidence_pct(c, THROTTLE_SIZES),
		      "after a rest reads of %u KiB come at %.0f per second, then at %.0f (%.1f "
		      "MiB/s; %u trains, %.1f %% apart): a limit on %s, with a burst of about %.0f",
		      s->bytes >> 10, c->a, c->b, mib_per_s, c->n, spread_pct(s->late, s->n),
		      of_bytes ? "bytes" : "I/Os", contrast_median(s->burst, s->n));
}

void conclude_throttle(struct detection *to, const struct throttle_samples s[THROTTLE_SIZES])
{
	struct contrast c[THROTTLE_SIZES];
	enum detection_verdict verdict = DETECTION_CLEAR;
	int found = -1;

	if (!s[0].n || !s[1].n) {
		detection_say(to, DETECTION_UNDECIDED, NAN,
			      "trains of reads were too short to tell: %u and %u came to an end",
			      s[0].n, s[1].n);
		return;
	}
	for (int i = 0; i < THROTTLE_SIZES; i++) {
		enum detection_verdict each;

		contrast_pairs(&c[i], s[i].early, s[i].late, s[i].n, FASTER);
		each = contrast_verdict(&c[i], THROTTLE_SIZES);
		if (each != DETECTION_CLEAR)
			verdict = DETECTION_UNDECIDED;
		if (each != DETECTION_FOUND || spread_pct(s[i].late, s[i].n) > LEVEL_PCT)
			continue;
		if (found < 0)
			found = i;
	}
	if (found >= 0) {
		say_found(to, &s[found], &c[found], is_of_bytes(c, s, found));
		return;
	}
	detection_size(to, fmax(c[0].ratio, c[1].ratio), "ratio");
	detection_say(
		to, verdict,
		fmin(contrast_confidence_pct(&c[0], THROTTLE_SIZES),
		     contrast_confidence_pct(&c[1], THROTTLE_SIZES)),
		"after a rest reads come %.2f times as fast as in the long run at 4 KiB (%.0f "
		"per second, %.0f %% apart), %.2f times at 64 KiB (%.0f, %.0f %%); %u and %u "
		"trains%s",
		c[0].ratio, c[0].b, spread_pct(s[0].late, s[0].n), c[1].ratio, c[1].b,
		spread_pct(s[1].late, s[1].n), c[0].n, c[1].n,
		verdict == DETECTION_CLEAR ? ": no limit up to there that saves up" : "");
}

static void rest(void)
{
	uint64_t until_ns = tsc_now_ns() + REST_NS;

	while (tsc_now_ns() < until_ns)
		continue;
}

static int by_end(const void *a, const void *b)
{
	const struct shot *x = a, *y = b;

	return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

/* I/Os that had come beyond what the late rate brings, at their most. */
static double burst_of(const struct shot *shot, uint32_t n, uint64_t begin_ns, double rate)
{
	double most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = fmax(most, i + 1 - rate * (double)(shot[i].end_ns - begin_ns) / 1e9);
	return most;
}

/* What a train of n shots tells; nothing where it was too short. Returns its late rate, per second;
 * 0 likewise. */
static double read_train(struct throttle_samples *s, struct shot *shot, uint32_t n)
{
	uint64_t begin_ns = shot[0].begin_ns, last_ns, late_ns;
	uint32_t late = 0;
	double rate;

	if (n < EARLY + DEPTH)
		return 0;
	qsort(shot, n, sizeof(*shot), by_end);
	/* Of what was still in flight at the end, nobody waited for the room. */
	n -= DEPTH - 1;
	last_ns = shot[n - 1].end_ns;
	late_ns = (last_ns - begin_ns) / LATE_PART;
	while (late < n && shot[n - 1 - late].end_ns > last_ns - late_ns)
		late++;
	if (!late_ns || late < DEPTH / 2)
		return 0;
	rate = (double)late * 1e9 / (double)late_ns;
	s->early[s->n] = EARLY * 1e9 / (double)(shot[EARLY - 1].end_ns - begin_ns);
	s->late[s->n] = rate;
	s->burst[s->n++] = burst_of(shot, n, begin_ns, rate);
	return rate;
}

/* Long enough for its parts to be told apart at that rate. */
static uint64_t train_ns(double rate)
{
	double ns = rate > 0 ? TRAIN_EARLYS * EARLY * 1e9 / rate : (double)TRAIN_MAX_NS;

	return (uint64_t)fmin(fmax(ns, (double)TRAIN_MIN_NS), (double)TRAIN_MAX_NS);
}

/* More than come, so that none is set up in vain. */
static uint32_t train_shots(double rate, uint64_t ns)
{
	return (uint32_t)fmin(FASTEST * rate * (double)ns / 1e9 + DEPTH + EARLY, TRAIN_MAX);
}

/* The first train only uses up what was saved long before, and tells how long they must be. */
static int run_trains(struct detecting *d, struct throttle_samples *s, struct shot *shot,
		      uint64_t until_ns, struct err *e)
{
	uint64_t each_ns = TRAIN_MAX_NS;
	uint32_t shots = TRAIN_MAX;
	double rate;
	struct places places;
	struct pulse p = { 0 };
	int ret = places_init(&places, d, d->from_bytes, d->bytes, s->bytes);

	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, DEPTH, s->bytes, d->seed, e);
	for (uint32_t i = 0; i <= TRAINS && !ret && tsc_now_ns() + each_ns < until_ns; i++) {
		uint32_t n = shots;

		for (uint32_t k = 0; k < n; k++)
			shot[k] = (struct shot){ .offset_bytes = places_next(&places) };
		rest();
		ret = pulse_fire(&p, shot, &n, tsc_now_ns() + each_ns);
		if (ret)
			break;
		rate = read_train(s, shot, n);
		if (i)
			continue;
		each_ns = train_ns(rate);
		shots = train_shots(rate, each_ns);
		s->n = 0;
	}
	pulse_close(&p);
	places_free(&places);
	return ret;
}

int detect_throttle(struct detecting *d, struct err *e)
{
	struct shot *shot = calloc(TRAIN_MAX, sizeof(*shot));
	static struct throttle_samples s[THROTTLE_SIZES];
	uint64_t begin_ns = tsc_now_ns(), each_ns = (d->until_ns - begin_ns) / THROTTLE_SIZES;
	int ret = shot ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < THROTTLE_SIZES && !ret; i++) {
		s[i].bytes = sizes[i];
		ret = run_trains(d, &s[i], shot, begin_ns + (i + 1) * each_ns, e);
	}
	if (!ret)
		conclude_throttle(d->to, s);
	free(shot);
	return ret;
}
