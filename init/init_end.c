// SPDX-License-Identifier: MIT
/* Ends the machine by every means there is, the gentlest first. Knows nothing about the program. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "init_end.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "init_console.h"

#define LAST_STEP_MS 30000

/*
 * The ways to end the machine, one after the other, each given LAST_STEP_MS. Without a handler for
 * power-off RB_POWER_OFF becomes a halt, from which nothing returns (kernel/reboot.c), so it needs
 * to be known that there is one; sysrq's "o" runs the same code without that trap. Sysrq's "b"
 * reboots at once, without asking any driver.
 */
static const struct last_step {
	enum init_end from; /* ends that begin here */
	int command;	    /* for reboot(2), or 0 */
	const char *sysrq;
	bool needs_s5;
} last_steps[] = {
	{ INIT_END_POWEROFF, RB_POWER_OFF, NULL, true },
	{ INIT_ENDS_N, 0, "o", false },
	{ INIT_END_REBOOT, RB_AUTOBOOT, NULL, false },
	{ INIT_ENDS_N, 0, "b", false },
};

#define LAST_STEPS_N (sizeof(last_steps) / sizeof(last_steps[0]))

/* Whether the kernel found ACPI S5, from its log: no file tells. */
static bool has_s5(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[8192]; /* a read gives one record, at most 2048 long (PRINTK_MESSAGE_MAX) */
	bool found = false;
	ssize_t n;

	if (fd < 0)
		return false;
	while (!found && ((n = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE)) {
		record[n > 0 ? n : 0] = '\0'; /* EPIPE: overwritten meanwhile, the next is there */
		found = init_record_has_s5(record);
	}
	close(fd);
	return found;
}

static void do_last_step(const struct last_step *step)
{
	if (step->command) {
		reboot(step->command);
	} else {
		int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

		if (fd >= 0 && write(fd, step->sysrq, 1) == 1)
			close(fd);
	}
}

/*
 * Ends the machine. Each step runs in a child, because one that hangs in a driver or ends its
 * caller must leave somebody to take the next. The wait spins: once the kernel has stopped the
 * timers, sleeping would be for ever; and on CPU 0, the one it does not stop.
 */
_Noreturn void init_end_machine(enum init_end end)
{
	cpu_set_t first;
	bool begun = false, s5 = has_s5();

	init_console_drain();
	init_sleep_ms(1000); /* what management controllers and hypervisors still buffer */
	if (end == INIT_END_HALT)
		reboot(RB_HALT_SYSTEM);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	for (size_t i = 0; i < LAST_STEPS_N; i++) {
		int64_t end_ms = init_now_ms() + LAST_STEP_MS;
		pid_t pid;

		begun = begun || last_steps[i].from == end;
		if (!begun || (last_steps[i].needs_s5 && !s5))
			continue;
		pid = fork();
		if (pid <= 0)
			do_last_step(&last_steps[i]);
		if (!pid)
			_exit(0);
		while (init_now_ms() < end_ms)
			sched_yield();
	}
	for (;;) /* process 1 never returns */
		pause();
}

_Noreturn void init_panic(const char *what)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	init_console_say(text);
	init_end_machine(INIT_END_POWEROFF);
}
