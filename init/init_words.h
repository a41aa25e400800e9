/* SPDX-License-Identifier: MIT */
/* The words init reads and writes: boot words, ways to end, wait statuses. Pure functions: no
 * system call, no memory of their own. */
#ifndef TARE_INIT_WORDS_H
#define TARE_INIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* What happens after the run. */
enum init_end {
	INIT_END_POWEROFF,
	INIT_END_REBOOT,
	INIT_END_HALT,
	INIT_END_SHELL,
	INIT_ENDS_N,
};

/* True where the kernel command line `line` has exactly `word` among its blank-separated words.
 * As in the kernel, blanks inside double quotes part nothing. */
bool init_has_word(const char *line, const char *word);

/* The end that `text` names ("poweroff", "reboot", "halt", "shell", blanks after it ignored), or
 * INIT_ENDS_N. */
enum init_end init_end_of_word(const char *text);

/* The end that a signal to process 1 asks for, or INIT_ENDS_N. busybox's convention (SIGUSR2 power
 * off, SIGTERM reboot, SIGUSR1 halt), and SIGINT: the kernel's for Ctrl-Alt-Del. */
enum init_end init_end_of_signal(int signo);

/* The signal that a program called `argv0` ("/sbin/poweroff") sends to process 1, or -1. */
int init_signal_of_name(const char *argv0);

/* Puts a wait status in words that complete "the program ...". Cut, never overrun. */
void init_status_text(char *to, size_t bytes, int status);

/* True for the kernel's log record that says the firmware can switch the machine off (ACPI S5). */
bool init_record_has_s5(const char *record);

#endif
