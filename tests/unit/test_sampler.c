// SPDX-License-Identifier: MIT
/* Points of a series: what they hold, how they fold. */
#include "run_fixture.h"

#include "lib/rng.h"
#include "run/sampler.h"

#define MS    (CLOCK_NS_PER_S / 1000)
#define JOBS  3
#define BEGIN (5 * CLOCK_NS_PER_S)

/* Counters of some jobs, and who looks at them. */
static struct stats counted[JOBS];
static struct sampler sampler;
static struct series series;

static void begin(uint32_t round, uint64_t interval_ns)
{
	for (int j = 0; j < JOBS; j++)
		stats_init(&counted[j]);
	sampler_begin(&sampler, &series, counted, JOBS, round, BEGIN, interval_ns);
}

static void count(int job, int direction, uint64_t ns, uint64_t n)
{
	histogram_add_n(&counted[job].io[direction].clat, ns, n);
}

static uint64_t sum_of(int direction)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < series.n; i++)
		sum += series.point[i].ios[direction];
	return sum;
}

/* Within a bucket: 1/128 of the value. */
static void check_near(uint64_t got, uint64_t want)
{
	uint64_t off = got > want ? got - want : want - got;

	if (off > want / 128)
		print_error("got %llu, want %llu within its bucket\n", (unsigned long long)got,
			    (unsigned long long)want);
	assert_true(off <= want / 128);
}

/* Points follow each other without gaps, each round from its own begin to `end_ns` after it. */
static void check_no_gaps(uint64_t end_ns)
{
	for (uint32_t i = 0; i < series.n; i++) {
		const struct series_point *p = &series.point[i];
		bool first = !i || p[-1].round != p->round;
		bool last = i + 1 == series.n || p[1].round != p->round;

		check_number("begin", p->at_ns, first ? 0 : p[-1].at_ns + p[-1].length_ns);
		if (last)
			check_number("end", p->at_ns + p->length_ns, end_ns);
	}
}

/* This test will check that every point holds what was counted since the last, by all jobs, and
 * nothing where nothing was. */
static void points_should_hold_what_is_new(void **state)
{
	(void)state;
	series = (struct series){ .limit = 10 };
	begin(4, 100 * MS);
	count(0, STATS_READ, 1000, 5);
	count(2, STATS_READ, 1000, 2);
	count(1, STATS_WRITE, 50000, 1);
	sampler_look(&sampler, BEGIN + 100 * MS);
	sampler_look(&sampler, BEGIN + 200 * MS);
	count(0, STATS_READ, 1000, 1);
	sampler_look(&sampler, BEGIN + 300 * MS);
	assert_int_equal(series.n, 3);
	assert_true(series.point[0].ios[0] == 7 && series.point[0].ios[1] == 1);
	check_near(series.point[0].max_ns, 50000);
	assert_true(series.point[1].ios[0] == 0 && series.point[1].ios[1] == 0);
	assert_true(series.point[1].p99_ns == 0 && series.point[1].max_ns == 0);
	assert_true(series.point[2].ios[0] == 1 && series.point[2].ios[1] == 0);
	check_near(series.point[2].max_ns, 1000); /* not the greatest there ever was */
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(series.point[i].round, 4);
		assert_int_equal(series.point[i].length_ns, 100 * MS);
	}
	check_no_gaps(300 * MS);
}

