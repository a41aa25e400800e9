// SPDX-License-Identifier: MIT
/* The measuring process, and the one that watches it. */
#include "run/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hw/disk_open.h"
#include "hw/disk_tune.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "plan/plan.h"
#include "run/crew.h"
#include "run/prepare.h"
#include "run/restore.h"
#include "run/steady.h"
#include "run/step.h"

#define WATCH_NS      (CLOCK_NS_PER_S / 10)
#define PROGRESS_NS   (CLOCK_NS_PER_S / 2)
#define TICK_NS	      CLOCK_NS_PER_S
#define END_GRACE_NS  (UINT64_C(5) * CLOCK_NS_PER_S)  /* after its last word */
#define STOP_GRACE_NS (UINT64_C(20) * CLOCK_NS_PER_S) /* after a request to stop */

/* --- the measuring process --- */

/* A target that hangs costs minutes for each further try, and gives nothing. */
static bool may_go_on(const struct board *board)
{
	return !atomic_load(&board->stop) && !atomic_load(&board->dead);
}

/* SNIA's question, to every workload: are its last rounds level? */
static bool rounds_are_steady(const struct board *board, const struct plan *plan)
{
	for (uint32_t section = 0; section < plan->sections_n; section++) {
		double iops[PLAN_ROUNDS_MAX];

		if (plan->skip[section][0])
			continue;
		for (uint32_t round = 0; round < board->rounds_done; round++)
			iops[round] = board_iops(&board->record[plan_record(plan, round, section)]);
		if (!steady_reached(iops, board->rounds_done))
			return false;
	}
	return true;
}

static void measure_round(struct board *board, const struct plan *plan,
			  const struct prepared *prepared, uint32_t round)
{
	uint32_t order[PLAN_SECTIONS_MAX];

	plan_order(order, plan, round);
	for (uint32_t i = 0; i < plan->steps_n && may_go_on(board); i++) {
		atomic_store(&board->round, round);
		atomic_store(&board->step, order[i]);
		step_run(board, plan, &prepared->target, round, i, order[i]);
		board_let_tell(board);
	}
	if (may_go_on(board))
		board->rounds_done++;
}

static void measure_rounds(struct board *board, const struct plan *plan,
			   const struct prepared *prepared)
{
	bool clock_used = tsc_state.used;

	atomic_store(&board->phase, BOARD_MEASURING);
	board_let_tell(board); /* it may be telling how the phase before goes on */
	while (board->rounds_done < plan->rounds && may_go_on(board)) {
		measure_round(board, plan, prepared, board->rounds_done);
		if (plan->until_steady && rounds_are_steady(board, plan))
			break;
	}
	if (clock_used && !tsc_state.used)
		board_note(board,
			   "clock: the time stamp counter was given up for the vDSO: %s: latencies "
			   "of that round are in doubt",
			   tsc_state.words);
	if (atomic_load(&board->dead))
		str_copy(board->failure, sizeof(board->failure),
			 "the target answers no more: nothing further was tried");
}

/* Whatever a workload wrote, every block must hold its own stamp of this run. */
static void verify(struct board *board, const struct plan *plan, const struct prepared *prepared)
{
	struct err e = ERR_INIT;

	if (!plan->verify || board->blocks != BOARD_BLOCKS_WRITTEN || !may_go_on(board))
		return;
	atomic_store(&board->done, 0);
	atomic_store(&board->total, prepared->target.span_bytes);
	atomic_store(&board->phase, BOARD_VERIFYING);
	if (step_verify(board, plan, &prepared->target, &e))
		str_copy(board->failure, sizeof(board->failure), e.text);
}

/* Before anything is read: what waits for a disk that hangs is this process. */
static void tune(struct board *board, const struct plan *plan)
{
	struct notes notes = { 0 };

	if (plan->target != PLAN_TARGET_DISK)
		return;
	atomic_store(&board->deadline_ns, clock_now_ns() + CREW_HANG_NS);
	disk_tune(&board->tuned, &plan->disk, "/", plan->lock, &notes);
	for (size_t i = 0; i < notes.n; i++)
		board_note(board, "%s", notes.text[i]);
	notes_free(&notes);
}

