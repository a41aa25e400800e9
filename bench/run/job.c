// SPDX-License-Identifier: MIT
/*
 * The loop. Times are stamped for batches: before and after a submission, after a reap. All I/Os of
 * a submission share their stamps, and so their submission latency is one entry of the histogram.
 *
 * What is marked inline_always is compiled twice: for batches, and for one I/O a call, where the
 * compiler knows that n is 1 and leaves no loop over a batch.
 */
#include "run/job.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/tsc.h"
#include "run/job_window.h"

/* How often an idle loop looks at the stop flag. */
#define REAP_TIMEOUT_NS (CLOCK_NS_PER_S / 4)
/* Between two looks at what is not looked at after each I/O. */
#define LOOK_NS (CLOCK_NS_PER_S / 1000)
/* Sleeping ends later than asked for by about so much: nearer than this, the loop looks again. */
#define SLEEP_EARLY_NS UINT64_C(100000)

#define inline_always inline __attribute__((always_inline))

/* Something happened that does not happen after each I/O. */
static void look_soon(struct job *job)
{
	job->look_ns = 0;
}

static void fail(struct job *job)
{
	job->failed = true;
	look_soon(job);
}

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

static void set_direction(struct job *job, struct io *io, bool write)
{
	io->write = write;
	io->count = &job->stats->io[write];
}

/* Direction and data of an I/O that has its place. */
static void set_up_data(struct job *job, struct io *io)
{
	if (workload_mixes(job->work))
		set_direction(job, io, picks_write(job));
	if (io->write)
		set_up_write(job, io);
}

/* The first n of the last `most` idle I/Os become the very last, in their order. */
static void move_to_end(struct job *job, uint32_t most, uint32_t n)
{
	struct io **from = job->idle_top - most, **to = job->idle_top - n;

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
		struct io *io = *(job->idle_top - most + n);

		if (job->arrival.used) {
			if (arrival_due_ns(&job->arrival) > now_ns)
				break;
			io->due_ns = arrival_due_ns(&job->arrival);
			set_direction(job, io, arrival_writes(&job->arrival));
			arrival_take(&job->arrival);
		} else if (workload_mixes(job->work)) {
			set_direction(job, io, picks_write(job));
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
static inline_always void place(struct job *job, struct io *const *io, uint32_t n)
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
	uint32_t most = job_idle(job) < job->batch ? job_idle(job) : job->batch;

	if (most > job->left_ios)
		most = (uint32_t)job->left_ios;
	if (job->singly) {
		most = prepare_singly(job, most, now_ns);
	} else {
		struct io **io = job->idle_top - most;

		place(job, io, most);
		for (uint32_t i = 0; !job->reads_only && i < most; i++)
			set_up_data(job, io[i]);
	}
	return most;
}

/* The same for one, where there is one. */
static inline_always void prepare_one(struct job *job)
{
	struct io *io = *(job->idle_top - 1);

	io->offset_bytes = pattern_next(&job->pattern);
	if (!job->reads_only)
		set_up_data(job, io);
}

/* --- counting --- */

static inline_always void count_submitted(struct job *job, struct io *const *io, uint32_t n,
					  uint64_t slat_ns)
{
	struct stats *s = job->stats;

	s->depth[stats_depth(job_in_flight(job))] += n;
	s->submits[stats_depth(n)]++;
	if (job->slat) {
		histogram_add_n(job->slat, slat_ns, n);
		return;
	}
	for (uint32_t i = 0; i < n && !job->ops->synchronous; i++)
		histogram_add(&io[i]->count->slat, slat_ns);
}

static inline_always void count_latency(struct stats_io *s, const struct io *io, uint64_t now_ns)
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
		fail(job);
}

/* One I/O, of any kind: failed, short, verified, of an open loop, outside the window. */
static __attribute__((noinline)) void count_any(struct job *job, const struct io *io,
						uint64_t now_ns)
{
	bool counted = job->measuring && now_ns <= job->window.end_ns;
	struct stats_io *s = io->count;

	if (io->result < 0) {
		stats_error(job->stats, -io->result);
		fail(job);
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
	job->depth_moments += n * (now_ns < job->window.end_ns ? now_ns : job->window.end_ns);
	if (job->measuring && now_ns <= job->window.end_ns)
		job->stats->completes[stats_depth(n)]++;
}

/* Those with nothing to look at but their result. */
static inline_always void count_plain(struct job *job, struct io *const *done, uint32_t n,
				      uint64_t now_ns)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct io *io = done[i];

		if ((uint32_t)io->result == io->len_bytes)
			count_latency(io->count, io, now_ns);
		else
			count_any(job, io, now_ns);
	}
	job->depth_moments += n * now_ns;
	job->stats->completes[stats_depth(n)]++;
}

