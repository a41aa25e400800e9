/* SPDX-License-Identifier: MIT */
/* Samples for the tests of comparisons: environments with the rounds that a test makes. */
#ifndef TARE_TESTS_COMPARE_FIXTURE_H
#define TARE_TESTS_COMPARE_FIXTURE_H

#include "unit.h"

#include <math.h>

#include "compare/compare.h"
#include "import/samples.h"
#include "lib/rng.h"
#include "lib/str.h"

/* Standard normal, by Box and Muller. */
static inline double draw_normal(struct rng *rng)
{
	double u = ((double)rng_next(rng) + 1) / 18446744073709551616.0;
	double v = (double)rng_next(rng) / 18446744073709551616.0;

	return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

/* A workload that may be ranked: random reads for so long that nothing speaks against them. Rounds
 * at so many I/Os per second. */
static inline struct sample_workload *add_workload(struct sample_run *run, const double *iops,
						   uint32_t n)
{
	struct sample_workload *w = samples_add_workload(run, "randread-4k-qd64", SAMPLE_READ);
	double sum = 0;

	assert_non_null(w);
	samples_shape_from_name(&w->shape, w->name);
	for (uint32_t i = 0; i < n; i++) {
		struct sample_round *r = samples_add_round(w);

		assert_non_null(r);
		r->iops = iops[i];
		sum += iops[i];
	}
	w->iops = sum / n;
	w->ios = 1e6;
	w->measured_s = 60;
	return w;
}

/* A boot of an environment, with one workload. */
static inline struct sample_workload *add_boot(struct samples *s, const char *label,
					       const double *iops, uint32_t n)
{
	struct sample_run *run = samples_add_run(s, "test");

	assert_non_null(run);
	assert_int_equal(samples_set_label(run, label), 0);
	return add_workload(run, iops, n);
}

/* The only pair of two environments. */
static inline struct comparison_pair compare_two(const double *a, uint32_t na, const double *b,
						 uint32_t nb)
{
	struct samples s = { 0 };
	struct comparison_pair pair;
	struct comparison c;

	add_boot(&s, "a", a, na);
	add_boot(&s, "b", b, nb);
	assert_int_equal(compare(&c, &s, NULL), 0);
	assert_int_equal(c.groups_n, 1);
	assert_int_equal(c.group[0].pairs_n, 1);
	pair = c.group[0].pair[0];
	compare_free(&c);
	samples_free(&s);
	return pair;
}

static inline bool is_different(const struct comparison_pair *pair)
{
	return pair->verdict == COMPARISON_FASTER || pair->verdict == COMPARISON_PROBABLY_FASTER;
}

#endif
