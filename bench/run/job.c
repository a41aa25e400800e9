// SPDX-License-Identifier: MIT
/* The loop, and what a job sets up before it. */
#include "run/job.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "lib/clock.h"
#include "lib/str.h"
#include "run/stamp.h"

#define REAP_TIMEOUT_NS (CLOCK_NS_PER_S / 4) /* how often an idle loop looks at the stop flag */

/* --- the loop --- */

static void set_up_io(struct job *job, struct io *io)
{
	const struct workload *w = job->work;
	uint32_t slice;

	io->offset_bytes = pattern_next(&job->pattern);
	io->start_ns = 0;
	if (w->rw == WORKLOAD_READWRITE || w->rw == WORKLOAD_RANDRW)
		io->write = rng_below(&job->mix, 100) >= w->rwmixread_pct;
	if (!io->write)
		return;
	slice = job->slice[io->index];
	job->slice[io->index] = slice + 1 == job->slices ? 0 : slice + 1;
	io->data = job->pool + ((uint64_t)slice * job->depth + io->index) * w->bs_bytes;
	if (!w->zero_buffers)
		stamp_write(io->data, io->len_bytes, io->offset_bytes, job->sequence++,
			    job->stamp_seed);
}

static void queue_batch(struct job *job)
{
	uint32_t want = job->work->iodepth_batch_submit;

	while (job->queued_n < want && job->free_n && job->issued < job->total_ios) {
		struct io *io = job->free_io[--job->free_n];

		set_up_io(job, io);
		job->queued[job->queued_n++] = io;
		job->issued++;
	}
}

/*
 * Adds what was in flight since the last call to the integral of the depth, up to the window's end.
 */
static void count_depth(struct job *job, uint64_t now_ns)
{
	if (now_ns > job->window.end_ns)
		now_ns = job->window.end_ns;
	if (job->measuring && now_ns > job->last_ns)
		job->stats->depth_ns += (now_ns - job->last_ns) * job->in_flight;
	job->last_ns = now_ns;
}

/*
 * Hands the queued I/Os to the engine; an I/O begins here. Returns the time afterwards, or 0 where
 * the engine failed.
 */
static uint64_t submit_batch(struct job *job)
{
	uint64_t before_ns = clock_now_ns(), after_ns;
	int n;

	for (uint32_t i = 0; i < job->queued_n; i++)
		if (!job->queued[i]->start_ns) /* one that was refused before began then */
			job->queued[i]->start_ns = before_ns;
	count_depth(job, before_ns);
	n = job->ops->submit(job->engine, job->queued, job->queued_n);
	after_ns = clock_now_ns();
	if (n < 0) {
		err_set(&job->err, n, "%s: submit: %s", job->ops->name, strerror(-n));
		return 0;
	}
	for (int i = 0; i < n; i++)
		job->queued[i]->issue_ns = job->ops->synchronous ? job->queued[i]->start_ns
								 : after_ns;
	job->queued_n -= (uint32_t)n;
	job->in_flight += (uint32_t)n;
	if (job->queued_n)
		memmove(job->queued, job->queued + n, job->queued_n * sizeof(job->queued[0]));
	job->in_call_ns += after_ns - before_ns;
	return after_ns;
}

static void count_io(struct job *job, const struct io *io, uint64_t now_ns)
{
	struct stats_io *s = &job->stats->io[io->write ? STATS_WRITE : STATS_READ];

	s->ios++;
	s->bytes += (uint32_t)io->result;
	if ((uint32_t)io->result < io->len_bytes)
		s->short_ios++;
	if (!job->ops->synchronous) /* as fio: such an I/O has no slat */
		histogram_add(&s->slat, io->issue_ns - io->start_ns);
	histogram_add(&s->clat, now_ns - io->issue_ns);
	histogram_add(&s->lat, now_ns - io->start_ns);
}

static void take_done(struct job *job, int n, uint64_t now_ns)
{
	for (int i = 0; i < n; i++) {
		struct io *io = job->done[i];

		if (io->result < 0) {
			stats_error(job->stats, -io->result);
			job->failed = true;
		} else if (job->measuring && now_ns <= job->window.end_ns) {
			count_io(job, io, now_ns);
		}
		job->free_io[job->free_n++] = io;
	}
	job->in_flight -= (uint32_t)n;
	if (n) {
		job->last_done_ns = now_ns;
		atomic_fetch_add_explicit(&job->progress, (uint64_t)n, memory_order_relaxed);
	}
}

