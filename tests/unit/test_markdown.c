// SPDX-License-Identifier: MIT
/* Markdown: foreign text stays text, tables are GitHub's. */
#include "unit.h"

#include "render/markdown.h"

/* This test will check that what would be a mark of Markdown is none, and that the rest stays
 * readable as it is. */
static void foreign_text_should_stay_text(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "virtio_blk, 4 KiB", "virtio_blk, 4 KiB" },
		{ "_a_ __b", "\\_a\\_ \\_\\_b" },
		{ "a*b [x](y) `c`", "a\\*b \\[x\\](y) \\`c\\`" },
		{ "<img src=x>", "\\<img src=x\\>" },
		{ "a|b\\c", "a\\|b\\\\c" },
		{ "&lt; ~~x~~ $y$", "\\&lt; \\~\\~x\\~\\~ \\$y\\$" },
		{ "# no heading", "\\# no heading" },
		{ "- no list", "\\- no list" },
		{ "+5 %", "\\+5 %" },
		{ "1. no number", "1\\. no number" },
		{ "12) nor this", "12\\) nor this" },
		{ "1.5 GiB", "1.5 GiB" },
		{ "a - b + c = d", "a - b + c = d" },
		{ "ask @somebody, a@ b", "ask @&#8203;somebody, a@ b" },
		{ "ftp://host", "ftp\\://host" },
		{ "www.host", "www\\.host" },
		{ "two\nlines\tand\x7f", "two?lines?and?" },
		{ "\xff\xc3\xa4", "?\xc3\xa4" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;

		markdown_escape(&b, cases[i].text);
		assert_false(buf_failed(&b));
		assert_string_equal(b.data ? b.data : "", cases[i].want);
		buf_free(&b);
	}
}

/* This test will check a table's rows, its alignment, and that a cell cannot end it. */
static void tables_should_be_of_pipes(void **state)
{
	struct buf b = BUF_INIT;
	struct table t;

	(void)state;
	table_init(&t, "lr");
	table_cell(&t, "name");
	table_cell(&t, "IOPS");
	table_cell(&t, "a|b");
	table_cell(&t, "-");
	markdown_style.text(&b, "before");
	page_table(&(struct page){ &markdown_style, &b }, &t, true);
	assert_string_equal(b.data, "before\n\n| name | IOPS |\n| :--- | ---: |\n| a\\|b | - |\n");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_text_should_stay_text),
		cmocka_unit_test(tables_should_be_of_pipes),
	};

	return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
