// SPDX-License-Identifier: MIT
/*
 * Process 1: prepares the machine, starts the program, waits, ends the machine. It opens no disk,
 * keeps no memory of the heap, measures nothing and delivers nothing: that is the program's work.
 *
 * With the program it shares two files: /run/tare/end, the word that tare.end gave, and
 * /run/tare/delivered, which exists once a result went out on at least one channel.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init_console.h"
#include "init_devices.h"
#include "init_end.h"
#include "init_words.h"

#define PROGRAM	       "/bin/tare"
#define SHELL	       "/bin/busybox"
#define END_FILE       "/run/tare/end"
#define DELIVERED_FILE "/run/tare/delivered"

#define TEXT_BYTES   4096 /* the kernel command line on x86 has at most 2048 */
#define REASON_BYTES 128
#define BUTTONS_MAX  32 /* input devices looked at */
#define SHELLS_MAX   3

/* A run asked to end delivers what it has: three copies of a full result take about 20 s at 115200
 * baud. */
#define KILL_AFTER_MS 60000
/* A run started while the machine is to go down: time to deliver, none to linger. */
#define HURRY_AFTER_MS 20000
#define RESPAWN_MS     1000
#define NEVER_MS       INT64_MAX

struct init {
	struct pollfd source[1 + BUTTONS_MAX]; /* [0]: signals; then power buttons */
	nfds_t sources_n;
	enum init_end wanted; /* by a signal or a button; INIT_ENDS_N: nobody asked */
};

/* efivarfs read-only: a variable lost bricks some firmware. Under BIOS it cannot be mounted. */
static const struct mount_row {
	const char *type, *dir, *options;
	unsigned long flags;
	mode_t mode;
	bool needed;
} mounts[] = {
	{ "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, 0555, true },
	{ "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, 0555, true },
	{ "devtmpfs", "/dev", "mode=0755", MS_NOSUID, 0755, true },
	{ "devpts", "/dev/pts", NULL, MS_NOSUID | MS_NOEXEC, 0755, false },
	{ "tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV, 0755, true },
	{ "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV, 01777, false },
	{ "efivarfs", "/sys/firmware/efi/efivars", NULL,
	  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 0, false },
};

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const struct mount_row *row = &mounts[i];

		if (row->mode)
			mkdir(row->dir, row->mode);
		/* Busy: the kernel was there before us. */
		if (mount(row->type, row->dir, row->type, row->flags, row->options) &&
		    errno != EBUSY && row->needed)
			init_panic(row->dir);
	}
	if (mkdir("/run/tare", 0755) && errno != EEXIST)
		init_panic("/run/tare");
}

static bool is_power_button(int fd)
{
	unsigned char keys[KEY_MAX / 8 + 1] = { 0 };

	return ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) >= 0 &&
	       keys[KEY_POWER / 8] >> KEY_POWER % 8 & 1;
}

static void open_sources(struct init *in, const sigset_t *signals)
{
	char path[64];
	int fd = signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);

	if (fd < 0)
		init_panic("signalfd");
	in->source[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	in->sources_n = 1;
	for (int i = 0; i < BUTTONS_MAX; i++) {
		snprintf(path, sizeof(path), "/dev/input/event%d", i);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 && is_power_button(fd))
			in->source[in->sources_n++] = (struct pollfd){ fd, POLLIN, 0 };
		else if (fd >= 0)
			close(fd);
	}
}

static void want(struct init *in, enum init_end end)
{
	if (in->wanted == INIT_ENDS_N)
		in->wanted = end;
}

/* Sleeps until something happens or the clock says `until_ms` (NEVER_MS: for ever), and notes who
 * asked for the end. */
static void wait_event(struct init *in, int64_t until_ms)
{
	int64_t left_ms = until_ms - init_now_ms();
	struct signalfd_siginfo signal_info;
	struct input_event event;

	if (poll(in->source, in->sources_n,
		 until_ms == NEVER_MS ? -1 : (int)(left_ms > 0 ? left_ms : 0)) <= 0)
		return;
	while (read(in->source[0].fd, &signal_info, sizeof(signal_info)) == sizeof(signal_info))
		want(in, init_end_of_signal((int)signal_info.ssi_signo));
	for (nfds_t i = 1; i < in->sources_n; i++) {
		while (read(in->source[i].fd, &event, sizeof(event)) == sizeof(event))
			if (event.type == EV_KEY && event.code == KEY_POWER && event.value == 1)
				want(in, INIT_END_POWEROFF);
		if (in->source[i].revents & (POLLERR | POLLHUP))
			in->source[i].fd = -1; /* unplugged; poll() passes over it now */
	}
}

/* Starts a program with every signal as usual, in a session of its own; on the terminal `tty`, or
 * (NULL) on our own descriptors. */
static pid_t start(const char *path, char *const argv[], const char *tty)
{
	static char *const environment[] = { "PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/",
					     "TERM=linux", NULL };
	pid_t pid = fork();
	sigset_t none;

	if (pid)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (tty)
		init_console_take(tty);
	execve(path, argv, environment);
	init_console_say(strerror(errno));
	_exit(127);
}

/*
 * Waits for the program and reaps whatever else ends. Once an end is wanted the program is asked to
 * come to one, and killed where it does not. Returns its wait status.
 */
