// SPDX-License-Identifier: MIT
/* Makes the picture of a run. */
#include "render/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/options.h"
#include "hw/disk_title.h"
#include "hw/disk_verdict.h"
#include "lib/clock.h"
#include "lib/histogram.h"
#include "lib/str.h"

#define BAR_CHARS    8
#define ROWS_ROOMY   40
#define NAME_CHARS   24
#define LINE_NAME    22
#define TABLE_HEADER "  %-24s %9s %9s %9s %9s  %s"

/* What has to give way for the rest to fit; each adds to those before it. */
enum room { ROOM_ALL, ROOM_NO_GAPS, ROOM_NO_OTHERS, ROOM_NO_WORDS, ROOM_WINDOW };

uint32_t live_messages(uint32_t rows)
{
	return rows >= ROWS_ROOMY ? 6 : 2;
}

/* --- the parts, from the top --- */

static const char *fact(const struct live *live, enum host_fact i)
{
	const struct host_value *value = &live->host->fact[i];

	return value->unknown[0] ? "unknown" : value->text;
}

static void add_machine(struct sheet *sheet, const struct live *live, enum room room)
{
	uint64_t memory = live->host->fact[HOST_MEMORY_BYTES].number;

	sheet_add(sheet, "tare %s; hypervisor %s; %" PRIu64 " x %s; %" PRIu64 " MiB", TARE_VERSION,
		  fact(live, HOST_HYPERVISOR), live->host->fact[HOST_CPUS].number,
		  fact(live, HOST_CPU_MODEL), memory >> 20);
	if (room < ROOM_NO_WORDS)
		sheet_add(sheet, "%s; %s; kernel %.*s", fact(live, HOST_MACHINE),
			  fact(live, HOST_FIRMWARE), (int)strcspn(fact(live, HOST_KERNEL), " "),
			  fact(live, HOST_KERNEL));
}

/* The number of a disk's plan, from 1; 0: it has none. */
static uint32_t number_of(const struct live *live, const struct disk *disk)
{
	for (uint32_t i = 0; i < live->plans_n; i++)
		if (live->plan[i]->target == PLAN_TARGET_DISK &&
		    !strcmp(live->plan[i]->disk.node, disk->node))
			return i + 1;
	return 0;
}

static void add_disk(struct sheet *sheet, const struct disk *disk, uint32_t number)
{
	struct buf title = BUF_INIT;
	char mark[16] = "-";

	if (number)
		snprintf(mark, sizeof(mark), "%" PRIu32, number);
	disk_title(&title, disk);
	sheet_add(sheet, "%2s  %s: %s", mark, title.data ? title.data : disk->node,
		  disk_verdict_name(disk->verdict));
	buf_free(&title);
}

static void add_targets(struct sheet *sheet, const struct live *live, enum room room)
{
	char span[32];

	for (uint32_t i = 0; i < live->plans_n; i++) {
		const struct plan *plan = live->plan[i];

		if (plan->target == PLAN_TARGET_NONE) {
			sheet_add(sheet, " -  no target: %s", plan->reason);
			continue;
		}
		add_disk(sheet, &plan->disk, i + 1);
		str_from_bytes(span, sizeof(span), plan->span_bytes);
		if (room < ROOM_NO_WORDS)
			sheet_add(sheet, "    %s, span %s", plan_access_words(plan), span);
	}
}

static void add_others(struct sheet *sheet, const struct live *live, enum room room)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < live->disks->n; i++) {
		const struct disk *disk = &live->disks->disk[i];

		if (number_of(live, disk))
			continue;
		n++;
		if (room < ROOM_NO_OTHERS)
			add_disk(sheet, disk, 0);
	}
	if (room >= ROOM_NO_OTHERS && n)
		sheet_add(sheet, " -  %" PRIu32 " other disk%s, not touched", n, n == 1 ? "" : "s");
}

