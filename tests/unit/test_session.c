// SPDX-License-Identifier: MIT
/* One invocation of `tare run` without a machine around it: plans, cancelling, several results. */
#include "result_fixture.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/klog.h>
#include <termios.h>

#include "frame/frame.h"
#include "lib/file.h"
#include "lib/json.h"
#include "session/session.h"

#define MS (CLOCK_NS_PER_S / 1000)

static volatile sig_atomic_t stop;

/* The test's machine keeps its console level. */
int klogctl(int type, char *text, int len)
{
	(void)type;
	(void)text;
	(void)len;
	return 0;
}

/* A session before its first target; its consoles are one pseudo terminal. */
struct scene {
	struct session s;
	struct disk disk[2];
	char dir[PATH_MAX], out[PATH_MAX + 16], target[PATH_MAX + 16];
	int master;
};

static int terminal(int *master)
{
	char name[64];
	int slave;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(*master >= 0);
	assert_int_equal(grantpt(*master), 0);
	assert_int_equal(unlockpt(*master), 0);
	assert_int_equal(ptsname_r(*master, name, sizeof(name)), 0);
	slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(slave >= 0);
	return slave;
}

static void scene_init(struct scene *c, const char *job, bool appliance)
{
	struct session *s = &c->s;
	struct err e = ERR_INIT;

	memset(c, 0, sizeof(*c));
	temp_make(c->dir);
	snprintf(c->out, sizeof(c->out), "%s/out.json", c->dir);
	snprintf(c->target, sizeof(c->target), "%s/target", c->dir);
	stop = 0;
	s->stop = &stop;
	s->seed = 42;
	s->args.appliance = appliance;
	s->args.out = c->out;
	keys_default(&s->config, appliance);
	s->config.wait_s = 0;
	s->work.name = "t.fio";
	s->work.text = job;
	assert_int_equal(jobfile_parse(&s->work.job, "t.fio", job, strlen(job), &e), 0);
	fixture_host(&s->host);
	s->disks.disk = c->disk;
	s->consoles.n = 1;
	s->consoles.console[0] =
		(struct console){ .fd = terminal(&c->master), .serial = appliance };
}

static void scene_file(struct scene *c)
{
	str_copy(c->s.config.target, sizeof(c->s.config.target), c->target);
	c->s.config.span_bytes = 1 << 20;
}

static void scene_disks(struct scene *c)
{
	c->disk[0] = fixture_disk("sda", DISK_BLANK);
	c->disk[1] = fixture_disk("sdb", DISK_BLANK);
	c->disk[1].logical_block_bytes = 4096;
	c->s.disks = (struct disk_list){ c->disk, 2 };
	c->s.config.write = CONFIG_WRITE_BLANK;
}

static void scene_free(struct scene *c)
{
	consoles_close(&c->s.consoles);
	close(c->master);
	notes_free(&c->s.warnings);
	buf_free(&c->s.log);
	temp_remove(c->dir);
}

/* Standard output of a call, as text for free(). */
static int stdout_before;
static char stdout_path[PATH_MAX + 16];

static void capture(const struct scene *c)
{
	int fd;

	snprintf(stdout_path, sizeof(stdout_path), "%s/stdout", c->dir);
	fd = open(stdout_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	fflush(stdout);
	stdout_before = dup(STDOUT_FILENO);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	close(fd);
}

static char *captured(void)
{
	struct buf text = BUF_INIT;

	fflush(stdout);
	dup2(stdout_before, STDOUT_FILENO);
	close(stdout_before);
	assert_int_equal(file_read_all(&text, stdout_path, 1 << 20), 0);
	buf_puts(&text, "");
	return text.data ? text.data : strdup("");
}

static struct json *read_out(const struct scene *c)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *root;

	assert_int_equal(file_read_all(&text, c->out, 8 << 20), 0);
	root = json_parse(text.data, text.len, &e);
	assert_non_null(root);
	buf_free(&text);
	return root;
}

/* What the console shows within a moment; the text is the next call's too. */
static const char *shown(const struct scene *c)
{
	static char text[1 << 16];
	struct pollfd p = { .fd = c->master, .events = POLLIN };
	size_t n = 0;

	while (n < sizeof(text) - 1 && poll(&p, 1, 100) > 0) {
		ssize_t got = read(c->master, text + n, sizeof(text) - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	text[n] = '\0';
	return text;
}

static int count(const char *text, const char *piece)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, piece)); at++)
		n++;
	return n;
}

