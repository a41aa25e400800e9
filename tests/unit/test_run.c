// SPDX-License-Identifier: MIT
/* A whole run in its own process: on files, killed in the middle, asked to stop. */
#include "run_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "run/run.h"

#define MIB (UINT64_C(1) << 20)
#define MS  (CLOCK_NS_PER_S / 1000)

struct site {
	struct plan plan;
	struct board *board;
	char dir[PATH_MAX], path[PATH_MAX + 16];
	volatile sig_atomic_t stop;
	uint32_t records, progress; /* calls of the watcher */
	uint32_t rounds, quiet;
};

/* While something is told, and for a while after, no job may run: a record of a step whose window
 * is open is BOARD_RUNNING. */
static void check_silence(const struct board *board)
{
	for (int look = 0; look < 5; look++) {
		for (uint32_t i = 0; i < board->records_n; i++)
			assert_true(atomic_load(&board->record[i].state) != BOARD_RUNNING);
		clock_sleep_ns(MS);
	}
}

static void on_record(void *context, const struct plan *plan, const struct board *board,
		      uint32_t round, uint32_t section)
{
	struct site *s = context;
	uint32_t state = atomic_load(&board->record[plan_record(plan, round, section)].state);

	assert_true(state >= BOARD_DONE);
	if (atomic_load(&board->phase) == BOARD_MEASURING)
		check_silence(board);
	s->records++;
}

static void on_round(void *context, const struct plan *plan, const struct board *board,
		     uint32_t round)
{
	struct site *s = context;

	assert_int_equal(round, s->rounds);
	for (uint32_t i = 0; i < plan->sections_n; i++)
		assert_true(atomic_load(&board->record[plan_record(plan, round, i)].state) >=
			    BOARD_DONE);
	check_silence(board);
	s->rounds++;
}

static void on_quiet(void *context)
{
	struct site *s = context;

	check_silence(s->board);
	s->quiet++;
}

static void on_progress(void *context, const struct plan *plan, const struct board *board)
{
	struct site *s = context;

	(void)plan;
	assert_true(atomic_load(&board->phase) != BOARD_MEASURING);
	s->progress++;
}

/* `data`: the file is there already, full of bytes that are not zero. */
static void site_init(struct site *s, const char *text, uint64_t span_bytes, bool data)
{
	memset(s, 0, sizeof(*s));
	temp_make(s->dir);
	snprintf(s->path, sizeof(s->path), "%s/target", s->dir);
	if (data) {
		void *bytes = malloc(span_bytes);

		assert_non_null(bytes);
		memset(bytes, 0x5a, span_bytes);
		temp_write(s->dir, "target", bytes, span_bytes);
		free(bytes);
	}
	fixture_plan(&s->plan, text, s->path, data ? span_bytes : 0, CONFIG_WRITE_NO, span_bytes);
	s->board = board_create(&s->plan);
	assert_non_null(s->board);
}

static void site_run(struct site *s)
{
	struct run_watcher watcher = { on_record, on_progress, on_round, on_quiet, s };

	run_plan(s->board, &s->plan, &watcher, &s->stop);
}

static void site_free(struct site *s)
{
	board_free(s->board);
	temp_remove(s->dir);
}

/* This test will check that nothing is told while a window is open, not even of a section that
 * could not begin beside one that runs; that every round is told once, in order, and that before
 * each window there is a last word. */
static void nothing_should_be_told_while_a_window_is_open(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s,
		  "[global]\ntime_based\nruntime=300ms\nrw=randread\n"
		  "[runs]\n[beside]\nbs=513\n[after]\nstonewall\n",
		  4 * MIB, true);
	s.plan.rounds = 3;
	board_free(s.board);
	s.board = board_create(&s.plan);
	assert_non_null(s.board);
	site_run(&s);
	assert_int_equal(s.records, 9);
	assert_int_equal(s.rounds, 3);
	assert_true(s.quiet >= 7); /* before the first step, after each of six */
	site_free(&s);
}

/* This test will check a run on a new file: it is filled, measured, and every record is told. */
static void new_file_should_be_filled_and_measured(void **state)
{
	static struct site s;
	struct stat st;

	(void)state;
	site_init(&s,
		  "[r]\nrw=randread\nioengine=psync\nnumber_ios=100\n"
		  "[w]\nstonewall\nrw=randwrite\nioengine=libaio\niodepth=4\nnumber_ios=50\n",
		  8 * MIB, false);
	s.plan.rounds = 2;
	board_free(s.board);
	s.board = board_create(&s.plan);
	site_run(&s);
	assert_string_equal(s.board->failure, "");
	assert_int_equal(atomic_load(&s.board->phase), BOARD_ENDED);
	assert_int_equal(s.records, 4);
	assert_int_equal(s.board->blocks, BOARD_BLOCKS_WRITTEN);
	assert_int_equal(s.board->span_bytes, 8 * MIB);
	assert_string_equal(s.board->consent, "a new file");
	assert_true(atomic_load(&s.board->wrote));
	assert_int_equal(atomic_load(&s.board->written_bytes), 8 * MIB + 2 * 50 * 4096);
	for (uint32_t i = 0; i < 4; i++) {
		const struct board_record *r = &s.board->record[i];

		assert_int_equal(atomic_load(&r->state), BOARD_DONE);
		assert_int_equal(r->io[i % 2].ios, i % 2 ? 50 : 100);
		assert_int_equal(r->position, i % 2);
	}
	assert_int_equal(s.board->rounds_done, 2);
	assert_int_equal(s.board->section[0].stats.io[0].clat.n, 2 * 100);
	assert_int_equal(s.board->section[1].stats.io[1].clat.n, 2 * 50);
	assert_int_equal(stat(s.path, &st), 0);
	assert_int_equal(st.st_size, 8 * MIB);
	site_free(&s);
}

