// SPDX-License-Identifier: MIT
/* Draws the picture of a run. */
#include "session/picture.h"

#include "lib/clock.h"
#include "lib/tsc.h"

/* Smaller ones get lines one below the other. */
#define ROWS_MIN    20
#define COLUMNS_MIN 60

static void send(struct consoles *consoles, struct buf *bytes)
{
	if (!buf_failed(bytes) && bytes->len)
		consoles_write(consoles, CONSOLE_SCREEN, bytes->data, bytes->len);
	buf_free(bytes);
}

/* Returns how many bytes that took. */
static size_t show(struct picture *p, struct consoles *consoles, const struct sheet *sheet)
{
	struct buf bytes = BUF_INIT;
	size_t len;

	sheet_draw(&bytes, sheet, &p->shown);
	len = bytes.len;
	send(consoles, &bytes);
	p->shown = *sheet;
	return len;
}

void picture_begin(struct picture *p, struct consoles *consoles, const struct live *live)
{
	struct buf bytes = BUF_INIT;
	uint32_t rows, columns;

	p->live = *live;
	if (!consoles_screen_size(consoles, &rows, &columns) || rows < ROWS_MIN ||
	    columns < COLUMNS_MIN)
		return;
	sheet_init(&p->shown, rows, columns);
	if (!p->on) {
		sheet_begin(&bytes, rows, live_messages(rows));
		send(consoles, &bytes);
	}
	p->on = true;
	picture_draw(p, consoles, "");
}

void picture_draw(struct picture *p, struct consoles *consoles, const char *line)
{
	struct sheet sheet;

	if (!p->on)
		return;
	sheet_init(&sheet, p->shown.rows, p->shown.columns);
	p->line_row = live_sheet(&sheet, &p->live);
	sheet_set(&sheet, p->line_row, "%s", line);
	show(p, consoles, &sheet);
}

void picture_line(struct picture *p, struct consoles *consoles, const char *line)
{
	struct sheet sheet = p->shown;

	if (!p->on)
		return;
	sheet_set(&sheet, p->line_row, "%s", line);
	show(p, consoles, &sheet);
}

static void draw_line(struct picture *p, struct consoles *consoles, const struct plan *plan,
		      const struct board *board)
{
	struct live_count now = live_count(board, tsc_now_ns());
	struct sheet sheet = p->shown;
	struct buf line = BUF_INIT;

	live_line(&line, plan, board, &now, &p->before);
	if (!buf_failed(&line) && line.data)
		sheet_set(&sheet, p->line_row, "%s", line.data);
	buf_free(&line);
	p->drawn_bytes += show(p, consoles, &sheet);
	p->before = now;
}

void picture_tick(struct picture *p, struct consoles *consoles, const struct plan *plan,
		  const struct board *board)
{
	uint64_t cpu_ns = clock_thread_ns();

	if (!p->on)
		return;
	draw_line(p, consoles, plan, board);
	cpu_ns = clock_thread_ns() - cpu_ns;
	p->drawn_n++;
	p->drawn_cpu_ns += cpu_ns;
	p->drawn_most_ns = cpu_ns > p->drawn_most_ns ? cpu_ns : p->drawn_most_ns;
}

void picture_progress(struct picture *p, struct consoles *consoles, const char *what,
		      const struct board *board)
{
	uint64_t now_ns = clock_now_ns();
	uint32_t phase = atomic_load(&board->phase);
	struct buf line = BUF_INIT;

	if (p->phase != phase)
		p->phase_ns = now_ns;
	p->phase = phase;
	live_progress(&line, what, atomic_load(&board->done), atomic_load(&board->total),
		      now_ns - p->phase_ns);
	if (!buf_failed(&line) && line.data)
		picture_line(p, consoles, line.data);
	buf_free(&line);
}

void picture_end(struct picture *p, struct consoles *consoles)
{
	struct buf bytes = BUF_INIT;

	if (!p->on)
		return;
	p->on = false;
	sheet_end(&bytes);
	send(consoles, &bytes);
}