static const char *minutes(char to[32], uint64_t ns)
{
	uint64_t s = (ns + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S;

	snprintf(to, 32, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
	return to;
}

static void add_plan(struct sheet *sheet, const struct live *live)
{
	const struct plan *plan = live->plan[live->current];
	char time[32], of[48] = "";

	if (live->plans_n > 1)
		snprintf(of, sizeof(of), "; disk %" PRIu32 " of %" PRIu32, live->current + 1,
			 live->plans_n);
	sheet_add(sheet,
		  "suite %s: %s%" PRIu32 " round%s of %" PRIu32
		  " workloads, at most %s min of measuring%s",
		  plan->suite, plan->until_steady ? "at most " : "", plan->rounds,
		  plan->rounds == 1 ? "" : "s", plan->steps_n, minutes(time, plan->measure_ns), of);
}

/* --- the table --- */

static uint32_t rounds_of(const struct live *live, uint32_t section)
{
	const struct plan *plan = live->plan[live->current];
	uint32_t n = 0;

	for (uint32_t round = 0; live->board && round < plan->rounds; round++) {
		const struct board_record *record =
			&live->board->record[plan_record(plan, round, section)];

		n += atomic_load(&record->state) == BOARD_DONE;
	}
	return n;
}

/* As the plan has it, before there are figures. */
static void add_words(struct sheet *sheet, const struct live *live, uint32_t section)
{
	const struct plan *plan = live->plan[live->current];
	const struct workload *w = &plan->section[section];
	char bs[32];

	sheet_add(sheet, "  %-*s %s, bs %s, iodepth %" PRIu32 ", jobs %" PRIu32 ", %s%s%s",
		  NAME_CHARS, w->name, options_rw_name(w->rw),
		  str_from_bytes(bs, sizeof(bs), w->bs_bytes), w->iodepth, w->numjobs,
		  options_engine_name(w->ioengine), plan->skip[section][0] ? ": skipped: " : "",
		  plan->skip[section]);
}

/* Over all rounds so far, as the report at the end has it. */
static void add_figures(struct sheet *sheet, const struct live *live, uint32_t section, int d)
{
	const struct plan *plan = live->plan[live->current];
	const struct stats *stats = &live->board->section[section].stats;
	const struct histogram *clat = &stats->io[d].clat;
	double seconds = (double)stats->measured_ns / 1e9;
	char iops[32] = "-", mib[32] = "-", p99[32] = "-", rounds[32];

	if (seconds > 0) {
		snprintf(iops, sizeof(iops), "%.0f", (double)clat->n / seconds);
		snprintf(mib, sizeof(mib), "%.1f",
			 (double)stats->io[d].bytes / seconds / (1 << 20));
	}
	if (histogram_percentile_holds(clat->n, 99))
		snprintf(p99, sizeof(p99), "%.1f", (double)histogram_percentile_ns(clat, 99) / 1e3);
	snprintf(rounds, sizeof(rounds), "%" PRIu32 "/%" PRIu32 "%s", rounds_of(live, section),
		 plan->rounds, stats->io[!d].clat.n ? (d ? " write" : " read") : "");
	sheet_add(sheet, "  %-24.24s %9s %9s %9.1f %9s  %s", plan->section[section].name, iops, mib,
		  histogram_mean_ns(clat) / 1e3, p99, rounds);
}

static void add_rows(struct sheet *sheet, const struct live *live, uint32_t section)
{
	const struct stats *stats = live->board ? &live->board->section[section].stats : NULL;

	if (!stats || !(stats->io[0].clat.n + stats->io[1].clat.n)) {
		add_words(sheet, live, section);
		return;
	}
	for (int d = 0; d < STATS_DIRECTIONS; d++)
		if (stats->io[d].clat.n)
			add_figures(sheet, live, section, d);
}

/* Where not all workloads fit: those around the one that ran last. */
static uint32_t first_shown(const struct live *live, uint32_t rows)
{
	const struct plan *plan = live->plan[live->current];
	uint32_t step = live->board ? atomic_load(&live->board->step) : 0;
	uint32_t last = step < plan->steps_n ? plan->step[step].first : 0, first;
	uint32_t most = plan->sections_n > rows ? plan->sections_n - rows : 0;

	first = last > rows / 2 ? last - rows / 2 : 0;
	return first < most ? first : most;
}

static void add_table(struct sheet *sheet, const struct live *live, uint32_t last_row)
{
	const struct plan *plan = live->plan[live->current];
	uint32_t rows = last_row > sheet->n + 1 ? last_row - sheet->n - 1 : 1;

	sheet_add(sheet, TABLE_HEADER, "workload", "IOPS", "MiB/s", "mean us", "p99 us", "rounds");
	for (uint32_t i = first_shown(live, rows); i < plan->sections_n && sheet->n < last_row; i++)
		add_rows(sheet, live, i);
}

static uint32_t table_rows(const struct live *live)
{
	const struct plan *plan = live->plan[live->current];
	uint32_t n = 1;

	for (uint32_t i = 0; i < plan->sections_n; i++) {
		const struct workload *w = &plan->section[i];

		n += workload_writes(w) && workload_reads(w) ? 2 : 1;
	}
	return n;
}

static void add_gap(struct sheet *sheet, enum room room)
{
	if (room < ROOM_NO_GAPS)
		sheet_add(sheet, "%s", "");
}

static void add_head(struct sheet *sheet, const struct live *live, enum room room)
{
	add_machine(sheet, live, room);
	add_gap(sheet, room);
	add_targets(sheet, live, room);
	add_others(sheet, live, room);
	add_gap(sheet, room);
	add_plan(sheet, live);
}

uint32_t live_sheet(struct sheet *sheet, const struct live *live)
{
	uint32_t rows = sheet->rows, columns = sheet->columns, last = rows - live_messages(rows);

	for (enum room room = ROOM_ALL; room <= ROOM_WINDOW; room++) {
		sheet_init(sheet, rows, columns);
		add_head(sheet, live, room);
		if (sheet->n + table_rows(live) + (room < ROOM_NO_GAPS) < last)
			break;
	}
	add_table(sheet, live, last - 1);
	return sheet->n + 1 < last ? sheet->n + 1 : last - 1;
}

/* --- the line that lives --- */

/* Jobs count on while this reads: figures of one moment, more or less. */
static uint64_t look(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

struct live_count live_count(const struct board *board, uint64_t now_ns)
{
	struct live_count count = { .at_ns = now_ns };

	for (uint32_t j = 0; j < board->jobs_max; j++) {
		if (__atomic_load_n(&board->job_section[j], __ATOMIC_RELAXED) == BOARD_NO_SECTION)
			continue;
		for (int d = 0; d < STATS_DIRECTIONS; d++) {
			count.ios += look(&board->job_stats[j].io[d].clat.n);
			count.clat_sum_ns += look(&board->job_stats[j].io[d].clat.sum_ns);
		}
	}
	return count;
}

static enum board_state step_state(const struct plan *plan, const struct board *board,
				   uint32_t round, uint32_t step)
{
	uint32_t state = BOARD_SKIPPED;

	for (uint32_t i = 0; i < plan->step[step].n; i++) {
		uint32_t record = plan_record(plan, round, plan->step[step].first + i);
		uint32_t each = atomic_load(&board->record[record].state);

		state = each < state ? each : state;
	}
	return state;
}

/* Of the running step: 0 once its window should be over; what its plan says before it is open. */
static uint64_t step_left_ns(const struct plan *plan, const struct board *board, uint32_t step,
			     uint64_t now_ns)
{
	uint64_t end_ns = atomic_load(&board->end_ns);

	if (atomic_load(&board->measure_ns) == UINT64_MAX || end_ns == UINT64_MAX)
		return plan_step_ns(plan, step);
	return end_ns > now_ns ? end_ns - now_ns : 0;
}

uint64_t live_left_ns(const struct plan *plan, const struct board *board, uint64_t now_ns)
{
	uint64_t left_ns = 0;

	for (uint32_t round = 0; round < plan->rounds; round++) {
		for (uint32_t step = 0; step < plan->steps_n; step++) {
			enum board_state state = step_state(plan, board, round, step);

			if (state == BOARD_PENDING)
				left_ns += plan_step_ns(plan, step);
			else if (state == BOARD_RUNNING)
				left_ns += step_left_ns(plan, board, step, now_ns);
		}
	}
	return left_ns;
}

void live_steps(uint32_t *done, uint32_t *total, const struct plan *plan, const struct board *board)
{
	*done = 0;
	*total = plan->rounds * plan->steps_n;
	for (uint32_t round = 0; round < plan->rounds; round++)
		for (uint32_t step = 0; step < plan->steps_n; step++)
			*done += step_state(plan, board, round, step) >= BOARD_DONE;
}

static const char *bar(char to[BAR_CHARS + 3], double part)
{
	int full = part <= 0 ? 0 : part >= 1 ? BAR_CHARS : (int)(part * BAR_CHARS + 0.5);

	to[0] = '[';
	for (int i = 0; i < BAR_CHARS; i++)
		to[i + 1] = i < full ? '#' : '.';
	strcpy(to + BAR_CHARS + 1, "]");
	return to;
}

/* The first of those that run at once, and that there are more. */
static void step_name(char to[LINE_NAME + 1], const struct plan *plan, uint32_t step)
{
	const struct plan_step *s = &plan->step[step];

	snprintf(to, LINE_NAME + 1, "%s%s", plan->section[s->first].name, s->n > 1 ? " ..." : "");
}

void live_line(struct buf *to, const struct plan *plan, const struct board *board,
	       const struct live_count *now, const struct live_count *before)
{
	uint32_t step = atomic_load(&board->step);
	uint64_t left_ns, all_ns, begin_ns = atomic_load(&board->measure_ns), ios, sum_ns;
	/* counters begin anew with each step */
	bool fresh = now->ios < before->ios || before->at_ns < begin_ns;
	char line[BAR_CHARS + 3], time[32], name[LINE_NAME + 1];
	double seconds;

	if (step >= plan->steps_n)
		return;
	left_ns = step_left_ns(plan, board, step, now->at_ns);
	all_ns = plan_step_ns(plan, step);
	begin_ns = fresh ? begin_ns : before->at_ns;
	ios = now->ios - (fresh ? 0 : before->ios);
	sum_ns = now->clat_sum_ns - (fresh ? 0 : before->clat_sum_ns);
	seconds = now->at_ns > begin_ns ? (double)(now->at_ns - begin_ns) / 1e9 : 0;
	step_name(name, plan, step);
	buf_printf(to, "%-*s %s %3.0f s", LINE_NAME, name,
		   bar(line, all_ns ? 1 - (double)left_ns / (double)all_ns : 1),
		   (double)left_ns / 1e9);
	if (ios && seconds > 0)
		buf_printf(to, " %7.0f IOPS %8.1f us", (double)ios / seconds,
			   (double)sum_ns / (double)ios / 1e3);
	else
		buf_printf(to, " %7s IOPS %8s us", "-", "-");
	buf_printf(to, "  run %s left", minutes(time, live_left_ns(plan, board, now->at_ns)));
}

void live_progress(struct buf *to, const char *what, uint64_t done, uint64_t total, uint64_t ns)
{
	double seconds = (double)ns / 1e9, part = total ? (double)done / (double)total : 0;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	char line[BAR_CHARS + 3], time[32];

	if (!total) {
		buf_printf(to, "%s", what);
		return;
	}
	buf_printf(to, "%s %s %3.0f %% %8.1f MiB/s", what, bar(line, part), part * 100,
		   rate / (1 << 20));
	if (rate > 0 && done <= total)
		buf_printf(to, "  %s left",
			   minutes(time, (uint64_t)((double)(total - done) / rate * 1e9)));
}
