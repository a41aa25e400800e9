// SPDX-License-Identifier: MIT
/* The loop of one job: counts, ends, windows, batches, how it fails. */
#include "job_bench.h"

#include <errno.h>

/* This test will check that a job ends after exactly its I/Os, all of them counted, whatever depth
 * and batches. */
static void work_should_end_after_its_ios(void **state)
{
	static const struct {
		const char *options;
		uint64_t ios;
	} cases[] = {
		{ "iodepth=1", 1 },
		{ "iodepth=1", 1000 },
		{ "iodepth=8", 1000 },
		{ "iodepth=8", 3 }, /* fewer than the depth */
		{ "iodepth=64\niodepth_batch_submit=16\niodepth_batch_complete_max=16", 1001 },
		{ "iodepth=64\niodepth_batch_submit=100\niodepth_batch_complete_min=64", 1000 },
		{ "iodepth=4\niodepth_batch_submit=3\niodepth_batch_complete_min=2", 101 },
		{ "iodepth=4\niodepth_batch_complete_min=0", 100 },
		{ "iodepth=16\niodepth_batch_complete_min=16\niodepth_batch_submit=16", 17 },
	};
	static struct bench b;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct stats_io *read, *write;
		char options[256];

		snprintf(options, sizeof(options), "ioengine=null\n%s", cases[i].options);
		bench_init(&b, options, -1, 1 << 20);
		b.job.total_ios = cases[i].ios;
		bench_run(&b, 0, 0);
		read = &b.stats->io[STATS_READ];
		write = &b.stats->io[STATS_WRITE];
		assert_false(b.job.failed);
		check_number(cases[i].options, read->clat.n, cases[i].ios);
		assert_int_equal(read->bytes, cases[i].ios * 4096);
		assert_int_equal(read->slat.n, cases[i].ios);
		assert_int_equal(read->lat.n, cases[i].ios);
		assert_true(read->lat.sum_ns == read->slat.sum_ns + read->clat.sum_ns);
		assert_int_equal(write->clat.n, 0);
		assert_int_equal(atomic_load(&b.job.progress), cases[i].ios);
		assert_true(b.stats->measured_ns > 0);
		/* all I/Os lie inside the window, so the integral is the sum of their times */
		assert_true(b.stats->depth_ns == read->lat.sum_ns);
		bench_free(&b);
	}
}

/* This test will check the window: nothing before it or after it counts, and the depth in it is
 * never above what was asked for. */
static void window_should_hold_what_counts(void **state)
{
	static const struct {
		const char *options;
		double depth_most;
	} cases[] = {
		{ "ioengine=null\niodepth=1", 1 },
		{ "ioengine=null\niodepth=32\niodepth_batch_submit=8\niodepth_batch_complete_max=8",
		  32 },
		{ "ioengine=psync\niodepth=8", 1 },
		{ "ioengine=libaio\niodepth=8", 8 },
	};
	int fd = temp_fd(1 << 20);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct bench b;
		double depth;

		bench_init(&b, cases[i].options, fd, 256);
		bench_run(&b, 50 * MS, 400 * MS);
		assert_false(b.job.failed);
		assert_true(bench_ios(&b, STATS_READ) > 0);
		assert_true(atomic_load(&b.job.progress) > bench_ios(&b, STATS_READ));
		assert_true(b.stats->measured_ns <= 400 * MS);
		depth = (double)b.stats->depth_ns / (double)b.stats->measured_ns;
		if (depth <= 0 || depth > cases[i].depth_most)
			print_error("%s: depth %f\n", cases[i].options, depth);
		assert_true(depth > 0 && depth <= cases[i].depth_most);
		assert_true(b.stats->thread_ns > 0);
		assert_true(b.stats->thread_user_ns + b.stats->thread_system_ns ==
			    b.stats->thread_ns);
		bench_free(&b);
	}
	close(fd);
}

