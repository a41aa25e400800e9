// SPDX-License-Identifier: MIT
/*
 * The loop. Times are stamped for batches: before and after a submission, after a reap. All I/Os of
 * a submission share their stamps, and so their submission latency is one entry of the histogram.
 */
#include "run/job.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/tsc.h"

/* How often an idle loop looks at the stop flag. */
#define REAP_TIMEOUT_NS (CLOCK_NS_PER_S / 4)
/* Between two looks at what is not looked at after each I/O. */
#define LOOK_NS (CLOCK_NS_PER_S / 1000)
/* Sleeping ends later than asked for by about so much: nearer than this, the loop looks again. */
#define SLEEP_EARLY_NS UINT64_C(100000)

/* --- before a submission --- */

static void set_up_write(struct job *job, struct io *io)
{
	const struct workload *w = job->work;
	uint32_t slice = job->slice[io->index];

	job->slice[io->index] = slice + 1 == job->slices ? 0 : slice + 1;
	io->data = job->pool + ((uint64_t)slice * job->depth + io->index) * w->bs_bytes;
	job->unsynced++;
	if (w->zero_buffers) /* as in fio, whatever else is asked for */
		return;
	if (w->refill_buffers)
		job_fill(w, &job->refill, io->data, io->len_bytes);
	stamp_write(io->data, io->len_bytes, io->offset_bytes, job->sequence++, job->stamp_seed);
}

static bool sync_is_due(const struct job *job)
{
	return job->sync_every && job->unsynced >= job->sync_every;
}

static bool picks_write(struct job *job)
{
	return rng_below(&job->mix, 100) >= job->work->rwmixread_pct;
}

/* Direction and data of an I/O that has its place. */
static void set_up_data(struct job *job, struct io *io)
{
	if (workload_mixes(job->work))
		io->write = picks_write(job);
	if (io->write)
		set_up_write(job, io);
}

/* The first n of the last `most` idle I/Os become the very last, in their order. */
static void move_to_end(struct job *job, uint32_t most, uint32_t n)
{
	struct io **from = &job->idle[job->idle_n - most], **to = &job->idle[job->idle_n - n];

	for (uint32_t i = n; from != to && i-- > 0;) {
		struct io *io = from[i];

		from[i] = to[i];
		to[i] = io;
	}
}

/* One after another, as long as they are due and no flush is. */
static uint32_t prepare_singly(struct job *job, uint32_t most, uint64_t now_ns)
{
	uint32_t n = 0;

	while (n < most && !sync_is_due(job)) {
		struct io *io = job->idle[job->idle_n - most + n];

		if (job->arrival.used) {
			if (arrival_due_ns(&job->arrival) > now_ns)
				break;
			io->due_ns = arrival_due_ns(&job->arrival);
			io->write = arrival_writes(&job->arrival);
			arrival_take(&job->arrival);
		} else if (workload_mixes(job->work)) {
			io->write = picks_write(job);
		}
		io->offset_bytes = pattern_next(job->pattern_of[io->write]);
		if (io->write)
			set_up_write(job, io);
		n++;
	}
	move_to_end(job, most, n);
	return n;
}

/* Gives n I/Os their places. */
static inline void place(struct job *job, struct io *const *io, uint32_t n)
{
	while (n) {
		uint32_t part;
		const uint64_t *offset_bytes = pattern_take(&job->pattern, n, &part);

		for (uint32_t i = 0; i < part; i++)
			io[i]->offset_bytes = offset_bytes[i];
		io += part;
		n -= part;
	}
}

/* Sets up the next batch: the last so many of the idle I/Os. Returns how many. */
static uint32_t prepare_batch(struct job *job, uint64_t now_ns)
{
	uint32_t most = job->idle_n < job->batch ? job->idle_n : job->batch;

	if (most > job->left_ios)
		most = (uint32_t)job->left_ios;
	if (job->singly) {
		most = prepare_singly(job, most, now_ns);
	} else {
		struct io **io = &job->idle[job->idle_n - most];

		place(job, io, most);
		for (uint32_t i = 0; !job->reads_only && i < most; i++)
			set_up_data(job, io[i]);
	}
	job->left_ios -= most;
	return most;
}

/* --- counting --- */

/*
 * The integral of the depth over time is the sum of all moments at which an I/O ended, less those
 * at which one began; what is in flight at `now_ns` counts as if it ended then. Modulo 2^64.
 */
