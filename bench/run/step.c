// SPDX-License-Identifier: MIT
/* Starts jobs together, watches the clock, reads the machine's CPU times at both ends of the
 * window, adds up. */
#include "run/step.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/options.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "run/job.h"

/* From "all ready" to the first I/O: every thread is awake by then. */
#define START_DELAY_NS (CLOCK_NS_PER_S / 50)
#define WATCH_NS       (CLOCK_NS_PER_S / 20)
/* Longer than SCSI's own timeout and its retries. */
#define HANG_NS		 (UINT64_C(120) * CLOCK_NS_PER_S)
#define FILL_BLOCK_BYTES (UINT64_C(1) << 20)
#define FILL_DEPTH	 16

/* The jobs of one step and what they share. */
struct crew {
	struct job *job;
	struct pattern_found *found; /* a list for each section */
	uint32_t *section;	     /* of each job */
	uint32_t n;
	pthread_barrier_t ready;
	struct job_window window;
	struct cpu_times cpu[2]; /* at the window's ends */
	bool cpu_known;
};

/* --- setting up --- */

static uint32_t nth_cpu(uint32_t n)
{
	cpu_set_t cpus;
	uint32_t seen = 0;
	int count;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 0;
	count = CPU_COUNT(&cpus);
	n %= (uint32_t)(count > 0 ? count : 1);
	for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &cpus) && seen++ == n)
			return cpu;
	return 0;
}

static uint64_t most_ios(const struct workload *w, uint64_t blocks)
{
	uint64_t ios = w->io_size_bytes ? w->io_size_bytes / w->bs_bytes : blocks * w->loops;

	if (w->time_based)
		ios = UINT64_MAX;
	return w->number_ios && w->number_ios < ios ? w->number_ios : ios;
}

/* Returns 0, or -ENODATA where the region holds no block for this job. */
static int set_up_job(struct job *job, const struct workload *w, const struct step_target *target,
		      const struct pattern_found *found, uint32_t clone, uint64_t seed)
{
	uint64_t offset = w->offset_bytes + clone * w->offset_increment_bytes;
	uint64_t room = offset < target->span_bytes ? target->span_bytes - offset : 0;
	uint64_t region = w->size_bytes && w->size_bytes < room ? w->size_bytes : room;
	uint64_t blocks = found ? found->n : region / w->bs_bytes;

	if (!blocks)
		return -ENODATA;
	job->work = w;
	job->fd = target->fd;
	job->seed = seed;
	job->hang_ns = HANG_NS;
	job->total_ios = most_ios(w, blocks);
	pattern_init(&job->pattern, offset, (uint32_t)w->bs_bytes, blocks, workload_is_random(w),
		     w->norandommap, seed);
	if (found)
		pattern_use_found(&job->pattern, found);
	return 0;
}

static void record_failed(struct board_record *record, const char *why)
{
	if (!record->failure[0])
		str_copy(record->failure, sizeof(record->failure), why);
	atomic_store(&record->state, BOARD_FAILED);
}

static struct board_record *record_of(struct board *board, const struct plan *plan, uint32_t round,
				      uint32_t section)
{
	return &board->record[plan_record(plan, round, section)];
}

/* Makes the jobs of one section; what cannot run is said in its record. */
static void add_section(struct crew *crew, struct board *board, const struct plan *plan,
			const struct step_target *target, uint32_t round, uint32_t section)
{
	const struct workload *w = &plan->section[section];
	struct board_record *record = record_of(board, plan, round, section);
	struct pattern_found *found = NULL;
	uint64_t seed = w->randseed ? w->randseed : rng_mix(plan->seed, round);

	if (plan->skip[section][0]) {
		str_copy(record->failure, sizeof(record->failure), plan->skip[section]);
		atomic_store(&record->state, BOARD_SKIPPED);
		return;
	}
	if (target->found) {
		found = &crew->found[section];
		if (found_list(found, target->found, w->bs_bytes, w->offset_bytes,
			       w->size_bytes ? w->offset_bytes + w->size_bytes : UINT64_MAX)) {
			record_failed(record, "no memory for the list of blocks");
			return;
		}
	}
	for (uint32_t clone = 0; clone < w->numjobs; clone++) {
		struct job *job = &crew->job[crew->n];

		if (set_up_job(job, w, target, found, clone,
			       rng_mix(seed, (uint64_t)section << 16 | clone))) {
			record_failed(record, found ? "no stretch of data as long as its bs"
						    : "its region lies beyond the span");
			return;
		}
		job->stats = &board->job_stats[crew->n];
		job->stop = &board->stop;
		job->stamp_seed = plan->seed;
		job->cpu = nth_cpu(crew->n);
		stats_init(job->stats);
		crew->section[crew->n++] = section;
	}
	atomic_store(&record->state, BOARD_RUNNING);
}