/* This test will check that a request to stop ends a job at once, before and inside its window. */
static void stop_should_end_it_early(void **state)
{
	static struct bench b;
	uint64_t start_ns;

	(void)state;
	for (int i = 0; i < 2; i++) {
		start_ns = clock_now_ns();
		bench_init(&b, "ioengine=null", -1, 16);
		atomic_store(&b.stop, 1);
		bench_run(&b, i ? 0 : 20 * CLOCK_NS_PER_S, 20 * CLOCK_NS_PER_S);
		assert_true(clock_now_ns() - start_ns < 5 * CLOCK_NS_PER_S);
		assert_false(b.job.failed);
		assert_int_equal(b.stats->measured_ns, 0);
		bench_free(&b);
	}
}

/* This test will check the share of reads in mixed workloads. */
static void mix_should_have_its_share(void **state)
{
	static const struct {
		const char *options;
		double read_pct;
	} cases[] = {
		{ "rw=randrw", 50 },
		{ "rw=randrw\nrwmixread=70", 70 },
		{ "rw=rw\nrwmixwrite=10", 90 },
		{ "rw=randrw\nrwmixread=100", 100 },
		{ "rw=randrw\nrwmixread=0", 0 },
	};
	static struct bench b;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char options[256];
		double pct;

		snprintf(options, sizeof(options), "ioengine=null\nzero_buffers\n%s",
			 cases[i].options);
		bench_init(&b, options, -1, 1 << 20);
		b.job.total_ios = 100000;
		bench_run(&b, 0, 0);
		pct = (double)bench_ios(&b, STATS_READ) / 1000;
		assert_int_equal(bench_ios(&b, STATS_READ) + bench_ios(&b, STATS_WRITE), 100000);
		if (pct < cases[i].read_pct - 1 || pct > cases[i].read_pct + 1)
			print_error("%s: %f %%\n", cases[i].options, pct);
		assert_true(pct >= cases[i].read_pct - 1 && pct <= cases[i].read_pct + 1);
		if (cases[i].read_pct == 0 || cases[i].read_pct == 100)
			assert_true(pct == cases[i].read_pct);
		bench_free(&b);
	}
}

/* This test will check failures: counted by errno, never as I/Os, and the job ends. */
static void failed_ios_should_end_the_job(void **state)
{
	static const char *const engines[] = { "psync", "libaio", "io_uring" };
	static struct bench b;
	int fd = open("/proc/self/exe", O_RDONLY);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < N(engines); i++) {
		char options[128];

		if (!strcmp(engines[i], "io_uring") && !io_uring_works())
			continue;
		snprintf(options, sizeof(options), "rw=write\niodepth=4\nioengine=%s", engines[i]);
		bench_init(&b, options, fd, 1000);
		bench_run(&b, 0, 20 * CLOCK_NS_PER_S);
		assert_true(b.job.failed);
		assert_int_equal(bench_ios(&b, STATS_WRITE), 0);
		if (b.job.err.code)
			check_has(b.job.err.text, "libaio: submit: Bad file descriptor");
		else
			assert_int_equal(b.stats->error[0].error, EBADF);
		bench_free(&b);
	}
	close(fd);
}

/* This test will check that I/Os cut short by the file's end are counted as short. */
static void short_ios_should_be_counted(void **state)
{
	static struct bench b;
	int fd = temp_fd(5 * 4096 + 512);

	(void)state;
	bench_init(&b, "ioengine=psync\nrw=read", fd, 8);
	b.job.total_ios = 8;
	bench_run(&b, 0, 0);
	assert_false(b.job.failed);
	assert_int_equal(bench_ios(&b, STATS_READ), 8);
	assert_int_equal(b.stats->io[STATS_READ].short_ios, 3);
	assert_int_equal(b.stats->io[STATS_READ].bytes, 5 * 4096 + 512);
	bench_free(&b);
	close(fd);
}

