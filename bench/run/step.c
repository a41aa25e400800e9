// SPDX-License-Identifier: MIT
/* From the sections of a step to the jobs of a crew, and from what they counted to the board. */
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
#include "run/amount.h"
#include "run/crew.h"
#include "run/diskstat.h"
#include "run/sampler.h"

#define FILL_BLOCK_BYTES (UINT64_C(1) << 20)
#define FILL_DEPTH	 16
/* Seed of offsets for randrepeat=1 where the user gave none: every environment sees the same. */
#define REPEAT_SEED	   UINT64_C(0x74617265)
#define SAMPLE_INTERVAL_NS (CLOCK_NS_PER_S / 10)

/* A step that is running. */
struct stage {
	struct board *board;
	const struct plan *plan;
	const struct plan_step *step;
	const struct step_target *target;
	uint32_t round;
	struct crew crew;
	struct pattern_found *found; /* a list for each job, empty where it uses another's */
};

static struct board_record *record_of(const struct stage *s, uint32_t section)
{
	return &s->board->record[plan_record(s->plan, s->round, section)];
}

static void record_failed(struct board_record *record, const char *why)
{
	if (!record->failure[0])
		str_copy(record->failure, sizeof(record->failure), why);
	atomic_store(&record->state, BOARD_FAILED);
}

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

/* The part of the span that a clone works on. */
struct region {
	uint64_t from_bytes, bytes;
	uint64_t room_bytes; /* until the span's end */
};

static struct region region_of(const struct workload *w, const struct step_target *target,
			       uint32_t clone)
{
	uint64_t from = w->offset_bytes + clone * w->offset_increment_bytes;
	uint64_t room = from < target->span_bytes ? target->span_bytes - from : 0;

	return (struct region){ from, w->size_bytes && w->size_bytes < room ? w->size_bytes : room,
				room };
}

/* Adds a job to the crew. Returns 0, or -ENODATA where the region holds no block for it. */
static int add_job(struct crew *crew, const struct workload *w, const struct step_target *target,
		   const struct pattern_found *found, struct region region, uint64_t seed)
{
	struct job *job = &crew->job[crew->n];
	uint64_t blocks;

	if (found)
		region.bytes = region.room_bytes = found->n * w->bs_bytes;
	blocks = amount_blocks(w, region.bytes, region.room_bytes);
	if (!blocks)
		return -ENODATA;
	*job = (struct job){ .work = w,
			     .fd = target->fd,
			     .cpu = nth_cpu(crew->n),
			     .seed = seed,
			     .hang_ns = CREW_HANG_NS,
			     .total_ios = amount_ios(w, region.bytes, region.room_bytes),
			     .stats = &crew->board->job_stats[crew->n],
			     .stop = &crew->board->stop };
	pattern_init(&job->pattern, region.from_bytes, (uint32_t)w->bs_bytes, blocks, found,
		     workload_is_random(w), w->norandommap, seed);
	job->pattern.again = w->randrepeat;
	stats_init(job->stats);
	crew->n++;
	return 0;
}

static uint64_t section_seed(const struct stage *s, uint32_t section)
{
	const struct workload *w = &s->plan->section[section];
	bool repeats = w->randrepeat && !s->plan->seed_given;

	if (w->randseed)
		return w->randseed;
	return rng_mix(rng_mix(repeats ? REPEAT_SEED : s->plan->seed, s->round), section);
}

/* Where data were found in this clone's region: clones on the same region share a list. Returns 0
 * with *list set (NULL: the whole region was written by us) or -ENOMEM. */
static int list_found(struct stage *s, const struct workload *w, uint32_t clone,
		      struct region region, const struct pattern_found **list)
{
	uint32_t job = s->crew.n;

	*list = NULL;
	if (!s->target->found)
		return 0;
	if (clone && !w->offset_increment_bytes)
		job -= clone;
	*list = &s->found[job];
	if (s->found[job].start)
		return 0;
	return found_list(&s->found[job], s->target->found, w->bs_bytes, region.from_bytes,
			  region.from_bytes + region.bytes);
}