static uint64_t depth_until(const struct job *job, uint64_t now_ns)
{
	return job->depth_moments + job->in_flight * now_ns;
}

static void count_submitted(struct job *job, struct io *const *io, uint32_t n, uint64_t slat_ns)
{
	struct stats *s = job->stats;

	s->depth[stats_depth(job->in_flight)] += n;
	s->submits[stats_depth(n)]++;
	if (job->slat) {
		histogram_add_n(job->slat, slat_ns, n);
		return;
	}
	for (uint32_t i = 0; i < n && !job->ops->synchronous; i++)
		histogram_add(&s->io[io[i]->write].slat, slat_ns);
}

static void count_latency(struct stats_io *s, const struct io *io, uint64_t now_ns)
{
	s->bytes += (uint32_t)io->result;
	histogram_add(&s->clat, now_ns - io->issue_ns);
	histogram_add(&s->lat, now_ns - io->start_ns);
}

/* Completions come in any order: of what was in flight, the first wrong block in place counts. */
static void verify(struct job *job, const struct io *io)
{
	if (job->fault.found && job->fault.offset_bytes <= io->offset_bytes)
		return;
	if (!stamp_check(io->data, (uint32_t)io->result, io->offset_bytes, job->stamp_seed,
			 &job->fault))
		job->failed = true;
}

/* One I/O, of any kind: failed, short, verified, of an open loop, outside the window. */
static __attribute__((noinline)) void count_any(struct job *job, const struct io *io,
						uint64_t now_ns)
{
	bool counted = job->measuring && now_ns <= job->window.end_ns;
	struct stats_io *s = &job->stats->io[io->write];

	if (io->result < 0) {
		stats_error(job->stats, -io->result);
		job->failed = true;
		return;
	}
	if (job->verify)
		verify(job, io);
	if (!counted) {
		if (io->write)
			job->stats->unmeasured_written_bytes += (uint32_t)io->result;
		return;
	}
	if ((uint32_t)io->result < io->len_bytes)
		s->short_ios++;
	if (io->due_ns)
		histogram_add(&s->response, now_ns - io->due_ns);
	count_latency(s, io, now_ns);
}

/* The same for many, where there may be anything to look at. */
static __attribute__((noinline)) void count_each(struct job *job, struct io *const *done,
						 uint32_t n, uint64_t now_ns)
{
	for (uint32_t i = 0; i < n; i++)
		count_any(job, done[i], now_ns);
}

static __attribute__((noinline)) void count_done(struct job *job, struct io *const *done,
						 uint32_t n, uint64_t now_ns)
{
	if (!job->plain || now_ns > job->window.end_ns) {
		count_each(job, done, n, now_ns);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct io *io = done[i];

		if ((uint32_t)io->result == io->len_bytes)
			count_latency(job->count_in[io->write], io, now_ns);
		else
			count_any(job, io, now_ns);
	}
	job->stats->completes[stats_depth(n)]++;
}

/* --- the engine's calls --- */

static __attribute__((noinline)) uint64_t submit_failed(struct job *job, int error)
{
	err_set(&job->err, error, "%s: submit: %s", job->ops->name, strerror(-error));
	return 0;
}

/* Hands a batch to the engine. Returns the time afterwards, or 0 where the engine failed. */
static uint64_t submit_batch(struct job *job, uint32_t n)
{
	struct io **batch = &job->idle[job->idle_n - n];
	uint64_t before_ns = tsc_now_ns(), after_ns, issue_ns;
	int ret;

	ret = job->ops->submit(job->engine, batch, n);
	after_ns = tsc_now_ns();
	if (ret)
		return submit_failed(job, ret);
	issue_ns = job->ops->synchronous ? before_ns : after_ns;
	for (uint32_t i = 0; i < n; i++) {
		batch[i]->start_ns = before_ns;
		batch[i]->issue_ns = issue_ns;
	}
	job->in_flight += n;
	job->depth_moments -= n * before_ns;
	job->in_call_ns += after_ns - before_ns;
	if (job->measuring)
		count_submitted(job, batch, n, after_ns - before_ns);
	job->idle_n -= n;
	return after_ns;
}

