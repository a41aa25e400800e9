// SPDX-License-Identifier: MIT
/* Running probes: in processes of their own, in their share of time, whatever they do. */
#include "unit.h"

#include <math.h>

#include "lib/clock.h"
#include "lib/tsc.h"
#include "probe/probe.h"
#include "probe/probes.h"

static int spoilt; /* by a probe, in its own process */

static void measures(struct probing *p)
{
	spoilt = 1;
	assert_true(p->cpus_n >= 1);
	assert_true(p->until_ns > tsc_now_ns());
	probe_add_value(p->to, "call_ns", 12.5);
}

static void crashes(struct probing *p)
{
	probe_add_value(p->to, "call_ns", 1);
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void hangs(struct probing *p)
{
	probe_add_value(p->to, "call_ns", 2);
	for (;;)
		pause();
}

static void takes_long(struct probing *p)
{
	(void)p;
	clock_sleep_ns(200000000);
}

static void takes_long_and_says_more(struct probing *p)
{
	snprintf(p->to->note, sizeof(p->to->note), "over 100 MiB");
	clock_sleep_ns(200000000);
}

/* This test will check that a probe that crashes, hangs or takes long says so, keeps what it had,
 * and takes nothing from those after it. */
static void probes_should_be_apart(void **state)
{
	static const struct probe_row rows[] = {
		{ "good", measures, 1000, "" },	  { "crashes", crashes, 1000, "" },
		{ "hangs", hangs, 10, "" },	  { "long", takes_long, 100, "" },
		{ "better", measures, 1000, "" }, { "more", takes_long_and_says_more, 100, "" },
	};
	struct probe_site site = { 0 };
	static struct probe_list list;
	char said[100];

	(void)state;
	probe_run_rows(&list, rows, N(rows), &site);
	assert_int_equal(list.n, N(rows));
	assert_int_equal(spoilt, 0);
	assert_string_equal(list.probe[0].name, "good");
	assert_string_equal(list.probe[0].note, "");
	assert_true(list.probe[0].figure[0].p50 == 12.5);
	check_has(list.probe[1].note, "ended by signal 6");
	assert_true(list.probe[1].figure[0].p50 == 1);
	check_has(list.probe[2].note, "cut off");
	assert_true(list.probe[2].figure[0].p50 == 2);
	assert_in_range(list.probe[2].took_ms, 2020, 10000); /* twice its share, and the grace */
	check_has(list.probe[3].note, "ms of 100 ms planned");
	assert_in_range(list.probe[3].took_ms, 200, 2200);
	assert_int_equal(list.probe[3].figures_n, 0);
	assert_string_equal(list.probe[4].note, "");
	assert_int_equal(list.probe[4].figures_n, 1);
	assert_in_range(list.probe[5].took_ms, 200, 2200);
	snprintf(said, sizeof(said), "over 100 MiB; took %u ms of 100 ms planned",
		 list.probe[5].took_ms);
	assert_string_equal(list.probe[5].note, said);
}

static sig_atomic_t asked;

static void begins(void *context, const char *name, uint32_t budget_ms)
{
	uint32_t *begun = context;

	assert_string_equal(name, *begun ? "second" : "first");
	assert_int_equal(budget_ms, *begun ? 20000 : 1000);
	++*begun;
}

static void on_alarm(int signal)
{
	(void)signal;
	asked = 1;
}

/* This test will check that a request to end cuts off the probe that runs, lets no further one
 * begin, and that each is in the list all the same. */
static void request_should_end_it(void **state)
{
	static const struct probe_row rows[] = {
		{ "first", measures, 1000, "" },
		{ "second", hangs, 20000, "" },
		{ "third", measures, 1000, "" },
	};
	struct sigaction action = { .sa_handler = on_alarm };
	uint32_t begun = 0;
	struct probe_site site = { .stop = &asked, .begins = begins, .context = &begun };
	static struct probe_list list;

	(void)state;
	asked = 0;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	alarm(1);
	probe_run_rows(&list, rows, N(rows), &site);
	assert_int_equal(list.n, 3);
	assert_int_equal(begun, 2);
	assert_int_equal(list.probe[0].figures_n, 1);
	assert_string_equal(list.probe[1].note, "cut off: a request to end");
	assert_int_equal(list.probe[1].figures_n, 1); /* what it had */
	assert_in_range(list.probe[1].took_ms, 100, 10000);
	assert_string_equal(list.probe[2].name, "third");
	assert_int_equal(list.probe[2].figures_n, 0);
	check_has(list.probe[2].note, "not run: a request to end");
}

/* This test will check that a probe for which no time is left does not begin. */
static void time_should_be_bounded(void **state)
{
	static const struct probe_row rows[] = { { "endless", hangs, 60001, "" } };
	static struct probe_list list;

	(void)state;
	probe_run_rows(&list, rows, N(rows), &(struct probe_site){ 0 });
	check_has(list.probe[0].note, "the time for all probes was used up");
	assert_int_equal(list.probe[0].took_ms, 0);
}

/* This test will check that the CPU's speed is taken around every probe, and once more where the
 * run has ended. */
static void speed_should_be_taken_between(void **state)
{
	static const struct probe_row rows[] = {
		{ "good", measures, 1000, "" },
		{ PROBE_SPEED, measures, 1000, "" },
	};
	static struct probe_list list;
	const struct probe_figure *phases, *after;

	(void)state;
	probe_run_rows(&list, rows, N(rows), &(struct probe_site){ 0 });
	probe_speed_again(&list);
	phases = probe_figure(&list.probe[1], PROBE_SPEED_PHASES);
	after = probe_figure(&list.probe[1], PROBE_SPEED_AT_END);
	assert_non_null(phases);
	assert_non_null(after);
	assert_true(phases->kind == PROBE_SAMPLES && isnan(phases->p99));
	/* A CPU that adds once a cycle has 500 MHz at least; what is stolen makes it slower. */
	assert_true(phases->p50 > 50 && phases->p50 < 20000);
	assert_true(after->p50 > 50 && after->p50 < 20000);
	assert_null(probe_figure(&list.probe[0], PROBE_SPEED_PHASES));
}

/* This test will check that the registry's probes have names of their own and shares that make a
 * minute at most. */
static void registry_should_fit_a_minute(void **state)
{
	(void)state;
	for (int i = 0; i < PROBES_MAX; i++) {
		assert_non_null(probe_rows[i].run);
		assert_true(probe_rows[i].about[0] && probe_rows[i].budget_ms >= 1000);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(probe_rows[i].name, probe_rows[k].name);
	}
	assert_in_range(probe_budget_ms(), 12000, 60000);
}

/* This test will check that what is left of the time is shared out evenly. */
static void time_should_be_shared(void **state)
{
	struct probing p = { .until_ns = tsc_now_ns() + 3000000000 };
	uint64_t third_ns = probing_part_ns(&p, 0, 3), half_ns = probing_part_ns(&p, 1, 3);

	(void)state;
	assert_in_range(p.until_ns - third_ns, 1900000000, 2000000000);
	assert_in_range(p.until_ns - half_ns, 1400000000, 1500000000);
	p.until_ns = 0;
	assert_true(probing_part_ns(&p, 0, 3) <= tsc_now_ns());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(probes_should_be_apart),
		cmocka_unit_test(request_should_end_it),
		cmocka_unit_test(time_should_be_bounded),
		cmocka_unit_test(speed_should_be_taken_between),
		cmocka_unit_test(registry_should_fit_a_minute),
		cmocka_unit_test(time_should_be_shared),
	};

	return cmocka_run_group_tests_name("probe_run", tests, NULL, NULL);
}
