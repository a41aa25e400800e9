// SPDX-License-Identifier: MIT
/* The meter and the counter of gaps, on a clock that the test moves. */
#include "unit.h"

#include "probe/meter.h"

#define READ_NS 50 /* what the clock itself costs */

static uint64_t time_ns;
static uint32_t calls;

static uint64_t read_clock(void)
{
	time_ns += READ_NS;
	return time_ns;
}

/* 10 ns; every tenth, from the first one on, 210 ns. */
static void work(void *context)
{
	uint32_t *step = context;

	time_ns += calls++ % *step ? 10 : 210;
}

/* Adds samples of a batch of `batch` until `until_ns` from now. */
static void measure(struct readings *s, uint32_t step, uint32_t batch, uint64_t for_ns)
{
	struct meter m;

	calls = 0;
	meter_init(&m, read_clock, batch);
	assert_true(m.empty_ns == READ_NS);
	meter_take(s, &m, work, &step, time_ns + for_ns);
}

/* This test will check that single operations are timed one by one, without the clock's cost, and
 * the first not at all. */
static void single_operations_should_be_exact(void **state)
{
	struct probe probe = { 0 };
	struct readings s;

	(void)state;
	assert_int_equal(readings_init(&s, 1000), 0);
	measure(&s, 50, 1, UINT64_MAX / 2);
	assert_int_equal(s.n, 1000);
	assert_int_equal(calls, 1001);
	probe_add(&probe, "op_ns", &s);
	assert_true(probe.figure[0].p50 == 10);
	assert_true(probe.figure[0].p99 == 210); /* 20 of 1,000 are slow */
	assert_true(probe.figure[0].spread == 0);
	readings_free(&s);
}

/* This test will check that a batch gives the mean of its operations. */
static void batch_should_give_its_mean(void **state)
{
	struct readings s;

	(void)state;
	assert_int_equal(readings_init(&s, 20), 0);
	measure(&s, 10, 10, UINT64_MAX / 2);
	for (uint32_t i = 0; i < s.n; i++)
		assert_true(s.value[i] == 30); /* nine of 10 and one of 210 */
	assert_int_equal(calls, 210);
	readings_free(&s);
}

/* This test will check that the time ends it, with one sample at least. */
static void time_should_end_it(void **state)
{
	struct readings s;

	(void)state;
	assert_int_equal(readings_init(&s, 1000), 0);
	measure(&s, 1000, 1, 0);
	assert_int_equal(s.n, 1);
	s.n = 0;
	measure(&s, 1000, 1, 260 + 10 + READ_NS + 9 * (10 + 2 * READ_NS));
	assert_int_equal(s.n, 10);
	readings_free(&s);
}

/* This test will check that what took less than an empty batch is nothing, not less. */
static void samples_should_not_be_below_zero(void **state)
{
	struct readings s;
	struct meter m = { read_clock, 1, 1000 };
	uint32_t step = 1000;

	(void)state;
	assert_int_equal(readings_init(&s, 4), 0);
	meter_take(&s, &m, work, &step, UINT64_MAX);
	for (uint32_t i = 0; i < s.n; i++)
		assert_true(s.value[i] == 0);
	readings_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_operations_should_be_exact),
		cmocka_unit_test(batch_should_give_its_mean),
		cmocka_unit_test(time_should_end_it),
		cmocka_unit_test(samples_should_not_be_below_zero),
	};

	return cmocka_run_group_tests_name("probe_meter", tests, NULL, NULL);
}