/* A reap that brought nothing, or an error. Returns `now_ns`, or 0 where the job cannot go on. */
static __attribute__((noinline)) uint64_t nothing_came(struct job *job, int error,
						       uint64_t waited_ns, uint64_t now_ns)
{
	if (error) {
		err_set(&job->err, error, "%s: reap: %s", job->ops->name, strerror(-error));
		return 0;
	}
	job->stalled_ns += waited_ns;
	if (!job->in_flight || job->stalled_ns <= job->hang_ns)
		return now_ns;
	err_set(&job->err, -ETIMEDOUT, "%s: %u I/Os in flight, none completed for %llu s",
		job->ops->name, job->in_flight,
		(unsigned long long)(job->hang_ns / CLOCK_NS_PER_S));
	return 0;
}

/* Waits for completions: at least `min`, for at most timeout_ns. Returns the time afterwards, or 0
 * where the job cannot go on. */
static inline __attribute__((always_inline)) uint64_t reap_batch(struct job *job, uint64_t now_ns,
								 uint32_t min, uint64_t timeout_ns)
{
	struct io **done = &job->idle[job->idle_n];
	uint32_t most = job->most_done;
	uint64_t after_ns;
	int n;

	if (min > job->in_flight)
		min = job->in_flight;
	n = job->ops->reap(job->engine, done, min, most > min ? most : min, timeout_ns);
	after_ns = tsc_now_ns();
	job->in_call_ns += after_ns - now_ns;
	if (n <= 0)
		return nothing_came(job, n, after_ns - now_ns, after_ns);
	count_done(job, done, (uint32_t)n, after_ns);
	job->stalled_ns = 0;
	job->idle_n += (uint32_t)n;
	job->in_flight -= (uint32_t)n;
	job->depth_moments += (uint32_t)n *
			      (after_ns < job->window.end_ns ? after_ns : job->window.end_ns);
	atomic_store_explicit(&job->progress,
			      atomic_load_explicit(&job->progress, memory_order_relaxed) +
				      (uint32_t)n,
			      memory_order_relaxed);
	return after_ns;
}

/* The same, out of line: for whatever does not happen all the time. */
static __attribute__((noinline)) uint64_t reap_now_and_then(struct job *job, uint64_t now_ns,
							    uint32_t min, uint64_t timeout_ns)
{
	return reap_batch(job, now_ns, min, timeout_ns);
}

/* Waits for all that is in flight. Returns the time, or 0 where the job cannot go on. */
static uint64_t reap_all(struct job *job, uint64_t now_ns)
{
	while (job->in_flight && now_ns)
		now_ns = reap_now_and_then(job, now_ns, 1, REAP_TIMEOUT_NS);
	return now_ns;
}

/* fsync or fdatasync, once what was written has completed; as in fio, nothing else runs meanwhile.
 */
static uint64_t sync_target(struct job *job, uint64_t now_ns)
{
	uint64_t before_ns, after_ns;
	int ret;

	if (!reap_all(job, now_ns))
		return 0;
	before_ns = tsc_now_ns();
	ret = job->work->fsync_writes ? fsync(job->fd) : fdatasync(job->fd);
	after_ns = tsc_now_ns();
	job->in_call_ns += after_ns - before_ns;
	job->unsynced = 0;
	if (ret) {
		err_set(&job->err, -errno, "%s: %s",
			job->work->fsync_writes ? "fsync" : "fdatasync", strerror(errno));
		return 0;
	}
	if (job->measuring && after_ns <= job->window.end_ns)
		histogram_add(&job->stats->sync, after_ns - before_ns);
	return after_ns;
}

/* An open loop with nothing due: waits for a completion, or until the next I/O is. */
static uint64_t wait_until_due(struct job *job, uint64_t now_ns)
{
	uint64_t due_ns = arrival_due_ns(&job->arrival), left_ns;

	if (due_ns > job->window.end_ns)
		due_ns = job->window.end_ns;
	left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
	left_ns = left_ns > SLEEP_EARLY_NS ? left_ns - SLEEP_EARLY_NS : 0;
	if (left_ns > REAP_TIMEOUT_NS)
		left_ns = REAP_TIMEOUT_NS;
	if (job->in_flight)
		return reap_now_and_then(job, now_ns, left_ns ? 1 : 0, left_ns);
	if (left_ns)
		clock_sleep_ns(left_ns);
	return tsc_now_ns();
}

/* --- the window --- */

static void read_usage(struct job_usage *u)
{
	u->thread_ns = clock_thread_ns();
	getrusage(RUSAGE_THREAD, &u->ru);
}

