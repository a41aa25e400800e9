// SPDX-License-Identifier: MIT
/* `tare run`: reads the command line, gathers, runs; what failed is told here. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "commands.h"
#include "session/session.h"

static volatile sig_atomic_t stop_requested; /* set by the handler, read by the reporter */

static void on_signal(int number)
{
	(void)number;
	stop_requested = 1;
}

/* Whoever has a hangup ignored (nohup) wants the run to go on. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal }, hangup;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
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
		ret = session_run_nothing(&s, s.args.failed, &e);
	else if (ret && s.args.appliance) /* nobody is there to read standard error */
		ret = session_run_nothing(&s, failure.text, &e);
	else if (ret)
		err_set(&e, ret, "%s", failure.text);
	else
		ret = session_run(&s, &e);
	status = !ret ? EXIT_OK : ret == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
out:
	if (e.code)
		fprintf(stderr, "tare: run: %s\n", e.text);
	session_free(&s);
	return status;
}