static int wait_program(struct init *in, pid_t program)
{
	bool asked = false, wanted_before = in->wanted != INIT_ENDS_N;
	int64_t next_ms = wanted_before ? init_now_ms() + HURRY_AFTER_MS : NEVER_MS;

	for (;;) {
		int status;
		pid_t pid;

		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == program)
				return status;
		if (in->wanted != INIT_ENDS_N && !wanted_before && !asked)
			next_ms = init_now_ms();
		if (init_now_ms() >= next_ms) {
			kill(program, asked ? SIGKILL : SIGTERM);
			asked = true;
			next_ms = init_now_ms() + KILL_AFTER_MS;
		}
		wait_event(in, next_ms);
	}
}

static void run_program(struct init *in)
{
	char *first[] = { PROGRAM, "run", "--appliance", NULL };
	char reason[REASON_BYTES + 16], text[2 * REASON_BYTES + 64], words[REASON_BYTES];
	char *second[] = { PROGRAM, "run", "--appliance", "--failed", reason, NULL };
	pid_t pid = start(PROGRAM, first, NULL);
	int status;

	if (pid < 0)
		init_panic("fork");
	status = wait_program(in, pid);
	/* A signal is a crash even after a delivery, unless it was ours. */
	if ((!WIFSIGNALED(status) || in->wanted != INIT_ENDS_N) && !access(DELIVERED_FILE, F_OK))
		return;

	init_status_text(words, sizeof(words), status);
	snprintf(reason, sizeof(reason), "the program %s", words);
	unlink(DELIVERED_FILE); /* from here on it speaks of the second run */
	pid = start(PROGRAM, second, NULL);
	if (pid < 0)
		init_panic("fork");
	status = wait_program(in, pid);
	if (!access(DELIVERED_FILE, F_OK))
		return;
	init_status_text(words, sizeof(words), status);
	snprintf(text, sizeof(text), "%s, and its report of that %s: no result", reason, words);
	init_console_say(text);
}

static bool gets_shell(const struct console_list *list, uint32_t i)
{
	bool last_of_kernel = list->row[i].reason == CONSOLE_BY_KERNEL &&
			      (i + 1 == list->n || list->row[i + 1].reason != CONSOLE_BY_KERNEL);

	return last_of_kernel || list->row[i].reason == CONSOLE_BY_SPCR ||
	       !strcmp(list->row[i].name, "tty0");
}

/* The terminals that get a shell: the one behind /dev/console, the screen, and the firmware's. */
static int shell_terminals(char tty[SHELLS_MAX][64])
{
	const struct console_list *list = init_console_list();
	int n = 0;

	for (uint32_t i = 0; i < list->n && n < SHELLS_MAX; i++) {
		const char *name = list->row[i].name;

		/* tty0 is an alias of the console in front: not to be owned */
		if (gets_shell(list, i))
			snprintf(tty[n++], 64, "/dev/%s", strcmp(name, "tty0") ? name : "tty1");
	}
	if (!n)
		strcpy(tty[n++], "/dev/console");
	return n;
}

/* Shells, each started again when it ends, until somebody asks for an end. */
static void run_shells(struct init *in)
{
	char *argv[] = { "sh", "-l", NULL };
	char tty[SHELLS_MAX][64];
	pid_t shell[SHELLS_MAX] = { 0 };
	int shells_n = shell_terminals(tty), status;

	init_console_say("a shell; `poweroff` or `reboot` ends it");
	while (in->wanted == INIT_ENDS_N) {
		pid_t pid;

		for (int i = 0; i < shells_n; i++)
			if (shell[i] <= 0)
				shell[i] = start(SHELL, argv, tty[i]);
		wait_event(in, init_now_ms() + RESPAWN_MS);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			for (int i = 0; i < shells_n; i++)
				shell[i] = shell[i] == pid ? 0 : shell[i];
	}
	sync(); /* for what a person mounted by hand; a run leaves nothing to write */
}

static enum init_end end_of_run(const struct init *in)
{
	char word[64];
	enum init_end end;

	if (in->wanted != INIT_ENDS_N)
		return in->wanted;
	init_read_line(word, sizeof(word), END_FILE);
	end = init_end_of_word(word);
	return end == INIT_ENDS_N ? INIT_END_POWEROFF : end;
}

/* Called as poweroff, reboot or halt: hypervisors and people end the machine so. */
static int signal_init(const char *argv0)
{
	int signo = init_signal_of_name(argv0);

	if (signo >= 0 && !kill(1, signo))
		return 0;
	dprintf(2, "tare: init: %s: %s\n", argv0,
		signo >= 0 ? strerror(errno) : "runs as process 1, or as poweroff, reboot or halt");
	return signo >= 0 ? 1 : 2;
}

int main(int argc, char **argv)
{
	struct init in = { .wanted = INIT_ENDS_N };
	char line[TEXT_BYTES];
	enum init_end end;
	sigset_t signals;

	if (getpid() != 1)
		return signal_init(argc ? argv[0] : "");
	sigfillset(&signals); /* blocked, a signal waits for signalfd instead of being dropped */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	mount_all();
	init_console_open();
	reboot(RB_DISABLE_CAD); /* Ctrl-Alt-Del becomes SIGINT: a run still delivers */
	init_devices_settle();
	open_sources(&in, &signals);
	init_read_line(line, sizeof(line), "/proc/cmdline");
	if (init_has_word(line, "tare.rescue")) {
		end = INIT_END_SHELL;
	} else {
		run_program(&in);
		end = end_of_run(&in);
	}
	if (end == INIT_END_SHELL) {
		run_shells(&in);
		end = in.wanted;
	}
	init_end_machine(end);
}
