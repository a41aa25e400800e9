// SPDX-License-Identifier: MIT
/* Runs the rows of the registry, each in a process, and puts together what they left in shared
 * memory. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/apart.h"
#include "lib/clock.h"
#include "lib/str.h"
#include "lib/tsc.h"
#include "probe/probe.h"
#include "probe/probes.h"

#define MS_NS UINT64_C(1000000)
/* Past twice its share, and a moment for what it waits for, a probe hangs. */
#define GRACE_MS      2000
#define ALL_MS	      60000
#define SPEED_SAMPLES 5

/* Written by one process at a time. */
struct shared {
	struct probe probe;
	double speed_mhz; /* when it had ended; 0: it did not come to that */
};

uint32_t probe_budget_ms(void)
{
	uint32_t sum = 0;

	for (int i = 0; i < PROBES_MAX; i++)
		sum += probe_rows[i].budget_ms;
	return sum;
}

/* The median of a few. */
static double speed_now(void)
{
	double value[SPEED_SAMPLES];
	struct readings s = { .value = value, .max = SPEED_SAMPLES };

	for (int i = 0; i < SPEED_SAMPLES; i++)
		readings_add(&s, probe_chain_mhz());
	readings_sort(&s);
	return readings_at(&s, 50);
}

static void list_cpus(struct probing *p)
{
	cpu_set_t set;

	if (!sched_getaffinity(0, sizeof(set), &set))
		for (uint32_t cpu = 0; cpu < CPU_SETSIZE && p->cpus_n < PROBING_CPUS_MAX; cpu++)
			if (CPU_ISSET(cpu, &set))
				p->cpu[p->cpus_n++] = cpu;
	p->cpus_n += !p->cpus_n;
}

/* What a row's process is given. */
struct task {
	struct shared *shared;
	const struct probe_row *row;
	const struct probe_site *site;
};

static void work(void *context)
{
	const struct task *t = context;
	struct probing p = { .to = &t->shared->probe, .appliance = t->site->appliance };

	list_cpus(&p);
	p.until_ns = tsc_now_ns() + t->row->budget_ms * MS_NS;
	t->row->run(&p);
	t->shared->speed_mhz = speed_now();
}

static bool asked_to_end(void *of)
{
	const struct probe_site *site = of;

	return site->stop && *site->stop;
}

static void say_end(struct probe *probe, enum apart_end end, int code)
{
	static const char *const words[] = {
		[APART_CUT_OFF] = "cut off: it did not come to its end",
		[APART_STOPPED] = "cut off: a request to end",
		[APART_LEFT_BEHIND] = "left behind: it hangs in the kernel",
	};

	if (end == APART_SIGNALLED)
		snprintf(probe->note, sizeof(probe->note), "ended by signal %d", code);
	else if (end == APART_NOT_STARTED)
		snprintf(probe->note, sizeof(probe->note), "not started: %s", strerror(-code));
	else if (end != APART_ENDED)
		str_copy(probe->note, sizeof(probe->note), words[end]);
}

/* Behind what the probe says itself. */
static void say_overrun(struct probe *probe, uint32_t budget_ms)
{
	size_t len = strlen(probe->note);

	snprintf(probe->note + len, sizeof(probe->note) - len, "%stook %u ms of %u ms planned",
		 len ? "; " : "", probe->took_ms, budget_ms);
}

/* Puts what the row found into *to. False: its process is left behind, and may still write to
 * *shared. */
static bool run_row(struct probe *to, struct task *t)
{
	uint64_t begin_ns = clock_now_ns();
	struct apart apart = { .name = "tare-probe",
			       .work = work,
			       .context = t,
			       .limit_ms = 2 * t->row->budget_ms + GRACE_MS,
			       .asked = asked_to_end,
			       .of = (void *)t->site };
	enum apart_end end;

	str_copy(t->shared->probe.name, sizeof(t->shared->probe.name), t->row->name);
	end = apart_run(&apart);
	*to = t->shared->probe;
	say_end(to, end, apart.code);
	to->took_ms = (uint32_t)((clock_now_ns() - begin_ns) / MS_NS);
	if (end == APART_ENDED && to->took_ms > t->row->budget_ms + t->row->budget_ms / 10)
		say_overrun(to, t->row->budget_ms);
	return end != APART_LEFT_BEHIND;
}

static struct probe *find(struct probe_list *list, const char *name)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (!strcmp(list->probe[i].name, name))
			return &list->probe[i];
	return NULL;
}

static void run_apart(struct probe *to, const struct probe_row *row, const struct probe_site *site,
		      struct readings *speed)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct task t = { .shared = shared, .row = row, .site = site };

	if (shared == MAP_FAILED) {
		str_copy(to->name, sizeof(to->name), row->name);
		snprintf(to->note, sizeof(to->note), "not started: %s", strerror(errno));
		return;
	}
	if (!run_row(to, &t))
		return;
	if (shared->speed_mhz > 0)
		readings_add(speed, shared->speed_mhz);
	munmap(shared, sizeof(*shared));
}

void probe_run_rows(struct probe_list *to, const struct probe_row *rows, uint32_t n,
		    const struct probe_site *site)
{
	double value[PROBES_MAX + 1];
	struct readings speed = { .value = value, .max = PROBES_MAX + 1 };
	uint64_t until_ns = clock_now_ns() + ALL_MS * MS_NS;

	*to = (struct probe_list){ 0 };
	readings_add(&speed, speed_now());
	for (; to->n < n; to->n++) {
		const struct probe_row *row = &rows[to->n];
		struct probe *probe = &to->probe[to->n];
		bool late = clock_now_ns() + row->budget_ms * MS_NS > until_ns;

		if (late || (site->stop && *site->stop)) {
			str_copy(probe->name, sizeof(probe->name), row->name);
			str_copy(probe->note, sizeof(probe->note),
				 late ? "not run: the time for all probes was used up"
				      : "not run: a request to end came before it");
			continue;
		}
		if (site->begins)
			site->begins(site->context, row->name, row->budget_ms);
		run_apart(probe, row, site, &speed);
	}
	if (find(to, PROBE_SPEED))
		probe_add(find(to, PROBE_SPEED), PROBE_SPEED_PHASES, &speed);
}

void probe_run(struct probe_list *to, const struct probe_site *site)
{
	probe_run_rows(to, probe_rows, PROBES_MAX, site);
}

void probe_speed_again(struct probe_list *list)
{
	struct probe *speed = find(list, PROBE_SPEED);

	if (speed)
		probe_add_value(speed, PROBE_SPEED_AT_END, speed_now());
}
