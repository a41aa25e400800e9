// SPDX-License-Identifier: MIT
/* Makes the board. */
#include "run/board.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

static size_t board_bytes(const struct plan *plan, uint32_t jobs_max)
{
	return sizeof(struct board) +
	       (size_t)plan->rounds * plan->sections_n * sizeof(struct board_record) +
	       (size_t)jobs_max * sizeof(struct stats) + _Alignof(max_align_t);
}

static uint32_t most_jobs(const struct plan *plan)
{
	uint32_t most = 1; /* filling is a job too */

	for (uint32_t i = 0; i < plan->steps_n; i++)
		most = plan->step[i].jobs > most ? plan->step[i].jobs : most;
	return most;
}

/* The mapping is sized again by board_free() from what the board itself says. */
static size_t total_bytes(const struct board *board)
{
	return sizeof(struct board) + (size_t)board->records_n * sizeof(struct board_record) +
	       (size_t)board->jobs_max * sizeof(struct stats) + _Alignof(max_align_t);
}

struct board *board_create(const struct plan *plan)
{
	uint32_t jobs_max = most_jobs(plan);
	struct board *board = mmap(NULL, board_bytes(plan, jobs_max), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t at;

	if (board == MAP_FAILED)
		return NULL;
	board->jobs_max = jobs_max;
	board->records_n = plan->rounds * plan->sections_n;
	at = sizeof(*board) + (size_t)board->records_n * sizeof(board->record[0]);
	at = (at + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
	board->job_stats = (struct stats *)((char *)board + at);
	return board;
}

void board_free(struct board *board)
{
	if (board)
		munmap(board, total_bytes(board));
}

void board_note(struct board *board, const char *fmt, ...)
{
	uint32_t i = atomic_load(&board->notes_n);
	va_list args;

	if (i >= BOARD_NOTES_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(board->note[i], sizeof(board->note[i]), fmt, args);
	va_end(args);
	atomic_store(&board->notes_n, i + 1);
}