/* --- the engine's calls --- */

static __attribute__((noinline)) uint64_t submit_failed(struct job *job, int error, uint64_t now_ns)
{
	err_set(&job->err, error, "%s: submit: %s", job->ops->name, strerror(-error));
	fail(job);
	return now_ns;
}

/*
 * Hands a batch to the engine. `now_ns` is when the last call ended: from then on the loop worked
 * on its own account. Returns the time afterwards.
 */
static inline_always uint64_t submit_batch(struct job *job, uint64_t now_ns, uint32_t n)
{
	struct io **batch = job->idle_top - n;
	uint64_t before_ns = tsc_now_ns(), after_ns;
	int ret;

	ret = job->submit(job->engine, batch, n);
	after_ns = tsc_now_ns();
	if (ret)
		return submit_failed(job, ret, after_ns);
	for (uint32_t i = 0; i < n; i++) {
		batch[i]->start_ns = before_ns;
		batch[i]->issue_ns = after_ns;
	}
	job->idle_top = batch;
	job->left_ios -= n;
	if (!job->left_ios)
		look_soon(job);
	job->depth_moments -= n * before_ns;
	job->own_ns += before_ns - now_ns;
	if (job->measuring)
		count_submitted(job, batch, n, after_ns - before_ns);
	return after_ns;
}

/* A reap that brought nothing, or an error. Returns `now_ns`. */
static __attribute__((noinline)) uint64_t nothing_came(struct job *job, int error,
						       uint64_t waited_ns, uint64_t now_ns)
{
	job->stalled_ns += waited_ns;
	if (error)
		err_set(&job->err, error, "%s: reap: %s", job->ops->name, strerror(-error));
	else if (job_in_flight(job) && job->stalled_ns > job->hang_ns)
		err_set(&job->err, -ETIMEDOUT, "%s: %u I/Os in flight, none completed for %llu s",
			job->ops->name, job_in_flight(job),
			(unsigned long long)(job->hang_ns / CLOCK_NS_PER_S));
	if (job->err.code)
		fail(job);
	return now_ns;
}

/* Waits for completions: at least `min`, at most `most`, for at most timeout_ns. Returns the time
 * afterwards. */
static inline_always uint64_t reap_batch(struct job *job, uint64_t now_ns, uint32_t min,
					 uint32_t most, uint64_t timeout_ns)
{
	struct io **done = job->idle_top;
	uint64_t after_ns;
	int n;

	n = job->reap(job->engine, done, min, most, timeout_ns);
	after_ns = tsc_now_ns();
	if (n <= 0)
		return nothing_came(job, n, after_ns - now_ns, after_ns);
	if (most == 1)
		n = 1; /* for the compiler: it cannot be more */
	if (after_ns <= job->plain_until_ns)
		count_plain(job, done, (uint32_t)n, after_ns);
	else
		count_each(job, done, (uint32_t)n, after_ns);
	job->stalled_ns = 0;
	job->idle_top = done + n;
	return after_ns;
}

/* The same as the workload has it, out of line: for whatever does not happen all the time. */
static __attribute__((noinline)) uint64_t reap_some(struct job *job, uint64_t now_ns, uint32_t min,
						    uint64_t timeout_ns)
{
	uint32_t most = job->most_done;

	if (min > job_in_flight(job))
		min = job_in_flight(job);
	return reap_batch(job, now_ns, min, most > min ? most : min, timeout_ns);
}

/* Waits for all that is in flight; not where the engine is of no use any more. */
static void reap_all(struct job *job, uint64_t now_ns)
{
	while (job_in_flight(job) && !job->err.code)
		now_ns = reap_some(job, now_ns, 1, REAP_TIMEOUT_NS);
}

/* fsync or fdatasync, once what was written has completed; as in fio, nothing else runs meanwhile.
 */
static uint64_t sync_target(struct job *job, uint64_t now_ns)
{
	uint64_t before_ns, after_ns;
	int ret;

	reap_all(job, now_ns);
	before_ns = tsc_now_ns();
	if (job->failed)
		return before_ns;
	ret = job->work->fsync_writes ? fsync(job->fd) : fdatasync(job->fd);
	after_ns = tsc_now_ns();
	job->unsynced = 0;
	if (ret) {
		err_set(&job->err, -errno, "%s: %s",
			job->work->fsync_writes ? "fsync" : "fdatasync", strerror(errno));
		fail(job);
	} else if (job->measuring && after_ns <= job->window.end_ns) {
		histogram_add(&job->stats->sync, after_ns - before_ns);
	}
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
	if (job_in_flight(job))
		return reap_some(job, now_ns, left_ns ? 1 : 0, left_ns);
	if (left_ns)
		clock_sleep_ns(left_ns);
	return tsc_now_ns();
}

