// SPDX-License-Identifier: MIT
/* Where threads wait for each other. */
#include "unit.h"

#include <stdatomic.h>

#include "lib/clock.h"
#include "run/gate.h"

#define THREADS 64

static struct gate gate;
static atomic_uint came, began, turned_back;

static void *pass(void *arg)
{
	(void)arg;
	atomic_fetch_add(&came, 1);
	if (gate_wait(&gate))
		atomic_fetch_add(&began, 1);
	else
		atomic_fetch_add(&turned_back, 1);
	return NULL;
}

static void start(pthread_t *thread, uint32_t n)
{
	gate_init(&gate);
	atomic_store(&came, 0);
	atomic_store(&began, 0);
	atomic_store(&turned_back, 0);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, pass, NULL), 0);
}

static void join(const pthread_t *thread, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	gate_destroy(&gate);
}

/* This test will check that nobody begins before all are there and the gate opens; then all do, or
 * none. */
static void all_should_begin_or_none(void **state)
{
	static const struct {
		uint32_t threads;
		enum gate_state opened;
	} cases[] = { { 0, GATE_OPEN },
		      { 1, GATE_OPEN },
		      { THREADS, GATE_OPEN },
		      { 1, GATE_CANCELLED },
		      { THREADS, GATE_CANCELLED } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint32_t n = cases[i].threads;
		pthread_t thread[THREADS];

		start(thread, n);
		gate_await(&gate, n);
		assert_int_equal(atomic_load(&came), n);
		clock_sleep_ns(CLOCK_NS_PER_S / 100);
		assert_int_equal(atomic_load(&began) + atomic_load(&turned_back), 0);
		gate_open(&gate, cases[i].opened);
		join(thread, n);
		assert_int_equal(atomic_load(&began), cases[i].opened == GATE_OPEN ? n : 0);
		assert_int_equal(atomic_load(&turned_back), cases[i].opened == GATE_OPEN ? 0 : n);
	}
}

static void *open_late(void *arg)
{
	clock_sleep_ns(CLOCK_NS_PER_S / 50);
	gate_open(&gate, *(enum gate_state *)arg);
	return NULL;
}

/* This test will check that a thread that comes after the gate was opened does not wait, and waits
 * for whoever opens it before. */
static void gate_should_stay_as_it_was_opened(void **state)
{
	static const enum gate_state opened[] = { GATE_OPEN, GATE_CANCELLED };

	(void)state;
	for (size_t i = 0; i < N(opened); i++) {
		enum gate_state how = opened[i];
		pthread_t opener;

		gate_init(&gate);
		assert_int_equal(pthread_create(&opener, NULL, open_late, &how), 0);
		for (int again = 0; again < 3; again++)
			assert_int_equal(gate_wait(&gate), how == GATE_OPEN);
		gate_await(&gate, 3); /* they were counted, all the same */
		pthread_join(opener, NULL);
		gate_destroy(&gate);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_should_begin_or_none),
		cmocka_unit_test(gate_should_stay_as_it_was_opened),
	};

	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