static const char *add_clones(struct stage *s, uint32_t section)
{
	const struct workload *w = &s->plan->section[section];
	uint64_t seed = section_seed(s, section);

	for (uint32_t clone = 0; clone < w->numjobs; clone++) {
		struct region region = region_of(w, s->target, clone);
		const struct pattern_found *found;
		uint32_t job = s->crew.n;

		if (list_found(s, w, clone, region, &found))
			return "no memory for the list of blocks";
		if (add_job(&s->crew, w, s->target, found, region, rng_mix(seed, clone)))
			return found ? "no stretch of data as long as its bs"
				     : "its region lies beyond the span";
		s->crew.job[job].stamp_seed = s->plan->seed;
		s->board->job_section[job] = section;
	}
	return NULL;
}

static void add_sampler(struct stage *s, uint32_t section, uint32_t first)
{
	const struct workload *w = &s->plan->section[section];
	struct series *series = &s->board->section[section].series;
	uint32_t each = series->limit / s->plan->rounds; /* points a round */
	uint64_t interval_ns = w->runtime_ns / (each ? each : 1);

	sampler_begin(&s->crew.sampler[s->crew.samplers_n++], series, &s->board->job_stats[first],
		      s->crew.n - first, s->round, 0,
		      interval_ns > SAMPLE_INTERVAL_NS ? interval_ns : SAMPLE_INTERVAL_NS);
}

/* Leaves nothing of a section's jobs from `first` on: others will stand in their places. */
static void drop_clones(struct stage *s, uint32_t section, uint32_t first)
{
	for (uint32_t j = first; j < first + s->plan->section[section].numjobs; j++) {
		s->board->job_section[j] = BOARD_NO_SECTION;
		free(s->found[j].start);
		s->found[j] = (struct pattern_found){ 0 };
	}
	s->crew.n = first;
}

/* Makes the jobs of one section; what cannot run is said in its record, and leaves no job. */
static void add_section(struct stage *s, uint32_t section)
{
	struct board_record *record = record_of(s, section);
	uint32_t first = s->crew.n;
	const char *why;

	if (s->plan->skip[section][0]) {
		str_copy(record->failure, sizeof(record->failure), s->plan->skip[section]);
		atomic_store(&record->state, BOARD_SKIPPED);
		return;
	}
	why = add_clones(s, section);
	if (why) {
		record_failed(record, why);
		drop_clones(s, section, first);
		return;
	}
	add_sampler(s, section, first);
	if (workload_writes(&s->plan->section[section]))
		atomic_store(&s->board->wrote, true);
	atomic_store(&record->state, BOARD_RUNNING);
}

static int stage_init(struct stage *s)
{
	int ret = crew_init(&s->crew, s->board, s->step->jobs);

	s->crew.sampler = calloc(s->step->n, sizeof(*s->crew.sampler));
	s->found = calloc(s->step->jobs, sizeof(*s->found));
	s->crew.node = s->target->node;
	for (uint32_t j = 0; j < s->board->jobs_max; j++)
		s->board->job_section[j] = BOARD_NO_SECTION;
	return ret || !s->crew.sampler || !s->found ? -ENOMEM : 0;
}

static void stage_free(struct stage *s)
{
	for (uint32_t j = 0; s->found && j < s->step->jobs; j++)
		free(s->found[j].start);
	free(s->found);
	crew_free(&s->crew);
}

