// SPDX-License-Identifier: MIT
/*
 * What one I/O costs here with no storage behind it: the loop and the engine that measure disks, as
 * the suites set them up, read null_blk, which answers in the submitting call and moves no data,
 * and a RAM disk, which fills 4 KiB. What a real disk takes beyond that is the driver's, the
 * hypervisor's and the device's.
 *
 *   null_qd1_ns, ram_qd1_ns    latency of one at a time, from before the call until it is reaped
 *   null_qd64_ns, ram_qd64_ns  time for each of 64 in flight, in batches of 16, by rounds
 *   null_user_ns, null_system_ns  of null_qd64_ns, the thread's time outside and inside of the
 * calls, by rounds; null_submit_ns: inside of the one that submits
 *   null_qd1_user_ns, null_qd1_system_ns, null_qd1_submit_ns  the same of one at a time
 * Medians of rounds; of submitting the mean, as a workload's is.
 *
 * In the appliance both devices are made; elsewhere they are read where they are. Never written:
 * a RAM disk's blocks that were never written are filled with zeros instead of copied.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "hw/disk_null.h"
#include "hw/disk_scan.h"
#include "hw/disk_tune.h"
#include "lib/str.h"
#include "plan/plan.h"
#include "probe/probes.h"
#include "run/run.h"

#define ROUNDS	      8
#define SPAN_BYTES    (UINT64_C(1) << 30)
#define AT_ONCE_RATIO 1.5 /* of its thread's CPU time */

enum section { QD1, QD64, SECTIONS };

static const char job_text[] =
	"[global]\nioengine=io_uring\ndirect=1\nfixedbufs=1\nregisterfiles=1\ntime_based=1\n"
	"rw=randread\nbs=4k\nramp_time=20ms\nruntime=200ms\n"
	"[qd1]\niodepth=1\n"
	"[qd64]\nstonewall\niodepth=64\niodepth_batch_submit=16\niodepth_batch_complete_max=16\n";

struct split {
	const char *user, *system, *submit;
};

static const struct device {
	const char *node;
	const char *qd1, *qd64;
	struct split split[SECTIONS]; /* user NULL: is not told */
	int (*make)(struct err *e);
	void (*remove)(void);
} devices[] = {
	{ DISK_NULL_NODE,
	  "null_qd1_ns",
	  "null_qd64_ns",
	  { { "null_qd1_user_ns", "null_qd1_system_ns", "null_qd1_submit_ns" },
	    { "null_user_ns", "null_system_ns", "null_submit_ns" } },
	  disk_null_make,
	  disk_null_remove },
	{ DISK_RAM_NODE, "ram_qd1_ns", "ram_qd64_ns", { { NULL } }, disk_ram_make, NULL },
};

static void tell_record(void *context, const struct plan *plan, const struct board *board,
			uint32_t round, uint32_t section)
{
	(void)context, (void)plan, (void)board, (void)round, (void)section;
}

static void tell_progress(void *context, const struct plan *plan, const struct board *board)
{
	(void)context, (void)plan, (void)board;
}

/* Of both it is known that there is nothing to prove or to find before they are read. */
static int make_plan(struct plan *plan, const struct disk_list *disks, const struct disk *disk,
		     struct err *e)
{
	struct plan_work *work = calloc(1, sizeof(*work));
	struct config config;
	struct notes notes = { 0 };
	int ret = work ? 0 : err_set(e, -ENOMEM, "no memory");

	keys_default(&config, false);
	config.write = CONFIG_WRITE_NO;
	config.rounds = ROUNDS;
	config.span_bytes = disk->size_bytes < SPAN_BYTES ? disk->size_bytes : SPAN_BYTES;
	if (!ret) {
		work->name = "engine";
		work->text = job_text;
		ret = jobfile_parse(&work->job, work->name, job_text, strlen(job_text), e);
	}
	if (!ret) {
		plan_build(plan, work, &config, disks, disk, NULL, 1, &notes);
		plan->access = PLAN_READ_ANY;
	}
	notes_free(&notes);
	free(work);
	return ret;
}

enum of_round { WHOLE, USER, SYSTEM };

/* Of each round, per I/O. */
static void add_rounds(struct probe *to, const char *name, enum of_round of, bool samples,
		       const struct plan *plan, const struct board *board, enum section section)
{
	double value[ROUNDS];
	struct readings s = { .value = value, .max = ROUNDS };

	for (uint32_t round = 0; round < board->rounds_done; round++) {
		const struct board_record *r = &board->record[plan_record(plan, round, section)];
		const uint64_t ns[] = { r->measured_ns, r->cpu.thread_user_ns,
					r->cpu.thread_system_ns };

		if (r->io[STATS_READ].ios)
			readings_add(&s, (double)ns[of] / (double)r->io[STATS_READ].ios);
	}
	readings_sort(&s);
	if (samples)
		probe_add(to, name, &s);
	else if (s.n)
		probe_add_value(to, name, readings_at(&s, 50));
}

