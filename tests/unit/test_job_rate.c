// SPDX-License-Identifier: MIT
/* Open loops: I/Os that are due at a time, and what a stall does to them. */
#include "job_bench.h"

#include "run/arrival.h"

#define DUE_MAX 16384

static uint64_t due_ns[DUE_MAX];

static void set_rate(struct bench *b, uint32_t reads, uint32_t writes, bool poisson)
{
	b->work.rate_iops[0] = reads;
	b->work.rate_iops[1] = writes;
	b->work.rate_process = poisson ? WORKLOAD_RATE_POISSON : WORKLOAD_RATE_LINEAR;
	b->ready = spy_stand_in;
	spy = (struct spy){ .due_ns = due_ns, .due_max = DUE_MAX };
}

/* The dues seen are those of the job's schedule, from wherever it began: a nanosecond of rounding
 * beside. Returns how long the schedule is, up to its last due. */
static uint64_t check_schedule(const struct bench *b)
{
	struct arrival a;
	uint64_t begin_ns;

	arrival_init(&a, &b->work, rng_mix(b->job.seed, 3));
	arrival_begin(&a, 0);
	begin_ns = spy.due_ns[0] - arrival_due_ns(&a);
	for (uint32_t i = 0; i < spy.due_n; i++) {
		int64_t off = (int64_t)(spy.due_ns[i] - begin_ns - arrival_due_ns(&a));

		if (off < -1000 || off > 1000)
			print_error("I/O %u: due %lld ns beside its schedule\n", i, (long long)off);
		assert_true(off >= -1000 && off <= 1000);
		if (i + 1 < spy.due_n)
			arrival_take(&a);
	}
	return arrival_due_ns(&a);
}

/* This test will check that an open loop keeps its rate: every I/O at its own time, none before it
 * is due, and none lost. */
static void rate_should_follow_its_schedule(void **state)
{
	static const struct {
		const char *options;
		uint32_t rate[2];
		bool poisson;
	} cases[] = {
		{ "rw=randread", { 5000, 0 }, false },
		{ "rw=randread\niodepth=64\niodepth_batch_submit=16", { 10000, 0 }, true },
		{ "rw=randrw\nzero_buffers\niodepth=4", { 3000, 1000 }, false },
		{ "rw=randrw\nzero_buffers\niodepth=4", { 2000, 6000 }, true },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint64_t per_s = cases[i].rate[0] + cases[i].rate[1], ios = per_s * 3 / 2;
		static struct bench b;
		uint64_t schedule_ns;
		char options[256];
		double per_s_seen;

		snprintf(options, sizeof(options), "ioengine=null\n%s", cases[i].options);
		bench_init(&b, options, -1, 1 << 20);
		set_rate(&b, cases[i].rate[0], cases[i].rate[1], cases[i].poisson);
		b.job.total_ios = ios;
		bench_run(&b, 0, 0);
		assert_false(b.job.failed);
		assert_int_equal(spy.early, 0);
		schedule_ns = check_schedule(&b);
		/* the rate that was asked for, by count over the schedule */
		per_s_seen = (double)ios * 1e9 / (double)schedule_ns;
		if (per_s_seen < 0.98 * (double)per_s || per_s_seen > 1.02 * (double)per_s)
			print_error("%s: %f/s\n", cases[i].options, per_s_seen);
		assert_true(per_s_seen > 0.98 * (double)per_s && per_s_seen < 1.02 * (double)per_s);
		/* and kept: no faster than the schedule, and not left behind by it */
		assert_true(b.stats->measured_ns + MS > schedule_ns);
		assert_true(b.stats->measured_ns < schedule_ns + CLOCK_NS_PER_S / 2);
		for (int d = 0; d < STATS_DIRECTIONS; d++) {
			const struct stats_io *io = &b.stats->io[d];

			assert_int_equal(io->response.n, io->clat.n);
			assert_true(io->clat.n >= ios / per_s * cases[i].rate[d] * 9 / 10);
			assert_true(!io->clat.n || io->response.sum_ns >= io->lat.sum_ns);
			assert_true(!io->clat.n || io->response.min_ns >= io->lat.min_ns);
			assert_true(io->response.max_ns >= io->lat.max_ns);
		}
		assert_int_equal(bench_ios(&b, 0) + bench_ios(&b, 1), ios);
		bench_free(&b);
	}
}

/* This test will check the window of an open loop: no more is counted in it than was due by its
 * end, and what ramped is not; the very last may come too late to count. */