/* This test will check that a device that answers no more is given up: a pipe that nobody fills. */
static void hang_should_be_given_up(void **state)
{
	static struct bench b;
	uint64_t start_ns = clock_now_ns();
	int ends[2];

	(void)state;
	if (!io_uring_works())
		skip();
	assert_int_equal(pipe(ends), 0);
	bench_init(&b, "ioengine=io_uring\niodepth=2", ends[0], 1000);
	b.job.hang_ns = 400 * MS;
	bench_run(&b, 0, 60 * CLOCK_NS_PER_S);
	assert_true(clock_now_ns() - start_ns < 20 * CLOCK_NS_PER_S);
	assert_true(b.job.failed);
	check_has(b.job.err.text, "io_uring: 2 I/Os in flight, none completed for 0 s");
	assert_int_equal(bench_ios(&b, STATS_READ), 0);
	bench_free(&b);
	close(ends[0]);
	close(ends[1]);
}

/* This test will check that an engine that cannot open is an error, not a crash. */
static void engine_that_does_not_open_should_be_told(void **state)
{
	static struct bench b;

	(void)state;
	bench_init(&b, "ioengine=io_uring\nregisterfiles", 1 << 20, 10); /* no such descriptor */
	bench_run(&b, 0, 0);
	assert_true(b.job.failed);
	check_has(b.job.err.text, "io_uring: ");
	assert_int_equal(bench_ios(&b, STATS_READ), 0);
	bench_free(&b);
}

/* I/Os in a table of calls; rows up to the last but one are what they say. */
static uint64_t ios_of(const uint64_t calls[STATS_DEPTHS])
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < STATS_DEPTHS - 1; i++)
		n += i * calls[i];
	return n;
}

/* This test will check what is kept about depth and batches: every I/O stands in each table once,
 * in the rows that its options allow. */
static void tables_of_depths_should_hold_every_io(void **state)
{
	static const struct {
		const char *options;
		uint32_t depth, submit, complete; /* most */
	} cases[] = {
		{ "ioengine=psync\niodepth=8", 1, 1, 1 },
		{ "ioengine=null\niodepth=8", 8, 1, 1 },
		{ "ioengine=null\niodepth=8\niodepth_batch_submit=4", 8, 4, 1 },
		{ "ioengine=null\niodepth=32\niodepth_batch_submit=8\n"
		  "iodepth_batch_complete_min=3\niodepth_batch_complete_max=16",
		  32, 8, 16 },
		{ "ioengine=libaio\niodepth=8\niodepth_batch_submit=4\n"
		  "iodepth_batch_complete_max=8",
		  8, 4, 8 },
		{ "ioengine=null\nrw=randrw\nzero_buffers\niodepth=63\n"
		  "iodepth_batch_submit=63\niodepth_batch_complete_min=63",
		  63, 63, 63 },
	};
	int fd = temp_fd(1 << 20);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct bench b;
		uint64_t ios = 1003, depth = 0;

		bench_init(&b, cases[i].options, fd, 256);
		b.job.total_ios = ios;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(bench_ios(&b, STATS_READ) + bench_ios(&b, STATS_WRITE), ios);
		for (uint32_t row = 0; row < STATS_DEPTHS; row++) {
			depth += b.stats->depth[row];
			assert_true(!b.stats->depth[row] || (row && row <= cases[i].depth));
			assert_true(!b.stats->submits[row] || (row && row <= cases[i].submit));
			assert_true(!b.stats->completes[row] || (row && row <= cases[i].complete));
		}
		check_number(cases[i].options, depth, ios);
		check_number(cases[i].options, ios_of(b.stats->submits), ios);
		check_number(cases[i].options, ios_of(b.stats->completes), ios);
		assert_true(b.stats->depth[cases[i].depth] > 0); /* it gets as deep as asked */
		bench_free(&b);
	}
	close(fd);
}

