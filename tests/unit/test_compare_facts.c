// SPDX-License-Identifier: MIT
/* Facts of environments side by side. */
#include "compare_fixture.h"

#include "lib/table.h"
#include "render/compare_facts.h"

static const double iops[] = { 1000, 1010, 990, 1000, 1005, 995, 1000, 1001 };

/* This test will check that each environment's facts are told as its own, and absent ones named. */
static void facts_should_be_told_and_absent_ones_named(void **state)
{
	struct samples s = { 0 };
	struct buf untold = BUF_INIT;
	struct comparison c;
	struct table t;

	(void)state;
	for (const char *label = "a\0b\0c\0"; *label; label += 2)
		add_boot(&s, label, iops, N(iops));
	assert_int_equal(samples_set_fact(&s.run[0], SAMPLE_TOOL, "fio-3.33"), 0);
	assert_int_equal(samples_set_fact(&s.run[1], SAMPLE_TOOL, "fio-3.42"), 0);
	assert_int_equal(samples_set_fact(&s.run[2], SAMPLE_TOOL, "fio-3.33"), 0);
	assert_int_equal(samples_set_fact(&s.run[1], SAMPLE_KERNEL, "6.12"), 0);
	assert_int_equal(compare_apart(&c, &s), 0);
	compare_facts(&t, &c);
	assert_int_equal(t.columns, 3);
	assert_int_equal(t.cells_n, 3 * 4); /* under their heads */
	assert_string_equal(t.cells[3], "tool");
	assert_string_equal(t.cells[4], "A, C");
	assert_string_equal(t.cells[5], "fio-3.33");
	assert_string_equal(t.cells[6], "");
	assert_string_equal(t.cells[7], "B");
	assert_string_equal(t.cells[10], "B");
	assert_string_equal(t.cells[11], "6.12");
	compare_facts_untold(&untold, &c);
	check_has(untold.data, "driver, ");
	assert_null(strstr(untold.data, "kernel, "));
	assert_null(strstr(untold.data, "tool, "));
	table_free(&t);
	buf_free(&untold);
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that a single environment has no letter, and that what all tell has "all".
 */
static void letters_should_tell_environments_apart(void **state)
{
	struct samples s = { 0 };
	struct comparison c;
	struct table t;

	(void)state;
	add_boot(&s, "a", iops, N(iops));
	assert_int_equal(samples_set_fact(&s.run[0], SAMPLE_TOOL, "fio-3.33"), 0);
	assert_int_equal(compare_apart(&c, &s), 0);
	compare_facts(&t, &c);
	assert_int_equal(t.columns, 2);
	assert_int_equal(t.cells_n, 2 * 2);
	assert_string_equal(t.cells[3], "fio-3.33");
	table_free(&t);
	compare_free(&c);
	add_boot(&s, "b", iops, N(iops));
	assert_int_equal(samples_set_fact(&s.run[1], SAMPLE_TOOL, "fio-3.33"), 0);
	assert_int_equal(compare_apart(&c, &s), 0);
	compare_facts(&t, &c);
	assert_int_equal(t.cells_n, 3 * 2);
	assert_string_equal(t.cells[4], "all");
	table_free(&t);
	compare_free(&c);
	samples_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_should_be_told_and_absent_ones_named),
		cmocka_unit_test(letters_should_tell_environments_apart),
	};

	return cmocka_run_group_tests_name("compare_facts", tests, NULL, NULL);
}
