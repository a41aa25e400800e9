// SPDX-License-Identifier: MIT
/* Target by target: plan, show, run, result, deliver. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "detect/detect.h"
#include "hw/host.h"
#include "lib/str.h"
#include "probe/probe.h"
#include "render/text.h"
#include "result/result.h"
#include "run/run.h"
#include "session/log.h"
#include "session/session.h"

#define ROOT	     "/"
#define HEARTBEAT_NS (UINT64_C(30) * CLOCK_NS_PER_S)

struct telling {
	struct session *session;
	const char *run;
	const struct result_parts *parts;
	struct checkpoints checkpoints;
	uint64_t beat_ns; /* of the last heartbeat */
	const char *told; /* detector that was told of last */
};

/* A screen gets a sentence, a serial line the same as words that a program can read. */
static void tell_record(void *context, const struct plan *plan, const struct board *board,
			uint32_t round, uint32_t section)
{
	struct telling *t = context;
	const char *name = plan->section[section].name;
	struct buf line = BUF_INIT, words = BUF_INIT;
	struct result_round figures;
	uint32_t done, total;

	result_round_make(&figures, &board->record[plan_record(plan, round, section)], round,
			  t->session->start_unix_s);
	render_round_line(&line, name, &figures);
	buf_puts(&line, "\n");
	render_round_summary(&words, name, &figures);
	live_steps(&done, &total, plan, board);
	buf_printf(&words, " done=%" PRIu32 "/%" PRIu32 " left_s=%" PRIu64, done, total,
		   live_left_ns(plan, board, tsc_now_ns()) / CLOCK_NS_PER_S);
	if (!buf_failed(&words))
		session_summary(t->session, t->run, words.data);
	if (!buf_failed(&line) && t->session->picture.on)
		log_add(&t->session->log, clock_boot_ns(), line.data);
	else if (!buf_failed(&line))
		session_say(t->session, CONSOLE_SCREEN, line.data);
	buf_free(&line);
	buf_free(&words);
}

/* Each is told of before it begins, and nothing is printed while it runs. */
static void tell_detector(struct telling *t, const char *name)
{
	char line[80];

	if (!name || name == t->told)
		return;
	t->told = name;
	snprintf(line, sizeof(line), "looking for what is behind the target: %s\n", name);
	session_say(t->session, session_lines(t->session), line);
}

static void tell_progress(void *context, const struct plan *plan, const struct board *board)
{
	static const char *const phase_words[] = {
		[BOARD_STARTING] = "starting",
		[BOARD_PROVING] = "reading what will be overwritten",
		[BOARD_SEARCHING] = "searching for data",
		[BOARD_FILLING] = "writing the span once",
		[BOARD_DETECTING] = "looking for what is behind the target",
		[BOARD_VERIFYING] = "reading the span back",
		[BOARD_RESTORING] = "zeroing the span"
	};
	struct telling *t = context;
	uint64_t done = atomic_load(&board->done), total = atomic_load(&board->total);
	uint32_t phase = atomic_load(&board->phase);
	char line[128];

	(void)plan;
	if (phase == BOARD_DETECTING)
		tell_detector(t, atomic_load(&board->doing));
	if (phase >= sizeof(phase_words) / sizeof(phase_words[0]) || !phase_words[phase])
		return;
	if (clock_now_ns() - t->beat_ns >= HEARTBEAT_NS) {
		t->beat_ns = clock_now_ns();
		session_heartbeat(t->session, t->run, phase_words[phase], done, total);
	}
	if (t->session->picture.on) {
		picture_progress(&t->session->picture, &t->session->consoles, phase_words[phase],
				 board);
		return;
	}
	if (!total)
		return;
	snprintf(line, sizeof(line), "%s: %llu of %llu MiB\n", phase_words[phase],
		 (unsigned long long)(done >> 20), (unsigned long long)(total >> 20));
	consoles_puts(&t->session->consoles, CONSOLE_SCREEN, line); /* too often for the log */
}

static void tell_round(void *context, const struct plan *plan, const struct board *board,
		       uint32_t round)
{
	struct telling *t = context;

	if (t->session->args.appliance)
		session_checkpoint(t->session, &t->checkpoints, t->parts, plan, board, round);
}

/* Jobs run: only the line that lives is drawn, on screens, never on serial lines, where each byte
 * leaves the virtual machine. */
static void tell_tick(void *context, const struct plan *plan, const struct board *board)
{
	struct telling *t = context;

	picture_tick(&t->session->picture, &t->session->consoles, plan, board);
}

static void be_quiet(void *context)
{
	struct telling *t = context;

	picture_draw(&t->session->picture, &t->session->consoles, "");

	consoles_drain(&t->session->consoles);
}

/* The plans stay those that were shown; this one's workloads are seen now. */
static void begin_picture(struct session *s, const struct plan *plan, const struct board *board)
{
	struct live live = s->picture.live;

	if (!s->args.appliance || !live.plans_n)
		return;
	for (live.current = 0; live.current + 1 < live.plans_n && live.plan[live.current] != plan;)
		live.current++;
	live.board = board;
	picture_begin(&s->picture, &s->consoles, &live);
}