/* Waits for completions. Returns the time afterwards, or 0 where the job cannot go on. */
static uint64_t reap_batch(struct job *job, uint64_t now_ns, uint32_t min)
{
	uint32_t most = job->work->iodepth_batch_complete_max;
	uint64_t after_ns;
	int n;

	if (min > job->in_flight)
		min = job->in_flight;
	n = job->ops->reap(job->engine, job->done, min,
			   most > min ? most
			   : min      ? min
				      : 1,
			   REAP_TIMEOUT_NS);
	after_ns = clock_now_ns();
	job->in_call_ns += after_ns - now_ns;
	count_depth(job, after_ns);
	if (n < 0) {
		err_set(&job->err, n, "%s: reap: %s", job->ops->name, strerror(-n));
		return 0;
	}
	take_done(job, n, after_ns);
	if (!n && after_ns - job->last_done_ns > job->hang_ns) {
		err_set(&job->err, -ETIMEDOUT, "%s: %u I/Os in flight, none completed for %llu s",
			job->ops->name, job->in_flight,
			(unsigned long long)(job->hang_ns / CLOCK_NS_PER_S));
		return 0;
	}
	return after_ns;
}

struct usage {
	uint64_t thread_ns;
	struct rusage ru;
};

static void read_usage(struct usage *u)
{
	u->thread_ns = clock_thread_ns();
	getrusage(RUSAGE_THREAD, &u->ru);
}

static void begin_measuring(struct job *job, struct usage *u, uint64_t now_ns)
{
	read_usage(u);
	job->measuring = true;
	job->in_call_ns = 0;
	job->last_ns = now_ns;
	job->window.measure_ns = now_ns;
	job->issued = 0; /* what ran before does not count towards the work */
}

/*
 * The thread's CPU time is exact; its split is by the loop's own stamps: outside the engine's calls
 * the thread is in user space (with the interrupts that hit it there, so this is an upper bound).
 */
static void end_measuring(struct job *job, const struct usage *from, uint64_t end_ns)
{
	struct stats *s = job->stats;
	struct usage now;
	uint64_t wall_ns;

	if (!job->measuring)
		return;
	read_usage(&now);
	job->measuring = false;
	wall_ns = end_ns - job->window.measure_ns;
	s->measured_ns = wall_ns;
	s->thread_ns = now.thread_ns - from->thread_ns;
	s->thread_user_ns = wall_ns > job->in_call_ns ? wall_ns - job->in_call_ns : 0;
	if (s->thread_user_ns > s->thread_ns)
		s->thread_user_ns = s->thread_ns;
	s->thread_system_ns = s->thread_ns - s->thread_user_ns;
	s->switches_voluntary = (uint64_t)(now.ru.ru_nvcsw - from->ru.ru_nvcsw);
	s->switches_involuntary = (uint64_t)(now.ru.ru_nivcsw - from->ru.ru_nivcsw);
}

/* Waits for what is in flight, uncounted; gives up on a device that answers no more. */
static void drain(struct job *job, uint64_t now_ns)
{
	while (job->in_flight && now_ns)
		now_ns = reap_batch(job, now_ns, 1);
	if (job->err.code)
		job->failed = true;
}

static bool is_done(const struct job *job, uint64_t now_ns)
{
	return now_ns >= job->window.end_ns || job->failed ||
	       (job->issued >= job->total_ios && !job->in_flight && !job->queued_n) ||
	       atomic_load_explicit(job->stop, memory_order_relaxed);
}

static void run_loop(struct job *job)
{
	uint64_t now_ns = clock_now_ns(), end_ns;
	struct usage from = { 0 };

	while (now_ns < job->window.begin_ns) {
		clock_sleep_ns(job->window.begin_ns - now_ns);
		now_ns = clock_now_ns();
	}
	job->last_done_ns = now_ns;
	while (!is_done(job, now_ns)) {
		if (!job->measuring && now_ns >= job->window.measure_ns)
			begin_measuring(job, &from, now_ns);
		queue_batch(job);
		if (job->queued_n)
			now_ns = submit_batch(job);
		if (now_ns && job->in_flight &&
		    (!job->free_n || job->queued_n || job->issued >= job->total_ios))
			now_ns = reap_batch(job, now_ns, job->work->iodepth_batch_complete_min);
		if (!now_ns)
			break;
	}
	job->failed = job->failed || !now_ns;
	end_ns = now_ns ? now_ns : clock_now_ns();
	if (end_ns > job->window.end_ns)
		end_ns = job->window.end_ns;
	if (job->issued >= job->total_ios && now_ns && now_ns < job->window.end_ns)
		end_ns = job->last_done_ns; /* ended by its size: the last completion is the end */
	end_measuring(job, &from, end_ns);
	drain(job, now_ns);
}