static void begin_measuring(struct job *job, uint64_t now_ns)
{
	read_usage(&job->from);
	job->measuring = true;
	job->in_call_ns = 0;
	job->depth_before = depth_until(job, now_ns);
	job->window.measure_ns = now_ns;
	job->left_ios = job->total_ios; /* what ran before does not count towards the work */
	job->plain = !job->arrival.used && !job->verify;
}

/*
 * The thread's CPU time is exact; its split is by the loop's own stamps: outside the engine's calls
 * the thread is in user space (with the interrupts that hit it there, so this is an upper bound).
 */
static void end_measuring(struct job *job, uint64_t end_ns)
{
	struct stats *s = job->stats;
	struct job_usage now;
	uint64_t wall_ns = end_ns - job->window.measure_ns;

	read_usage(&now);
	job->measuring = job->plain = false;
	s->measured_ns = wall_ns;
	s->depth_ns = depth_until(job, end_ns) - job->depth_before;
	s->thread_ns = now.thread_ns - job->from.thread_ns;
	s->thread_user_ns = wall_ns > job->in_call_ns ? wall_ns - job->in_call_ns : 0;
	if (s->thread_user_ns > s->thread_ns)
		s->thread_user_ns = s->thread_ns;
	s->thread_system_ns = s->thread_ns - s->thread_user_ns;
	s->switches_voluntary = (uint64_t)(now.ru.ru_nvcsw - job->from.ru.ru_nvcsw);
	s->switches_involuntary = (uint64_t)(now.ru.ru_nivcsw - job->from.ru.ru_nivcsw);
}

static bool is_done(const struct job *job, uint64_t now_ns)
{
	return now_ns >= job->window.end_ns || job->failed || (!job->left_ios && !job->in_flight) ||
	       atomic_load_explicit(job->stop, memory_order_relaxed);
}

/* What need not be looked at after each I/O. Returns when to look again at the latest. */
static uint64_t look_around(struct job *job, uint64_t now_ns)
{
	uint64_t next_ns = now_ns + LOOK_NS;

	if (!job->measuring && now_ns >= job->window.measure_ns)
		begin_measuring(job, now_ns);
	if (!job->measuring && next_ns > job->window.measure_ns)
		next_ns = job->window.measure_ns;
	return next_ns < job->window.end_ns ? next_ns : job->window.end_ns;
}

/* One turn of the loop. Returns the time afterwards, or 0 where the job cannot go on. */
static uint64_t turn(struct job *job, uint64_t now_ns)
{
	uint32_t n = prepare_batch(job, now_ns);

	if (n) {
		now_ns = submit_batch(job, n);
		if (!now_ns)
			return 0;
	}
	if (sync_is_due(job) && job->left_ios) /* as in fio, none follows the last write */
		return sync_target(job, now_ns);
	if (!job->idle_n || !job->left_ios)
		return reap_batch(job, now_ns, job->work->iodepth_batch_complete_min,
				  REAP_TIMEOUT_NS);
	return n ? now_ns : wait_until_due(job, now_ns);
}

/* Where the work was done before the window's end, now is when its last I/O completed. */
static void settle(struct job *job, uint64_t now_ns)
{
	uint64_t end_ns = now_ns ? now_ns : tsc_now_ns();

	if (job->measuring)
		end_measuring(job, end_ns < job->window.end_ns ? end_ns : job->window.end_ns);
	else if (now_ns && !job->failed && !atomic_load(job->stop))
		err_set(&job->err, -ENODATA,
			"its work of %llu I/Os ended within ramp_time: nothing was measured",
			(unsigned long long)job->total_ios);
	reap_all(job, now_ns); /* uncounted */
	job->failed = job->failed || job->err.code;
}

void job_loop(struct job *job)
{
	uint64_t now_ns = tsc_now_ns();

	while (now_ns < job->window.begin_ns) {
		clock_sleep_ns(job->window.begin_ns - now_ns);
		now_ns = tsc_now_ns();
	}
	if (job->arrival.used)
		arrival_begin(&job->arrival, now_ns);
	while (now_ns && !is_done(job, now_ns)) {
		uint64_t look_ns = look_around(job, now_ns);

		do
			now_ns = turn(job, now_ns);
		while (now_ns && now_ns < look_ns && (job->left_ios || job->in_flight) &&
		       !job->failed);
	}
	settle(job, now_ns);
}