static void measure(struct board *board, const struct plan *plan, const struct run_visitor *visitor)
{
	struct prepared prepared;
	struct err e = ERR_INIT;

	tune(board, plan);
	if (prepare_target(&prepared, board, plan, visitor, &e)) {
		str_copy(board->failure, sizeof(board->failure), e.text);
	} else {
		run_visit(visitor, RUN_READY, board, plan, &prepared.target);
		measure_rounds(board, plan, &prepared);
		verify(board, plan, &prepared);
	}
	atomic_store(&board->phase, BOARD_ENDED);
	board_let_tell(board);
	prepare_free(&prepared); /* closing may wait for a device that hangs: nobody waits for it */
	if (plan->lock && plan->target == PLAN_TARGET_DISK)
		disk_lock_target(&plan->disk);
}

static void restore(struct board *board, const struct plan *plan, const struct run_visitor *visitor)
{
	(void)visitor;
	restore_target(board, plan);
	atomic_store(&board->phase, BOARD_ENDED);
}

/* A process of its own: one that hangs in the kernel, or crashes, takes no report with it. */
static pid_t start(void (*work)(struct board *, const struct plan *, const struct run_visitor *),
		   struct board *board, const struct plan *plan, const struct run_visitor *visitor)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, work == measure ? "tare-measure" : "tare-restore");
	signal(SIGTERM, SIG_IGN); /* the reporter decides, and says so on the board */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	work(board, plan, visitor);
	_exit(0);
}

/* --- the reporting process --- */

struct watch {
	struct board *board;
	const struct plan *plan;
	const struct run_watcher *watcher;
	pid_t pid;
	uint8_t *told; /* for each record: already reported */
	uint32_t rounds_told;
	uint64_t progress_ns, tick_ns, stop_ns, ended_ns;
	bool restores; /* asked to end early or not: what was written is put back */
};

static bool is_round_told(const struct watch *w, uint32_t round)
{
	const uint8_t *told = &w->told[(size_t)round * w->plan->sections_n];

	return !memchr(told, 0, w->plan->sections_n);
}

/* While the measuring side waits: nothing on the board moves, and no window is open. */
static void tell_rounds(struct watch *w)
{
	while (w->rounds_told < w->plan->rounds && is_round_told(w, w->rounds_told)) {
		if (w->watcher->round)
			w->watcher->round(w->watcher->context, w->plan, w->board, w->rounds_told);
		w->rounds_told++;
	}
	if (w->watcher->quiet)
		w->watcher->quiet(w->watcher->context);
}

static void tell_records(struct watch *w)
{
	for (uint32_t i = 0; i < w->board->records_n; i++) {
		if (w->told[i] || atomic_load(&w->board->record[i].state) < BOARD_DONE)
			continue;
		w->told[i] = 1;
		w->watcher->record(w->watcher->context, w->plan, w->board, i / w->plan->sections_n,
				   i % w->plan->sections_n);
	}
}

/* A record that is complete may belong to a step whose window is open, where a section of it could
 * not begin: it is told once the measuring side waits, or (`ended`) is no more. */
static void tell(struct watch *w, bool ended)
{
	uint32_t turn = atomic_load(&w->board->turn), phase = atomic_load(&w->board->phase);
	bool waits = turn != atomic_load(&w->board->seen);
	/* A detector measures between the moments at which its side waits. */
	bool prepares = phase < BOARD_MEASURING && (phase != BOARD_DETECTING || waits);
	uint64_t now_ns = clock_now_ns();

	if (waits || ended)
		tell_records(w);
	if ((prepares || phase == BOARD_VERIFYING || phase == BOARD_RESTORING) && !ended &&
	    (waits || now_ns - w->progress_ns > PROGRESS_NS)) {
		w->progress_ns = now_ns;
		w->watcher->progress(w->watcher->context, w->plan, w->board);
	}
	if (waits)
		tell_rounds(w);
	else if (phase == BOARD_MEASURING && !ended && w->watcher->tick &&
		 now_ns - w->tick_ns >= TICK_NS) {
		w->tick_ns = now_ns;
		w->watcher->tick(w->watcher->context, w->plan, w->board);
	}
	atomic_store(&w->board->seen, turn);
}

/* Ends a process that stays behind its deadline. One that hangs in the kernel is left behind:
 * nobody waits for it. */
