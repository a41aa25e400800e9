// SPDX-License-Identifier: MIT
/* Opens and feeds the consoles. */
#include "ui/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/str.h"

#define WRITE_DEADLINE_NS   (UINT64_C(20) * CLOCK_NS_PER_S)
#define DRAIN_DEADLINE_NS   (UINT64_C(5) * CLOCK_NS_PER_S)
#define SLOWEST_BYTES_PER_S 960 /* 9600 baud */
/* The queue is empty before the UART's FIFO is: 16 characters at 9600 baud. */
#define FIFO_NS (UINT64_C(20) * 1000000)

/* A screen is a virtual terminal (tty0, tty1); everything else may be captured. */
static bool is_screen(const char *name)
{
	return !strncmp(name, "tty", 3) && name[3] >= '0' && name[3] <= '9';
}

/* At `baud`, or (0) as fast as it is. False: it is no terminal. */
static bool set_raw(int fd, uint32_t baud)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return false;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL;
	t.c_cflag &= ~(tcflag_t)CRTSCTS;
	t.c_iflag &= ~(tcflag_t)(IXON | IXOFF); /* a stray ^S must not stop a run */
	if (baud)
		cfsetspeed(&t, console_speed(baud));
	return !tcsetattr(fd, TCSANOW, &t);
}

static void open_one(struct consoles *consoles, const struct console_row *row)
{
	struct console *console = &consoles->console[consoles->n];
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", row->name);
	*console = (struct console){ .fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC),
				     .serial = !is_screen(row->name),
				     .unnamed = row->reason == CONSOLE_BY_MACHINE };
	if (console->fd < 0)
		return;
	str_copy(console->name, sizeof(console->name), row->name);
	console_row_words(console->words, sizeof(console->words), row);
	if (console->serial)
		console->raw = set_raw(console->fd, row->baud);
	consoles->n++;
}

void consoles_open(struct consoles *consoles, const char *root)
{
	struct console_list list;

	*consoles = (struct consoles){ 0 };
	console_list_read(&list, root);
	for (uint32_t i = 0; i < list.n; i++)
		open_one(consoles, &list.row[i]);
}

void consoles_stderr(struct consoles *consoles)
{
	*consoles = (struct consoles){ .n = 1, .console = { { .fd = STDERR_FILENO } } };
	str_copy(consoles->console[0].name, sizeof(consoles->console[0].name), "stderr");
	str_copy(consoles->console[0].words, sizeof(consoles->console[0].words), "stderr");
}

/* What one console still has to get. */
struct pending {
	const char *data;
	size_t len;
	uint64_t until_ns; /* then it is dead */
};

static void write_some(struct console *console, struct pending *p)
{
	ssize_t n = write(console->fd, p->data, p->len);

	if (n > 0) {
		p->data += n;
		p->len -= (size_t)n;
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		console->dead = true;
	} else {
		console->dead = clock_now_ns() > p->until_ns;
	}
}

static bool is_kind(const struct console *console, enum console_kind kind)
{
	return kind == CONSOLE_ALL || (kind == CONSOLE_SERIAL) == console->serial;
}

/* To all consoles at once: several ports take no longer than the slowest. */
static void write_pending(struct consoles *consoles, struct pending *pending)
{
	struct pollfd p[CONSOLES_MAX];

	for (bool any = true; any;) {
		any = false;
		for (uint32_t i = 0; i < consoles->n; i++) {
			struct console *console = &consoles->console[i];

			if (pending[i].len && !console->dead)
				write_some(console, &pending[i]);
			p[i] = (struct pollfd){ .fd = -1, .events = POLLOUT };
			if (pending[i].len && !console->dead)
				p[i].fd = console->fd;
			any |= p[i].fd >= 0;
		}
		if (any)
			poll(p, consoles->n, 100);
	}
}

/* What goes to raw consoles may differ from what goes to the others. */
static uint32_t write_all(struct consoles *consoles, enum console_kind kind, const struct buf *raw,
			  const struct buf *other)
{
	struct pending pending[CONSOLES_MAX] = { { 0 } };
	uint64_t until_ns = clock_now_ns() + WRITE_DEADLINE_NS;
	uint32_t whole = 0;

	for (uint32_t i = 0; i < consoles->n; i++) {
		const struct console *console = &consoles->console[i];
		const struct buf *b = console->raw ? raw : other;

		if (is_kind(console, kind))
			pending[i] = (struct pending){ b->data, b->len,
						       until_ns + b->len * CLOCK_NS_PER_S /
									  SLOWEST_BYTES_PER_S };
	}
	write_pending(consoles, pending);
	for (uint32_t i = 0; i < consoles->n; i++)
		whole += is_kind(&consoles->console[i], kind) && !consoles->console[i].dead;
	return whole;
}

uint32_t consoles_write(struct consoles *consoles, enum console_kind kind, const void *data,
			size_t len)
{
	const struct buf b = { .data = (char *)data, .len = len };

	return write_all(consoles, kind, &b, &b);
}

