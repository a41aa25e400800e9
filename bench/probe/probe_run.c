// SPDX-License-Identifier: MIT
/* Runs the rows of the registry, each in a process, and puts together what they left in shared
 * memory. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/str.h"
#include "lib/tsc.h"
#include "probe/probe.h"
#include "probe/probes.h"

#define MS_NS UINT64_C(1000000)
/* Past twice its share, and a moment for what it waits for, a probe hangs. */
#define GRACE_MS 2000
#define ALL_MS	 60000
/* One that was killed and hangs in the kernel is left behind: nobody waits for it. */
#define KILLED_MS     5000
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

static void work(struct shared *shared, const struct probe_row *row, bool appliance)
{
	struct probing p = { .to = &shared->probe, .appliance = appliance };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "tare-probe");
	signal(SIGTERM, SIG_IGN); /* the waiting process decides */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	list_cpus(&p);
	p.until_ns = tsc_now_ns() + row->budget_ms * MS_NS;
	row->run(&p);
	shared->speed_mhz = speed_now();
	_exit(0);
}

/* Sleeps until the process has gone, which closes the pipe, or hangs: nothing wakes this CPU
 * meanwhile, as it would to look now and then. False: it was killed and has not gone. */
static bool await(pid_t pid, int closes_fd, const struct probe_row *row,
		  const volatile sig_atomic_t *stop, struct probe *probe)
{
	struct pollfd end = { .fd = closes_fd, .events = POLLIN };
	uint64_t until_ns = clock_now_ns() + (2 * row->budget_ms + GRACE_MS) * MS_NS, now_ns;
	int status = 0, ready = 0;
	pid_t got;

	while (!ready && (now_ns = clock_now_ns()) < until_ns && !(stop && *stop))
		ready = poll(&end, 1, (int)((until_ns - now_ns) / MS_NS) + 1) > 0;
	if (!ready) {
		kill(pid, SIGKILL);
		str_copy(probe->note, sizeof(probe->note),
			 stop && *stop ? "cut off: a request to end"
				       : "cut off: it did not come to its end");
		until_ns = clock_now_ns() + KILLED_MS * MS_NS;
	}
	while ((got = waitpid(pid, &status, ready ? 0 : WNOHANG)) <= 0) {
		if (got < 0 && errno != EINTR)
			return true;
		if (!ready && clock_now_ns() > until_ns)
			return false;
		if (!ready)
			clock_sleep_ns(MS_NS);
	}
	if (ready && WIFSIGNALED(status))
		snprintf(probe->note, sizeof(probe->note), "ended by signal %d", WTERMSIG(status));
	return true;
}

/* False: its process is left behind, and may still write to *shared. */
static bool run_row(struct shared *shared, const struct probe_row *row,
		    const struct probe_site *site)
{
	uint64_t begin_ns = clock_now_ns();
	struct probe *probe = &shared->probe;
	int ends[2] = { -1, -1 };
	bool gone = true;
	pid_t pid = -1;

	str_copy(probe->name, sizeof(probe->name), row->name);
	if (!pipe(ends))
		pid = fork();
	if (!pid) {
		close(ends[0]);
		work(shared, row, site->appliance);
	}
	if (ends[1] >= 0)
		close(ends[1]);
	if (pid > 0)
		gone = await(pid, ends[0], row, site->stop, probe);
	else
		snprintf(probe->note, sizeof(probe->note), "not started: %s", strerror(errno));
	if (ends[0] >= 0)
		close(ends[0]);
	probe->took_ms = (uint32_t)((clock_now_ns() - begin_ns) / MS_NS);
	if (!probe->note[0] && probe->took_ms > row->budget_ms + row->budget_ms / 10)
		snprintf(probe->note, sizeof(probe->note), "took %u ms of %u ms planned",
			 probe->took_ms, row->budget_ms);
	return gone;
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
	bool gone;

	if (shared == MAP_FAILED) {
		str_copy(to->name, sizeof(to->name), row->name);
		snprintf(to->note, sizeof(to->note), "not started: %s", strerror(errno));
		return;
	}
	gone = run_row(shared, row, site);
	*to = shared->probe;
	if (shared->speed_mhz > 0)
		readings_add(speed, shared->speed_mhz);
	if (gone)
		munmap(shared, sizeof(*shared));
	else
		str_copy(to->note, sizeof(to->note), "left behind: it hangs in the kernel");
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