/* I/Os of a batch share the time of its call; null_blk takes them in batches of one size. */
static double submit_ns(const struct stats *s)
{
	double calls = 0, ios = 0;

	for (int i = 1; i < STATS_DEPTHS; i++) {
		calls += (double)s->submits[i];
		ios += (double)s->submits[i] * i;
	}
	return histogram_mean_ns(&s->io[STATS_READ].slat) * calls / ios;
}

/* Else a timer or an interrupt answers, as somebody's own null_blk may be set up: then CPU time is
 * not all that an I/O takes. */
static bool answers_in_the_call(const struct board *board)
{
	const struct stats *s = &board->section[QD1].stats;

	return (double)histogram_percentile_ns(&s->io[STATS_READ].lat, 50) *
		       (double)s->io[STATS_READ].clat.n <
	       AT_ONCE_RATIO * (double)s->thread_ns;
}

static void add_split(struct probe *to, const struct split *split, const struct plan *plan,
		      const struct board *board, enum section section)
{
	const struct stats *s = &board->section[section].stats;

	if (!split->user || !s->io[STATS_READ].clat.n)
		return;
	if (!answers_in_the_call(board)) {
		probe_add_why(to, split->user, "it answers later than in the submitting call");
		return;
	}
	add_rounds(to, split->user, USER, false, plan, board, section);
	add_rounds(to, split->system, SYSTEM, false, plan, board, section);
	probe_add_value(to, split->submit, submit_ns(s));
}

static void add_figures(struct probe *to, const struct device *device, const struct plan *plan,
			const struct board *board)
{
	probe_add_histogram(to, device->qd1, &board->section[QD1].stats.io[STATS_READ].lat);
	add_rounds(to, device->qd64, WHOLE, true, plan, board, QD64);
	for (int i = 0; i < SECTIONS; i++)
		add_split(to, &device->split[i], plan, board, i);
}

/* A device of ours is set up like the disks it stands beside; others are their owner's. */
static void set_up(const struct disk *disk)
{
	struct notes notes = { 0 };
	struct tuned tuned;

	disk_tune(&tuned, disk, "/", true, &notes);
	notes_free(&notes);
}

static int measure(struct probe *to, const struct device *device, const struct disk_list *disks,
		   const struct disk *disk, struct err *e)
{
	static const volatile sig_atomic_t go_on;
	struct run_watcher watcher = { .record = tell_record, .progress = tell_progress };
	struct plan *plan = calloc(1, sizeof(*plan));
	struct board *board = NULL;
	int ret = plan ? make_plan(plan, disks, disk, e) : err_set(e, -ENOMEM, "no memory");

	if (!ret) {
		board = board_create(plan);
		ret = board ? 0 : err_set(e, -ENOMEM, "no memory");
	}
	if (!ret) {
		run_plan(board, plan, NULL, &watcher, &go_on);
		if (board->failure[0])
			ret = err_set(e, -EIO, "%s", board->failure);
	}
	if (!ret)
		add_figures(to, device, plan, board);
	board_free(board);
	free(plan);
	return ret;
}

static int find_and_measure(struct probe *to, const struct device *device, bool ours, struct err *e)
{
	struct disk_list disks = { 0 };
	const struct disk *disk = NULL;
	int ret = disk_scan(&disks, "/", e);

	for (uint32_t i = 0; i < disks.n && !ret; i++)
		if (!strcmp(disks.disk[i].node, device->node))
			disk = &disks.disk[i];
	if (!ret && disk && ours)
		set_up(disk);
	if (!ret)
		ret = disk ? measure(to, device, &disks, disk, e)
			   : err_set(e, -ENODEV, "no %s on this system", device->node);
	disk_list_free(&disks);
	return ret;
}

static void take(struct probing *p, const struct device *device)
{
	struct err e = ERR_INIT;
	int made = p->appliance ? device->make(&e) : -EEXIST, ret;

	if (made == -EEXIST) /* not ours: it is read, and stays */
		e = ERR_INIT;
	ret = e.code ? e.code : find_and_measure(p->to, device, !made, &e);
	if (!made && device->remove)
		device->remove();
	if (!ret)
		return;
	probe_add_why(p->to, device->qd1, "%.90s", e.text);
	probe_add_why(p->to, device->qd64, "%.90s", e.text);
}

void probe_engine(struct probing *p)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		take(p, &devices[i]);
}
