// SPDX-License-Identifier: MIT
/* Starts jobs together and watches them from outside. */
#include "run/crew.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/tsc.h"
#include "run/diskstat.h"

/* From "all ready" to the first I/O: every thread is awake by then. */
#define START_DELAY_NS (CLOCK_NS_PER_S / 50)
#define WATCH_NS       (CLOCK_NS_PER_S / 20)

int crew_init(struct crew *crew, struct board *board, uint32_t jobs)
{
	size_t bytes = jobs * sizeof(*crew->job);

	*crew = (struct crew){ .board = board, .jobs = jobs };
	crew->job = aligned_alloc(_Alignof(struct job), bytes);
	if (!crew->job)
		return -ENOMEM;
	memset(crew->job, 0, bytes);
	return 0;
}

void crew_free(struct crew *crew)
{
	free(crew->sampler);
	free(crew->job);
}

/* The longest window any of the jobs asks for; each job ends with its own. */
static void set_window(struct crew *crew)
{
	struct job_window *all = &crew->window;
	uint64_t ramp = 0, run = 0;

	for (uint32_t i = 0; i < crew->n; i++) {
		const struct workload *w = crew->job[i].work;
		uint64_t runtime = w->runtime_ns ? w->runtime_ns : UINT64_MAX;

		ramp = w->ramp_time_ns > ramp ? w->ramp_time_ns : ramp;
		run = runtime > run ? runtime : run;
	}
	all->begin_ns = tsc_now_ns() + START_DELAY_NS;
	all->measure_ns = all->begin_ns + ramp;
	all->end_ns = run == UINT64_MAX ? UINT64_MAX : all->measure_ns + run;
	for (uint32_t i = 0; i < crew->n; i++) {
		const struct workload *w = crew->job[i].work;

		crew->job[i].window = *all;
		if (w->runtime_ns)
			crew->job[i].window.end_ns = all->measure_ns + w->runtime_ns;
	}
	for (uint32_t i = 0; i < crew->samplers_n; i++) {
		struct sampler *s = &crew->sampler[i];

		s->begin_ns = s->last_ns = all->measure_ns;
		s->next_ns = all->measure_ns + s->interval_ns;
	}
	atomic_store(&crew->board->end_ns, all->end_ns);
	atomic_store(&crew->board->measure_ns, all->measure_ns);
}

static uint64_t progress_of(const struct crew *crew)
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

/* Sleeps until `until_ns`, or until nothing is left to wait for; looks at everything now and then.
 */
static void watch(struct crew *crew, uint64_t until_ns, bool sampling)
{
	uint64_t now_ns, seen = UINT64_MAX;

	while ((now_ns = tsc_now_ns()) < until_ns && !all_ended(crew)) {
		uint64_t left_ns = until_ns - now_ns, progress;

		clock_sleep_ns(left_ns < WATCH_NS ? left_ns : WATCH_NS);
		progress = progress_of(crew);
		if (progress != seen) /* the jobs themselves give up after CREW_HANG_NS */
			atomic_store(&crew->board->deadline_ns, clock_now_ns() + 2 * CREW_HANG_NS);
		seen = progress;
		if (crew->unit_bytes)
			atomic_store(&crew->board->done, progress * crew->unit_bytes);
		for (uint32_t i = 0; sampling && i < crew->samplers_n; i++)
			sampler_look(&crew->sampler[i], tsc_now_ns());
	}
}

uint32_t crew_io_workers(void)
{
	DIR *tasks = opendir("/proc/self/task");
	uint32_t n = 0;

	for (struct dirent *entry; tasks && (entry = readdir(tasks));) {
		char path[300], name[64];

		snprintf(path, sizeof(path), "proc/self/task/%s/comm", entry->d_name);
		if (file_read_text(name, sizeof(name), "/", path) > 0)
			n += !strncmp(name, "iou-wrk-", 8);
	}
	if (tasks)
		closedir(tasks);
	return n;
}

static void read_cpu(struct crew *crew, int end)
{
	bool known = !cpu_read(&crew->cpu[end], "/");

	crew->cpu_known = known && (!end || crew->cpu_known);
}

static void read_kernel(struct crew *crew, int end)
{
	bool known = crew->node && !diskstat_read(&crew->kernel[end], "/", crew->node);

	crew->read_ns[end] = tsc_now_ns();
	crew->kernel_known = known &&
			     (!end || (crew->kernel_known &&
				       diskstat_follows(&crew->kernel[1], &crew->kernel[0])));
}

/* Where it is bounded, the window ends before the jobs do: they still wait for what is in flight.
 */
static void watch_window(struct crew *crew, struct gate *gate)
{
	bool ramps = crew->window.measure_ns > crew->window.begin_ns;
	uint64_t end_ns;

	if (!ramps) /* before the first I/O, so that none is missed however late this thread wakes
		     */
		read_kernel(crew, 0);
	gate_open(gate, GATE_OPEN);
	watch(crew, crew->window.measure_ns, false);
	read_cpu(crew, 0);
	if (ramps)
		read_kernel(crew, 0);
	watch(crew, crew->window.end_ns, true);
	end_ns = tsc_now_ns();
	read_cpu(crew, 1);
	read_kernel(crew, 1);
	crew->io_workers = crew_io_workers();
	watch(crew, UINT64_MAX, false);
	/* A job may still have had to count what came just before the end. */
	for (uint32_t i = 0; i < crew->samplers_n; i++)
		sampler_end(&crew->sampler[i], end_ns);
}

static int start(struct crew *crew, struct gate *gate)
{
	uint32_t started = 0;
	int ret = 0;

	while (started < crew->n && !ret) {
		ret = job_start(&crew->job[started], gate);
		started += !ret;
	}
	if (!ret) {
		gate_await(gate, crew->n);
		return 0;
	}
	gate_open(gate, GATE_CANCELLED);
	while (started)
		job_join(&crew->job[--started]);
	return ret;
}

int crew_run(struct crew *crew)
{
	struct gate gate;
	int ret;

	gate_init(&gate);
	tsc_recalibrate();
	ret = start(crew, &gate);
	if (!ret) {
		set_window(crew);
		watch_window(crew, &gate);
		for (uint32_t i = 0; i < crew->n; i++)
			job_join(&crew->job[i]);
		tsc_recalibrate();
		crew->board->clock = tsc_state;
	}
	gate_destroy(&gate);
	return ret;
}
