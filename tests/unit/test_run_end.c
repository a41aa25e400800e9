// SPDX-License-Identifier: MIT
/* Runs that are ended: killed in the middle, asked to stop, hanging at their end. */
#include "run_site.h"

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

/* The measuring process: the child of `parent` that is not this process; 0: there is none. */
static pid_t measuring_pid(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	while (proc && !found && (entry = readdir(proc))) {
		char path[300], text[256] = "";
		int of = 0, pid = atoi(entry->d_name);
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		file = pid && pid != getpid() ? fopen(path, "r") : NULL;
		if (!file)
			continue;
		if (fgets(text, sizeof(text), file) && strrchr(text, ')') &&
		    sscanf(strrchr(text, ')') + 1, " %*c %d", &of) == 1 && of == parent)
			found = pid;
		fclose(file);
	}
	closedir(proc);
	return found;
}

static bool is_measuring(const struct board *board, uint32_t record)
{
	const struct stats *s = &board->job_stats[0];

	return atomic_load(&board->record[record].state) == BOARD_RUNNING &&
	       __atomic_load_n(&s->io[STATS_READ].clat.n, __ATOMIC_RELAXED) +
			       __atomic_load_n(&s->io[STATS_WRITE].clat.n, __ATOMIC_RELAXED) >
		       10;
}

static volatile sig_atomic_t asked_to_stop;

static void on_usr1(int number)
{
	(void)number;
	asked_to_stop = 1;
}

/*
 * A process of its own (a thread here could hold a lock while run_plan() forks) that waits for the
 * middle of a record's window and sends `number` to the measuring process, or with 0 asks its
 * parent to stop.
 */
static pid_t start_assault(const struct site *s, uint32_t record, int number)
{
	uint64_t until_ns = clock_now_ns() + 20 * CLOCK_NS_PER_S;
	pid_t parent = getpid(), pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	while (!is_measuring(s->board, record) && clock_now_ns() < until_ns)
		clock_sleep_ns(5 * MS);
	clock_sleep_ns(50 * MS);
	pid = number ? measuring_pid(parent) : parent;
	_exit(pid <= 0 || kill(pid, number ? number : SIGUSR1));
}

/* Runs while somebody strikes; returns how long it took, in ns. */
static uint64_t run_under_assault(struct site *s, uint32_t record, int number)
{
	struct run_watcher watcher = site_watcher(s);
	uint64_t start_ns = clock_now_ns();
	int status;
	pid_t pid;

	asked_to_stop = 0;
	signal(SIGUSR1, on_usr1);
	pid = start_assault(s, record, number);
	run_plan(s->board, &s->plan, NULL, &watcher, &asked_to_stop);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return clock_now_ns() - start_ns;
}

static const char endless[] = "[first]\nioengine=psync\nrw=randread\nnumjobs=3\nnumber_ios=500\n"
			      "[second]\nstonewall\nioengine=psync\nrw=randwrite\ntime_based\n"
			      "runtime=60\n"
			      "[third]\nstonewall\nioengine=psync\nnumber_ios=1\n";

/* This test will check that a measuring process that dies leaves what it had counted: the record it
 * was at is kept as failed with its own figures, the later ones are not. */
static void killed_run_should_leave_what_it_counted(void **state)
{
	static const struct {
		int signal;
		const char *want;
	} cases[] = { { SIGKILL, "the measuring process was killed by signal 9 (Killed)" },
		      { SIGABRT, "signal 6 (Aborted)" } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct site s;
		const struct board_record *r;
		uint64_t took_ns;

		site_init(&s, endless, 8 * MIB, false);
		r = s.board->record;
		took_ns = run_under_assault(&s, 1, cases[i].signal);
		assert_true(took_ns < 20 * CLOCK_NS_PER_S);
		check_has(s.board->failure, cases[i].want);
		assert_int_equal(atomic_load(&r[0].state), BOARD_DONE);
		assert_int_equal(r[0].io[STATS_READ].ios, 1500);
		assert_int_equal(atomic_load(&r[1].state), BOARD_FAILED);
		check_has(r[1].failure, cases[i].want);
		assert_true(r[1].io[STATS_WRITE].ios > 0);
		assert_true(s.board->section[1].stats.io[STATS_WRITE].clat.n > 0);
		/* nothing of the jobs that ran before in the same places */
		assert_int_equal(r[1].io[STATS_READ].ios, 0);
		assert_in_range(r[1].measured_ns, 20 * MS, 10 * CLOCK_NS_PER_S);
		assert_int_equal(atomic_load(&r[2].state), BOARD_PENDING);
		assert_int_equal(s.records, 2);
		site_free(&s);
	}
}