/* --- the loop --- */

static bool is_done(const struct job *job, uint64_t now_ns)
{
	return now_ns >= job->window.end_ns || job->failed ||
	       (!job->left_ios && !job_in_flight(job)) ||
	       atomic_load_explicit(job->stop, memory_order_relaxed);
}

/* How many have completed, for whoever watches. */
static void tell_progress(struct job *job)
{
	uint64_t begun = job->ramp_ios + job->total_ios - job->left_ios;

	atomic_store_explicit(&job->progress, begun - job_in_flight(job), memory_order_relaxed);
}

/* What need not be looked at after each I/O, and when to look again: while the last I/Os are in
 * flight, each time. */
static void look_around(struct job *job, uint64_t now_ns)
{
	if (!job->measuring && now_ns >= job->window.measure_ns)
		job_window_open(job, now_ns);
	job->look_ns = now_ns + LOOK_NS;
	if (!job->measuring && job->look_ns > job->window.measure_ns)
		job->look_ns = job->window.measure_ns;
	if (job->look_ns > job->window.end_ns)
		job->look_ns = job->window.end_ns;
	if (!job->left_ios)
		look_soon(job);
	tell_progress(job);
}

/* One turn of the loop. Returns the time afterwards. */
static inline_always uint64_t turn(struct job *job, uint64_t now_ns)
{
	uint32_t n = prepare_batch(job, now_ns);

	if (n)
		now_ns = submit_batch(job, now_ns, n);
	if (sync_is_due(job) && job->left_ios) /* as in fio, none follows the last write */
		return sync_target(job, now_ns);
	if (job->idle_top == job->idle || !job->left_ios)
		return reap_some(job, now_ns, job->work->iodepth_batch_complete_min,
				 REAP_TIMEOUT_NS);
	return n ? now_ns : wait_until_due(job, now_ns);
}

/* The same where I/Os go one a call, both ways, and there are some left to begin. */
static inline_always uint64_t turn_one(struct job *job, uint64_t now_ns)
{
	if (job->idle_top != job->idle) {
		prepare_one(job);
		now_ns = submit_batch(job, now_ns, 1);
	}
	return job->idle_top != job->idle ? now_ns : reap_batch(job, now_ns, 1, 1, REAP_TIMEOUT_NS);
}

/* Turns until there is something to look at. Returns the time afterwards. */
static uint64_t turn_on(struct job *job, uint64_t now_ns)
{
	if (job->one && job->left_ios) {
		do
			now_ns = turn_one(job, now_ns);
		while (now_ns < job->look_ns);
	} else {
		do
			now_ns = turn(job, now_ns);
		while (now_ns < job->look_ns);
	}
	return now_ns;
}

/* Where the work was done before the window's end, now is when its last I/O completed. */
static void settle(struct job *job, uint64_t now_ns)
{
	if (job->measuring)
		job_window_close(job, now_ns < job->window.end_ns ? now_ns : job->window.end_ns);
	else if (!job->failed && !atomic_load(job->stop) && now_ns >= job->window.end_ns)
		err_set(&job->err, -ENODATA,
			"no I/O completed between ramp_time and the end of runtime: nothing was "
			"measured");
	else if (!job->failed && !atomic_load(job->stop))
		err_set(&job->err, -ENODATA,
			"its work of %llu I/Os ended within ramp_time: nothing was measured",
			(unsigned long long)job->total_ios);
	reap_all(job, now_ns); /* uncounted */
	tell_progress(job);
	job->failed = job->failed || job->err.code;
}

void job_loop(struct job *job)
{
	uint64_t now_ns = tsc_now_ns();

	while (now_ns < job->window.begin_ns) {
		clock_sleep_ns(job->window.begin_ns - now_ns);
		now_ns = tsc_now_ns();
	}
	job->submit = job->ops->submit;
	job->reap = job->ops->reap;
	if (job->arrival.used)
		arrival_begin(&job->arrival, now_ns);
	while (!is_done(job, now_ns)) {
		look_around(job, now_ns);
		now_ns = turn_on(job, now_ns);
	}
	settle(job, now_ns);
}