/* This test will check that a target that answers no more is not tried again, and that this is
 * told. */
static void dead_target_should_be_left_alone(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[r]\nrw=randread\nioengine=psync\nnumber_ios=100\n", 4 * MIB, false);
	atomic_store(&s.board->dead, true); /* as a step leaves it after a hang */
	site_run(&s);
	check_has(s.board->failure, "answers no more");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	site_free(&s);
}

/* This test will check that an existing file is only read: its bytes are as they were. */
static void existing_file_should_only_be_read(void **state)
{
	static struct site s;
	static uint8_t bytes[4 << 20];
	int fd;

	(void)state;
	site_init(&s,
		  "[r]\nrw=randread\nioengine=psync\nnumber_ios=100\n"
		  "[w]\nstonewall\nrw=randwrite\nnumber_ios=50\n",
		  4 * MIB, true);
	site_run(&s);
	assert_string_equal(s.board->failure, "");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
	assert_int_equal(s.board->record[0].io[0].ios, 100);
	assert_int_equal(atomic_load(&s.board->record[1].state), BOARD_SKIPPED);
	assert_int_equal(s.board->blocks, BOARD_BLOCKS_FOUND);
	assert_int_equal(s.board->found_bytes, 4 * MIB);
	assert_false(atomic_load(&s.board->wrote));
	fd = open(s.path, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	assert_int_equal(bytes[0], 0x5a);
	assert_memory_equal(bytes, bytes + 1, sizeof(bytes) - 1);
	site_free(&s);
}

/* This test will check that a target which cannot be had is a failure in words. */
static void target_that_cannot_be_had_should_be_told(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[r]\n", 4 * MIB, false);
	snprintf(s.plan.path, sizeof(s.plan.path), "%.400s/no/such/folder", s.dir);
	site_run(&s);
	check_has(s.board->failure, "no/such/folder");
	check_has(s.board->failure, "No such file or directory");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	assert_int_equal(s.records, 0);
	site_free(&s);
}

/* This test will check that a file without data is not read: it would measure nothing. */
static void file_of_zeros_should_not_be_measured(void **state)
{
	static struct site s;

	(void)state;
	site_init(&s, "[r]\n", 4 * MIB, true);
	assert_int_equal(truncate(s.path, 0), 0);
	assert_int_equal(truncate(s.path, 4 * MIB), 0);
	site_run(&s);
	check_has(s.board->failure, "no data in the first 4 MiB");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	site_free(&s);
}

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
	struct run_watcher watcher = { on_record, on_progress, on_round, on_quiet, s };
	uint64_t start_ns = clock_now_ns();
	int status;
	pid_t pid;

	asked_to_stop = 0;
	signal(SIGUSR1, on_usr1);
	pid = start_assault(s, record, number);
	run_plan(s->board, &s->plan, &watcher, &asked_to_stop);
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

/* This test will check that a request to stop which comes before there is a measuring process is
 * heard by it. */
static void stop_before_the_start_should_be_heard(void **state)
{
	static struct site s;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	site_init(&s, "[a]\nioengine=psync\ntime_based\nruntime=60\n", 4 * MIB, false);
	s.stop = 1;
	site_run(&s);
	assert_true(clock_now_ns() - start_ns < 10 * CLOCK_NS_PER_S);
	check_has(s.board->failure, "filling the span: stopped");
	assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_PENDING);
	assert_int_equal(s.board->rounds_done, 0);
	site_free(&s);
}

/* This test will check the look at every stamp after the last round: workloads write stamps too, so
 * all of the span passes; what writes none is found. */
static void verified_run_should_look_at_every_stamp(void **state)
{
	static const struct {
		const char *options, *failure;
	} cases[] = { { "rw=randwrite", "" },
		      { "rw=randwrite\nzero_buffers", "found no stamp (first bytes 0x00000000" } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct site s;
		char text[128];

		snprintf(text, sizeof(text), "[a]\nioengine=psync\nnumber_ios=100\n%s\n",
			 cases[i].options);
		site_init(&s, text, 4 * MIB, false);
		s.plan.verify = true;
		site_run(&s);
		assert_int_equal(atomic_load(&s.board->record[0].state), BOARD_DONE);
		check_has(s.board->failure, cases[i].failure);
		if (!cases[i].failure[0]) {
			assert_string_equal(s.board->failure, "");
			assert_int_equal(s.board->verified_bytes, 4 * MIB);
		}
		site_free(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_should_be_told_while_a_window_is_open),
		cmocka_unit_test(new_file_should_be_filled_and_measured),
		cmocka_unit_test(dead_target_should_be_left_alone),
		cmocka_unit_test(existing_file_should_only_be_read),
		cmocka_unit_test(target_that_cannot_be_had_should_be_told),
		cmocka_unit_test(file_of_zeros_should_not_be_measured),
		cmocka_unit_test(killed_run_should_leave_what_it_counted),
		cmocka_unit_test(stopped_run_should_keep_what_it_has),
		cmocka_unit_test(measuring_process_should_ignore_the_terminal),
		cmocka_unit_test(killed_step_should_tell_its_sections_apart),
		cmocka_unit_test(hanging_end_should_not_hold_the_run),
		cmocka_unit_test(stop_before_the_start_should_be_heard),
		cmocka_unit_test(verified_run_should_look_at_every_stamp),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
