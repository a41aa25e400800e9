// SPDX-License-Identifier: MIT
/* The loop of one job: counts, ends, windows, batches, what it writes, how it fails. */
#include "run_fixture.h"

#include <errno.h>

#include "config/options.h"
#include "lib/deflate.h"
#include "run/job.h"
#include "run/stamp.h"

#define MS (CLOCK_NS_PER_S / 1000)

struct bench {
	struct workload work;
	struct job job;
	struct stats *stats;
	atomic_int stop;
};

/* A job for `options` (a line each) over `blocks` blocks from 0 on. */
static void bench_init(struct bench *b, const char *options, int fd, uint64_t blocks)
{
	struct jobfile *job = calloc(1, sizeof(*job));
	struct err e = ERR_INIT;
	char text[1024];

	assert_non_null(job);
	snprintf(text, sizeof(text), "[job]\n%s\n", options);
	if (jobfile_parse(job, "t", text, strlen(text), &e))
		print_error("%s\n", e.text);
	assert_int_equal(e.code, 0);
	memset(b, 0, sizeof(*b));
	b->work = job->section[0];
	free(job);
	if (b->work.iodepth_batch_complete_max < b->work.iodepth_batch_complete_min)
		b->work.iodepth_batch_complete_max = b->work.iodepth_batch_complete_min;
	b->stats = malloc(sizeof(*b->stats));
	assert_non_null(b->stats);
	stats_init(b->stats);
	b->job = (struct job){ .work = &b->work,
			       .fd = fd,
			       .seed = 3,
			       .stamp_seed = 77,
			       .stats = b->stats,
			       .stop = &b->stop,
			       .total_ios = UINT64_MAX,
			       .hang_ns = 10 * CLOCK_NS_PER_S };
	pattern_init(&b->job.pattern, 0, (uint32_t)b->work.bs_bytes, blocks,
		     workload_is_random(&b->work), b->work.norandommap, 3);
}

/* Runs the job; run_ns 0: until its work is done. */
static void bench_run(struct bench *b, uint64_t ramp_ns, uint64_t run_ns)
{
	pthread_barrier_t ready;
	uint64_t now_ns;

	assert_int_equal(pthread_barrier_init(&ready, NULL, 2), 0);
	assert_int_equal(job_start(&b->job, &ready), 0);
	pthread_barrier_wait(&ready);
	now_ns = clock_now_ns();
	b->job.window = (struct job_window){ .begin_ns = now_ns + MS,
					     .measure_ns = now_ns + MS + ramp_ns,
					     .end_ns = run_ns ? now_ns + MS + ramp_ns + run_ns
							      : UINT64_MAX };
	pthread_barrier_wait(&ready);
	job_join(&b->job);
	pthread_barrier_destroy(&ready);
}

static bool io_uring_works(void)
{
	struct engine_setup setup = { .fd = -1, .depth = 1, .batch = 1 };
	struct engine *engine;
	struct err e = ERR_INIT;

	if (engine_find(WORKLOAD_IO_URING)->open(&engine, &setup, &e)) {
		print_message("left out: %s\n", e.text);
		return false;
	}
	engine_find(WORKLOAD_IO_URING)->close(engine);
	return true;
}

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
		check_number(cases[i].options, read->ios, cases[i].ios);
		assert_int_equal(read->bytes, cases[i].ios * 4096);
		assert_int_equal(read->clat.n, cases[i].ios);
		assert_int_equal(read->slat.n, cases[i].ios);
		assert_int_equal(read->lat.n, cases[i].ios);
		assert_true(read->lat.sum_ns == read->slat.sum_ns + read->clat.sum_ns);
		assert_int_equal(write->ios, 0);
		assert_int_equal(atomic_load(&b.job.progress), cases[i].ios);
		assert_true(b.stats->measured_ns > 0);
		/* all I/Os lie inside the window, so the integral is the sum of their times */
		assert_true(b.stats->depth_ns == read->lat.sum_ns);
		free(b.stats);
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
		assert_true(b.stats->io[STATS_READ].ios > 0);
		assert_true(atomic_load(&b.job.progress) > b.stats->io[STATS_READ].ios);
		assert_true(b.stats->measured_ns <= 400 * MS);
		depth = (double)b.stats->depth_ns / (double)b.stats->measured_ns;
		if (depth <= 0 || depth > cases[i].depth_most)
			print_error("%s: depth %f\n", cases[i].options, depth);
		assert_true(depth > 0 && depth <= cases[i].depth_most);
		assert_true(b.stats->thread_ns > 0);
		assert_true(b.stats->thread_user_ns + b.stats->thread_system_ns ==
			    b.stats->thread_ns);
		free(b.stats);
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
		free(b.stats);
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
		pct = (double)b.stats->io[STATS_READ].ios / 1000;
		assert_int_equal(b.stats->io[STATS_READ].ios + b.stats->io[STATS_WRITE].ios,
				 100000);
		if (pct < cases[i].read_pct - 1 || pct > cases[i].read_pct + 1)
			print_error("%s: %f %%\n", cases[i].options, pct);
		assert_true(pct >= cases[i].read_pct - 1 && pct <= cases[i].read_pct + 1);
		if (cases[i].read_pct == 0 || cases[i].read_pct == 100)
			assert_true(pct == cases[i].read_pct);
		free(b.stats);
	}
}

