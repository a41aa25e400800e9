/* SPDX-License-Identifier: MIT */
/* One job on a bench, for the tests of its loop: and a spy between the loop and its engine. */
#ifndef TARE_TESTS_JOB_BENCH_H
#define TARE_TESTS_JOB_BENCH_H

#include "run_fixture.h"

#include "run/job.h"

#define MS (CLOCK_NS_PER_S / 1000)

/* Of the run: in every stamp. */
#define BENCH_SEED 77

struct bench {
	struct workload work;
	struct job job;
	struct stats *stats;
	atomic_int stop;
	void (*ready)(struct bench *b); /* the job waits at its gate; NULL: nothing to do then */
};

/* A job for `options` (a line each) over `blocks` blocks from 0 on. */
static inline void bench_init(struct bench *b, const char *options, int fd, uint64_t blocks)
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
	b->stats = fixture_stats();
	b->job = (struct job){ .work = &b->work,
			       .fd = fd,
			       .seed = 3,
			       .stamp_seed = BENCH_SEED,
			       .stats = b->stats,
			       .stop = &b->stop,
			       .total_ios = UINT64_MAX,
			       .hang_ns = 10 * CLOCK_NS_PER_S };
	pattern_init(&b->job.pattern, 0, (uint32_t)b->work.bs_bytes, blocks, NULL,
		     workload_is_random(&b->work), b->work.norandommap, 3);
}

/* Runs the job; run_ns 0: until its work is done. */
static inline void bench_run(struct bench *b, uint64_t ramp_ns, uint64_t run_ns)
{
	struct gate gate;
	uint64_t now_ns;

	gate_init(&gate);
	assert_int_equal(job_start(&b->job, &gate), 0);
	gate_await(&gate, 1);
	if (b->ready)
		b->ready(b);
	now_ns = tsc_now_ns();
	b->job.window = (struct job_window){ .begin_ns = now_ns + MS,
					     .measure_ns = now_ns + MS + ramp_ns,
					     .end_ns = run_ns ? now_ns + MS + ramp_ns + run_ns
							      : UINT64_MAX };
	gate_open(&gate, GATE_OPEN);
	job_join(&b->job);
	gate_destroy(&gate);
}

static inline void bench_free(struct bench *b)
{
	free(b->stats);
}

/* I/Os that were counted. */
static inline uint64_t bench_ios(const struct bench *b, int direction)
{
	return b->stats->io[direction].clat.n;
}

static inline bool io_uring_works(void)
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

/*
 * The spy stands in for the job's engine, which still does the work: it looks at every I/O, and can
 * be told to behave like a device that stalls, or that completes in reverse. One at a time.
 */
struct spy {
	const struct engine_ops *real;
	struct engine_ops ops;
	uint64_t stall_at_ns, stall_ns; /* tsc_now_ns(): the first reap after it takes so long */
	uint64_t called_ns, stalled_ns; /* last; gaps between calls, also those of a busy machine */
	bool reverse;			/* what completes together comes the last first */
	uint32_t in_flight, most;
	uint64_t *due_ns; /* of the first due_max I/Os, in the order of submission, or NULL */
	uint32_t due_max, due_n;
	uint64_t early;		   /* I/Os on their way before they were due */
	uint64_t end_bytes, jumps; /* of the last I/O; of those that do not begin where it ends */
};

static struct spy spy;

#define SPY_GAP_NS UINT64_C(10000000) /* ten times what lies between I/Os where stalls count */

static inline uint64_t spy_called(void)
{
	uint64_t now_ns = tsc_now_ns();

	if (spy.called_ns && now_ns - spy.called_ns > SPY_GAP_NS)
		spy.stalled_ns += now_ns - spy.called_ns;
	spy.called_ns = now_ns;
	return now_ns;
}

static inline int spy_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	uint64_t now_ns = spy_called();

	spy.in_flight += n;
	spy.most = spy.in_flight > spy.most ? spy.in_flight : spy.most;
	for (uint32_t i = 0; i < n; i++) {
		spy.early += io[i]->due_ns > now_ns;
		spy.jumps += io[i]->offset_bytes != spy.end_bytes;
		spy.end_bytes = io[i]->offset_bytes + io[i]->len_bytes;
		if (spy.due_n < spy.due_max)
			spy.due_ns[spy.due_n++] = io[i]->due_ns;
	}
	return spy.real->submit(engine, io, n);
}

static inline int spy_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
			   uint64_t timeout_ns)
{
	int n;

	if (spy_called() >= spy.stall_at_ns && spy.stall_ns) {
		clock_sleep_ns(spy.stall_ns);
		spy.stall_ns = 0;
	}
	n = spy.real->reap(engine, done, min, max, timeout_ns);
	for (int i = 0; spy.reverse && i < n / 2; i++) {
		struct io *last = done[n - 1 - i];

		done[n - 1 - i] = done[i];
		done[i] = last;
	}
	spy.in_flight -= n > 0 ? (uint32_t)n : 0;
	return n;
}

/* For bench.ready: what else the spy shall do is set before. */
static inline void spy_stand_in(struct bench *b)
{
	assert_non_null(b->job.ops); /* it has opened its engine */
	spy.real = b->job.ops;
	spy.ops = *spy.real;
	spy.ops.submit = spy_submit;
	spy.ops.reap = spy_reap;
	b->job.ops = &spy.ops;
}

#endif
