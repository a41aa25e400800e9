// SPDX-License-Identifier: MIT
/* Runs the turns of a moment, each in a process, and puts what they concluded onto the board. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "detect/detect.h"
#include "detect/detectors.h"
#include "lib/apart.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "lib/tsc.h"

#define MS_NS	UINT64_C(1000000)
#define LOOK_MS 100
/* Past its share, and a moment for what it waits for, a detector has overrun; past twice its share
 * and that moment it hangs, and is ended. */
#define GRACE_MS 2000
/* As much of the span as detectors that write need: its end. */
#define OWN_BYTES (UINT64_C(256) << 20)

/* What the process of a row's turn is given; it leaves its words in `found`, which is shared. */
struct task {
	const struct detector_turn *turn;
	struct detecting d;
	struct detection *found;
};

static bool may_run(const struct plan *plan, const struct detector_turn *turn)
{
	return turn->run && (!turn->writes || plan_writes(plan));
}

/* A row all of whose turns write, where the plan does not. */
static bool writes_nothing(const struct plan *plan, const struct detector_row *row)
{
	bool turns = false;

	for (int i = 0; i < DETECTOR_TURNS; i++) {
		if (may_run(plan, &row->turn[i]))
			return false;
		turns = turns || row->turn[i].run;
	}
	return turns;
}

uint32_t detect_budget_ms(const struct plan *plan)
{
	uint32_t sum = 0;

	for (int i = 0; i < DETECTORS_N; i++)
		for (int k = 0; k < DETECTOR_TURNS; k++)
			if (may_run(plan, &detector_rows[i].turn[k]))
				sum += detector_rows[i].turn[k].budget_ms;
	return sum;
}

static void print_turn(struct buf *to, const struct plan *plan, const char *name,
		       const struct detector_turn *turn)
{
	if (turn->run)
		buf_printf(to, "        %-12s%s%s\n", name, turn->about,
			   !may_run(plan, turn) ? ": skipped: the target is only read"
			   : turn->writes	? "; writes in the span before it is filled"
						: "");
}

void detect_print(struct buf *to, const struct plan *plan)
{
	for (int i = 0; i < DETECTORS_N; i++) {
		const struct detector_row *row = &detector_rows[i];

		if (row->judges)
			buf_printf(to, "        %-12s%s\n", row->name, row->judges);
		for (int k = 0; k < DETECTOR_TURNS; k++)
			print_turn(to, plan, k ? "" : row->name, &row->turn[k]);
	}
}

/* --- in the detector's process --- */

static void list_cpus(struct detecting *d)
{
	cpu_set_t set;

	if (!sched_getaffinity(0, sizeof(set), &set))
		for (uint32_t cpu = 0; cpu < CPU_SETSIZE && d->cpus_n < DETECTING_CPUS_MAX; cpu++)
			if (CPU_ISSET(cpu, &set))
				d->cpu[d->cpus_n++] = cpu;
	d->cpus_n += !d->cpus_n;
}

static void work(void *context)
{
	struct task *t = context;
	struct err e = ERR_INIT;
	int ret;

	list_cpus(&t->d);
	detecting_pin(t->d.cpu[0]);
	t->d.to = t->found;
	t->d.until_ns = tsc_now_ns() + t->turn->budget_ms * MS_NS;
	ret = t->turn->run(&t->d, &e);
	if (ret && t->d.again)
		detection_add(t->found, "; a later look failed: %s",
			      e.code ? e.text : strerror(-ret));
	else if (ret)
		detection_say(t->found, DETECTION_UNDECIDED, NAN, "not measured: %s",
			      e.code ? e.text : strerror(-ret));
}

/* --- in the measuring process --- */

static bool asked_to_end(void *of)
{
	return atomic_load((const atomic_int *)of) != 0;
}

static void say_end(struct detection *to, const struct detector_turn *turn, enum apart_end end,
		    int code, uint64_t took_ms)
{
	if (end == APART_STOPPED)
		detection_say(to, DETECTION_SKIPPED, NAN, "cut off: a request to end");
	else if (end == APART_CUT_OFF || end == APART_LEFT_BEHIND)
		detection_say(
			to, DETECTION_UNDECIDED, NAN,
			"overran its budget of %u ms, and was %s after %llu ms", turn->budget_ms,
			end == APART_CUT_OFF ? "ended" : "left behind, hanging in the kernel,",
			(unsigned long long)took_ms);
	else if (end == APART_SIGNALLED)
		detection_say(to, DETECTION_UNDECIDED, NAN, "ended by signal %d", code);
	else if (end == APART_NOT_STARTED)
		detection_say(to, DETECTION_UNDECIDED, NAN, "not started: %s", strerror(-code));
	else if (took_ms > turn->budget_ms + GRACE_MS)
		detection_say(to, DETECTION_UNDECIDED, NAN,
			      "overran its budget of %u ms: it took %llu ms", turn->budget_ms,
			      (unsigned long long)took_ms);
	if (end != APART_ENDED)
		detection_size(to, NAN, "");
}

