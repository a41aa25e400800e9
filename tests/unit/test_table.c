// SPDX-License-Identifier: MIT
/* Plain-text tables: widths, alignment, line ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/table.h"

static void check_rendered(const struct table *t, const char *indent, const char *want)
{
	struct buf b = BUF_INIT;

	table_render(&b, t, indent);
	assert_false(buf_failed(&b));
	assert_string_equal(b.data ? b.data : "", want);
	buf_free(&b);
}

/* This test will check widths by code points, both alignments, empty cells, and that no blank
 * stands at a line's end. */
static void cells_should_line_up(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, "lrl");
	table_cell(&t, "name");
	table_cell(&t, "IOPS");
	table_cell(&t, "note");
	table_cell(&t, "randread");
	table_cell(&t, "%d", 123456);
	table_cell(&t, "%s", "");
	table_cell(&t, "%s", "");
	table_cell(&t, "%s", "");
	table_cell(&t, "\u00b5s");
	table_cell(&t, "w\u00e4");
	check_rendered(&t, "  ",
		       "  name        IOPS  note\n"
		       "  --------  ------  ----\n"
		       "  randread  123456\n"
		       "                    \u00b5s\n"
		       "  w\u00e4\n");
	table_free(&t);
}

/* This test will check that a table of nothing renders as nothing, and one column alone. */
static void small_tables_should_render(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, "r");
	check_rendered(&t, "", "");
	table_cell(&t, "a");
	table_cell(&t, "bcd");
	check_rendered(&t, "", "  a\n---\nbcd\n");
	table_free(&t);
	check_rendered(&t, "", "");
}

/* This test will check that memory that ran out is not hidden. */
static void lost_cells_should_fail_the_buffer(void **state)
{
	struct table t;
	struct buf b = BUF_INIT;

	(void)state;
	table_init(&t, "l");
	table_cell(&t, "a");
	t.failed = true;
	table_render(&b, &t, "");
	assert_true(buf_failed(&b));
	table_free(&t);
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_should_line_up),
		cmocka_unit_test(small_tables_should_render),
		cmocka_unit_test(lost_cells_should_fail_the_buffer),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