/* This test will check percentile and maximum of known data. */
static void figures_should_be_those_of_the_data(void **state)
{
	static const struct {
		uint64_t n; /* 1 us, 2 us ... n us, once each */
		uint64_t p99_us, max_us;
	} cases[] = { { 1, 1, 1 }, { 50, 50, 50 }, { 1000, 990, 1000 }, { 10000, 9900, 10000 } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		series = (struct series){ .limit = 10 };
		begin(0, 100 * MS);
		for (uint64_t us = 1; us <= cases[i].n; us++)
			count((int)(us % JOBS), us % 2, us * 1000, 1);
		sampler_end(&sampler, BEGIN + 1);
		assert_int_equal(series.point[0].ios[0] + series.point[0].ios[1], cases[i].n);
		check_near(series.point[0].p99_ns, cases[i].p99_us * 1000);
		check_near(series.point[0].max_ns, cases[i].max_us * 1000);
	}
	/* one slow in a hundred is not above the 99th percentile's rank; two are */
	for (uint64_t slow = 1; slow <= 2; slow++) {
		series = (struct series){ .limit = 10 };
		begin(0, 100 * MS);
		count(0, STATS_READ, 1000, 100 - slow);
		count(1, STATS_READ, MS, slow);
		sampler_end(&sampler, BEGIN + 1);
		check_near(series.point[0].p99_ns, slow == 1 ? 1000 : MS);
		check_near(series.point[0].max_ns, MS);
	}
}

/* This test will check that a look which comes early adds nothing, and one that comes late a point
 * as long as it really is. */
static void late_looks_should_make_longer_points(void **state)
{
	(void)state;
	series = (struct series){ .limit = 10 };
	begin(0, 100 * MS);
	sampler_look(&sampler, BEGIN + 99 * MS);
	assert_int_equal(series.n, 0);
	sampler_look(&sampler, BEGIN + 130 * MS);
	sampler_look(&sampler, BEGIN + 200 * MS); /* 70 ms after the last */
	assert_int_equal(series.n, 1);
	sampler_look(&sampler, BEGIN + 1000 * MS);
	assert_int_equal(series.n, 2);
	assert_int_equal(series.point[0].length_ns, 130 * MS);
	assert_int_equal(series.point[1].length_ns, 870 * MS);
	check_no_gaps(1000 * MS);
}

/* This test will check the end of a window, which does not wait: what is left of it is a point from
 * half an interval on, and where its round has no other; else it joins the one before. */