static bool is_overdue(struct watch *w, const char **why)
{
	uint64_t now_ns = clock_now_ns(), deadline_ns = atomic_load(&w->board->deadline_ns);

	if (atomic_load(&w->board->stop) && !w->stop_ns)
		w->stop_ns = now_ns;
	if (atomic_load(&w->board->phase) == BOARD_ENDED) {
		if (!w->ended_ns)
			w->ended_ns = now_ns;
		if (now_ns - w->ended_ns < END_GRACE_NS)
			return false;
		*why = NULL; /* all is said; it hangs in the kernel, over its own end */
	} else if (w->stop_ns && !w->restores && now_ns - w->stop_ns > STOP_GRACE_NS) {
		*why = "the measuring process did not stop when asked to; it was killed";
	} else if (deadline_ns && now_ns > deadline_ns) {
		*why = "the target answers no more; the measuring process was killed";
	} else {
		return false;
	}
	kill(w->pid, SIGKILL);
	return true;
}

/* Records that were running when the process ended: what their jobs had counted is all there is. */
static void salvage(struct board *board, const struct plan *plan, const char *why)
{
	struct stats *sum = aligned_alloc(_Alignof(struct stats), sizeof(*sum));
	uint64_t begin_ns = atomic_load(&board->measure_ns), end_ns = atomic_load(&board->end_ns);
	uint64_t now_ns = tsc_now_ns();

	if (end_ns > now_ns)
		end_ns = now_ns;
	for (uint32_t i = 0; i < board->records_n; i++) {
		struct board_record *record = &board->record[i];

		if (atomic_load(&record->state) != BOARD_RUNNING)
			continue;
		if (sum) {
			stats_init(sum);
			board_add_jobs(board, sum, i % plan->sections_n);
			if (!sum->measured_ns && end_ns > begin_ns)
				sum->measured_ns = end_ns - begin_ns;
			board_settle(board, record, i % plan->sections_n, sum);
		}
		str_copy(record->failure, sizeof(record->failure), why);
		atomic_store(&record->state, BOARD_FAILED);
	}
	free(sum);
}

/* Until the process ends or is overdue. Returns NULL, or why it did not come to its own end;
 * `text` is room for the words. */
static const char *watch_process(struct watch *w, const volatile sig_atomic_t *stop,
				 char text[BOARD_TEXT_BYTES])
{
	const char *why = NULL;
	int status = 0;
	pid_t got;

	while (!(got = waitpid(w->pid, &status, WNOHANG)) || (got < 0 && errno == EINTR)) {
		if (*stop)
			atomic_store(&w->board->stop, 1);
		tell(w, false);
		if (is_overdue(w, &why))
			break;
		clock_sleep_ns(WATCH_NS);
	}
	if (!why && got == w->pid && WIFSIGNALED(status)) {
		snprintf(text, BOARD_TEXT_BYTES,
			 "the measuring process was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
		why = text;
	}
	return why;
}

static void watch_measuring(struct watch *w, const volatile sig_atomic_t *stop)
{
	char text[BOARD_TEXT_BYTES];
	const char *why = watch_process(w, stop, text);

	if (why) {
		str_copy(w->board->failure, sizeof(w->board->failure), why);
		salvage(w->board, w->plan, why);
	}
	tell(w, true);
}

/* After the measuring, however that ended. */
static void watch_restoring(struct watch *w, const volatile sig_atomic_t *stop)
{
	struct board *board = w->board;
	char text[BOARD_TEXT_BYTES];
	const char *why = "not started";

	atomic_store(&board->done, 0);
	atomic_store(&board->total, 0);
	atomic_store(&board->deadline_ns, clock_now_ns() + CREW_HANG_NS);
	atomic_store(&board->phase, BOARD_RESTORING);
	w->restores = true;
	w->ended_ns = 0;
	w->pid = start(restore, board, w->plan, NULL);
	if (w->pid > 0)
		why = watch_process(w, stop, text);
	if (why && !board->restore_failure[0])
		str_copy(board->restore_failure, sizeof(board->restore_failure),
			 "restoring did not come to its end: the target answers no more, or the "
			 "process for it was killed");
}

void run_plan(struct board *board, const struct plan *plan, const struct run_visitor *visitor,
	      const struct run_watcher *watcher, const volatile sig_atomic_t *stop)
{
	struct watch w = { .board = board,
			   .plan = plan,
			   .watcher = watcher,
			   .told = calloc(board->records_n + 1, 1) };

	if (*stop) /* it came before there was anybody to tell */
		atomic_store(&board->stop, 1);
	w.pid = w.told ? start(measure, board, plan, visitor) : -1;
	if (w.pid < 0)
		snprintf(board->failure, sizeof(board->failure),
			 "no measuring process could be started: %s", strerror(errno));
	else
		watch_measuring(&w, stop);
	if (w.told && restore_is_due(board, plan))
		watch_restoring(&w, stop);
	free(w.told);
}
