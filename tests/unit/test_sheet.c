// SPDX-License-Identifier: MIT
/* A screen that is redrawn in place, on a terminal that does what the control sequences say. */
#include "unit.h"

#include "lib/rng.h"
#include "render/sheet.h"

#define ROWS	25
#define COLUMNS 80

/* As much of a terminal as is used: of characters of one byte. */
struct terminal {
	char cell[ROWS][COLUMNS + 1];
	uint32_t row, column, saved_row, saved_column, top, bottom;
	bool cursor;
};

static void terminal_init(struct terminal *t)
{
	*t = (struct terminal){ .bottom = ROWS - 1, .cursor = true };
	for (int i = 0; i < ROWS; i++)
		memset(t->cell[i], '?', COLUMNS);
}

static void erase(struct terminal *t, uint32_t row, uint32_t from)
{
	memset(t->cell[row] + from, ' ', COLUMNS - from);
}

static void control(struct terminal *t, const char *number, char final)
{
	unsigned int a = 1, b = final == 'r' ? ROWS : 1;

	if (*number == '?') {
		assert_string_equal(number, "?25");
		t->cursor = final == 'h';
		return;
	}
	sscanf(number, "%u;%u", &a, &b);
	assert_in_range(a, 1, ROWS);
	switch (final) {
	case 'H':
		assert_in_range(b, 1, COLUMNS);
		t->row = a - 1;
		t->column = b - 1;
		break;
	case 'r':
		assert_in_range(b, a, ROWS);
		t->top = a - 1;
		t->bottom = b - 1;
		t->row = t->column = 0;
		break;
	case 'J':
		erase(t, t->row, t->column);
		for (uint32_t row = t->row + 1; row < ROWS; row++)
			erase(t, row, 0);
		break;
	case 'K':
		erase(t, t->row, t->column);
		break;
	default:
		fail_msg("control sequence ends with %c", final);
	}
}

static void feed(struct terminal *t, const struct buf *bytes)
{
	for (const char *at = bytes->data, *end = at + bytes->len; at < end; at++) {
		char number[16];
		size_t n;

		if (*at != '\033') {
			assert_in_range(*at, ' ', '~');
			assert_in_range(t->column, 0, COLUMNS - 2); /* the last one may wrap */
			t->cell[t->row][t->column++] = *at;
			continue;
		}
		at++;
		if (*at == '7') {
			t->saved_row = t->row;
			t->saved_column = t->column;
		} else if (*at == '8') {
			t->row = t->saved_row;
			t->column = t->saved_column;
		} else {
			assert_int_equal(*at, '[');
			n = strspn(at + 1, "0123456789;?");
			snprintf(number, sizeof(number), "%.*s", (int)n, at + 1);
			at += n + 1;
			control(t, number, *at);
		}
	}
}

static void check_screen(const struct terminal *t, const struct sheet *sheet)
{
	char want[COLUMNS + 1];

	for (int row = 0; row < ROWS; row++) {
		snprintf(want, sizeof(want), "%-*s", COLUMNS, sheet->line[row]);
		assert_string_equal(t->cell[row], want);
	}
}

static void random_line(struct rng *rng, struct sheet *sheet, uint32_t row)
{
	char text[120];
	size_t len = rng_next(rng) % sizeof(text);

	for (size_t i = 0; i < len; i++)
		text[i] = "ab  "[rng_next(rng) % 4];
	text[len ? len - 1 : 0] = '\0';
	sheet_set(sheet, row, "%s", text);
}

/* This test will check that a terminal shows what it shall, whatever it showed before; and that the
 * cursor is where it was. */
static void screen_should_show_the_sheet(void **state)
{
	static struct sheet shown, sheet;
	static struct terminal t;
	struct buf bytes = BUF_INIT;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	terminal_init(&t);
	sheet_init(&shown, ROWS, COLUMNS);
	sheet_begin(&bytes, ROWS, 2);
	feed(&t, &bytes);
	check_screen(&t, &shown);
	assert_false(t.cursor);
	check_number("top of messages", t.top, ROWS - 2);
	check_number("cursor's row", t.row, ROWS - 2);
	for (int i = 0; i < 2000; i++) {
		sheet = shown;
		for (uint64_t n = rng_next(&rng) % 4; n; n--)
			random_line(&rng, &sheet, (uint32_t)(rng_next(&rng) % ROWS));
		bytes.len = 0;
		sheet_draw(&bytes, &sheet, &shown);
		feed(&t, &bytes);
		check_screen(&t, &sheet);
		check_number("cursor's row", t.row, ROWS - 2);
		shown = sheet;
	}
	bytes.len = 0;
	sheet_draw(&bytes, &sheet, &shown);
	check_number("bytes for no change", bytes.len, 0);
	sheet_end(&bytes);
	feed(&t, &bytes);
	sheet_init(&sheet, ROWS, COLUMNS);
	check_screen(&t, &sheet);
	assert_true(t.cursor);
	check_number("top of all", t.top, 0);
	check_number("bottom of all", t.bottom, ROWS - 1);
	buf_free(&bytes);
}

/* This test will check that one character costs one, where it stands, and that a line of characters
 * of several bytes is drawn whole. */
static void only_what_changed_should_be_drawn(void **state)
{
	static const struct {
		uint32_t row;
		const char *before, *after, *want;
	} cases[] = {
		{ 9, "12345 IOPS", "12945 IOPS", "\0337\033[10;3H9\0338" },
		{ 0, "\xc3\xa4\xc3\xb6 1", "\xc3\xa4\xc3\xb6 2",
		  "\0337\033[1;1H\xc3\xa4\xc3\xb6 2\033[K\0338" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static struct sheet shown, sheet;
		struct buf bytes = BUF_INIT;

		sheet_init(&shown, ROWS, COLUMNS);
		sheet_set(&shown, cases[i].row, "%s", cases[i].before);
		sheet = shown;
		sheet_set(&sheet, cases[i].row, "%s", cases[i].after);
		sheet_draw(&bytes, &sheet, &shown);
		assert_string_equal(bytes.data, cases[i].want);
		buf_free(&bytes);
	}
}

/* This test will check that text is cut where the sheet ends, in characters, and steers nothing. */
static void text_should_be_cut_and_clean(void **state)
{
	static struct sheet sheet;

	(void)state;
	sheet_init(&sheet, 3, 6);
	sheet_add(&sheet, "123456789");
	sheet_add(&sheet, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc");
	sheet_add(&sheet, "a\033[2J");
	sheet_add(&sheet, "no room");
	sheet_set(&sheet, 77, "no such row");
	assert_string_equal(sheet.line[0], "12345");
	assert_string_equal(sheet.line[1], "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6");
	assert_string_equal(sheet.line[2], "a?[2J");
	check_number("rows", sheet.n, 3);
	sheet_init(&sheet, 4000, 4000);
	check_number("rows at most", sheet.rows, SHEET_ROWS_MAX);
	check_number("columns at most", sheet.columns, SHEET_LINE_BYTES);
	sheet_add(&sheet, "%0500d", 1);
	check_number("bytes of a line", strlen(sheet.line[0]), SHEET_LINE_BYTES - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(screen_should_show_the_sheet),
		cmocka_unit_test(only_what_changed_should_be_drawn),
		cmocka_unit_test(text_should_be_cut_and_clean),
	};

	return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
