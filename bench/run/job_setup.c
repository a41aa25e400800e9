// SPDX-License-Identifier: MIT
/* What a job needs before its loop, and its thread. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/str.h"
#include "run/job.h"

/* fio's buffer_compress_chunk: each piece of this size is compressible to the same degree. */
#define COMPRESS_CHUNK_BYTES 512

uint32_t job_depth(const struct workload *w)
{
	uint32_t most = engine_find(w->ioengine)->depth_max;

	return w->iodepth < most ? w->iodepth : most;
}

void job_fill(const struct workload *w, struct rng *rng, uint8_t *to, size_t bytes)
{
	size_t zeros = COMPRESS_CHUNK_BYTES * (size_t)w->buffer_compress_pct / 100;

	rng_fill(rng, to, bytes);
	for (size_t at = COMPRESS_CHUNK_BYTES; zeros && at <= bytes; at += COMPRESS_CHUNK_BYTES)
		memset(to + at - zeros, 0, zeros);
}

static void fill_pool(struct job *job)
{
	struct rng rng;

	if (job->work->zero_buffers || !(workload_writes(job->work) || job->verify))
		return;
	rng_seed(&rng, rng_mix(job->stamp_seed, job->seed));
	job_fill(job->work, &rng, job->pool, job->pool_bytes);
}

/*
 * Room for every I/O in flight; for writes at least WORKLOAD_POOL_BYTES of random data, through
 * whose slices each I/O goes in turn.
 */
static int make_pool(struct job *job)
{
	uint64_t round = job->work->bs_bytes * job->depth;

	job->slices = 1;
	if (workload_writes(job->work))
		job->slices = (uint32_t)((WORKLOAD_POOL_BYTES + round - 1) / round);
	job->pool_bytes = round * job->slices;
	job->pool = mmap(NULL, job->pool_bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (job->pool == MAP_FAILED) {
		job->pool = NULL;
		return err_set(&job->err, -ENOMEM, "%s: no memory for %zu bytes of buffers",
			       job->work->name, job->pool_bytes);
	}
	fill_pool(job);
	return 0;
}

static int make_ios(struct job *job)
{
	bool write = workload_writes(job->work);

	job->io = calloc(job->depth, sizeof(*job->io));
	job->slice = calloc(job->depth, sizeof(*job->slice));
	job->idle = calloc(job->depth, sizeof(struct io *));
	if (!job->io || !job->slice || !job->idle)
		return err_set(&job->err, -ENOMEM, "%s: no memory for %u I/Os", job->work->name,
			       job->depth);
	for (uint32_t i = 0; i < job->depth; i++) {
		job->io[i] = (struct io){ .index = i,
					  .data = job->pool + (uint64_t)i * job->work->bs_bytes,
					  .len_bytes = (uint32_t)job->work->bs_bytes,
					  .write = write,
					  .count = &job->stats->io[write] };
		job->idle[i] = &job->io[job->depth - 1 - i];
	}
	job->idle_top = job->idle + job->depth;
	return 0;
}

static int open_engine(struct job *job)
{
	struct engine_setup setup = { .fd = job->fd,
				      .depth = job->depth,
				      .batch = job->batch,
				      .io_bytes = (uint32_t)job->work->bs_bytes,
				      .pool = job->pool,
				      .pool_bytes = job->pool_bytes,
				      .fixedbufs = job->work->fixedbufs,
				      .registerfiles = job->work->registerfiles,
				      .hipri = job->work->hipri,
				      .sqthread_poll = job->work->sqthread_poll };
	int ret = job->ops->open(&job->engine, &setup, &job->err);

	if (!ret)
		str_copy(job->words, sizeof(job->words), job->ops->words(job->engine));
	return ret;
}

static void set_up_loop(struct job *job)
{
	const struct workload *w = job->work;

	job->ops = engine_find(w->ioengine);
	job->depth = job_depth(w);
	job->batch = w->iodepth_batch_submit < job->depth ? w->iodepth_batch_submit : job->depth;
	if (!job->batch)
		job->batch = 1;
	job->most_done = w->iodepth_batch_complete_max ? w->iodepth_batch_complete_max : 1;
	job->sync_every = w->fsync_writes ? w->fsync_writes : w->fdatasync_writes;
	rng_seed(&job->mix, rng_mix(job->seed, 1));
	rng_seed(&job->refill, rng_mix(job->stamp_seed, rng_mix(job->seed, 2)));
	job->left_ios = job->total_ios;
	if (!job->ops->synchronous && !workload_mixes(w)) /* as fio: a synchronous I/O has none */
		job->slat = &job->stats->io[workload_writes(w)].slat;
	job->reads_only = !workload_writes(w);
	arrival_init(&job->arrival, w, rng_mix(job->seed, 3));
	job->writes = job->pattern;
	job->pattern_of[STATS_READ] = job->pattern_of[STATS_WRITE] = &job->pattern;
	if (w->rw == WORKLOAD_READWRITE)
		job->pattern_of[STATS_WRITE] = &job->writes;
	job->singly = job->arrival.used || job->sync_every || w->rw == WORKLOAD_READWRITE;
	job->one = !job->singly && job->batch == 1 && job->most_done == 1 &&
		   w->iodepth_batch_complete_min == 1;
}

static int set_up(struct job *job)
{
	cpu_set_t cpus;
	int ret;

	CPU_ZERO(&cpus);
	CPU_SET(job->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus); /* refused in a container: the job still runs */
	set_up_loop(job);
	ret = make_pool(job);
	if (!ret)
		ret = make_ios(job);
	return ret ? ret : open_engine(job);
}

static void *job_thread(void *arg)
{
	struct job *job = arg;

	if (set_up(job))
		job->failed = true;
	if (gate_wait(job->gate) && !job->failed)
		job_loop(job);
	atomic_store(&job->ended, true);
	/* Closing waits for what is in flight; on a device that answers no more, for ever. */
	if (job->engine && job->err.code != -ETIMEDOUT)
		job->ops->close(job->engine);
	return NULL;
}

int job_start(struct job *job, struct gate *gate)
{
	job->gate = gate;
	return -pthread_create(&job->thread, NULL, job_thread, job);
}

void job_join(struct job *job)
{
	pthread_join(job->thread, NULL);
	if (job->pool)
		munmap(job->pool, job->pool_bytes);
	free(job->io);
	free(job->slice);
	free(job->idle);
}