/* This test will check that what is noted about one target stays with it. */
static void notes_should_stay_with_their_target(void **state)
{
	static struct scene c;
	struct err e = ERR_INIT;
	char *text;

	(void)state;
	scene_init(&c, "[odd]\nbs=512\nsize=64k\n[even]\nsize=64k\n", false);
	scene_disks(&c);
	c.s.args.dry_run = true;
	notes_add(&c.s.warnings, "about all of them");
	capture(&c);
	assert_int_equal(session_run(&c.s, &e), 0);
	text = captured();
	check_has(text, "target: sda, ");
	check_has(text, "target: sdb, ");
	assert_int_equal(count(text, "note:   about all of them\n"), 2);
	assert_int_equal(count(text, "note:   odd: skipped: bs 512 is no multiple"), 1);
	assert_true(strstr(text, "note:   odd: skipped") > strstr(text, "target: sdb"));
	free(text);
	/* and the other way round: nothing of the first disk stands with the second */
	c.disk[0].logical_block_bytes = 4096;
	c.disk[1].logical_block_bytes = 512;
	capture(&c);
	assert_int_equal(session_run(&c.s, &e), 0);
	text = captured();
	assert_int_equal(count(text, "note:   odd: skipped: bs 512 is no multiple"), 1);
	assert_true(strstr(text, "note:   odd: skipped") < strstr(text, "target: sdb"));
	free(text);
	scene_free(&c);
}

static void *act_later(void *arg)
{
	struct scene *c = arg;

	clock_sleep_ns(300 * MS);
	if (c)
		assert_int_equal(write(c->master, "c", 1), 1);
	else
		stop = 1;
	return NULL;
}

/* This test will check that a key and a signal during the countdown keep the target unwritten, and
 * a signal before it too, and that the result says so. */
