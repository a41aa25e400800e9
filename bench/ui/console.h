/* SPDX-License-Identifier: MIT */
/*
 * Where the appliance speaks: every console of the kernel, screens and serial ports. A console that
 * blocks loses what was meant for it; it never holds a run up.
 */
#ifndef TARE_UI_CONSOLE_H
#define TARE_UI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONSOLES_MAX 8

struct console {
	int fd;
	char name[32]; /* "tty0", "ttyS0", "hvc0" */
	bool serial;   /* not a screen: takes frames */
	bool dead;     /* blocked past its deadline, or failed */
};

struct consoles {
	struct console console[CONSOLES_MAX];
	uint32_t n;
};

/*
 * Opens every console named in ROOT/sys/class/tty/console/active, raw, without flow control,
 * without waiting for a carrier. Ports that are not there (no UART behind them) are left out. Never
 * fails; there may be none.
 */
void consoles_open(struct consoles *consoles, const char *root);

/* Standard error as the one console: on an installed system. */
void consoles_stderr(struct consoles *consoles);

enum console_kind { CONSOLE_ALL, CONSOLE_SCREEN, CONSOLE_SERIAL };

/* Writes to all of a kind; gives each at most 20 s plus what its line rate needs, then calls it
 * dead. Returns on how many all of it arrived. */
uint32_t consoles_write(struct consoles *consoles, enum console_kind kind, const void *data,
			size_t len);

/* Text with line ends as a terminal in raw mode needs them. */
uint32_t consoles_puts(struct consoles *consoles, enum console_kind kind, const char *text);

/* The next key pressed on any console within timeout_ns, or -1. */
int consoles_key(struct consoles *consoles, uint64_t timeout_ns);

/* Waits until what was written has left the ports, at most 5 s each. */
void consoles_drain(struct consoles *consoles);
void consoles_close(struct consoles *consoles);

#endif
