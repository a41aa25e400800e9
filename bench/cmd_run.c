// SPDX-License-Identifier: MIT
/* `tare run`: gather, plan, run, result, deliver; once for each target. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "frame/frame.h"
#include "render/text.h"
#include "result/result.h"
#include "run/run.h"
#include "session/session.h"

static volatile sig_atomic_t stop_requested; /* set by the handler, read by the reporter */

static void on_signal(int number)
{
	(void)number;
	stop_requested = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

struct telling {
	struct session *session;
	const char *run;
};

/* A screen gets a sentence, a serial line the same as words that a program can read. */
static void tell_record(void *context, const struct plan *plan, const struct board *board,
			uint32_t round, uint32_t section)
{
	struct telling *t = context;
	const char *name = plan->section[section].name;
	struct buf line = BUF_INIT, words = BUF_INIT, frame = BUF_INIT;
	struct result_round figures;

	result_round_make(&figures, &board->record[plan_record(plan, round, section)], round);
	render_round_line(&line, name, &figures);
	buf_puts(&line, "\n");
	render_round_summary(&words, name, &figures);
	if (!buf_failed(&words))
		frame_summary(&frame, t->run, words.data);
	if (!buf_failed(&line))
		consoles_puts(&t->session->consoles, CONSOLE_SCREEN, line.data);
	if (!buf_failed(&frame))
		consoles_write(&t->session->consoles, CONSOLE_SERIAL, frame.data, frame.len);
	buf_free(&line);
	buf_free(&words);
	buf_free(&frame);
}

static void tell_progress(void *context, const struct plan *plan, const struct board *board)
{
	static const char *const phase_words[] = { [BOARD_STARTING] = "starting",
						   [BOARD_PROVING] =
							   "reading what will be overwritten",
						   [BOARD_SEARCHING] = "searching for data",
						   [BOARD_FILLING] = "writing the span once" };
	struct telling *t = context;
	uint64_t done = atomic_load(&board->done), total = atomic_load(&board->total);
	uint32_t phase = atomic_load(&board->phase);
	char line[128];

	(void)plan;
	if (phase > BOARD_FILLING || !total)
		return;
	snprintf(line, sizeof(line), "%s: %llu of %llu MiB\n", phase_words[phase],
		 (unsigned long long)(done >> 20), (unsigned long long)(total >> 20));
	consoles_puts(&t->session->consoles, CONSOLE_SCREEN, line);
}

/* Runs one plan and brings its result out. `failure`: nothing is run, and the result says this. */
static int run_one(struct session *s, const struct plan *plan, const char *failure, struct err *e)
{
	char run[RESULT_RUN_BYTES];
	struct telling telling = { s, run };
	struct run_watcher watcher = { tell_record, tell_progress, &telling };
	struct result_parts parts = { .run = run,
				      .config = &s->config,
				      .disks = &s->disks,
				      .host = &s->host,
				      .clock = &s->clock,
				      .warnings = &s->warnings,
				      .start_unix_s = s->start_unix_s,
				      .first_io_ns = s->first_io_ns };
	struct board *board = NULL;
	struct result result = { 0 };
	int ret;

	session_new_run(run);
	if (!failure && plan->target != PLAN_TARGET_NONE) {
		board = board_create(plan);
		if (board)
			run_plan(board, plan, &watcher, s->stop);
		else
			failure = "no memory for the results";
	}
	ret = result_make(&result, &parts, plan, board, failure);
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
	return ret;
}

/* Plans for one target (or for none) and runs the plan. */
static int plan_and_run(struct session *s, const struct disk *disk, const struct plan_file *file,
			struct err *e)
{
	struct config config = s->config;
	struct plan plan;
	struct err short_of = ERR_INIT;

	if (plan_build(&plan, &s->work, &config, &s->disks, disk, file, s->seed, &s->warnings, e))
		return -EINVAL;
	plan.lock = s->args.appliance;
	if (s->args.dry_run) {
		struct buf text = BUF_INIT;

		plan_print(&text, &plan);
		for (size_t i = 0; i < s->warnings.n; i++)
			buf_printf(&text, "note:   %s\n", s->warnings.text[i]);
		fputs(text.data ? text.data : "", stdout);
		buf_free(&text);
		return 0;
	}
	if (session_check_memory(&plan, &short_of))
		return run_one(s, &plan, short_of.text, e);
	if (session_show_plan(s, &plan)) {
		config.write = CONFIG_WRITE_NO;
		notes_add(&s->warnings, "writing was cancelled by a key press");
		if (plan_build(&plan, &s->work, &config, &s->disks, NULL, NULL, s->seed,
			       &s->warnings, e))
			return -EINVAL;
		return run_one(s, &plan, "writing was cancelled by a key press", e);
	}
	return run_one(s, &plan, NULL, e);
}

static int run_file(struct session *s, struct err *e)
{
	struct plan_file file = { .path = s->config.target };
	struct stat st;

	file.exists = !stat(file.path, &st);
	if (file.exists && !S_ISREG(st.st_mode))
		return err_set(e, -EINVAL, "--target: %s: neither a disk nor a regular file",
			       file.path);
	file.size_bytes = file.exists ? (uint64_t)st.st_size : 0;
	return plan_and_run(s, NULL, &file, e);
}

static int run_session(struct session *s, struct err *e)
{
	const struct disk *chosen[PLAN_TARGETS_MAX];
	uint32_t n;
	int ret = 0;

	if (!s->args.appliance && strchr(s->config.target, '/') &&
	    strncmp(s->config.target, "/dev/", 5))
		return run_file(s, e);
	n = plan_choose_disks(chosen, &s->config, &s->disks, &s->warnings);
	if (!n)
		return plan_and_run(s, NULL, NULL, e);
	for (uint32_t i = 0; i < n && !stop_requested; i++) {
		struct err each = ERR_INIT;

		if (plan_and_run(s, chosen[i], NULL, &each))
			ret = err_set(e, each.code, "%s", each.text);
	}
	return ret;
}

/* An appliance has nobody to read standard error: what keeps it from running becomes a result. */
static int deliver_failure(struct session *s, const char *why, struct err *e)
{
	struct plan plan = { .seed = s->seed };
	struct err ignored = ERR_INIT;

	plan_build(&plan, &s->work, &s->config, &s->disks, NULL, NULL, s->seed, &s->warnings,
		   &ignored);
	return run_one(s, &plan, why, e);
}

int cmd_run(int argc, char **argv)
{
	struct session s = { .stop = &stop_requested };
	struct err e = ERR_INIT, failure = ERR_INIT;
	int ret = args_parse(&s.args, argc, argv, &e), status = EXIT_USAGE;

	catch_signals();
	if (!ret && s.args.help) {
		struct buf text = BUF_INIT;

		args_help(&text);
		fputs(text.data ? text.data : "", stdout);
		buf_free(&text);
		status = EXIT_OK;
		goto out;
	}
	if (ret)
		goto out;
	ret = session_gather(&s, &failure);
	if (s.args.failed)
		ret = deliver_failure(&s, s.args.failed, &e);
	else if (ret && s.args.appliance)
		ret = deliver_failure(&s, failure.text, &e);
	else if (ret)
		err_set(&e, ret, "%s", failure.text);
	else
		ret = run_session(&s, &e);
	status = !ret ? EXIT_OK : ret == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
out:
	if (e.code)
		fprintf(stderr, "tare: run: %s\n", e.text);
	session_free(&s);
	return status;
}
