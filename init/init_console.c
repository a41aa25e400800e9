// SPDX-License-Identifier: MIT
/* What init says and where. Opens consoles without ever blocking on one. */
#include "init_console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_MS 5000

int64_t init_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void init_sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

void init_read_line(char *to, size_t bytes, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, to, bytes - 1);

	if (fd >= 0)
		close(fd);
	to[n > 0 ? n : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
}

/* The same list as the program's: whoever watches it sees what we say, too. Read once: what was
 * there at the start. */
static struct console_list consoles;

/* Calls `act` on every console, or on standard error where there is none. None may hold us up,
 * whatever hangs on its cable: not blocking. */
static void each_console(void (*act)(int fd, uint32_t baud, const char *text), const char *text)
{
	char path[64];

	if (!consoles.n)
		act(STDERR_FILENO, 0, text);
	for (uint32_t i = 0; i < consoles.n; i++) {
		int fd;

		snprintf(path, sizeof(path), "/dev/%s", consoles.row[i].name);
		fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			continue;
		act(fd, consoles.row[i].baud, text);
		close(fd);
	}
}

static void say(int fd, uint32_t baud, const char *text)
{
	(void)baud;
	dprintf(fd, "\r\ntare: init: %s\r\n", text);
}

/* A terminal as people expect it, after whatever a program left; at `baud`, or (0) as fast as it
 * is. */
static void sane(int fd, uint32_t baud, const char *text)
{
	struct termios t;

	(void)text;
	if (tcgetattr(fd, &t))
		return;
	/* No flow control: a stray ^S or an open CTS line must not stop a run. */
	t.c_iflag = ICRNL | BRKINT;
	t.c_oflag = OPOST | ONLCR;
	t.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
	t.c_cflag = (t.c_cflag | CREAD | CLOCAL) & ~(tcflag_t)CRTSCTS;
	if (baud)
		cfsetspeed(&t, console_speed(baud));
	tcsetattr(fd, TCSANOW, &t);
}

static int64_t drain_end_ms;

/* tcdrain() with a deadline, one for all: a line that moves nothing would hold it for ever. */
static void drain(int fd, uint32_t baud, const char *text)
{
	int queued;

	(void)baud;
	(void)text;
	while (!ioctl(fd, TIOCOUTQ, &queued) && queued > 0 && init_now_ms() < drain_end_ms)
		init_sleep_ms(20);
}

void init_console_say(const char *text)
{
	each_console(say, text);
}

void init_console_drain(void)
{
	drain_end_ms = init_now_ms() + DRAIN_MS;
	each_console(drain, NULL);
}

void init_console_open(void)
{
	/* Not blocking for the open alone, which may wait for a carrier. */
	int fd = open("/dev/console", O_RDWR | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0)
		fcntl(fd, F_SETFL, O_RDWR);
	else
		fd = open("/dev/null", O_RDWR);
	for (int i = 0; fd >= 0 && i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
	console_list_read(&consoles, "/");
	each_console(sane, NULL);
}

const struct console_list *init_console_list(void)
{
	return &consoles;
}

void init_console_take(const char *tty)
{
	int fd = open(tty, O_RDWR);

	if (fd < 0)
		return;
	sane(fd, 0, NULL);
	ioctl(fd, TIOCSCTTY, 1);
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}