static void window_should_hold_what_is_due_in_it(void **state)
{
	static struct bench b;
	uint64_t ios, ramped = 0, completed = 0;

	(void)state;
	bench_init(&b, "ioengine=null\niodepth=8", -1, 1 << 20);
	set_rate(&b, 2000, 0, false);
	bench_run(&b, 300 * MS, CLOCK_NS_PER_S);
	assert_false(b.job.failed);
	ios = bench_ios(&b, STATS_READ);
	assert_int_equal(b.stats->io[STATS_READ].response.n, ios);
	for (uint32_t n = 0; n < STATS_DEPTHS; n++)
		completed += n * b.stats->completes[n];
	assert_int_equal(completed, ios);
	assert_int_equal(spy.early, 0);
	assert_int_equal(atomic_load(&b.job.progress), spy.due_n);
	assert_true(spy.due_n <= 2600); /* of a schedule of 1.3 s */
	assert_true(due_ns[spy.due_n - 1] <= b.job.window.end_ns);
	for (uint32_t i = 0; i < spy.due_n; i++)
		ramped += due_ns[i] < b.job.window.measure_ns;
	assert_true(ramped > 0);
	/* what was due before the window may have been late enough to end in it */
	assert_in_range(ios, 1500, 2000 + ramped);
	assert_true(ios + ramped >= spy.due_n - b.work.iodepth);
	bench_free(&b);
}

/* This test will check that a rate slower than the window ends with the window, asleep as it may
 * be. */
static void slow_rate_should_not_hold_the_window_up(void **state)
{
	static struct bench b;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	bench_init(&b, "ioengine=null", -1, 16);
	set_rate(&b, 1, 0, false); /* the first is due after a second */
	bench_run(&b, 0, 200 * MS);
	assert_true(clock_now_ns() - start_ns < 900 * MS);
	assert_false(b.job.failed);
	assert_int_equal(bench_ios(&b, STATS_READ), 0);
	assert_true(b.stats->measured_ns > 150 * MS && b.stats->measured_ns <= 200 * MS);
	bench_free(&b);
}

static uint64_t longer_than(const struct histogram *h, uint64_t ns)
{
	uint64_t n = 0;

	for (unsigned int i = histogram_index(ns) + 1; i < HISTOGRAM_BUCKETS; i++)
		n += h->count[i];
	return n;
}

#define STALL_MS 300

static void spy_with_stall(struct bench *b)
{
	spy_stand_in(b);
	spy.stall_at_ns = tsc_now_ns() + 100 * MS;
	spy.stall_ns = STALL_MS * MS;
}

/* This test will check what a stalled device does: every request that it held up counts with the
 * time it waited, while the completion latency knows of those alone that were on their way. */
static void stall_should_count_for_all_it_delayed(void **state)
{
	static const uint32_t depths[] = { 1, 4 };

	(void)state;
	for (size_t i = 0; i < N(depths); i++) {
		const struct stats_io *io;
		static struct bench b;
		char options[64];
		uint64_t more; /* requests, for a busy machine's own stalls */

		snprintf(options, sizeof(options), "ioengine=null\niodepth=%u", depths[i]);
		bench_init(&b, options, -1, 1 << 20);
		set_rate(&b, 1000, 0, false);
		b.ready = spy_with_stall;
		b.job.total_ios = 1000;
		bench_run(&b, 0, 0);
		io = &b.stats->io[STATS_READ];
		assert_false(b.job.failed);
		assert_int_equal(io->clat.n, 1000);
		assert_int_equal(io->response.n, 1000);
		/* due in the first 200 of 300 ms: they waited for more than 100 */
		assert_in_range(spy.stalled_ns, STALL_MS * MS, 10 * STALL_MS * MS);
		more = (spy.stalled_ns - STALL_MS * MS) / MS;
		assert_in_range(longer_than(&io->response, 100 * MS), 190, 220 + more);
		assert_in_range(longer_than(&io->response, 200 * MS), 90, 115 + more);
		assert_in_range(longer_than(&io->clat, 100 * MS), 1, depths[i]);
		/* 300 requests that waited for 150 ms in the mean */
		assert_true(io->response.sum_ns > (uint64_t)STALL_MS * STALL_MS / 2 * MS * 9 / 10);
		assert_true(histogram_percentile_ns(&io->response, 85) > 100 * MS);
		assert_true(histogram_percentile_ns(&io->lat, 85) < 100 * MS);
		assert_int_equal(spy.stall_ns, 0); /* it did stall */
		bench_free(&b);
	}
}

/* This test will check that a request to stop ends an open loop that waits. */
static void stop_should_end_a_waiting_loop(void **state)
{
	static struct bench b;
	uint64_t start_ns = clock_now_ns();

	(void)state;
	bench_init(&b, "ioengine=null", -1, 16);
	set_rate(&b, 1, 0, false);
	atomic_store(&b.stop, 1);
	bench_run(&b, 0, 60 * CLOCK_NS_PER_S);
	assert_true(clock_now_ns() - start_ns < 5 * CLOCK_NS_PER_S);
	assert_false(b.job.failed);
	bench_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rate_should_follow_its_schedule),
		cmocka_unit_test(window_should_hold_what_is_due_in_it),
		cmocka_unit_test(slow_rate_should_not_hold_the_window_up),
		cmocka_unit_test(stall_should_count_for_all_it_delayed),
		cmocka_unit_test(stop_should_end_a_waiting_loop),
	};

	return cmocka_run_group_tests_name("job rate", tests, NULL, NULL);
}