/* This test will check that deeper than the tables go is the last row. */
static void deepest_row_should_take_the_rest(void **state)
{
	static struct bench b;

	(void)state;
	bench_init(&b,
		   "ioengine=null\niodepth=200\niodepth_batch_submit=100\n"
		   "iodepth_batch_complete_min=200",
		   -1, 1 << 20);
	b.job.total_ios = 2000;
	bench_run(&b, 0, 0);
	assert_int_equal(b.stats->depth[STATS_DEPTHS - 1], 2000);
	assert_int_equal(b.stats->submits[STATS_DEPTHS - 1], 20);
	assert_int_equal(b.stats->completes[STATS_DEPTHS - 1], 10);
	bench_free(&b);
}

/* This test will check submission latency: one for each I/O, of its own direction, and none where
 * the call that reaps is the I/O. */
static void submissions_should_be_timed_for_each_io(void **state)
{
	static const struct {
		const char *options;
		bool synchronous;
	} cases[] = {
		{ "ioengine=null\nrw=read\niodepth=4", false },
		{ "ioengine=null\nrw=write\nzero_buffers\niodepth=4", false },
		{ "ioengine=null\nrw=randrw\nzero_buffers\niodepth=16\niodepth_batch_submit=8",
		  false },
		{ "ioengine=psync\nrw=read", true },
		{ "ioengine=psync\nrw=randrw\nzero_buffers", true },
	};
	int fd = temp_fd(1 << 20);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct bench b;

		bench_init(&b, cases[i].options, fd, 256);
		b.job.total_ios = 1000;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		for (int d = 0; d < STATS_DIRECTIONS; d++) {
			const struct stats_io *io = &b.stats->io[d];

			check_number(cases[i].options, io->slat.n,
				     cases[i].synchronous ? 0 : io->clat.n);
			assert_int_equal(io->lat.n, io->clat.n);
			assert_true(cases[i].synchronous
					    ? io->lat.sum_ns >= io->clat.sum_ns
					    : io->lat.sum_ns == io->slat.sum_ns + io->clat.sum_ns);
			assert_int_equal(io->response.n, 0); /* no I/O was due at a time */
		}
		bench_free(&b);
	}
	close(fd);
}

/* This test will check that what ramps is left out of the work, and work that ends while ramping
 * is no measurement. */
static void ramp_should_not_be_the_work(void **state)
{
	static struct bench b;

	(void)state;
	bench_init(&b, "ioengine=psync", temp_fd(1 << 20), 256);
	b.job.total_ios = 100;
	bench_run(&b, 20 * CLOCK_NS_PER_S, 20 * CLOCK_NS_PER_S);
	assert_true(b.job.failed);
	assert_int_equal(b.job.err.code, -ENODATA);
	check_has(b.job.err.text, "its work of 100 I/Os ended within ramp_time");
	assert_int_equal(bench_ios(&b, STATS_READ), 0);
	assert_int_equal(b.stats->measured_ns, 0);
	assert_int_equal(atomic_load(&b.job.progress), 100);
	close(b.job.fd);
	bench_free(&b);

	/* an I/O that takes longer than the window leaves nothing to say of its work */
	bench_init(&b, "ioengine=null", -1, 256);
	b.job.total_ios = UINT64_MAX;
	bench_run(&b, 1, 1);
	assert_true(b.job.failed);
	assert_int_equal(b.job.err.code, -ENODATA);
	check_has(b.job.err.text, "no I/O completed between ramp_time and the end of runtime");
	bench_free(&b);

	/* so many that the ramp cannot do them: then they are all still to be done */
	bench_init(&b, "ioengine=null", -1, 256);
	b.job.total_ios = 1000000;
	bench_run(&b, 5 * MS, 0);
	assert_false(b.job.failed);
	assert_in_range(bench_ios(&b, STATS_READ), 1000000, 1000001); /* one may be on its way */
	assert_true(atomic_load(&b.job.progress) > 1000001);
	bench_free(&b);
}