static void cancelled_run_should_write_nothing(void **state)
{
	static const struct {
		const char *what, *reason;
		bool key, early;
		uint64_t wait_s;
	} cases[] = {
		{ "key", "writing was cancelled by a key press", true, false, 10 },
		{ "signal", "writing was cancelled by a request to end", false, false, 10 },
		{ "early signal", "writing was cancelled by a request to end", false, true, 10 },
		{ "no countdown", "a request to end came before the run began", false, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct scene c;
		uint64_t start_ns = clock_now_ns();
		const struct json *tare;
		struct err e = ERR_INIT;
		struct termios t;
		struct json *root;
		pthread_t thread;
		char *text;

		scene_init(&c, "[a]\nrw=write\nioengine=psync\n", false);
		scene_file(&c);
		c.s.config.wait_s = cases[i].wait_s;
		stop = cases[i].early;
		if (!cases[i].early)
			pthread_create(&thread, NULL, act_later, cases[i].key ? &c : NULL);
		capture(&c);
		assert_int_equal(session_run(&c.s, &e), -EIO);
		text = captured();
		if (!cases[i].early)
			pthread_join(thread, NULL);
		assert_true(clock_now_ns() - start_ns < 8 * CLOCK_NS_PER_S);
		assert_int_equal(access(c.target, F_OK), -1);
		root = read_out(&c);
		tare = json_get(root, "tare");
		assert_string_equal(json_get_text(tare, "state"), "failed");
		assert_string_equal(json_get_text(tare, "reason"), cases[i].reason);
		check_has(text, cases[i].reason);
		check_has(e.text, cases[i].reason);
		assert_int_equal(count(shown(&c), "cancelled: nothing will be written\r\n"),
				 cases[i].wait_s > 0);
		assert_int_equal(tcgetattr(c.s.consoles.console[0].fd, &t), 0);
		assert_true(t.c_lflag & ICANON); /* as it was */
		json_free(root);
		free(text);
		scene_free(&c);
	}
}

/* This test will check that the prompt speaks of keys only where they are taken. */
static void prompt_should_promise_what_is_there(void **state)
{
	static struct scene c;
	struct err e = ERR_INIT;
	char name[PATH_MAX + 16];
	struct buf told = BUF_INIT;

	(void)state;
	scene_init(&c, "[a]\nrw=write\nioengine=psync\n", false);
	scene_file(&c);
	c.s.config.wait_s = 1;
	stop = 1;
	capture(&c);
	session_run(&c.s, &e);
	free(captured());
	check_has(shown(&c), "writing begins in 1 s; press c to cancel it\r\n");
	consoles_close(&c.s.consoles);
	snprintf(name, sizeof(name), "%s/told", c.dir);
	c.s.consoles.n = 1;
	c.s.consoles.console[0].fd = open(name, O_RDWR | O_CREAT, 0600);
	capture(&c);
	session_run(&c.s, &e);
	free(captured());
	assert_int_equal(file_read_all(&told, name, 1 << 20), 0);
	check_has(told.data, "writing begins in 1 s; SIGINT or SIGTERM cancels it\n");
	check_has_not(told.data, "press");
	check_has_not(told.data, "\r");
	buf_free(&told);
	scene_free(&c);
}

static void deliver(struct scene *c, const char *run)
{
	static struct maker m;
	struct result *r = maker_rich(&m);
	struct err e = ERR_INIT;

	str_copy(r->run, sizeof(r->run), run);
	if (session_deliver(&c->s, r, &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
	maker_free(&m);
}

static const char *run_of(const struct json *document)
{
	return json_get_text(json_get(document, "tare"), "run");
}

/* This test will check --out: a file has every result at any time, the first as a document, several
 * as an array; standard output gets the same, once, and the reports go elsewhere. */
static void several_results_should_be_an_array(void **state)
{
	static struct scene c;
	struct err e = ERR_INIT;
	struct buf file = BUF_INIT;
	struct json *root;
	int stderr_before;
	char *text, *whole;

	(void)state;
	scene_init(&c, "[a]\n", false);
	capture(&c);
	deliver(&c, "0000000a");
	root = read_out(&c);
	assert_string_equal(run_of(root), "0000000a");
	json_free(root);
	deliver(&c, "0000000b");
	assert_int_equal(session_deliver_end(&c.s, &e), 0);
	text = captured();
	assert_int_equal(count(text, "\nstate "), 2);
	root = read_out(&c);
	assert_int_equal(json_count(root), 2);
	assert_string_equal(run_of(json_at(root, 0)), "0000000a");
	assert_string_equal(run_of(json_at(root, 1)), "0000000b");
	json_free(root);
	free(text);
	assert_int_equal(file_read_all(&file, c.out, 8 << 20), 0);

	c.s.args.out = "-";
	stderr_before = dup(STDERR_FILENO);
	dup2(c.s.consoles.console[0].fd, STDERR_FILENO);
	capture(&c);
	deliver(&c, "0000000a");
	deliver(&c, "0000000b");
	assert_int_equal(session_deliver_end(&c.s, &e), 0);
	whole = captured();
	assert_string_equal(whole, file.data);
	free(whole);
	assert_int_equal(count(shown(&c), "\nstate "), 2);
	capture(&c);
	deliver(&c, "0000000c");
	assert_int_equal(session_deliver_end(&c.s, &e), 0);
	whole = captured();
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	assert_int_equal(whole[0], '{');
	free(whole);
	buf_free(&file);
	scene_free(&c);
}

/* Reads a serial line until its other end is closed. */
static void *read_line(void *arg)
{
	static struct buf log;
	const struct scene *c = arg;
	char text[4096];
	ssize_t got;

	log = BUF_INIT;
	while ((got = read(c->master, text, sizeof(text))) > 0) {
		buf_add(&log, text, (size_t)got);
		/* somebody who wants to see it again, once */
		if (strstr(log.data, "any key repeats it") && !strstr(log.data, "key pressed")) {
			buf_puts(&log, "key pressed\n");
			assert_int_equal(write(c->master, "x", 1), 1);
		}
	}
	return &log;
}

/* This test will check that the appliance goes on to the next disk at once, and repeats all results
 * together at the end, where no results partition took them. */
static void appliance_should_linger_once(void **state)
{
	static struct scene c;
	uint64_t start_ns = clock_now_ns();
	struct err e = ERR_INIT;
	pthread_t thread;
	void *log;
	char *text, *pressed;

	(void)state;
	scene_init(&c, "[a]\n", true);
	c.s.config.linger_s = 15;
	pthread_create(&thread, NULL, read_line, &c);
	deliver(&c, "0000000a");
	deliver(&c, "0000000b");
	assert_true(clock_now_ns() - start_ns < 12 * CLOCK_NS_PER_S);
	assert_int_equal(session_deliver_end(&c.s, &e), 0);
	assert_true(clock_now_ns() - start_ns >= 15 * CLOCK_NS_PER_S);
	consoles_close(&c.s.consoles);
	pthread_join(thread, &log);
	text = ((struct buf *)log)->data;
	assert_int_equal(count(text, "is repeated here for 15 s"), 1);
	pressed = strstr(text, "key pressed");
	assert_non_null(pressed);
	*pressed++ = '\0';
	/* four B lines a copy, three copies each time */
	assert_int_equal(count(text, "@@TARE1 B run=0000000a:"), 12);
	assert_int_equal(count(text, "@@TARE1 B run=0000000b:"), 12);
	assert_true(count(pressed, "@@TARE1 B run=0000000a:") >= 12);
	assert_true(count(pressed, "@@TARE1 B run=0000000b:") >= 12);
	buf_free(log);
	scene_free(&c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_should_stay_with_their_target),
		cmocka_unit_test(cancelled_run_should_write_nothing),
		cmocka_unit_test(prompt_should_promise_what_is_there),
		cmocka_unit_test(several_results_should_be_an_array),
		cmocka_unit_test(appliance_should_linger_once),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
