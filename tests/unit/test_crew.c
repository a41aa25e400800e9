// SPDX-License-Identifier: MIT
/* Jobs side by side: they start together or not at all, and are watched until they end. */
#include "run_fixture.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "run/crew.h"

#define MS   (CLOCK_NS_PER_S / 1000)
#define JOBS 3

struct team {
	struct plan plan;
	struct board *board;
	struct crew crew;
	struct series series;
};

/* `jobs` jobs of the first section of `text`, with the null engine; total_ios UINT64_MAX: until the
 * window ends. */
static void team_init(struct team *t, const char *text, uint32_t jobs, uint64_t total_ios)
{
	memset(t, 0, sizeof(*t));
	fixture_plan(&t->plan, text, "/x", 0, CONFIG_WRITE_NO, 1 << 20);
	t->plan.step[0].jobs = JOBS;
	t->board = board_create(&t->plan);
	assert_non_null(t->board);
	assert_int_equal(crew_init(&t->crew, t->board, JOBS), 0);
	for (uint32_t j = 0; j < jobs; j++) {
		struct job *job = &t->crew.job[t->crew.n++];

		*job = (struct job){ .work = &t->plan.section[0],
				     .fd = -1,
				     .seed = j,
				     .hang_ns = CREW_HANG_NS,
				     .total_ios = total_ios,
				     .stats = &t->board->job_stats[j],
				     .stop = &t->board->stop };
		pattern_init(&job->pattern, 0, 4096, 256, NULL, true, false, j);
		stats_init(job->stats);
	}
	t->series.limit = 100;
	t->crew.sampler = calloc(1, sizeof(*t->crew.sampler));
	assert_non_null(t->crew.sampler);
	t->crew.samplers_n = 1;
	sampler_begin(t->crew.sampler, &t->series, t->board->job_stats, jobs, 0, 0, 50 * MS);
}

static void team_free(struct team *t)
{
	crew_free(&t->crew);
	board_free(t->board);
}

static uint64_t counted(const struct team *t)
{
	uint64_t n = 0;

	for (uint32_t j = 0; j < t->crew.n; j++)
		n += t->board->job_stats[j].io[STATS_READ].clat.n;
	return n;
}

/* The series holds every I/O that was counted, from the window's begin on, and reaches its end. */
static void check_series(const struct team *t, uint64_t window_ns)
{
	uint64_t ios = 0, end_ns = 0;

	for (uint32_t i = 0; i < t->series.n; i++) {
		const struct series_point *p = &t->series.point[i];

		check_number("begin", p->at_ns, end_ns);
		end_ns += p->length_ns;
		ios += p->ios[0] + p->ios[1];
	}
	check_number("I/Os of the series", ios, counted(t));
	assert_true(end_ns >= window_ns);
}

/* This test will check a window: all jobs in it, counters read at both ends, the series whole, the
 * deadline moved on. */
static void window_should_be_watched_to_its_end(void **state)
{
	static struct team t;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	team_init(&t,
		  "[a]\nioengine=null\nrw=randread\ntime_based\nruntime=400ms\nramp_time=100ms\n",
		  JOBS, UINT64_MAX);
	t.crew.node = "no-such-disk";
	t.crew.unit_bytes = 4096;
	assert_int_equal(crew_run(&t.crew), 0);
	assert_int_equal(t.crew.window.end_ns - t.crew.window.measure_ns, 400 * MS);
	assert_int_equal(t.crew.window.measure_ns - t.crew.window.begin_ns, 100 * MS);
	assert_int_equal(atomic_load(&t.board->measure_ns), t.crew.window.measure_ns);
	assert_int_equal(atomic_load(&t.board->end_ns), t.crew.window.end_ns);
	for (uint32_t j = 0; j < JOBS; j++) {
		assert_false(t.crew.job[j].failed);
		assert_true(atomic_load(&t.crew.job[j].ended));
		assert_true(t.board->job_stats[j].measured_ns > 0);
		assert_true(t.board->job_stats[j].measured_ns <= 400 * MS);
	}
	assert_true(counted(&t) > 0);
	check_series(&t, 400 * MS);
	assert_true(t.series.n >= 2 && t.series.n <= 9); /* 50 ms each, or more */
	assert_true(t.crew.cpu_known);
	assert_false(t.crew.kernel_known);
	assert_true(t.crew.read_ns[0] >= t.crew.window.measure_ns);
	assert_true(t.crew.read_ns[1] >= t.crew.window.end_ns);
	assert_true(atomic_load(&t.board->deadline_ns) > start_ns + 2 * CREW_HANG_NS);
	assert_true(atomic_load(&t.board->done) > 0 && atomic_load(&t.board->done) % 4096 == 0);
	team_free(&t);
}

