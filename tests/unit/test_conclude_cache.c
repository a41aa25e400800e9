// SPDX-License-Identifier: MIT
/* What adds to a cache that reads show: its size, and reads of what was just written. */
#include "conclude_fixture.h"

/* '+' held, '-' gone, '?' open. */
static const char *knee_of(const char *spans)
{
	static struct detection d;
	struct cache_span span[CACHE_SPANS_MAX];
	uint32_t n = 0;

	for (; spans[n]; n++)
		span[n] = (struct cache_span){ .bytes = UINT64_C(4194304) << n,
					       .oldest = spans[n] == '+'   ? CACHE_HELD
							 : spans[n] == '-' ? CACHE_GONE
									   : CACHE_OPEN };
	d = (struct detection){ .evidence = "found" };
	conclude_cache_knee(&d, span, n);
	return d.evidence;
}

/* This test will check that a size is told where one span is held and the next one is not, or is in
 * part, and not where a cache fades out or too few spans tell. */
static void size_should_show_at_a_knee(void **state)
{
	(void)state;
	assert_string_equal(knee_of("+++--"), "found; it holds 16 MiB and not 32 MiB");
	/* Of a span of 8 MiB a cache of 7 holds some of the oldest. */
	assert_string_equal(knee_of("+?--"), "found; it holds 4 MiB and not 16 MiB");
	assert_string_equal(knee_of("+?"
				    "?-"),
			    "found; no size shows");
	assert_string_equal(knee_of("++?"), "found; no size shows");
	assert_string_equal(knee_of("+-+"), "found; no size shows");
	assert_string_equal(knee_of("++"), "found; it holds 8 MiB, the most that was read");
	assert_string_equal(knee_of("---"), "found; it holds less than 4 MiB");
	assert_string_equal(knee_of("?--"), "found; no size shows");
	assert_string_equal(knee_of(""), "found");
}

/* Looks as the detector does: until it is decided. `ratio`: of a read of the medium to one of the
 * cache; in_cache: of the oldest, the newest. */
static enum cache_hold look(bool oldest_in_cache, bool newest_in_cache)
{
	static double oldest[400], newest[400], never[400];
	const struct cache_reads reads = { oldest, newest, never };
	uint32_t n = 0;

	for (uint32_t look = 25; look <= 400; look *= 2) {
		enum cache_hold hold;

		for (; n < look; n++) {
			noise_step(&noise);
			oldest[n] = noise_time(&noise, oldest_in_cache ? 1e5 : 1e5 * ratio);
			newest[n] = noise_time(&noise, newest_in_cache ? 1e5 : 1e5 * ratio);
			never[n] = noise_time(&noise, 1e5 * ratio);
		}
		hold = conclude_cache_span(&reads, n, ratio);
		if (hold != CACHE_OPEN)
			return hold;
	}
	return CACHE_OPEN;
}

/* This test will check that noise makes no span held that is not, nor the other way round, that
 * most are decided, and that nothing is said where the cache does not take what is read in order.
 */
static void span_should_be_held_or_gone(void **state)
{
	static const struct {
		bool oldest, newest;
		enum cache_hold hold, never;
	} cases[] = { { true, true, CACHE_HELD, CACHE_GONE },
		      { false, true, CACHE_GONE, CACHE_HELD },
		      { false, false, CACHE_OPEN, CACHE_HELD } };

	(void)state;
	ratio = 1.4;
	for (size_t i = 0; i < N(cases); i++) {
		uint32_t as[3] = { 0 };

		noise = noise_begin(11, 0.25);
		for (int draws = 0; draws < DRAWS; draws++)
			as[look(cases[i].oldest, cases[i].newest)]++;
		print_message("held %u, gone %u, open %u\n", as[CACHE_HELD], as[CACHE_GONE],
			      as[CACHE_OPEN]);
		assert_int_equal(as[cases[i].never], 0);
		assert_in_range(as[cases[i].hold], DRAWS * 99 / 100, DRAWS);
	}
}

static void cache_of_writes(struct detection *d)
{
	double a[PAIRS], b[PAIRS];

	d->verdict = DETECTION_CLEAR;
	draw(a, b);
	conclude_cache_of_writes(d, true, true, a, b, PAIRS);
}

/* This test will check that what is read fast after a write alone is a cache, too, that what was
 * found before is kept, and that it decides where nothing was looked at before. */
static void cache_of_writes_should_add(void **state)
{
	struct detection d = { .verdict = DETECTION_FOUND, .value = 7, .evidence = "read again" };

	(void)state;
	ratio = 1;
	assert_int_equal(count(cache_of_writes, DETECTION_CLEAR, 100, 0.2), 100);
	ratio = 1.5;
	assert_in_range(count(cache_of_writes, DETECTION_FOUND, 100, 0.2), 99, 100);
	cache_of_writes(&d);
	check_has(d.evidence, "a cache answers what was just written");
	d = (struct detection){ .verdict = DETECTION_FOUND, .value = 7, .evidence = "read again" };
	conclude_cache_of_writes(&d, true, true, (const double[]){ 2e5 }, (const double[]){ 1e5 },
				 1);
	assert_string_equal(d.evidence,
			    "read again; right after a write 100.0 us, other places 200.0");
	assert_true(d.verdict == DETECTION_FOUND && d.value == 7);
	d.verdict = DETECTION_CLEAR; /* of reads; of writes one pair tells nothing */
	conclude_cache_of_writes(&d, true, true, (const double[]){ 2e5 }, (const double[]){ 1e5 },
				 1);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	d.verdict = DETECTION_CLEAR; /* and need not, where nothing was there to read */
	conclude_cache_of_writes(&d, true, false, (const double[]){ 2e5 }, (const double[]){ 1e5 },
				 1);
	assert_int_equal(d.verdict, DETECTION_CLEAR);
	conclude_cache_of_writes(&d, false, true, (const double[]){ 2e5 }, (const double[]){ 1e5 },
				 1);
	assert_int_equal(d.verdict, DETECTION_UNDECIDED);
	assert_true(d.value == 2);
}

static bool holds_data;

static void cache_of_writes_alone(struct detection *d)
{
	double a[PAIRS], b[PAIRS];

	draw(a, b);
	conclude_cache_of_writes(d, false, holds_data, a, b, PAIRS);
}

/* This test will check that blocks that may never have been written clear nothing, for their reads
 * may be fast for that, and that what is found beside them is found. */
static void unwritten_places_should_not_clear(void **state)
{
	(void)state;
	ratio = 0.1;
	holds_data = true;
	assert_int_equal(count(cache_of_writes_alone, DETECTION_CLEAR, 100, 0.2), 100);
	holds_data = false;
	assert_int_equal(count(cache_of_writes_alone, DETECTION_UNDECIDED, 100, 0.2), 100);
	ratio = 1.5;
	assert_in_range(count(cache_of_writes_alone, DETECTION_FOUND, 100, 0.2), 99, 100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_should_show_at_a_knee),
		cmocka_unit_test(span_should_be_held_or_gone),
		cmocka_unit_test(cache_of_writes_should_add),
		cmocka_unit_test(unwritten_places_should_not_clear),
	};

	return cmocka_run_group_tests_name("conclude_cache", tests, NULL, NULL);
}