/* What it cost goes to the log: nobody has to believe that it does not disturb. */
static void end_picture(struct session *s)
{
	const struct picture *p = &s->picture;
	char line[160];

	picture_end(&s->picture, &s->consoles);
	s->picture.live.board = NULL;
	if (!p->drawn_n)
		return;
	snprintf(line, sizeof(line),
		 "the live line was drawn %" PRIu64
		 " times while windows were open: %.1f us of CPU "
		 "each, at most %.1f us, %" PRIu64 " bytes\n",
		 p->drawn_n, (double)p->drawn_cpu_ns / (double)p->drawn_n / 1e3,
		 (double)p->drawn_most_ns / 1e3, p->drawn_bytes / p->drawn_n);
	log_add(&s->log, clock_boot_ns(), line);
	s->picture.drawn_n = s->picture.drawn_bytes = 0;
	s->picture.drawn_cpu_ns = s->picture.drawn_most_ns = 0;
}

/* The clock that the kernel settled on, which may not be the one it began with, and its cost. That
 * its own TSC goes by its final name is no change. */
static void note_clock(struct session *s, struct notes *warnings)
{
	const char *now = s->host.fact[HOST_CLOCKSOURCE].text;
	char before[sizeof(s->host.fact[HOST_CLOCKSOURCE].text)];

	str_copy(before, sizeof(before), now);
	host_probe_clocks(&s->host, ROOT);
	if (!strcmp(before, now))
		return;
	clock_measure(&s->clock);
	if (!strcmp(before, "tsc-early") && !strcmp(now, "tsc"))
		return;
	notes_add(warnings,
		  "clock: the kernel went from %s to %s while this ran: times were read from both",
		  before, now);
	session_warn_of_coarse_clock(s, warnings);
}

/* Runs one plan and brings its result out, with the warnings of the session and of this plan.
 * `failure`: nothing is run, and the result says this. */
static int run_one(struct session *s, const struct plan *plan, const struct notes *notes,
		   const char *failure, struct err *e)
{
	char run[RESULT_RUN_BYTES];
	struct notes warnings = { 0 };
	struct probe_list probes = s->probes;
	struct telling telling = { .session = s, .run = run, .beat_ns = clock_now_ns() };
	struct run_watcher watcher = { .record = tell_record,
				       .progress = tell_progress,
				       .tick = tell_tick,
				       .round = tell_round,
				       .quiet = be_quiet,
				       .context = &telling };
	struct result_parts parts = { .run = run,
				      .config = &s->config,
				      .disks = &s->disks,
				      .host = &s->host,
				      .clock = &s->clock,
				      .probes = &probes,
				      .warnings = &warnings,
				      .added = &s->added,
				      .start_unix_s = s->start_unix_s,
				      .first_io_ns = s->first_io_ns };
	static const struct run_visitor detectors = { .visit = detect_visit };
	struct board *board = NULL;
	struct result result = { 0 };
	int ret;

	telling.parts = &parts;
	session_new_run(run);
	notes_merge(&warnings, &s->warnings);
	notes_merge(&warnings, notes);
	if (!failure && plan->target != PLAN_TARGET_NONE) {
		board = board_create(plan);
		begin_picture(s, plan, board);
		if (board)
			run_plan(board, plan, plan->detects ? &detectors : NULL, &watcher, s->stop);
		else
			failure = "no memory for the results";
	}
	end_picture(s);
	if (board)
		probe_speed_again(&probes);
	disk_hotplug_drain(&s->hotplug, &s->added);
	note_clock(s, &warnings);
	ret = result_make(&result, &parts, plan, board, failure);
	detect_judge(&result);
	if (ret)
		err_set(e, ret, "no memory for the result");
	else
		ret = session_deliver(s, &result, e);
	if (!ret && result.state != RESULT_DONE)
		ret = s->args.appliance ? 0
					: err_set(e, -EIO, "%s: %s",
						  result_state_name(result.state), result.reason);
	result_free(&result);
	board_free(board);
	notes_free(&warnings);
	return ret;
}

/* Each is told of before it begins, and nothing is printed while it runs. */
static void tell_probe(void *context, const char *name, uint32_t budget_ms)
{
	struct session *s = context;
	char line[64];

	snprintf(line, sizeof(line), "probing the platform: %s, at most %u s\n", name,
		 (budget_ms + 999) / 1000);
	session_say(s, CONSOLE_ALL, line);
	consoles_drain(&s->consoles);
}

/* Once for all targets. */
static void probe_platform(struct session *s)
{
	struct probe_site site = {
		.appliance = s->args.appliance, .stop = s->stop, .begins = tell_probe, .context = s
	};

	probe_run(&s->probes, &site);
}

static void print_plan(const struct session *s, const struct plan *plan, const struct notes *notes)
{
	struct notes all = { 0 };
	struct buf text = BUF_INIT;

	notes_merge(&all, &s->warnings);
	notes_merge(&all, notes);
	plan_print(&text, plan);
	if (plan->detects)
		detect_print(&text, plan);
	for (size_t i = 0; i < all.n; i++)
		buf_printf(&text, "note:   %s\n", all.text[i]);
	fputs(text.data ? text.data : "", stdout);
	buf_free(&text);
	notes_free(&all);
}