static int crew_init(struct crew *crew, uint32_t jobs)
{
	*crew = (struct crew){ 0 };
	crew->job = calloc(jobs, sizeof(*crew->job));
	crew->section = calloc(jobs, sizeof(*crew->section));
	crew->found = calloc(PLAN_SECTIONS_MAX, sizeof(*crew->found));
	return crew->job && crew->section && crew->found ? 0 : -ENOMEM;
}

static void crew_free(struct crew *crew)
{
	for (uint32_t i = 0; crew->found && i < PLAN_SECTIONS_MAX; i++)
		free(crew->found[i].start);
	free(crew->found);
	free(crew->section);
	free(crew->job);
}

/* --- running --- */

/* The longest window any of the jobs asks for. */
static void set_window(struct crew *crew, struct board *board)
{
	uint64_t ramp = 0, run = 0;

	for (uint32_t i = 0; i < crew->n; i++) {
		const struct workload *w = crew->job[i].work;
		uint64_t runtime = w->runtime_ns ? w->runtime_ns : UINT64_MAX;

		ramp = w->ramp_time_ns > ramp ? w->ramp_time_ns : ramp;
		run = runtime > run ? runtime : run;
	}
	crew->window.begin_ns = clock_now_ns() + START_DELAY_NS;
	crew->window.measure_ns = crew->window.begin_ns + ramp;
	crew->window.end_ns = run == UINT64_MAX ? UINT64_MAX : crew->window.measure_ns + run;
	for (uint32_t i = 0; i < crew->n; i++) {
		const struct workload *w = crew->job[i].work;

		crew->job[i].window = crew->window;
		if (w->runtime_ns)
			crew->job[i].window.end_ns = crew->window.measure_ns + w->runtime_ns;
	}
	atomic_store(&board->measure_ns, crew->window.measure_ns);
	atomic_store(&board->deadline_ns, crew->window.end_ns == UINT64_MAX
						  ? UINT64_MAX
						  : crew->window.end_ns + 2 * HANG_NS);
}

static uint64_t jobs_progress(const struct crew *crew)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < crew->n; i++)
		sum += atomic_load_explicit(&crew->job[i].progress, memory_order_relaxed);
	return sum;
}

static bool all_ended(const struct crew *crew)
{
	for (uint32_t i = 0; i < crew->n; i++)
		if (!atomic_load(&crew->job[i].ended))
			return false;
	return true;
}

/* Sleeps until `until_ns`, or until nothing is left to wait for. `unit_bytes`: what one I/O adds to
 * board->done, or 0. */
static void watch(struct crew *crew, struct board *board, uint64_t until_ns, uint64_t unit_bytes)
{
	uint64_t now_ns;

	while ((now_ns = clock_now_ns()) < until_ns && !all_ended(crew)) {
		uint64_t left_ns = until_ns - now_ns;

		clock_sleep_ns(left_ns < WATCH_NS ? left_ns : WATCH_NS);
		if (unit_bytes)
			atomic_store(&board->done, jobs_progress(crew) * unit_bytes);
	}
}

/* Starts the threads, opens the window, waits for its end and for the threads. */
static int crew_run(struct crew *crew, struct board *board, uint64_t unit_bytes)
{
	uint32_t started = 0;
	int ret = -pthread_barrier_init(&crew->ready, NULL, crew->n + 1);

	if (ret)
		return ret;
	while (!ret && started < crew->n)
		ret = job_start(&crew->job[started++], &crew->ready);
	if (ret) /* threads already waiting at the barrier cannot be taken back */
		abort();
	pthread_barrier_wait(&crew->ready);
	set_window(crew, board);
	pthread_barrier_wait(&crew->ready);
	watch(crew, board, crew->window.measure_ns, unit_bytes);
	crew->cpu_known = !cpu_read(&crew->cpu[0], "/");
	watch(crew, board, crew->window.end_ns, unit_bytes);
	crew->cpu_known = crew->cpu_known && !cpu_read(&crew->cpu[1], "/");
	for (uint32_t i = 0; i < crew->n; i++)
		job_join(&crew->job[i]);
	pthread_barrier_destroy(&crew->ready);
	return 0;
}

static void say_errors(char *to, size_t to_bytes, const struct job *job)
{
	if (job->err.code)
		str_copy(to, to_bytes, job->err.text);
	else if (job->stats->error[0].n)
		snprintf(to, to_bytes, "I/O failed: %s", strerror(job->stats->error[0].error));
	else
		str_copy(to, to_bytes, "the job failed");
}

/* Adds the jobs of a section up into its record. */
static void finish_section(const struct crew *crew, struct board *board,
			   struct board_record *record, uint32_t section)
{
	enum board_state state = atomic_load(&board->stop) ? BOARD_STOPPED : BOARD_DONE;