/* This test will check that without runtime the window is open until the work is done, and no
 * longer. */
static void unbounded_window_should_end_with_its_work(void **state)
{
	static struct team t;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	team_init(&t, "[a]\nioengine=null\nrw=randread\n", JOBS, 5000);
	assert_int_equal(crew_run(&t.crew), 0);
	assert_true(clock_now_ns() - start_ns < 20 * CLOCK_NS_PER_S);
	assert_true(t.crew.window.end_ns == UINT64_MAX);
	assert_int_equal(counted(&t), JOBS * 5000);
	check_series(&t, t.board->job_stats[0].measured_ns);
	team_free(&t);
}

/* This test will check that the longest runtime holds for the crew, and each job has its own. */
static void jobs_should_have_windows_of_their_own(void **state)
{
	static struct team t;

	(void)state;
	team_init(&t,
		  "[a]\nioengine=null\ntime_based\nruntime=100ms\n"
		  "[b]\nioengine=null\ntime_based\nruntime=300ms\nramp_time=50ms\n",
		  2, UINT64_MAX);
	t.crew.job[1].work = &t.plan.section[1];
	assert_int_equal(crew_run(&t.crew), 0);
	assert_int_equal(t.crew.window.measure_ns - t.crew.window.begin_ns, 50 * MS);
	assert_int_equal(t.crew.window.end_ns - t.crew.window.measure_ns, 300 * MS);
	assert_in_range(t.board->job_stats[0].measured_ns, 1, 100 * MS);
	assert_in_range(t.board->job_stats[1].measured_ns, 101 * MS, 300 * MS);
	check_series(&t, 300 * MS);
	team_free(&t);
}

/* This test will check that a crew without jobs ends at once. */
static void crew_of_nobody_should_end(void **state)
{
	static struct team t;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	team_init(&t, "[a]\nioengine=null\ntime_based\nruntime=60\n", 0, UINT64_MAX);
	assert_int_equal(crew_run(&t.crew), 0);
	assert_true(clock_now_ns() - start_ns < 10 * CLOCK_NS_PER_S);
	team_free(&t);
}

/* This test will check that a job whose I/Os the kernel refuses does not keep the others from
 * theirs. */
static void failed_job_should_fail_alone(void **state)
{
	static struct team t;

	(void)state;
	team_init(&t, "[a]\nioengine=null\n[b]\nioengine=libaio\n", 2, 100);
	t.crew.job[0].work = &t.plan.section[1];
	assert_int_equal(crew_run(&t.crew), 0);
	assert_true(t.crew.job[0].failed);
	check_has(t.crew.job[0].err.text, "libaio: submit: Bad file descriptor");
	assert_false(t.crew.job[1].failed);
	assert_int_equal(t.board->job_stats[1].io[STATS_READ].clat.n, 100);
	team_free(&t);
}

/*
 * In a process that may have one thread beside its own: the first job starts, the second cannot.
 * Exit status: 0 as wanted, 77 where such a limit cannot be had here, else the line that failed.
 */
static int run_short_of_threads(struct team *t)
{
	struct rlimit two = { 2, 2 };

	/* a user with no other processes, whom no capability lifts above the limit */
	if (setgid(100000) || setuid(100000 + (uid_t)getpid()) || setrlimit(RLIMIT_NPROC, &two))
		return 77;
	if (crew_run(&t->crew) != -EAGAIN)
		return __LINE__ % 256;
	for (uint32_t j = 0; j < JOBS; j++)
		if (atomic_load(&t->crew.job[j].progress) ||
		    t->board->job_stats[j].io[STATS_READ].clat.n)
			return __LINE__ % 256;
	if (!atomic_load(&t->crew.job[0].ended) || atomic_load(&t->crew.job[1].ended))
		return __LINE__ % 256;
	return 0;
}

/* This test will check that where one thread cannot start none of them runs, and those that had
 * started are gone. */
static void threads_should_start_together_or_not_at_all(void **state)
{
	static struct team t;
	int status;
	pid_t pid;

	(void)state;
	team_init(&t, "[a]\nioengine=null\ntime_based\nruntime=60\n", JOBS, UINT64_MAX);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(run_short_of_threads(&t));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	team_free(&t);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("left out: only root can become a user with a limit of its own\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_should_be_watched_to_its_end),
		cmocka_unit_test(unbounded_window_should_end_with_its_work),
		cmocka_unit_test(jobs_should_have_windows_of_their_own),
		cmocka_unit_test(crew_of_nobody_should_end),
		cmocka_unit_test(failed_job_should_fail_alone),
		cmocka_unit_test(threads_should_start_together_or_not_at_all),
	};

	return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