/* The target is let go: a result about nothing but the reason. */
static int run_cancelled(struct session *s, const char *why, struct err *e)
{
	struct config config = s->config;
	struct notes notes = { 0 };
	struct plan plan;
	int ret;

	config.write = CONFIG_WRITE_NO;
	plan_build(&plan, &s->work, &config, &s->disks, NULL, NULL, s->seed, &notes);
	ret = run_one(s, &plan, &notes, why, e);
	notes_free(&notes);
	return ret;
}

/* A plan that was made, with what is noted about it. */
struct made {
	struct plan plan;
	struct notes notes;	      /* about this plan: the next target has its own */
	char failure[ERR_TEXT_BYTES]; /* why it cannot run; or "" */
};

static void make(struct made *made, struct session *s, const struct disk *disk,
		 const struct plan_file *file)
{
	struct err short_of = ERR_INIT;

	plan_build(&made->plan, &s->work, &s->config, &s->disks, disk, file, s->seed, &made->notes);
	made->plan.lock = s->args.appliance;
	made->plan.probes_ms = made->plan.probes ? probe_budget_ms() : 0;
	made->plan.detect_ms = made->plan.detects ? detect_budget_ms(&made->plan) : 0;
	if (session_check_memory(&made->plan, &short_of))
		str_copy(made->failure, sizeof(made->failure), short_of.text);
}

/* Runs what was made, one after another; the first always, so that there is a result. */
static int run_made(struct session *s, const struct made *made, const bool *picked, uint32_t n,
		    struct err *e)
{
	bool first = true;
	int ret = 0;

	for (uint32_t i = 0; i < n && (first || !*s->stop); i++) {
		struct err each = ERR_INIT;
		const char *failure = made[i].failure[0] ? made[i].failure : NULL;

		if (!picked[i])
			continue;
		first = false;
		if (run_one(s, &made[i].plan, &made[i].notes, failure, &each))
			ret = err_set(e, each.code, "%s", each.text);
	}
	return ret;
}

/* Shows all plans once, before the first of them. */
static int show_and_run(struct session *s, const struct made *made, uint32_t n, struct err *e)
{
	const struct plan *plan[PLAN_TARGETS_MAX];
	bool picked[PLAN_TARGETS_MAX], able = false;
	const char *cancelled = NULL;

	for (uint32_t i = 0; i < n; i++) {
		plan[i] = &made[i].plan;
		picked[i] = true;
		able = able || !made[i].failure[0];
	}
	if (able)
		cancelled = session_show_plans(s, plan, n, picked);
	if (cancelled)
		return run_cancelled(s, cancelled, e);
	if (able && plan[0]->probes)
		probe_platform(s);
	return run_made(s, made, picked, n, e);
}

/* Plans for each target (or for none), and runs the plans or prints them. */
static int plan_and_run(struct session *s, const struct disk *const *disk, uint32_t n,
			const struct plan_file *file, struct err *e)
{
	struct made *made = calloc(n, sizeof(*made));
	int ret = 0;

	if (!made)
		return err_set(e, -ENOMEM, "no memory for the plans");
	for (uint32_t i = 0; i < n; i++)
		make(&made[i], s, disk[i], file);
	for (uint32_t i = 0; i < n && s->args.dry_run; i++)
		print_plan(s, &made[i].plan, &made[i].notes);
	if (!s->args.dry_run)
		ret = show_and_run(s, made, n, e);
	for (uint32_t i = 0; i < n; i++)
		notes_free(&made[i].notes);
	free(made);
	return ret;
}

static int run_file(struct session *s, struct err *e)
{
	struct plan_file file = { .path = s->config.target };
	const struct disk *none = NULL;
	struct stat st;

	file.exists = !stat(file.path, &st);
	if (file.exists && !S_ISREG(st.st_mode))
		return err_set(e, -EINVAL, "--target: %s: neither a disk nor a regular file",
			       file.path);
	file.size_bytes = file.exists ? (uint64_t)st.st_size : 0;
	return plan_and_run(s, &none, 1, &file, e);
}

static int run_disks(struct session *s, struct err *e)
{
	const struct disk *chosen[PLAN_TARGETS_MAX] = { NULL };
	uint32_t n = plan_choose_disks(chosen, &s->config, &s->disks, &s->warnings);

	return plan_and_run(s, chosen, n ? n : 1, NULL, e);
}

int session_run(struct session *s, struct err *e)
{
	int ret = session_names_file(s) ? run_file(s, e) : run_disks(s, e);

	session_deliver_end(s, e);
	return ret ? ret : e->code;
}

int session_run_nothing(struct session *s, const char *why, struct err *e)
{
	struct notes notes = { 0 };
	struct plan plan;
	int ret;

	plan_build(&plan, &s->work, &s->config, &s->disks, NULL, NULL, s->seed, &notes);
	ret = run_one(s, &plan, &notes, why, e);
	notes_free(&notes);
	session_deliver_end(s, e);
	return ret ? ret : e->code;
}
