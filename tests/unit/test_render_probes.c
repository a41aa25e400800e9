// SPDX-License-Identifier: MIT
/* The table of probes. */
#include "unit.h"

#include "probe_fixture.h"
#include "render/probes.h"

/* This test will check the table to the letter. */
static void table_should_be_terse(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	render_probes(&text, &probe_fixture);
	assert_string_equal(
		text.data,
		"platform  figure          p50      p99  spread\n"
		"--------  ----------  -------  -------  ------\n"
		"clock     call_ns       21.44    24.58   0.156\n"
		"clock     syscall_ns    249.1        -   2.500\n"
		"clock     vdso              1\n"
		"tsc       pm_ppm       -51.80        -       0\n"
		"tsc       tsc_mhz     2596123  2596000  123456\n"
		"\n"
		"spread: between the quarters; p99 of a rate: its low side; - : fewer than 1,000 "
		"samples\n"
		"port elcr_ns: not possible here: ioperm: needs root\n"
		"port: took 5 ms of 1 ms planned\n"
		"exit: ended by signal 4\n");
	buf_free(&text);
}

/* This test will check that a run without probes has no table, and that words of a document are
 * clean. */
static void nothing_and_anything_should_print(void **state)
{
	static struct probe_list list = { .n = 1 };
	struct buf text = BUF_INIT;

	(void)state;
	render_probes(&text, &(struct probe_list){ 0 });
	assert_int_equal(text.len, 0);
	strcpy(list.probe[0].name, "a\033[2Jb");
	strcpy(list.probe[0].note, "c\nd");
	render_probes(&text, &list);
	check_has_not(text.data, "\033");
	check_has_not(text.data, "c\nd");
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_should_be_terse),
		cmocka_unit_test(nothing_and_anything_should_print),
	};

	return cmocka_run_group_tests_name("render_probes", tests, NULL, NULL);
}
