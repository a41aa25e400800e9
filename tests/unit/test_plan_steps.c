// SPDX-License-Identifier: MIT
/* Plans: what runs, in which order, and what a suite makes of it. */
#include "plan_site.h"

#include "config/suites.h"

/* This test will check that the plan knows whose seed it has. */
static void seed_of_the_user_should_be_known(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s, "[a]\n", &disk, 1);
	build(&s, &disk, NULL);
	assert_false(s.plan.seed_given);
	s.config.source[CONFIG_SEED] = CONFIG_FROM_CMDLINE;
	build(&s, &disk, NULL);
	assert_true(s.plan.seed_given);
}

/* This test will check steps: sections run together up to the next stonewall; time and memory are
 * those of the largest. */
static void steps_should_end_at_stonewalls(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s,
		  "[global]\nruntime=10\nramp_time=1\n"
		  "[a]\nnumjobs=3\n[b]\nruntime=20\n[c]\nstonewall\nbs=1m\niodepth=64\n"
		  "[d]\nstonewall\nbs=513\nruntime=1000\n",
		  &disk, 1);
	s.config.rounds = 2;
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.steps_n, 3);
	assert_int_equal(s.plan.step[0].n, 2);
	assert_int_equal(s.plan.step[0].jobs, 4);
	assert_int_equal(s.plan.step[1].first, 2);
	assert_int_equal(s.plan.step[1].jobs, 1);
	assert_int_equal(s.plan.rounds, 2);
	check_number("time", s.plan.measure_ns, 2 * (21 + 11) * CLOCK_NS_PER_S);
	/* c's buffers alone are 64 MiB; d is skipped */
	assert_in_range(s.plan.memory_bytes, 64 * MIB, 68 * MIB);
	notes_free(&s.notes);
}

/* This test will check the order of steps: as written, or shuffled by seed and round alone. */
static void order_should_follow_seed_and_round(void **state)
{
	static struct plan plan, other;
	uint32_t order[PLAN_SECTIONS_MAX], again[PLAN_SECTIONS_MAX];
	int changed = 0;

	(void)state;
	plan = (struct plan){ .steps_n = 6, .seed = 1 };
	plan_order(order, &plan, 3);
	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(order[i], i);
	plan.shuffled = true;
	other = plan;
	other.seed = 2;
	for (uint32_t round = 0; round < 20; round++) {
		uint32_t seen = 0;

		plan_order(order, &plan, round);
		plan_order(again, &plan, round);
		assert_memory_equal(order, again, sizeof(order[0]) * 6);
		for (uint32_t i = 0; i < 6; i++)
			seen |= 1u << order[i];
		assert_int_equal(seen, 63);
		plan_order(again, &other, round);
		changed += memcmp(order, again, sizeof(order[0]) * 6) != 0;
	}
	assert_true(changed >= 17); /* 1 in 720 would be the same by chance */
}

/* This test will check what a plan takes from a suite and what it says of its work. */
static void suite_should_set_rounds_and_order(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);
	const struct suite *quick = suite_find("quick");

	(void)state;
	site_init(&s, quick->text, &disk, 1);
	s.work.suite = quick;
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.rounds, 5);
	assert_true(s.plan.shuffled);
	assert_true(s.plan.short_by_plan);
	assert_int_equal(s.plan.wait_s, 10);
	assert_int_equal(strlen(s.plan.suite_sha256), 64);
	assert_int_equal(plan_record(&s.plan, 2, 3), 2 * 6 + 3);
	s.config.rounds = 2;
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.rounds, 2);
	notes_free(&s.notes);
}

/* This test will check that suite `probe` touches no disk, whatever is there and allowed, and that
 * the plan says what will be done. */
