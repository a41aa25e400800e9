// SPDX-License-Identifier: MIT
/* Consoles, on pseudo terminals: raw, line ends, keys, and ports that nobody reads. */
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <termios.h>

#include "lib/clock.h"
#include "ui/console.h"

#define MS (CLOCK_NS_PER_S / 1000)

/* A pseudo terminal as the machine's one console. */
struct desk {
	int master;
	char root[PATH_MAX];
	struct consoles consoles;
};

static int pty_open(char *name, size_t name_bytes)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, name, name_bytes), 0);
	return master;
}

static void desk_init(struct desk *d)
{
	char name[64], active[128];

	d->master = pty_open(name, sizeof(name));
	temp_make(d->root);
	snprintf(active, sizeof(active), "nosuch %s ttyS77\n", name + strlen("/dev/"));
	temp_text(d->root, "sys/class/tty/console/active", active);
	consoles_open(&d->consoles, d->root);
	assert_int_equal(d->consoles.n, 1);
	assert_true(d->consoles.console[0].serial);
}

static void desk_free(struct desk *d)
{
	consoles_close(&d->consoles);
	close(d->master);
	temp_remove(d->root);
}

/* What arrived within a moment. */
static const char *arrived(const struct desk *d)
{
	static char text[4096];
	struct pollfd p = { .fd = d->master, .events = POLLIN };
	size_t n = 0;

	while (n < sizeof(text) - 1 && poll(&p, 1, 100) > 0) {
		ssize_t got = read(d->master, text + n, sizeof(text) - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	text[n] = '\0';
	return text;
}

/* This test will check that a port is raw and without flow control: bytes pass as they are. */
static void bytes_should_pass_as_they_are(void **state)
{
	static struct desk d;
	struct termios t;

	(void)state;
	desk_init(&d);
	assert_int_equal(tcgetattr(d.consoles.console[0].fd, &t), 0);
	assert_false(t.c_iflag & (IXON | IXOFF | ICRNL));
	assert_false(t.c_oflag & OPOST);
	assert_false(t.c_lflag & (ICANON | ECHO | ISIG));
	assert_true(t.c_cflag & CLOCAL);
	assert_false(t.c_cflag & CRTSCTS);
	assert_int_equal(consoles_write(&d.consoles, CONSOLE_SERIAL, "a\nb\r\x11\x13\xff", 7), 1);
	assert_string_equal(arrived(&d), "a\nb\r\x11\x13\xff");
	assert_int_equal(consoles_puts(&d.consoles, CONSOLE_ALL, "a\nb\n"), 1);
	assert_string_equal(arrived(&d), "a\r\nb\r\n");
	assert_int_equal(consoles_puts(&d.consoles, CONSOLE_SCREEN, "not for ports"), 0);
	assert_string_equal(arrived(&d), "");
	assert_int_equal(consoles_puts(&d.consoles, CONSOLE_ALL, ""), 0);
	consoles_drain(&d.consoles);
	desk_free(&d);
}

/* This test will check which consoles are opened: those named, there, and behind which is a UART.
 */
static void absent_ports_should_be_left_out(void **state)
{
	static const struct {
		const char *active;
		uint32_t n;
	} cases[] = { { NULL, 0 },
		      { "", 0 },
		      { "\n", 0 },
		      { "nosuch\n", 0 },
		      { "ttyS0 null null\n", 1 },
		      { "null zero full\n", 3 },
		      { "null zero full random urandom\n", 5 } };
	char root[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct consoles consoles;

		temp_make(root);
		if (cases[i].active)
			temp_text(root, "sys/class/tty/console/active", cases[i].active);
		temp_text(root, "sys/class/tty/ttyS0/type", "0\n"); /* configured, not there */
		consoles_open(&consoles, root);
		check_number(cases[i].active ? cases[i].active : "(none)", consoles.n, cases[i].n);
		consoles_close(&consoles);
		temp_remove(root);
	}
}

/* This test will check keys: the next one, none in time, and that waiting does not spin. */
static void keys_should_come_from_any_console(void **state)
{
	static struct desk d;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	desk_init(&d);
	assert_int_equal(consoles_key(&d.consoles, 50 * MS), -1);
	assert_true(clock_now_ns() - start_ns >= 45 * MS);
	assert_int_equal(write(d.master, "q\xff", 2), 2);
	assert_int_equal(consoles_key(&d.consoles, CLOCK_NS_PER_S), 'q');
	assert_int_equal(consoles_key(&d.consoles, CLOCK_NS_PER_S), 0xff);
	desk_free(&d);
}

/* This test will check that a console which ended or fails is no key, and waiting takes its time.
 */
static void ended_console_should_not_spin(void **state)
{
	static struct desk d;
	uint64_t start_ns, used_ns = clock_thread_ns();
	int null = open("/dev/null", O_RDWR), write_only = open("/dev/null", O_WRONLY);

	(void)state;
	desk_init(&d);
	close(d.master);
	d.consoles.console[d.consoles.n++] = (struct console){ .fd = null };
	d.consoles.console[d.consoles.n++] = (struct console){ .fd = write_only };
	start_ns = clock_now_ns();
	assert_int_equal(consoles_key(&d.consoles, 200 * MS), -1);
	assert_true(clock_now_ns() - start_ns >= 190 * MS);
	assert_true(clock_thread_ns() - used_ns < 100 * MS);
	d.master = open("/dev/null", O_RDONLY);
	desk_free(&d);
}

/* Writes until it takes no more, and goes on taking no more: the kernel passes bytes on later. */
static void fill_up(int fd)
{
	static const char filler[1 << 16];

	for (int full = 0; full < 5; full++) {
		while (write(fd, filler, sizeof(filler)) > 0)
			full = 0;
		assert_int_equal(errno, EAGAIN);
		clock_sleep_ns(20 * MS);
	}
}

/* This test will check that a port which takes no bytes is given up after its deadline, and another
 * one has got everything meanwhile; and that waiting for it to drain ends. */
static void blocked_port_should_be_given_up(void **state)
{
	static struct desk d;
	uint64_t start_ns;
	char text[2];
	int ends[2];

	(void)state;
	desk_init(&d);
	fill_up(d.consoles.console[0].fd);
	assert_int_equal(pipe(ends), 0);
	d.consoles.console[d.consoles.n++] = (struct console){ .fd = ends[1], .serial = true };
	start_ns = clock_now_ns();
	assert_int_equal(consoles_write(&d.consoles, CONSOLE_SERIAL, "x", 1), 1);
	assert_in_range(clock_now_ns() - start_ns, 19 * CLOCK_NS_PER_S, 30 * CLOCK_NS_PER_S);
	assert_true(d.consoles.console[0].dead);
	assert_false(d.consoles.console[1].dead);
	assert_int_equal(read(ends[0], text, 2), 1);
	/* the dead one costs nothing any more */
	start_ns = clock_now_ns();
	assert_int_equal(consoles_write(&d.consoles, CONSOLE_SERIAL, "yy", 2), 1);
	consoles_drain(&d.consoles);
	assert_true(clock_now_ns() - start_ns < CLOCK_NS_PER_S);
	desk_free(&d);
	close(ends[0]);
}

static void *read_slowly(void *arg)
{
	const struct desk *d = arg;
	char text[512];
	size_t total = 0;

	while (total < 20000) {
		ssize_t n = read(d->master, text, sizeof(text));

		if (n <= 0)
			break;
		total += (size_t)n;
		clock_sleep_ns(10 * MS);
	}
	return (void *)total;
}

/* This test will check that a slow port gets all of it. */
static void slow_port_should_get_everything(void **state)
{
	static struct desk d;
	static char text[20000];
	pthread_t thread;
	void *total;

	(void)state;
	desk_init(&d);
	memset(text, 'x', sizeof(text));
	assert_int_equal(pthread_create(&thread, NULL, read_slowly, &d), 0);
	assert_int_equal(consoles_write(&d.consoles, CONSOLE_ALL, text, sizeof(text)), 1);
	pthread_join(thread, &total);
	assert_int_equal((size_t)total, sizeof(text));
	assert_false(d.consoles.console[0].dead);
	desk_free(&d);
}

/* This test will check that a port that is pulled out is dead at once. */
static void failed_port_should_be_dead_at_once(void **state)
{
	static struct desk d;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	desk_init(&d);
	close(d.master);
	assert_int_equal(consoles_puts(&d.consoles, CONSOLE_ALL, "anybody?"), 0);
	assert_true(d.consoles.console[0].dead);
	assert_true(clock_now_ns() - start_ns < 5 * CLOCK_NS_PER_S);
	d.master = open("/dev/null", O_RDONLY);
	desk_free(&d);
}

/* Standard error becomes `fd`; returns what it was. */
static int stderr_becomes(int fd)
{
	int before = dup(STDERR_FILENO);

	assert_true(before >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	return before;
}

static void stderr_is_again(int before)
{
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
	close(before);
}

/* This test will check that standard error gets lines as files have them, and is never asked for a
 * key where it is no terminal that can be read. */
static void standard_error_should_get_plain_lines(void **state)
{
	struct consoles consoles;
	char name[64], text[16] = "";
	int ends[2], master = pty_open(name, sizeof(name)), before;
	int write_only = open(name, O_WRONLY | O_NOCTTY);
	uint64_t start_ns;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	before = stderr_becomes(ends[1]);
	consoles_stderr(&consoles);
	assert_int_equal(consoles_puts(&consoles, CONSOLE_ALL, "a\nb\n"), 1);
	assert_false(consoles_listen(&consoles));
	start_ns = clock_now_ns();
	assert_int_equal(consoles_key(&consoles, 100 * MS), -1);
	assert_true(clock_now_ns() - start_ns >= 90 * MS);
	assert_int_equal(dup2(write_only, STDERR_FILENO), STDERR_FILENO);
	assert_false(consoles_listen(&consoles));
	stderr_is_again(before);
	assert_int_equal(read(ends[0], text, sizeof(text)), 4);
	assert_string_equal(text, "a\nb\n");
	for (int i = 0; i < 2; i++)
		close(ends[i]);
	close(write_only);
	close(master);
}

/* This test will check that a terminal gives keys without Enter and without an echo while it
 * listens, keeps Ctrl-C, and is afterwards as it was. */
static void keys_should_need_no_enter(void **state)
{
	static struct desk d;
	struct consoles *consoles = &d.consoles;
	struct termios before, during, after;
	char name[64];
	int master = pty_open(name, sizeof(name)), slave = open(name, O_RDWR | O_NOCTTY);
	int stderr_before = stderr_becomes(slave);

	(void)state;
	consoles_stderr(consoles);
	tcgetattr(slave, &before);
	assert_true(before.c_lflag & ICANON);
	assert_true(consoles_listen(consoles));
	tcgetattr(slave, &during);
	assert_true(during.c_lflag & ISIG);
	assert_int_equal(during.c_cc[VINTR], before.c_cc[VINTR]);
	assert_int_equal(write(master, "c", 1), 1);
	assert_int_equal(consoles_key(consoles, CLOCK_NS_PER_S), 'c');
	d.master = master;
	assert_string_equal(arrived(&d), "");
	consoles_deaf(consoles);
	tcgetattr(slave, &after);
	stderr_is_again(stderr_before);
	assert_memory_equal(&after, &before, sizeof(before));
	close(slave);
	close(master);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_should_pass_as_they_are),
		cmocka_unit_test(absent_ports_should_be_left_out),
		cmocka_unit_test(keys_should_come_from_any_console),
		cmocka_unit_test(ended_console_should_not_spin),
		cmocka_unit_test(blocked_port_should_be_given_up),
		cmocka_unit_test(slow_port_should_get_everything),
		cmocka_unit_test(failed_port_should_be_dead_at_once),
		cmocka_unit_test(standard_error_should_get_plain_lines),
		cmocka_unit_test(keys_should_need_no_enter),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
