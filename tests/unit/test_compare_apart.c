// SPDX-License-Identifier: MIT
/* Environments that are only shown: nothing is set beside anything. */
#include "compare_fixture.h"

#include "render/apart.h"
#include "render/apart_text.h"

static const double slow[] = { 1000, 1010, 990, 1000, 1005, 995, 1000, 1001 };
static const double fast[] = { 2000, 2010, 1990, 2000, 2005, 1995, 2000, 2001 };

/* This test will check that what `tare compare` would rank is only shown. */
static void nothing_should_be_set_beside_anything(void **state)
{
	struct samples s = { 0 };
	struct comparison c;

	(void)state;
	add_boot(&s, "a", slow, N(slow));
	add_boot(&s, "b", fast, N(fast));
	assert_int_equal(samples_set_fact(&s.run[0], SAMPLE_TOOL, "fio-3.33"), 0);
	assert_int_equal(samples_set_fact(&s.run[1], SAMPLE_TOOL, "fio-3.42"), 0);
	assert_int_equal(compare_apart(&c, &s), 0);
	assert_true(c.apart);
	assert_int_equal(c.environments_n, 2);
	assert_int_equal(c.groups_n, 1);
	assert_int_equal(c.group[0].pairs_n + c.differences_n + c.findings_n + c.tests_n, 0);
	for (int i = 0; i < 2; i++) {
		const struct comparison_figure *f = &c.group[0].figure[i];

		assert_true(fabs(f->iops / (i ? 2000 : 1000) - 1) < 0.001);
		assert_true(f->iops_low < f->iops && f->iops < f->iops_high);
		assert_true(isnan(f->ratio) && isnan(f->ratio_low) && isnan(f->ratio_high));
	}
	compare_free(&c);
	samples_free(&s);
}

/* This test will check that a single environment has no letter, in tables and in sentences. */
static void one_environment_should_have_no_letter(void **state)
{
	struct samples s = { 0 };
	struct buf text = BUF_INIT;
	struct sample_workload *w;
	struct comparison c;

	(void)state;
	w = add_boot(&s, "my disk", slow, N(slow));
	w->usr_pct = 20;
	w->sys_pct = 79.6;
	w->cpu_ns_per_io = 996000;
	w = add_workload(&s.run[0], fast, N(fast));
	str_copy(w->name, sizeof(w->name), "write-1m-qd1");
	w->shape = samples_shape();
	samples_shape_from_name(&w->shape, w->name);
	w->direction = SAMPLE_WRITE;
	w->measured_s = 3;
	assert_int_equal(compare_apart(&c, &s), 0);
	apart_text(&text, &c, &s.notes);
	check_has(text.data, "my disk\n");
	check_has(text.data, "randread-4k-qd64  random read, 4 KiB, depth 64\n");
	check_has(text.data, "* not for ranking: write-1m-qd1: too short: 3.0 s were measured");
	check_has(text.data,
		  "randread-4k-qd64: one thread is at its limit, busy for 100 % of its time");
	check_has(text.data, "(CPU time per I/O: 996.00 us)");
	assert_null(strstr(text.data, "  A "));
	assert_null(strstr(text.data, "tare compare"));
	buf_free(&text);
	compare_free(&c);
	samples_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_should_be_set_beside_anything),
		cmocka_unit_test(one_environment_should_have_no_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
