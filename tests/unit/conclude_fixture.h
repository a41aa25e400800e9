/* SPDX-License-Identifier: MIT */
/* Samples with noise, and how often a detector concludes what from them. */
#ifndef TARE_TESTS_CONCLUDE_FIXTURE_H
#define TARE_TESTS_CONCLUDE_FIXTURE_H

#include "unit.h"

#include "detect/conclude.h"
#include "detect/contrast.h"
#include "noise.h"

#define DRAWS 1000
#define PAIRS 300

static struct noise noise;

static inline enum detection_verdict conclude(void (*how)(struct detection *))
{
	struct detection d = { .verdict = DETECTION_SKIPPED, .value = NAN };

	how(&d);
	assert_true(d.evidence[0] != '\0');
	assert_int_not_equal(d.verdict, DETECTION_SKIPPED);
	assert_true(isnan(d.confidence_pct) || (d.confidence_pct >= 0 && d.confidence_pct <= 100));
	assert_true(isnan(d.value) == !d.unit[0]);
	return d.verdict;
}

/* How often it comes to a verdict. */
static inline uint32_t count(void (*how)(struct detection *), enum detection_verdict wanted,
			     uint32_t draws, double sigma)
{
	uint32_t times = 0;

	noise = noise_begin(7, sigma);
	for (uint32_t i = 0; i < draws; i++)
		times += conclude(how) == wanted;
	return times;
}

static double ratio;

static inline void draw(double *a, double *b)
{
	for (int i = 0; i < PAIRS; i++) {
		noise_step(&noise);
		a[i] = noise_time(&noise, 1e5 * ratio);
		b[i] = noise_time(&noise, 1e5);
	}
}

#endif