/* --- before and after --- */

/* Room for every I/O in flight, and at least 4 MiB of random data to write from: each I/O rotates
 * through its own slices. */
static int make_pool(struct job *job)
{
	uint64_t round = job->work->bs_bytes * job->depth;
	struct rng rng;

	job->slices = (uint32_t)((JOB_POOL_BYTES + round - 1) / round);
	job->pool_bytes = round * job->slices;
	job->pool = mmap(NULL, job->pool_bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (job->pool == MAP_FAILED) {
		job->pool = NULL;
		return err_set(&job->err, -ENOMEM, "%s: no memory for %zu bytes of buffers",
			       job->work->name, job->pool_bytes);
	}
	if (!job->work->zero_buffers) {
		rng_seed(&rng, rng_mix(job->stamp_seed, job->seed));
		rng_fill(&rng, job->pool, job->pool_bytes);
	}
	return 0;
}

static int make_ios(struct job *job)
{
	uint32_t batch = job->work->iodepth_batch_submit;

	job->io = calloc(job->depth, sizeof(*job->io));
	job->slice = calloc(job->depth, sizeof(*job->slice));
	job->free_io = calloc(job->depth, sizeof(struct io *));
	job->done = calloc(job->depth, sizeof(struct io *));
	job->queued = calloc(batch, sizeof(struct io *));
	if (!job->io || !job->slice || !job->free_io || !job->done || !job->queued)
		return err_set(&job->err, -ENOMEM, "%s: no memory for %u I/Os", job->work->name,
			       job->depth);
	for (uint32_t i = 0; i < job->depth; i++) {
		job->io[i] = (struct io){ .index = i,
					  .data = job->pool + (uint64_t)i * job->work->bs_bytes,
					  .len_bytes = (uint32_t)job->work->bs_bytes,
					  .write = workload_writes(job->work) };
		job->free_io[job->free_n++] = &job->io[job->depth - 1 - i];
	}
	return 0;
}

static int set_up(struct job *job)
{
	struct engine_setup setup = { .fd = job->fd,
				      .batch = job->work->iodepth_batch_submit,
				      .fixedbufs = job->work->fixedbufs,
				      .registerfiles = job->work->registerfiles };
	cpu_set_t cpus;
	int ret;

	CPU_ZERO(&cpus);
	CPU_SET(job->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus); /* refused in a container: the job still runs */
	job->ops = engine_find(job->work->ioengine);
	job->depth = job->work->iodepth < job->ops->depth_max ? job->work->iodepth
							      : job->ops->depth_max;
	rng_seed(&job->mix, rng_mix(job->seed, 1));
	ret = make_pool(job);
	if (!ret)
		ret = make_ios(job);
	if (ret)
		return ret;
	setup.depth = job->depth;
	setup.pool = job->pool;
	setup.pool_bytes = job->pool_bytes;
	ret = job->ops->open(&job->engine, &setup, &job->err);
	if (!ret)
		str_copy(job->words, sizeof(job->words), job->ops->words(job->engine));
	return ret;
}

static void *job_thread(void *arg)
{
	struct job *job = arg;

	if (set_up(job))
		job->failed = true;
	pthread_barrier_wait(job->ready);
	pthread_barrier_wait(job->ready);
	if (!job->failed)
		run_loop(job);
	atomic_store(&job->ended, true);
	if (job->engine)
		job->ops->close(job->engine);
	return NULL;
}

int job_start(struct job *job, pthread_barrier_t *ready)
{
	job->ready = ready;
	return -pthread_create(&job->thread, NULL, job_thread, job);
}

void job_join(struct job *job)
{
	pthread_join(job->thread, NULL);
	if (job->pool)
		munmap(job->pool, job->pool_bytes);
	free(job->io);
	free(job->slice);
	free(job->free_io);
	free(job->done);
	free(job->queued);
}