	if (atomic_load(&record->state) != BOARD_RUNNING)
		return;
	stats_init(&record->stats);
	for (uint32_t i = 0; i < crew->n; i++) {
		const struct job *job = &crew->job[i];

		if (crew->section[i] != section)
			continue;
		stats_add_job(&record->stats, job->stats);
		str_copy(record->words, sizeof(record->words), job->words);
		if (job->err.code == -ETIMEDOUT)
			atomic_store(&board->dead, true);
		if (job->failed && state != BOARD_FAILED) {
			say_errors(record->failure, sizeof(record->failure), job);
			state = BOARD_FAILED;
		}
	}
	if (crew->cpu_known)
		record->stats.cpu = cpu_since(&crew->cpu[1], &crew->cpu[0]);
	atomic_fetch_add(&board->written_bytes, record->stats.io[STATS_WRITE].bytes);
	atomic_store(&record->state, state);
}

/* O_DIRECT belongs to the descriptor: set it as the step's sections want it. */
static void set_direct(struct board *board, const struct plan *plan, const struct plan_step *step,
		       const struct step_target *target)
{
	bool direct = plan->section[step->first].direct;
	int flags = fcntl(target->fd, F_GETFL);

	for (uint32_t i = 1; i < step->n; i++)
		if (plan->section[step->first + i].direct != direct)
			board_note(board,
				   "%s: direct=%d does not hold beside %s, which runs at the same "
				   "time",
				   plan->section[step->first + i].name, !direct,
				   plan->section[step->first].name);
	if (!target->direct_works)
		return;
	fcntl(target->fd, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT);
}

void step_run(struct board *board, const struct plan *plan, const struct step_target *target,
	      uint32_t round, uint32_t position, uint32_t step_index)
{
	const struct plan_step *step = &plan->step[step_index];
	struct crew crew;

	for (uint32_t i = 0; i < step->n; i++) {
		struct board_record *record = record_of(board, plan, round, step->first + i);

		record->position = position;
		record->start_unix_s = clock_unix_s();
	}
	if (crew_init(&crew, step->jobs)) {
		for (uint32_t i = 0; i < step->n; i++)
			record_failed(record_of(board, plan, round, step->first + i), "no memory");
		crew_free(&crew);
		return;
	}
	atomic_store(&board->measure_ns, UINT64_MAX); /* this step's window is not open yet */
	set_direct(board, plan, step, target);
	for (uint32_t i = 0; i < step->n; i++) {
		add_section(&crew, board, plan, target, round, step->first + i);
		if (workload_writes(&plan->section[step->first + i]) && crew.n)
			atomic_store(&board->wrote, true);
	}
	if (crew.n && crew_run(&crew, board, 0))
		for (uint32_t i = 0; i < step->n; i++)
			record_failed(record_of(board, plan, round, step->first + i),
				      "its threads could not start");
	for (uint32_t i = 0; i < step->n; i++)
		finish_section(&crew, board, record_of(board, plan, round, step->first + i),
			       step->first + i);
	crew_free(&crew);
}

int step_fill(struct board *board, const struct plan *plan, const struct step_target *target,
	      struct err *e)
{
	struct workload w;
	struct crew crew;
	int ret = crew_init(&crew, 1);

	options_default(&w);
	str_copy(w.name, sizeof(w.name), "fill");
	w.rw = WORKLOAD_WRITE;
	w.bs_bytes = FILL_BLOCK_BYTES;
	w.iodepth = FILL_DEPTH;
	w.iodepth_batch_complete_max = FILL_DEPTH;
	w.size_bytes = target->span_bytes;
	if (!ret)
		ret = set_up_job(&crew.job[0], &w, target, NULL, 0,
				 rng_mix(plan->seed, UINT64_MAX));
	if (ret) {
		crew_free(&crew);
		return err_set(e, ret, "filling the span: %s", strerror(-ret));
	}
	crew.job[0].stats = &board->job_stats[0];
	crew.job[0].stop = &board->stop;
	crew.job[0].stamp_seed = plan->seed;
	stats_init(crew.job[0].stats);
	crew.n = 1;
	atomic_store(&board->wrote, true);
	ret = crew_run(&crew, board, FILL_BLOCK_BYTES);
	board->fill_ns = crew.job[0].stats->measured_ns;
	atomic_fetch_add(&board->written_bytes, crew.job[0].stats->io[STATS_WRITE].bytes);
	if (!ret && crew.job[0].failed) {
		char why[BOARD_TEXT_BYTES];

		say_errors(why, sizeof(why), &crew.job[0]);
		ret = err_set(e, crew.job[0].err.code ? crew.job[0].err.code : -EIO,
			      "filling the span: %s", why);
	}
	if (!ret && atomic_load(&board->stop))
		ret = err_set(e, -EINTR, "stopped while filling the span");
	crew_free(&crew);
	return ret;
}