/* Every 4 KiB of the file is stamped with its own offset, and no two are alike. */
static void check_stamps(int fd, uint64_t bytes, uint64_t writes)
{
	uint64_t prior = UINT64_MAX;

	for (uint64_t at = 0; at < bytes; at += STAMP_EVERY_BYTES) {
		struct stamp stamp;
		uint64_t body[4];

		assert_int_equal(pread(fd, &stamp, sizeof(stamp), (off_t)at), sizeof(stamp));
		assert_true(stamp.magic == STAMP_MAGIC);
		check_number("offset", stamp.offset_bytes, at);
		assert_true(stamp.seed == 77);
		assert_true(stamp.sequence < writes);
		assert_int_equal(pread(fd, body, sizeof(body), (off_t)(at + 2048)), sizeof(body));
		assert_true(body[0] && body[0] != prior);
		prior = body[0];
	}
}

/* This test will check what writing leaves in a file: every block once, stamped with its place, of
 * data that do not compress. */
static void every_block_should_be_stamped_with_its_place(void **state)
{
	static const char *const options[] = {
		"ioengine=psync\nrw=write\nbs=4k",
		"ioengine=psync\nrw=randwrite\nbs=4k",
		"ioengine=libaio\nrw=write\nbs=64k\niodepth=16\niodepth_batch_submit=4",
		"ioengine=libaio\nrw=randwrite\nbs=12k\niodepth=7",
		"ioengine=io_uring\nrw=randwrite\nbs=1m\niodepth=4\nfixedbufs\nregisterfiles",
	};
	uint64_t bytes = 12 << 20;

	(void)state;
	for (size_t i = 0; i < N(options); i++) {
		int fd = temp_fd(bytes);
		static struct bench b;
		struct buf packed = BUF_INIT;
		static char sample[1 << 20];
		uint64_t blocks;

		if (strstr(options[i], "io_uring") && !io_uring_works()) {
			close(fd);
			continue;
		}
		bench_init(&b, options[i], fd, 1);
		blocks = bytes / b.work.bs_bytes;
		free(b.stats);
		bench_init(&b, options[i], fd, blocks);
		b.job.total_ios = blocks;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(b.stats->io[STATS_WRITE].bytes, bytes);
		check_stamps(fd, bytes, blocks);
		assert_int_equal(pread(fd, sample, sizeof(sample), 3 << 20), sizeof(sample));
		assert_int_equal(deflate_pack(&packed, sample, sizeof(sample)), 0);
		assert_true(packed.len > sizeof(sample) / 100 * 99);
		buf_free(&packed);
		free(b.stats);
		close(fd);
	}
}

/* This test will check that zero_buffers writes zeros and reading writes nothing at all. */
static void zeros_and_reads_should_leave_no_stamp(void **state)
{
	static const struct {
		const char *options;
		uint8_t want;
	} cases[] = { { "rw=write\nzero_buffers", 0 }, { "rw=randread", 0xa5 } };
	static uint8_t data[1 << 20];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int fd = temp_fd(sizeof(data));
		static struct bench b;
		char options[128];

		memset(data, 0xa5, sizeof(data));
		assert_int_equal(pwrite(fd, data, sizeof(data), 0), sizeof(data));
		snprintf(options, sizeof(options), "ioengine=psync\n%s", cases[i].options);
		bench_init(&b, options, fd, sizeof(data) / 4096);
		b.job.total_ios = sizeof(data) / 4096;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(pread(fd, data, sizeof(data), 0), sizeof(data));
		assert_int_equal(data[0], cases[i].want);
		assert_memory_equal(data, data + 1, sizeof(data) - 1);
		free(b.stats);
		close(fd);
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
		assert_int_equal(b.stats->io[STATS_WRITE].ios, 0);
		if (b.job.err.code)
			check_has(b.job.err.text, "libaio: submit: Bad file descriptor");
		else
			assert_int_equal(b.stats->error[0].error, EBADF);
		free(b.stats);
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
	assert_int_equal(b.stats->io[STATS_READ].ios, 8);
	assert_int_equal(b.stats->io[STATS_READ].short_ios, 3);
	assert_int_equal(b.stats->io[STATS_READ].bytes, 5 * 4096 + 512);
	free(b.stats);
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
	assert_int_equal(b.stats->io[STATS_READ].ios, 0);
	free(b.stats);
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
	assert_int_equal(b.stats->io[STATS_READ].ios, 0);
	free(b.stats);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_should_end_after_its_ios),
		cmocka_unit_test(window_should_hold_what_counts),
		cmocka_unit_test(stop_should_end_it_early),
		cmocka_unit_test(mix_should_have_its_share),
		cmocka_unit_test(every_block_should_be_stamped_with_its_place),
		cmocka_unit_test(zeros_and_reads_should_leave_no_stamp),
		cmocka_unit_test(failed_ios_should_end_the_job),
		cmocka_unit_test(short_ios_should_be_counted),
		cmocka_unit_test(hang_should_be_given_up),
		cmocka_unit_test(engine_that_does_not_open_should_be_told),
	};

	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