/* This test will check the memory of a job: reads need a buffer for each I/O in flight, writes a
 * pool that no device finds patterns in. */
static void pool_should_be_as_large_as_needed(void **state)
{
	static const struct {
		const char *options;
		uint64_t bytes;
	} cases[] = {
		{ "rw=randread\nbs=4k\niodepth=32", 32 * 4096 },
		{ "rw=read\nbs=1m\niodepth=2", 2 << 20 },
		{ "rw=randwrite\nbs=4k\niodepth=32", 4 << 20 },
		{ "rw=rw\nbs=4k\niodepth=1", 4 << 20 },
		{ "rw=write\nbs=1m\niodepth=16", 16 << 20 },
		{ "rw=write\nbs=3m\niodepth=1", 6 << 20 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		static struct bench b;
		char options[256];

		snprintf(options, sizeof(options), "ioengine=null\n%s", cases[i].options);
		bench_init(&b, options, -1, 16);
		b.job.total_ios = 1;
		bench_run(&b, 0, 0);
		check_number(cases[i].options, b.job.pool_bytes, cases[i].bytes);
		bench_free(&b);
	}
}

/* This test will check the ways of io_uring that need something of the kernel or the device: they
 * work and say so, or the job fails and says why. */
static void special_rings_should_work_or_say_why(void **state)
{
	static const struct {
		bool hipri, sqthread_poll, registerfiles;
		const char *words;
	} cases[] = {
		{ false, true, false, "SQPOLL" },
		{ false, true, true, "SQPOLL" },
		{ true, false, false, "polled" },
	};
	int fd = temp_fd(1 << 20);

	(void)state;
	for (size_t i = 0; i < N(cases) && io_uring_works(); i++) {
		static struct bench b;

		bench_init(&b, "ioengine=io_uring\niodepth=4\niodepth_batch_submit=2", fd, 256);
		b.work.hipri = cases[i].hipri;
		b.work.sqthread_poll = cases[i].sqthread_poll;
		b.work.registerfiles = cases[i].registerfiles;
		b.job.total_ios = 500;
		bench_run(&b, 0, 0);
		if (b.job.err.code) { /* the ring itself was refused */
			check_has(b.job.err.text, "io_uring: ");
			print_message("left out: %s\n", b.job.err.text);
			bench_free(&b);
			continue;
		}
		check_has(b.job.words, cases[i].words);
		if (cases[i].hipri) { /* a file through the page cache cannot be polled */
			assert_true(b.job.failed);
			assert_int_equal(b.stats->error[0].error, EOPNOTSUPP);
			assert_int_equal(bench_ios(&b, STATS_READ), 0);
		} else {
			assert_false(b.job.failed);
			assert_int_equal(bench_ios(&b, STATS_READ), 500);
			assert_int_equal(b.stats->io[STATS_READ].bytes, 500 * 4096);
		}
		bench_free(&b);
	}
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_should_end_after_its_ios),
		cmocka_unit_test(window_should_hold_what_counts),
		cmocka_unit_test(stop_should_end_it_early),
		cmocka_unit_test(mix_should_have_its_share),
		cmocka_unit_test(failed_ios_should_end_the_job),
		cmocka_unit_test(short_ios_should_be_counted),
		cmocka_unit_test(hang_should_be_given_up),
		cmocka_unit_test(tables_of_depths_should_hold_every_io),
		cmocka_unit_test(deepest_row_should_take_the_rest),
		cmocka_unit_test(submissions_should_be_timed_for_each_io),
		cmocka_unit_test(ramp_should_not_be_the_work),
		cmocka_unit_test(pool_should_be_as_large_as_needed),
		cmocka_unit_test(special_rings_should_work_or_say_why),
		cmocka_unit_test(engine_that_does_not_open_should_be_told),
	};

	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