uint32_t consoles_puts(struct consoles *consoles, enum console_kind kind, const char *text)
{
	struct buf raw = BUF_INIT, other = BUF_INIT;
	uint32_t whole = 0;

	buf_puts(&other, text);
	for (; *text; text++) {
		if (*text == '\n')
			buf_add(&raw, "\r", 1);
		buf_add(&raw, text, 1);
	}
	if (!buf_failed(&raw) && !buf_failed(&other) && raw.len)
		whole = write_all(consoles, kind, &raw, &other);
	buf_free(&raw);
	buf_free(&other);
	return whole;
}

/* A job in the background would be stopped for touching its terminal. */
static bool may_listen(int fd)
{
	pid_t foreground = tcgetpgrp(fd);
	int flags = fcntl(fd, F_GETFL);

	return isatty(fd) && flags >= 0 && (flags & O_ACCMODE) != O_WRONLY &&
	       (foreground < 0 || foreground == getpgrp());
}

static void listen_one(struct console *console)
{
	struct termios t;

	if (console->unnamed || !may_listen(console->fd) ||
	    tcgetattr(console->fd, &console->before))
		return;
	t = console->before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	t.c_cc[VSUSP] = t.c_cc[VQUIT] = _POSIX_VDISABLE; /* they would leave it like this */
	console->listens = !tcsetattr(console->fd, TCSANOW, &t);
}

bool consoles_listen(struct consoles *consoles)
{
	bool any = false;

	for (uint32_t i = 0; i < consoles->n; i++) {
		listen_one(&consoles->console[i]);
		any |= consoles->console[i].listens;
	}
	return any;
}

void consoles_deaf(struct consoles *consoles)
{
	for (uint32_t i = 0; i < consoles->n; i++) {
		struct console *console = &consoles->console[i];

		if (console->listens)
			tcsetattr(console->fd, TCSANOW, &console->before);
		console->listens = false;
	}
}

/* Standard error takes keys while it listens only: else it may be anything. */
static int keys_of(const struct console *console)
{
	if (console->unnamed)
		return -1;
	return console->fd != STDERR_FILENO || console->listens ? console->fd : -1;
}

int consoles_key_from(struct consoles *consoles, uint64_t timeout_ns, char *name, size_t name_bytes)
{
	uint64_t until_ns = clock_now_ns() + timeout_ns, now_ns;
	struct pollfd p[CONSOLES_MAX];
	unsigned char key;

	name[0] = '\0';
	for (uint32_t i = 0; i < consoles->n; i++)
		p[i] = (struct pollfd){ .fd = keys_of(&consoles->console[i]), .events = POLLIN };
	while ((now_ns = clock_now_ns()) < until_ns) {
		poll(p, consoles->n, (int)((until_ns - now_ns + 999999) / 1000000));
		for (uint32_t i = 0; i < consoles->n; i++) {
			if (!p[i].revents)
				continue;
			if ((p[i].revents & POLLIN) && read(p[i].fd, &key, 1) == 1) {
				str_copy(name, name_bytes, consoles->console[i].name);
				return key;
			}
			p[i].fd = -1; /* ended or failed: it would be ready for ever */
		}
	}
	return -1;
}

int consoles_key(struct consoles *consoles, uint64_t timeout_ns)
{
	char name[32];

	return consoles_key_from(consoles, timeout_ns, name, sizeof(name));
}

bool consoles_screen_size(const struct consoles *consoles, uint32_t *rows, uint32_t *columns)
{
	bool any = false;

	for (uint32_t i = 0; i < consoles->n; i++) {
		const struct console *console = &consoles->console[i];
		struct winsize size;

		if (console->serial || console->fd == STDERR_FILENO)
			continue;
		if (ioctl(console->fd, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
			size = (struct winsize){ .ws_row = 25, .ws_col = 80 };
		*rows = !any || size.ws_row < *rows ? size.ws_row : *rows;
		*columns = !any || size.ws_col < *columns ? size.ws_col : *columns;
		any = true;
	}
	return any;
}

/* tcdrain() would wait for ever on a port that nobody empties. */
static bool drain_one(struct console *console, uint64_t until_ns)
{
	bool waited = false;
	int left;

	while (!console->dead && !ioctl(console->fd, TIOCOUTQ, &left) && left > 0) {
		waited = true;
		console->dead = clock_now_ns() > until_ns;
		clock_sleep_ns(CLOCK_NS_PER_S / 100);
	}
	return waited;
}

void consoles_drain(struct consoles *consoles)
{
	uint64_t until_ns = clock_now_ns() + DRAIN_DEADLINE_NS;
	bool waited = false;

	for (uint32_t i = 0; i < consoles->n; i++)
		waited |= drain_one(&consoles->console[i], until_ns);
	if (waited)
		clock_sleep_ns(FIFO_NS);
}

void consoles_revive(struct consoles *consoles)
{
	for (uint32_t i = 0; i < consoles->n; i++)
		consoles->console[i].dead = false;
}

void consoles_close(struct consoles *consoles)
{
	for (uint32_t i = 0; i < consoles->n; i++)
		if (consoles->console[i].fd != STDERR_FILENO)
			close(consoles->console[i].fd);
	consoles->n = 0;
}
