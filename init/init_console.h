/* SPDX-License-Identifier: MIT */
/* What init says and where, and the small things around it: clock, short files. Nothing here waits
 * longer than it says. */
#ifndef TARE_INIT_CONSOLE_H
#define TARE_INIT_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#include "hw/console_list.h"

int64_t init_now_ms(void); /* CLOCK_MONOTONIC */
void init_sleep_ms(long ms);

/* Reads the first line of a small file, cut to `bytes` with the NUL; "" where there is none. */
void init_read_line(char *to, size_t bytes, const char *path);

/* Opens /dev/console as descriptors 0 to 2 (/dev/null where there is none), finds every console and
 * makes it sane. */
void init_console_open(void);

/* What init_console_open() found. */
const struct console_list *init_console_list(void);

/* Prints `text` as a line of its own on every console. */
void init_console_say(const char *text);

/* For a child that leads its session: `tty` becomes its terminal, sane, and descriptors 0 to 2. */
void init_console_take(const char *tty);

/* Waits until every console has sent what it was given, for at most 5 s. */
void init_console_drain(void);

#endif