static void rest_of_a_window_should_be_no_sliver(void **state)
{
	static const struct {
		uint64_t end_ms;
		uint32_t points;
		uint64_t last_ms, last_ios;
	} cases[] = {
		{ 100, 1, 100, 7 }, { 149, 1, 149, 7 },	 { 150, 2, 50, 3 },
		{ 199, 2, 99, 3 },  { 1000, 2, 900, 3 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct series_point *last;

		series = (struct series){ .limit = 2 };
		begin(0, 100 * MS);
		count(0, STATS_READ, 1000, 4);
		sampler_look(&sampler, BEGIN + 100 * MS);
		count(1, STATS_READ, 5000, 3);
		sampler_end(&sampler, BEGIN + cases[i].end_ms * MS);
		last = &series.point[series.n - 1];
		check_number("points", series.n, cases[i].points);
		check_number("length", last->length_ns, cases[i].last_ms * MS);
		check_number("I/Os", last->ios[0], cases[i].last_ios);
		check_near(last->max_ns, 5000);
		check_no_gaps(cases[i].end_ms * MS);
		begin(1, 100 * MS);
		sampler_end(&sampler, BEGIN + MS);
		assert_int_equal(series.point[series.n - 1].round, 1);
		assert_int_equal(series.point[series.n - 1].length_ns, MS);
	}
}

/* This test will check that folding loses nothing and never mixes rounds, whatever room there is.
 */
static void folding_should_keep_sums_and_rounds(void **state)
{
	static const uint32_t limits[] = { 6, 7, 37, SERIES_POINTS_MAX };
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (size_t i = 0; i < N(limits); i++) {
		uint64_t want[2] = { 0 }, most_ns = 0, seen_ns = 0;
		uint32_t rounds = 3;

		series = (struct series){ .limit = limits[i] };
		for (uint32_t round = 0; round < rounds; round++) {
			begin(round, 10 * MS);
			for (uint64_t at = 1; at <= 1000; at++) {
				int direction = (int)rng_below(&rng, 2);
				uint64_t n = rng_below(&rng, 4), ns = 1 + rng_below(&rng, MS);

				if (n)
					count((int)rng_below(&rng, JOBS), direction, ns, n);
				most_ns = n && ns > most_ns ? ns : most_ns;
				want[direction] += n;
				sampler_look(&sampler, BEGIN + at * MS);
			}
			sampler_end(&sampler, BEGIN + 1001 * MS);
			assert_true(series.n <= limits[i]);
		}
		for (int d = 0; d < 2; d++)
			check_number("I/Os", sum_of(d), want[d]);
		check_no_gaps(1001 * MS);
		assert_int_equal(series.point[0].round, 0);
		assert_int_equal(series.point[series.n - 1].round, rounds - 1);
		for (uint32_t k = 0; k < series.n; k++) {
			assert_true(series.point[k].p99_ns <= series.point[k].max_ns);
			if (series.point[k].max_ns > seen_ns)
				seen_ns = series.point[k].max_ns;
		}
		check_near(seen_ns, most_ns);
		assert_true(series.n >= limits[i] / 4); /* no more is folded than has to be */
	}
}

/* This test will check the two figures of a folded point: the larger of both. */
static void folded_point_should_keep_the_larger(void **state)
{
	(void)state;
	series = (struct series){ .limit = 2 };
	begin(0, MS);
	for (uint64_t i = 0; i < 3; i++) {
		count(0, STATS_READ, i == 1 ? 5000 : 100, 10);
		sampler_end(&sampler, BEGIN + (i + 1) * MS);
	}
	assert_int_equal(series.n, 2);
	assert_int_equal(series.point[0].ios[0], 20);
	assert_int_equal(series.point[0].length_ns, 2 * MS);
	check_near(series.point[0].p99_ns, 5000);
	check_near(series.point[0].max_ns, 5000);
	assert_int_equal(series.point[1].ios[0], 10);
	check_near(series.point[1].max_ns, 100);
	check_no_gaps(3 * MS);
}

/* This test will check that a window which was over before it was to begin leaves no point. */
static void end_before_the_beginning_should_leave_no_point(void **state)
{
	(void)state;
	series = (struct series){ .limit = 7 };
	begin(0, MS);
	sampler_end(&sampler, BEGIN - MS);
	assert_int_equal(series.n, 0);
}

/* This test will check that a series without room stays empty. */
static void series_without_room_should_stay_empty(void **state)
{
	(void)state;
	series = (struct series){ .limit = 0 };
	begin(0, MS);
	count(0, STATS_READ, 100, 10);
	sampler_end(&sampler, BEGIN + MS);
	sampler_end(&sampler, BEGIN + 2 * MS);
	assert_int_equal(series.n, 0);
}

/* This test will check that more rounds than points lose no I/O either: points take in several. */
static void many_rounds_should_keep_sums_too(void **state)
{
	(void)state;
	series = (struct series){ .limit = 7 };
	for (uint32_t round = 0; round < 100; round++) {
		begin(round, 10 * MS);
		for (uint64_t at = 1; at <= 3; at++) {
			count(0, 0, 1000, 10);
			sampler_end(&sampler, BEGIN + at * 10 * MS);
		}
		assert_true(series.n <= 7);
	}
	check_number("I/Os", sum_of(0), 3000);
	assert_int_equal(series.point[0].round, 0);
	assert_int_equal(series.point[series.n - 1].round, 99);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_should_hold_what_is_new),
		cmocka_unit_test(figures_should_be_those_of_the_data),
		cmocka_unit_test(late_looks_should_make_longer_points),
		cmocka_unit_test(rest_of_a_window_should_be_no_sliver),
		cmocka_unit_test(folding_should_keep_sums_and_rounds),
		cmocka_unit_test(many_rounds_should_keep_sums_too),
		cmocka_unit_test(folded_point_should_keep_the_larger),
		cmocka_unit_test(end_before_the_beginning_should_leave_no_point),
		cmocka_unit_test(series_without_room_should_stay_empty),
	};

	return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
