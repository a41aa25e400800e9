// SPDX-License-Identifier: MIT
/* A pipe tells the end of a process: its last descriptor closes with it. */
#include "lib/apart.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"

#define MS_NS UINT64_C(1000000)
/* One that was killed and hangs in the kernel is left behind: nobody waits for it. */
#define KILLED_MS 5000

static _Noreturn void work(const struct apart *apart)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, apart->name);
	signal(SIGTERM, SIG_IGN); /* the waiting process decides */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	apart->work(apart->context);
	_exit(0);
}

static bool is_asked(const struct apart *apart)
{
	return apart->asked && apart->asked(apart->of);
}

static struct timespec time_to_wait(const struct apart *apart, uint64_t left_ns)
{
	uint64_t look_ns = apart->look_ms * MS_NS;
	uint64_t ns = look_ns && look_ns < left_ns ? look_ns : left_ns;

	return (struct timespec){ .tv_sec = (time_t)(ns / CLOCK_NS_PER_S),
				  .tv_nsec = (long)(ns % CLOCK_NS_PER_S) };
}

/* Signals but for those that `open` blocks come in while it sleeps, and then only: none is lost
 * between asking and falling asleep. */
static enum apart_end sleep_until_end(const struct apart *apart, int closes_fd,
				      const sigset_t *open)
{
	struct pollfd end = { .fd = closes_fd, .events = POLLIN };
	uint64_t until_ns = clock_now_ns() + apart->limit_ms * MS_NS, now_ns;

	while ((now_ns = clock_now_ns()) < until_ns) {
		struct timespec wait = time_to_wait(apart, until_ns - now_ns);

		if (is_asked(apart))
			return APART_STOPPED;
		if (ppoll(&end, 1, &wait, open) > 0)
			return APART_ENDED;
	}
	return APART_CUT_OFF;
}

/* Sleeps until the process has gone, which closes the pipe, or must go. */
static enum apart_end await_end(const struct apart *apart, int closes_fd)
{
	sigset_t all, open;
	enum apart_end end;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &open);
	end = sleep_until_end(apart, closes_fd, &open);
	pthread_sigmask(SIG_SETMASK, &open, NULL);
	return end;
}

/* Collects a process that has ended or was killed. False: it has not gone. */
static bool collect(pid_t pid, bool killed, int *status)
{
	uint64_t until_ns = clock_now_ns() + KILLED_MS * MS_NS;
	pid_t got;

	while ((got = waitpid(pid, status, killed ? WNOHANG : 0)) <= 0) {
		if (got < 0 && errno != EINTR)
			return true;
		if (killed && clock_now_ns() > until_ns)
			return false;
		if (killed)
			clock_sleep_ns(MS_NS);
	}
	return true;
}

static enum apart_end watch(struct apart *apart, pid_t pid, int closes_fd)
{
	enum apart_end end = await_end(apart, closes_fd);
	int status = 0;

	if (end != APART_ENDED)
		kill(pid, SIGKILL);
	if (!collect(pid, end != APART_ENDED, &status))
		return APART_LEFT_BEHIND;
	if (end == APART_ENDED && WIFSIGNALED(status)) {
		apart->code = WTERMSIG(status);
		return APART_SIGNALLED;
	}
	return end;
}

enum apart_end apart_run(struct apart *apart)
{
	enum apart_end end = APART_NOT_STARTED;
	int ends[2];
	pid_t pid;

	if (pipe(ends)) {
		apart->code = -errno;
		return end;
	}
	pid = fork();
	if (!pid) {
		close(ends[0]);
		work(apart);
	}
	apart->code = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (pid > 0)
		end = watch(apart, pid, ends[0]);
	close(ends[0]);
	return end;
}