static void suite_without_work_should_use_no_disk(void **state)
{
	struct disk disk = fixture_disk("sda", DISK_BLANK);
	const struct plan_file file = { "f", false, 0 };
	struct buf text = BUF_INIT;
	struct site s;

	(void)state;
	site_init(&s, "[a]\n", &disk, 1);
	memset(&s.work, 0, sizeof(s.work));
	s.work.suite = suite_find("probe");
	s.work.name = "probe";
	s.work.text = "";
	build(&s, NULL, &file);
	assert_int_equal(s.plan.target, PLAN_TARGET_NONE);
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.target, PLAN_TARGET_NONE);
	assert_false(plan_writes(&s.plan));
	assert_int_equal(s.plan.sections_n + s.plan.steps_n, 0);
	assert_true(s.plan.probes);
	check_has(s.plan.reason, "no disk is used");
	plan_print(&text, &s.plan);
	check_has_not(text.data, "probes:"); /* how long they take is not known here */
	buf_free(&text);
	s.plan.probes_ms = 52001;
	plan_print(&text, &s.plan);
	check_has(text.data, "probes: what the platform costs, at most 53 s, first\n");
	buf_free(&text);
	notes_free(&s.notes);
}

/* This test will check that a suite fits itself to the machine: no section with more jobs than
 * CPUs, and none of them a warning. */
static void suite_should_fit_the_machine(void **state)
{
	static const struct {
		const char *suite;
		uint32_t cpus, sections, jobs_max;
	} cases[] = {
		{ "standard", 1, 11, 1 }, { "standard", 2, 12, 2 },   { "standard", 3, 12, 2 },
		{ "standard", 8, 14, 8 }, { "standard", 64, 17, 64 }, { "standard", 0, 17, 64 },
		{ "thorough", 4, 13, 4 }, { NULL, 1, 17, 64 },
	};
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	disk.size_bytes = 16 * GIB;
	for (size_t i = 0; i < N(cases); i++) {
		uint32_t most = 0;

		site_init(&s, suite_find("standard")->text, &disk, 1);
		s.work.suite = cases[i].suite ? suite_find(cases[i].suite) : NULL;
		s.work.cpus = cases[i].cpus;
		build(&s, &disk, NULL);
		assert_int_equal(s.plan.sections_n, cases[i].sections);
		assert_int_equal(s.plan.steps_n, cases[i].sections);
		for (uint32_t k = 0; k < s.plan.sections_n; k++)
			most = s.plan.section[k].numjobs > most ? s.plan.section[k].numjobs : most;
		assert_int_equal(most, cases[i].jobs_max);
		assert_int_equal(s.notes.n, 0);
		assert_int_equal(s.plan.until_steady, cases[i].suite && i == 6);
	}
}

/* This test will check that the section behind one that is left out still waits as that one did. */
static void section_left_out_should_leave_its_stonewall(void **state)
{
	static struct site s;
	struct disk disk = fixture_disk("sda", DISK_BLANK);

	(void)state;
	site_init(&s, "[a]\n[b]\nstonewall\nnumjobs=8\n[c]\n[d]\n[e]\nnumjobs=9\n[f]\n", &disk, 1);
	s.work.suite = suite_find("standard");
	s.work.cpus = 2;
	build(&s, &disk, NULL);
	assert_int_equal(s.plan.sections_n, 4);
	assert_int_equal(s.plan.steps_n, 2);
	assert_string_equal(s.plan.section[s.plan.step[1].first].name, "c");
	assert_int_equal(s.plan.step[1].n, 3);
	notes_free(&s.notes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(seed_of_the_user_should_be_known),
		cmocka_unit_test(steps_should_end_at_stonewalls),
		cmocka_unit_test(order_should_follow_seed_and_round),
		cmocka_unit_test(suite_should_set_rounds_and_order),
		cmocka_unit_test(suite_without_work_should_use_no_disk),
		cmocka_unit_test(suite_should_fit_the_machine),
		cmocka_unit_test(section_left_out_should_leave_its_stonewall),
	};

	return cmocka_run_group_tests_name("plan_steps", tests, NULL, NULL);
}
