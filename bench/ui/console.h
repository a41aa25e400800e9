/* SPDX-License-Identifier: MIT */
/*
 * Where a run speaks while it goes on: in the appliance screens and serial ports; on an installed
 * system standard error. A console that blocks loses what was meant for it; it never holds a run up
 * for longer than its deadline.
 */
#ifndef TARE_UI_CONSOLE_H
#define TARE_UI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "hw/console_list.h"

#define CONSOLES_MAX CONSOLE_LIST_MAX

struct console {
	int fd;
	char name[32];	       /* "tty0", "ttyS0", "hvc0" */
	char words[96];	       /* name, and where the port is: console_row_words() */
	bool serial;	       /* not a screen: takes frames */
	bool raw;	       /* passes bytes as they are: text needs CR before each LF */
	bool unnamed;	       /* takes text, but no key: what comes back may be an echo */
	bool dead;	       /* blocked past its deadline, or failed */
	bool listens;	       /* takes keys one by one since consoles_listen() */
	struct termios before; /* if it listens: how the terminal was */
};

struct consoles {
	struct console console[CONSOLES_MAX];
	uint32_t n;
};

/*
 * Opens every console of hw/console_list.h; serial ports raw, without flow control, without waiting
 * for a carrier, at the speed that the list says. What cannot be opened is left out. Never fails;
 * there may be none.
 */
void consoles_open(struct consoles *consoles, const char *root);

/* Standard error as the one console: on an installed system. */
void consoles_stderr(struct consoles *consoles);

enum console_kind { CONSOLE_ALL, CONSOLE_SCREEN, CONSOLE_SERIAL };

/* Writes to all of a kind at once; gives each at most 20 s plus what its line rate needs, then
 * calls it dead. Returns on how many all of it arrived. */
uint32_t consoles_write(struct consoles *consoles, enum console_kind kind, const void *data,
			size_t len);

/* Text, whose line ends become what each console needs. Returns as consoles_write(). */
uint32_t consoles_puts(struct consoles *consoles, enum console_kind kind, const char *text);

/*
 * From here until consoles_deaf() a key arrives as it is pressed, without Enter and without an
 * echo. Terminals only, and of a shell's jobs only the one in the foreground; Ctrl-C stays what it
 * is, Ctrl-Z and Ctrl-\ wait. Returns whether any console takes keys.
 */
bool consoles_listen(struct consoles *consoles);

/* Leaves the terminals as they were before consoles_listen(). */
void consoles_deaf(struct consoles *consoles);

/* The next key pressed on any console within timeout_ns, or -1. */
int consoles_key(struct consoles *consoles, uint64_t timeout_ns);

/* The same, and the console's name ("ttyS0"); "" where there was no key. */
int consoles_key_from(struct consoles *consoles, uint64_t timeout_ns, char *name,
		      size_t name_bytes);

/* Rows and columns that all screens have; what is not known counts as 25 by 80. False: there is no
 * screen. Standard error is none. */
bool consoles_screen_size(const struct consoles *consoles, uint32_t *rows, uint32_t *columns);

/* Waits until what was written has left the ports, at most 5 s; calls dead what has not moved by
 * then. */
void consoles_drain(struct consoles *consoles);

/* Gives dead consoles another chance: somebody may listen by now. */
void consoles_revive(struct consoles *consoles);
void consoles_close(struct consoles *consoles);

#endif
