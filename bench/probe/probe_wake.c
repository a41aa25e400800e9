// SPDX-License-Identifier: MIT
/*
 * What it costs to wake another CPU: two threads pass a word back and forth, and half of a round
 * trip is one way. Sleeping in a futex, each waking is an interrupt to a CPU that has gone idle, in
 * a guest one that the host has to run again. Spinning, it is a cache line that changes owner: the
 * difference is what sleeping costs, as an I/O at depth 1 pays it. On one CPU it is a switch of
 * threads, without interrupt and idling. The two CPUs are of different cores where there are such.
 *
 * Error: the clock is read once a round trip; where a reply comes before the other has gone to
 * sleep, that trip is faster.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/tsc.h"
#include "probe/probes.h"

#define SAMPLES	   20000
#define WARM_TRIPS 20

enum ball { BALL_HERE, BALL_THERE, BALL_GONE };

struct court {
	_Alignas(128) _Atomic uint32_t ball;
	_Alignas(128) bool sleeps;
	uint32_t cpu;
};

static void await(struct court *c, enum ball not_this)
{
	while (atomic_load_explicit(&c->ball, memory_order_acquire) == not_this)
		if (c->sleeps)
			syscall(SYS_futex, &c->ball, FUTEX_WAIT_PRIVATE, not_this, NULL, NULL, 0);
		else
			__builtin_ia32_pause();
}

static void pass(struct court *c, enum ball to)
{
	atomic_store_explicit(&c->ball, to, memory_order_release);
	if (c->sleeps)
		syscall(SYS_futex, &c->ball, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *play(void *arg)
{
	struct court *c = arg;

	probing_pin(c->cpu);
	for (;;) {
		await(c, BALL_HERE);
		if (atomic_load(&c->ball) == BALL_GONE)
			return NULL;
		pass(c, BALL_HERE);
	}
}

static void rally(struct court *c, struct readings *s, uint64_t end_ns)
{
	uint64_t before_ns = tsc_now_ns(), now_ns;

	for (uint32_t trip = 0; s->n < s->max && before_ns < end_ns; trip++) {
		pass(c, BALL_THERE);
		await(c, BALL_THERE);
		now_ns = tsc_now_ns();
		if (trip >= WARM_TRIPS)
			readings_add(s, ((double)(now_ns - before_ns) - tsc_state.call_ns) / 2);
		before_ns = now_ns;
	}
}

static void take(struct probing *p, const char *name, uint32_t cpu, bool sleeps, uint64_t end_ns)
{
	struct court c = { .sleeps = sleeps, .cpu = cpu };
	struct readings s;
	pthread_t other;
	int ret = readings_init(&s, SAMPLES);

	if (!ret)
		ret = -pthread_create(&other, NULL, play, &c);
	if (ret) {
		probe_add_why(p->to, name, "no second thread: %s", strerror(-ret));
	} else {
		rally(&c, &s, end_ns);
		pass(&c, BALL_GONE);
		pthread_join(other, NULL);
		probe_add(p->to, name, &s);
	}
	readings_free(&s);
}

static uint64_t core_of(uint32_t cpu)
{
	uint64_t core = 0, package = 0;

	file_read_u64(&core, "/", "sys/devices/system/cpu/cpu%u/topology/core_id", cpu);
	file_read_u64(&package, "/", "sys/devices/system/cpu/cpu%u/topology/physical_package_id",
		      cpu);
	return package << 32 | core;
}

static uint32_t other_core(const struct probing *p)
{
	for (uint32_t i = 1; i < p->cpus_n; i++)
		if (core_of(p->cpu[i]) != core_of(p->cpu[0]))
			return p->cpu[i];
	return p->cpu[1];
}

void probe_wake(struct probing *p)
{
	probing_pin(p->cpu[0]);
	take(p, "same_cpu_ns", p->cpu[0], true, probing_part_ns(p, 0, 3));
	if (p->cpus_n < 2) {
		probe_add_why(p->to, "sleep_ns", "one CPU only");
		probe_add_why(p->to, "spin_ns", "one CPU only");
		return;
	}
	take(p, "sleep_ns", other_core(p), true, probing_part_ns(p, 1, 3));
	take(p, "spin_ns", other_core(p), false, p->until_ns);
}