static void run_turn(struct detection *to, struct task *t, struct board *board)
{
	uint64_t limit_ms = 2 * t->turn->budget_ms + GRACE_MS, begin_ns = clock_now_ns();
	struct apart apart = { .name = "tare-detect",
			       .work = work,
			       .context = t,
			       .limit_ms = limit_ms,
			       .asked = asked_to_end,
			       .of = (void *)&board->stop,
			       .look_ms = LOOK_MS };
	enum apart_end end;

	t->found = mmap(NULL, sizeof(*t->found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (t->found == MAP_FAILED) {
		if (!t->d.again)
			detection_say(to, DETECTION_UNDECIDED, NAN, "not started: no memory");
		return;
	}
	*t->found = *to;
	if (!t->d.again)
		detection_say(t->found, DETECTION_UNDECIDED, NAN, "it concluded nothing");
	atomic_store(&board->deadline_ns, begin_ns + 2 * limit_ms * MS_NS + CLOCK_NS_PER_S * 10);
	end = apart_run(&apart);
	if (!t->d.again || end == APART_ENDED)
		*to = *t->found;
	else
		detection_add(to, "; a later look did not come to an end");
	if (!t->d.again)
		say_end(to, t->turn, end, apart.code, (clock_now_ns() - begin_ns) / MS_NS);
	if (end != APART_LEFT_BEHIND)
		munmap(t->found, sizeof(*t->found));
}

static const char *why_not_yet(const struct plan *plan, const struct detector_row *row)
{
	if (writes_nothing(plan, row))
		return "the target is only read";
	if (row->turn[0].run && row->turn[0].moment == RUN_UNTOUCHED)
		return "there was nothing to read before this run wrote";
	return "the run ended before it";
}

/* Every row, as if nothing came of the run. */
static void list_rows(struct detection_list *list, const struct detector_row *rows, uint32_t n,
		      const struct plan *plan)
{
	for (uint32_t i = 0; i < n; i++) {
		struct detection *d = &list->detection[i];

		str_copy(d->name, sizeof(d->name), rows[i].name);
		d->kind = rows[i].kind;
		detection_size(d, NAN, "");
		detection_say(d, DETECTION_SKIPPED, NAN, "%s", why_not_yet(plan, &rows[i]));
	}
	list->n = n;
}

/* No two detectors go the same way. */
static uint64_t seed_of(const char *name, uint64_t seed)
{
	while (*name)
		seed = rng_mix(seed, (uint64_t)*name++);
	return seed;
}

/* Whether an earlier turn measured, and did not just fail or hang. */
static bool has_concluded(const struct detection *to)
{
	return to->verdict == DETECTION_FOUND || to->verdict == DETECTION_CLEAR ||
	       (to->verdict == DETECTION_UNDECIDED && !isnan(to->confidence_pct));
}

/* A detector's own part: of what is only read all that there is, of what is written the end. */
static struct detecting site(const struct detection *to, const struct detector_turn *turn,
			     const struct plan *plan, const struct step_target *target)
{
	struct detecting d = {
		.plan = plan,
		.fd = target->fd,
		.node = target->node,
		.found = target->found,
		.again = has_concluded(to), /* what it said holds, whatever comes */
		.bytes = target->span_bytes,
		.seed = seed_of(to->name, plan->seed),
		.fresh = plan->access == PLAN_PROVE_AND_WRITE ||
			 (plan->access == PLAN_WRITE_FILE && !plan->write_existing),
	};

	if (turn->moment == RUN_UNTOUCHED && plan->target == PLAN_TARGET_DISK)
		d.bytes = plan->disk.size_bytes;
	if (turn->writes && d.bytes > OWN_BYTES) {
		d.from_bytes = d.bytes - OWN_BYTES;
		d.bytes = OWN_BYTES;
	}
	return d;
}

/* Detectors ask what is behind the page cache of this machine. Returns the descriptor's flags as
 * they were, or -errno. */
static int set_direct(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags | O_DIRECT) ? -errno : flags;
}

static void take_turn(struct detection *to, const struct detector_turn *turn, struct board *board,
		      const struct plan *plan, const struct step_target *target)
{
	struct task t = { .turn = turn, .d = site(to, turn, plan, target) };
	struct detection before = *to;
	int flags = set_direct(target->fd);

	if (flags < 0) {
		if (!t.d.again)
			detection_say(
				to, DETECTION_SKIPPED, NAN,
				"the target cannot be read past this machine's own page cache: %s",
				strerror(-flags));
		return;
	}
	if (turn->writes)
		atomic_store(&board->wrote, true);
	run_turn(to, &t, board);
	if (!t.d.again && before.verdict == DETECTION_UNDECIDED)
		detection_add(to, "; before that: %s", before.evidence);
	fcntl(target->fd, F_SETFL, flags);
}

static void visit_row(struct detection *to, const struct detector_row *row, enum run_moment moment,
		      struct board *board, const struct plan *plan,
		      const struct step_target *target)
{
	for (int i = 0; i < DETECTOR_TURNS; i++) {
		if (row->turn[i].moment != moment || !may_run(plan, &row->turn[i]))
			continue;
		atomic_store(&board->doing, row->name);
		board_let_tell(board);
		take_turn(to, &row->turn[i], board, plan, target);
	}
}

void detect_visit_rows(const struct detector_row *rows, uint32_t n, enum run_moment moment,
		       struct board *board, const struct plan *plan,
		       const struct step_target *target)
{
	struct detection_list *list = &board->detections;
	uint32_t phase = atomic_load(&board->phase);

	if (!list->n)
		list_rows(list, rows, n, plan);
	atomic_store(&board->done, 0);
	atomic_store(&board->total, 0);
	atomic_store(&board->phase, BOARD_DETECTING);
	for (uint32_t i = 0; i < n && !atomic_load(&board->stop); i++)
		visit_row(&list->detection[i], &rows[i], moment, board, plan, target);
	atomic_store(&board->doing, NULL);
	atomic_store(&board->phase, phase);
}

void detect_visit(void *context, enum run_moment moment, struct board *board,
		  const struct plan *plan, const struct step_target *target)
{
	(void)context;
	detect_visit_rows(detector_rows, DETECTORS_N, moment, board, plan, target);
}

void detect_judge(struct result *result)
{
	for (uint32_t i = 0; i < result->detectors.n && i < DETECTORS_N; i++)
		if (detector_rows[i].judge)
			detector_rows[i].judge(&result->detectors.detection[i], result);
}