/* O_DIRECT belongs to the descriptor: set it as the step's sections want it. */
static void set_direct(struct stage *s)
{
	const struct workload *w = &s->plan->section[s->step->first];
	int flags = fcntl(s->target->fd, F_GETFL);
	bool direct = w->direct, invalidate = false;

	for (uint32_t i = 0; i < s->step->n; i++) {
		invalidate = invalidate || w[i].invalidate;
		if (w[i].direct != direct && !s->round)
			board_note(s->board,
				   "%s: direct=%d does not hold beside %s, which runs at the same "
				   "time",
				   w[i].name, !direct, w->name);
	}
	if (fcntl(s->target->fd, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) &&
	    !s->round)
		board_note(s->board, "%s: direct=%d was refused: %s", w->name, direct,
			   strerror(errno));
	if (invalidate && !direct)
		posix_fadvise(s->target->fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* --- afterwards --- */

static void say_errors(char *to, size_t to_bytes, const struct job *job)
{
	if (job->fault.found)
		stamp_fault_words(to, to_bytes, &job->fault);
	else if (job->err.code)
		str_copy(to, to_bytes, job->err.text);
	else if (job->stats->error[0].error == EOPNOTSUPP && job->work->hipri)
		str_copy(to, to_bytes, "hipri: the target cannot be polled: leave it out");
	else if (job->stats->error[0].n)
		snprintf(to, to_bytes, "I/O failed: %s", strerror(job->stats->error[0].error));
	else
		str_copy(to, to_bytes, "the job failed");
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Kernel and tool counted the same window, but not to the same nanosecond. */
static void compare_with_kernel(struct stage *s, uint32_t section, const struct stats *round)
{
	struct board_section *to = &s->board->section[section];
	const struct workload *w = &s->plan->section[section];
	const struct crew *crew = &s->crew;
	struct diskstat kernel = diskstat_since(&crew->kernel[1], &crew->kernel[0]);
	uint64_t bytes = round->io[0].bytes + round->io[1].bytes, late_ns;

	diskstat_add(&to->kernel, &kernel);
	if (s->step->n > 1 || !round->measured_ns || !w->direct)
		return; /* who of them caused what, the device does not say */
	late_ns = distance(crew->read_ns[0], crew->window.measure_ns) +
		  distance(crew->read_ns[1], crew->window.measure_ns + round->measured_ns) +
		  CLOCK_NS_PER_S / 1000;
	for (int d = 0; d < 2; d++) {
		to->compared_bytes[d] += round->io[d].bytes;
		to->kernel_bytes[d] += kernel.bytes[d];
	}
	to->slack_bytes += 2 * (uint64_t)w->numjobs * w->iodepth * w->bs_bytes +
			   (uint64_t)((double)bytes * (double)late_ns / (double)round->measured_ns);
}

/* What the jobs of a section say beside their figures. */
static enum board_state judge_jobs(struct stage *s, uint32_t section)
{
	enum board_state state = atomic_load(&s->board->stop) ? BOARD_STOPPED : BOARD_DONE;
	struct board_record *record = record_of(s, section);

	for (uint32_t i = 0; i < s->crew.n; i++) {
		const struct job *job = &s->crew.job[i];

		if (s->board->job_section[i] != section)
			continue;
		str_copy(s->board->section[section].words, sizeof(s->board->section[section].words),
			 job->words);
		if (job->err.code == -ETIMEDOUT)
			atomic_store(&s->board->dead, true);
		if (job->failed && state != BOARD_FAILED) {
			say_errors(record->failure, sizeof(record->failure), job);
			state = BOARD_FAILED;
		}
	}
	return state;
}

/* Adds the jobs of a section up into its record. */
static void finish_section(struct stage *s, uint32_t section, struct stats *sum)
{
	struct board_record *record = record_of(s, section);
	struct board_section *to = &s->board->section[section];
	enum board_state state;

	if (atomic_load(&record->state) != BOARD_RUNNING)
		return;
	state = judge_jobs(s, section);
	stats_init(sum);
	board_add_jobs(s->board, sum, section);
	if (s->crew.cpu_known)
		sum->cpu = cpu_since(&s->crew.cpu[1], &s->crew.cpu[0]);
	if (s->crew.kernel_known)
		compare_with_kernel(s, section, sum);
	if (s->crew.io_workers > to->io_workers)
		to->io_workers = s->crew.io_workers;
	board_settle(s->board, record, section, sum);
	atomic_store(&record->state, state);
}

static void run_stage(struct stage *s)
{
	struct stats *sum = aligned_alloc(_Alignof(struct stats), sizeof(*sum));
	const char *why = NULL;
	int ret = sum ? stage_init(s) : -ENOMEM;
	char text[128];

	if (!ret) {
		set_direct(s);
		for (uint32_t i = 0; i < s->step->n; i++)
			add_section(s, s->step->first + i);
		ret = s->crew.n ? crew_run(&s->crew) : 0;
	}
	if (ret) {
		snprintf(text, sizeof(text), "its threads could not start: %s", strerror(-ret));
		why = text;
	}
	for (uint32_t i = 0; i < s->step->n; i++) {
		if (why)
			record_failed(record_of(s, s->step->first + i), why);
		else
			finish_section(s, s->step->first + i, sum);
	}
	stage_free(s);
	free(sum);
}

void step_run(struct board *board, const struct plan *plan, const struct step_target *target,
	      uint32_t round, uint32_t position, uint32_t step)
{
	struct stage s = { .board = board,
			   .plan = plan,
			   .step = &plan->step[step],
			   .target = target,
			   .round = round };

	atomic_store(&board->measure_ns, UINT64_MAX); /* this step's window is not open yet */
	for (uint32_t i = 0; i < s.step->n; i++) {
		struct board_record *record = record_of(&s, s.step->first + i);

		record->position = position;
		record->start_unix_s = clock_unix_s();
	}
	run_stage(&s);
}

/* --- the whole span, once --- */

/* One job over the span in order, in large blocks. */
static int sweep(struct board *board, const struct plan *plan, const struct step_target *target,
		 enum workload_rw rw, const char *what, struct err *e)
{
	struct workload w;
	struct crew crew;
	int ret = crew_init(&crew, board, 1);

	options_default(&w);
	str_copy(w.name, sizeof(w.name), what);
	w.rw = rw;
	w.ioengine = WORKLOAD_LIBAIO;
	w.bs_bytes = FILL_BLOCK_BYTES;
	w.iodepth = FILL_DEPTH;
	w.iodepth_batch_complete_max = FILL_DEPTH;
	if (!ret)
		ret = add_job(&crew, &w, target, NULL,
			      (struct region){ 0, target->span_bytes, target->span_bytes },
			      rng_mix(plan->seed, UINT64_MAX));
	if (ret) {
		crew_free(&crew);
		return err_set(e, ret, "%s: %s", what, strerror(-ret));
	}
	crew.unit_bytes = FILL_BLOCK_BYTES;
	crew.job[0].stamp_seed = plan->seed;
	crew.job[0].verify = rw == WORKLOAD_READ;
	board->job_section[0] = BOARD_NO_SECTION;
	ret = crew_run(&crew);
	if (ret)
		err_set(e, ret, "%s: %s", what, strerror(-ret));
	if (!ret && crew.job[0].failed) {
		char why[BOARD_TEXT_BYTES];

		say_errors(why, sizeof(why), &crew.job[0]);
		ret = err_set(e, crew.job[0].err.code ? crew.job[0].err.code : -EIO, "%s: %s", what,
			      why);
	}
	if (!ret && atomic_load(&board->stop))
		ret = err_set(e, -EINTR, "%s: stopped", what);
	crew_free(&crew);
	return ret;
}

int step_fill(struct board *board, const struct plan *plan, const struct step_target *target,
	      struct err *e)
{
	const struct stats *s = &board->job_stats[0];
	int ret;

	atomic_store(&board->wrote, true);
	ret = sweep(board, plan, target, WORKLOAD_WRITE, "filling the span", e);
	board->fill_ns = s->measured_ns;
	atomic_fetch_add(&board->written_bytes,
			 s->io[STATS_WRITE].bytes + s->unmeasured_written_bytes);
	if (!ret)
		board->blocks = BOARD_BLOCKS_WRITTEN;
	return ret;
}

int step_verify(struct board *board, const struct plan *plan, const struct step_target *target,
		struct err *e)
{
	int ret = sweep(board, plan, target, WORKLOAD_READ, "verifying the span", e);

	board->verified_bytes = board->job_stats[0].io[STATS_READ].bytes;
	return ret;
}
