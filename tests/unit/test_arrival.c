// SPDX-License-Identifier: MIT
/* When the I/Os of an open loop are due. */
#include "unit.h"

#include <math.h>

#include "lib/clock.h"
#include "run/arrival.h"

#define BEGIN_NS (UINT64_C(86400) * CLOCK_NS_PER_S) /* a machine that is up for a day */

static void init(struct arrival *a, enum workload_rw rw, uint32_t reads, uint32_t writes,
		 enum workload_rate_process process, uint64_t seed)
{
	struct workload w = { .rw = rw, .rate_iops = { reads, writes }, .rate_process = process };

	arrival_init(a, &w, seed);
}

/* This test will check that an even rate has even gaps, to the nanosecond where it can. */
static void even_gaps_should_be_exact(void **state)
{
	static const struct {
		uint32_t per_s;
		uint64_t gap_ns; /* 0: no whole number */
	} cases[] = { { 1, 1000000000 }, { 1000, 1000000 }, { 250000, 4000 }, { 3, 0 }, { 7, 0 } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct arrival a;

		init(&a, WORKLOAD_RANDREAD, cases[i].per_s, 0, WORKLOAD_RATE_LINEAR, 1);
		assert_true(a.used);
		arrival_begin(&a, BEGIN_NS);
		for (uint64_t k = 1; k <= 10000; k++) {
			double want = (double)k * 1e9 / cases[i].per_s;
			uint64_t due_ns = arrival_due_ns(&a) - BEGIN_NS;

			assert_false(arrival_writes(&a));
			if (cases[i].gap_ns)
				check_number("due", due_ns, k * cases[i].gap_ns);
			assert_true(fabs((double)due_ns - want) < 1000); /* of doubles, after k */
			arrival_take(&a);
		}
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: the greatest distance from 1 - exp(-x / mean), times the root of n. */
static double distance_from_exponential(double *gap, size_t n, double mean)
{
	double most = 0;

	qsort(gap, n, sizeof(*gap), compare);
	for (size_t i = 0; i < n; i++) {
		double want = 1 - exp(-gap[i] / mean);

		most = fmax(most,
			    fmax(want - (double)i / (double)n, (double)(i + 1) / (double)n - want));
	}
	return most * sqrt((double)n);
}

/* This test will check Poisson arrivals: gaps of the right mean, exponential, and not depending on
 * those before. */
static void random_gaps_should_be_exponential(void **state)
{
	enum { GAPS = 100000 };
	static double gap[GAPS];

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		double mean = 0, variance = 0, together = 0;
		uint64_t last_ns = BEGIN_NS;
		struct arrival a;

		init(&a, WORKLOAD_RANDWRITE, 0, 2000, WORKLOAD_RATE_POISSON, seed);
		arrival_begin(&a, BEGIN_NS);
		for (int i = 0; i < GAPS; i++) {
			assert_true(arrival_writes(&a));
			gap[i] = (double)(arrival_due_ns(&a) - last_ns);
			last_ns = arrival_due_ns(&a);
			mean += gap[i] / GAPS;
			arrival_take(&a);
		}
		for (int i = 0; i < GAPS; i++) {
			variance += (gap[i] - mean) * (gap[i] - mean) / GAPS;
			together += i ? (gap[i] - mean) * (gap[i - 1] - mean) / GAPS : 0;
		}
		/* standard errors: 0.32 % of the mean, 0.9 % of the variance, 0.0032 */
		assert_true(fabs(mean / 500000 - 1) < 0.01);
		assert_true(fabs(variance / (mean * mean) - 1) < 0.03);
		assert_true(fabs(together / variance) < 0.01);
		/* 1.63 is passed by chance once in a hundred */
		assert_true(distance_from_exponential(gap, GAPS, 500000) < 1.63);
	}
}

/* This test will check the two streams of a mixed workload: each has its own rate, and time only
 * goes forward over both. */
static void streams_should_have_their_own_rates(void **state)
{
	static const struct {
		uint32_t rate[2];
		enum workload_rate_process process;
	} cases[] = {
		{ { 3000, 1000 }, WORKLOAD_RATE_LINEAR }, { { 1000, 1000 }, WORKLOAD_RATE_LINEAR },
		{ { 500, 9500 }, WORKLOAD_RATE_POISSON }, { { 1000, 0 }, WORKLOAD_RATE_POISSON },
		{ { 0, 1000 }, WORKLOAD_RATE_LINEAR },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint32_t sum = cases[i].rate[0] + cases[i].rate[1], seen[2] = { 0 };
		double sigmas = cases[i].process == WORKLOAD_RATE_POISSON ? 4 : 0;
		uint64_t last_ns = BEGIN_NS;
		struct arrival a;

		init(&a, WORKLOAD_RANDRW, cases[i].rate[0], cases[i].rate[1], cases[i].process, 7);
		arrival_begin(&a, BEGIN_NS);
		for (uint32_t k = 0; k < 10 * sum; k++) {
			assert_true(arrival_due_ns(&a) >= last_ns);
			last_ns = arrival_due_ns(&a);
			seen[arrival_writes(&a)]++;
			arrival_take(&a);
		}
		for (int d = 0; d < 2; d++) {
			double want = 10.0 * cases[i].rate[d];

			assert_true(fabs(seen[d] - want) <= 2 + sigmas * sqrt(want));
			assert_true(cases[i].rate[d] || !seen[d]);
		}
		assert_true(fabs((double)(last_ns - BEGIN_NS) - 10e9) <
			    1e6 + sigmas * 10e9 / sqrt(10.0 * sum));
	}
}

/* This test will check that a rate of a direction that the workload does not have is none. */
static void rate_without_its_direction_should_be_none(void **state)
{
	static const struct {
		enum workload_rw rw;
		uint32_t rate[2];
		bool used;
	} cases[] = {
		{ WORKLOAD_RANDREAD, { 0, 0 }, false },	 { WORKLOAD_RANDREAD, { 0, 5 }, false },
		{ WORKLOAD_WRITE, { 5, 0 }, false },	 { WORKLOAD_READ, { 5, 0 }, true },
		{ WORKLOAD_READWRITE, { 0, 0 }, false }, { WORKLOAD_RANDRW, { 0, 5 }, true },
		{ WORKLOAD_RANDWRITE, { 5, 5 }, true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct arrival a;

		init(&a, cases[i].rw, cases[i].rate[0], cases[i].rate[1], WORKLOAD_RATE_LINEAR, 1);
		assert_int_equal(a.used, cases[i].used);
	}
}

/* This test will check that a seed repeats its schedule and another one does not. */
static void schedule_should_follow_its_seed(void **state)
{
	struct arrival a, same, other;
	int alike = 0;

	(void)state;
	init(&a, WORKLOAD_RANDRW, 900, 300, WORKLOAD_RATE_POISSON, 1);
	init(&same, WORKLOAD_RANDRW, 900, 300, WORKLOAD_RATE_POISSON, 1);
	init(&other, WORKLOAD_RANDRW, 900, 300, WORKLOAD_RATE_POISSON, 2);
	arrival_begin(&a, BEGIN_NS);
	arrival_begin(&same, BEGIN_NS);
	arrival_begin(&other, BEGIN_NS);
	for (int i = 0; i < 1000; i++) {
		assert_true(arrival_due_ns(&a) == arrival_due_ns(&same));
		assert_int_equal(arrival_writes(&a), arrival_writes(&same));
		alike += arrival_due_ns(&a) == arrival_due_ns(&other);
		arrival_take(&a);
		arrival_take(&same);
		arrival_take(&other);
	}
	assert_in_range(alike, 0, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(even_gaps_should_be_exact),
		cmocka_unit_test(random_gaps_should_be_exponential),
		cmocka_unit_test(streams_should_have_their_own_rates),
		cmocka_unit_test(rate_without_its_direction_should_be_none),
		cmocka_unit_test(schedule_should_follow_its_seed),
	};

	return cmocka_run_group_tests_name("arrival", tests, NULL, NULL);
}
