// SPDX-License-Identifier: MIT
/* Makes the board, and brings what was counted onto it. */
#include "run/board.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#include "lib/clock.h"

#define ALIGN_BYTES 128
/* For a reporter that sends a checkpoint on a line of 9600 baud, or finds one blocked. */
#define TELL_WAIT_NS (UINT64_C(60) * CLOCK_NS_PER_S)
/* Points of all sections together, as many as a serial line takes in its time: for the suite
 * standard one in half a second, as fio's own samples. */
#define SERIES_TOTAL 1000

/* Where the parts of the mapping begin. */
struct layout {
	uint32_t jobs_max;
	size_t job_stats, job_section, section, record, total;
};

static uint32_t most_jobs(const struct plan *plan)
{
	uint32_t most = 1; /* filling is a job too */

	for (uint32_t i = 0; i < plan->steps_n; i++)
		most = plan->step[i].jobs > most ? plan->step[i].jobs : most;
	return most;
}

static size_t align(size_t at)
{
	return (at + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
}

static struct layout layout_of(const struct plan *plan)
{
	struct layout l = { .jobs_max = most_jobs(plan) };

	l.job_stats = align(sizeof(struct board));
	l.job_section = align(l.job_stats + l.jobs_max * sizeof(struct stats));
	l.section = align(l.job_section + l.jobs_max * sizeof(uint32_t));
	l.record = align(l.section + plan->sections_n * sizeof(struct board_section));
	l.total = align(l.record +
			(size_t)plan->rounds * plan->sections_n * sizeof(struct board_record));
	return l;
}

size_t board_bytes(const struct plan *plan)
{
	return layout_of(plan).total;
}

struct board *board_create(const struct plan *plan)
{
	struct layout l = layout_of(plan);
	uint32_t points = SERIES_TOTAL / (plan->sections_n ? plan->sections_n : 1);
	struct board *board =
		mmap(NULL, l.total, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (board == MAP_FAILED)
		return NULL;
	if (points > SERIES_POINTS_MAX)
		points = SERIES_POINTS_MAX;
	board->jobs_max = l.jobs_max;
	board->sections_n = plan->sections_n;
	board->records_n = plan->rounds * plan->sections_n;
	board->job_stats = (struct stats *)((char *)board + l.job_stats);
	board->job_section = (uint32_t *)((char *)board + l.job_section);
	board->section = (struct board_section *)((char *)board + l.section);
	board->record = (struct board_record *)((char *)board + l.record);
	board->clock = tsc_state;
	for (uint32_t j = 0; j < board->jobs_max; j++)
		board->job_section[j] = BOARD_NO_SECTION;
	for (uint32_t i = 0; i < board->sections_n; i++) {
		stats_init(&board->section[i].stats);
		board->section[i].series.limit = points;
	}
	return board;
}

void board_free(struct board *board)
{
	if (board)
		munmap(board,
		       align((size_t)((char *)(board->record + board->records_n) - (char *)board)));
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

void board_let_tell(struct board *board)
{
	uint32_t turn = atomic_fetch_add(&board->turn, 1) + 1;
	uint64_t until_ns = clock_now_ns() + TELL_WAIT_NS;

	while (atomic_load(&board->seen) != turn && clock_now_ns() < until_ns)
		clock_sleep_ns(CLOCK_NS_PER_S / 500);
}

uint32_t board_add_jobs(const struct board *board, struct stats *to, uint32_t section)
{
	uint32_t n = 0;

	for (uint32_t j = 0; j < board->jobs_max; j++) {
		if (board->job_section[j] != section)
			continue;
		stats_add_job(to, &board->job_stats[j]);
		n++;
	}
	return n;
}

static struct result_round_io figures_of(const struct stats_io *io)
{
	return (struct result_round_io){
		.ios = io->clat.n,
		.bytes = io->bytes,
		.clat_mean_ns = histogram_mean_ns(&io->clat),
		.clat_p50_ns = histogram_percentile_ns(&io->clat, 50),
		.clat_p99_ns = histogram_percentile_ns(&io->clat, 99),
		.clat_p999_ns = histogram_percentile_ns(&io->clat, 99.9),
		.clat_max_ns = io->clat.n ? io->clat.max_ns : 0,
	};
}

void board_settle(struct board *board, struct board_record *record, uint32_t section,
		  const struct stats *round)
{
	record->measured_ns = round->measured_ns;
	record->cpu = stats_cpu(round);
	for (int d = 0; d < STATS_DIRECTIONS; d++) {
		record->io[d] = figures_of(&round->io[d]);
		atomic_fetch_add(&board->written_bytes, d == STATS_WRITE ? round->io[d].bytes : 0);
	}
	atomic_fetch_add(&board->written_bytes, round->unmeasured_written_bytes);
	stats_add_round(&board->section[section].stats, round);
}

double board_iops(const struct board_record *record)
{
	uint64_t ios = record->io[0].ios + record->io[1].ios;

	return record->measured_ns ? (double)ios * 1e9 / (double)record->measured_ns : 0;
}