/* This test will check that a request to stop ends the run in order, with what it has. */
static void stopped_run_should_keep_what_it_has(void **state)
{
	static struct site s;
	const struct board_record *r;
	uint64_t took_ns;

	(void)state;
	site_init(&s, endless, 8 * MIB, false);
	r = s.board->record;
	took_ns = run_under_assault(&s, 1, 0);
	assert_true(took_ns < 15 * CLOCK_NS_PER_S);
	assert_string_equal(s.board->failure, "");
	assert_int_equal(atomic_load(&s.board->phase), BOARD_ENDED);
	assert_int_equal(atomic_load(&r[0].state), BOARD_DONE);
	assert_int_equal(atomic_load(&r[1].state), BOARD_STOPPED);
	assert_true(r[1].io[STATS_WRITE].ios > 0);
	assert_in_range(r[1].measured_ns, 20 * MS, 10 * CLOCK_NS_PER_S);
	assert_int_equal(atomic_load(&r[2].state), BOARD_PENDING);
	site_free(&s);
}

/* This test will check that signals to the whole group, as Ctrl-C sends them, do not end the
 * measuring process: the reporter decides. */
static void measuring_process_should_ignore_the_terminal(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	(void)state;
	for (size_t i = 0; i < N(signals); i++) {
		static struct site s;

		site_init(&s,
			  "[a]\nioengine=psync\nrw=randread\ntime_based\nruntime=800ms\n"
			  "[b]\nstonewall\nioengine=psync\nnumber_ios=1\n",
			  4 * MIB, false);
		run_under_assault(&s, 0, signals[i]);
		assert_string_equal(s.board->failure, "");
		assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
		assert_int_equal(atomic_load(&s.board->record[1].state), BOARD_DONE);
		site_free(&s);
	}
}

/* This test will check that two sections side by side keep their own figures when the process dies
 * under them. */
static void killed_step_should_tell_its_sections_apart(void **state)
{
	static struct site s;
	const struct board_record *r;

	(void)state;
	site_init(&s,
		  "[global]\nioengine=psync\ntime_based\nruntime=60\n"
		  "[reads]\nrw=randread\nnumjobs=2\n[writes]\nrw=randwrite\nnumjobs=2\n",
		  8 * MIB, false);
	r = s.board->record;
	run_under_assault(&s, 1, SIGKILL);
	for (int i = 0; i < 2; i++) {
		const struct stats *sum = &s.board->section[i].stats;

		assert_int_equal(atomic_load(&r[i].state), BOARD_FAILED);
		check_has(r[i].failure, "killed by signal 9");
		assert_true(r[i].io[i].ios > 0 && r[i].io[i].bytes == r[i].io[i].ios * 4096);
		assert_int_equal(r[i].io[!i].ios, 0);
		assert_int_equal(sum->io[i].clat.n, r[i].io[i].ios);
		assert_int_equal(sum->io[!i].clat.n, 0);
		assert_in_range(r[i].measured_ns, 20 * MS, 10 * CLOCK_NS_PER_S);
	}
	/* each is the sum of its own two jobs */
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(r[i].io[i].ios,
				 s.board->job_stats[2 * i].io[i].clat.n +
					 s.board->job_stats[2 * i + 1].io[i].clat.n);
	assert_int_equal(s.records, 2);
	site_free(&s);
}

/* Stops the measuring process in its tracks once it has said its last word. */
static pid_t start_freezing_its_end(const struct site *s)
{
	uint64_t until_ns = clock_now_ns() + 20 * CLOCK_NS_PER_S;
	pid_t parent = getpid(), pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	while (atomic_load(&s->board->phase) != BOARD_ENDED && clock_now_ns() < until_ns)
		clock_sleep_ns(MS / 2);
	pid = measuring_pid(parent);
	_exit(pid <= 0 || kill(pid, SIGSTOP));
}

/* This test will check that a process which hangs over its own end, as a device that answers no
 * more lets it, is left after a while: all it had to say is there. */
static void hanging_end_should_not_hold_the_run(void **state)
{
	static struct site s;
	uint64_t start_ns = clock_now_ns();
	int status;
	pid_t pid;

	(void)state;
	site_init(&s, "[a]\nioengine=psync\nnumber_ios=10\n", 4 * MIB, false);
	pid = start_freezing_its_end(&s);
	site_run(&s);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(clock_now_ns() - start_ns > 5 * CLOCK_NS_PER_S); /* it did hang */
	assert_true(clock_now_ns() - start_ns < 20 * CLOCK_NS_PER_S);
	assert_string_equal(s.board->failure, "");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
	assert_int_equal(s.board->record[0].io[STATS_READ].ios, 10);
	assert_int_equal(s.records, 1);
	site_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_run_should_leave_what_it_counted),
		cmocka_unit_test(stopped_run_should_keep_what_it_has),
		cmocka_unit_test(measuring_process_should_ignore_the_terminal),
		cmocka_unit_test(killed_step_should_tell_its_sections_apart),
		cmocka_unit_test(hanging_end_should_not_hold_the_run),
	};

	return cmocka_run_group_tests_name("run_end", tests, NULL, NULL);
}
