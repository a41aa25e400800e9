// SPDX-License-Identifier: MIT
/*
 * What it costs that CPUs sleep while a disk works: an idle CPU must be woken to take the
 * interrupt, and again to run whoever waits; in a virtual machine both are exits. Reads of 4 KiB at
 * depth 1, a few as the machine is and a few while a thread of the lowest class (SCHED_IDLE) spins
 * on every CPU, in an order that is drawn. Such a thread gives way at once, but keeps its CPU from
 * sleeping: what reads gain is the tax. Nothing is gained where the CPUs lack the host's time.
 */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/clock.h"
#include "lib/tsc.h"

#define PAIRS_MAX   120
#define READS	    8 /* in a half of a pair */
#define BLOCK_BYTES 4096u
/* Firecracker's bound for what two runs may differ by. */
#define WAKE_RATIO 1.05
#define SETTLE_NS  UINT64_C(1000000)

struct spinner {
	pthread_t thread;
	uint32_t cpu;
	sem_t go;
	atomic_bool *spin, *end;
};

struct spinners {
	struct spinner one[DETECTING_CPUS_MAX];
	uint32_t n;
	atomic_bool spin, end;
};

void conclude_wake(struct detection *to, const double *asleep, const double *awake, uint32_t n)
{
	struct contrast c;
	enum detection_verdict verdict;

	contrast_pairs(&c, asleep, awake, n, WAKE_RATIO);
	verdict = contrast_verdict(&c, 1);
	detection_size(to, (c.a - c.b) / 1e3, "us");
	detection_say(
		to, verdict, contrast_confidence_pct(&c, 1),
		"reads of 4 KiB at depth 1 take %.1f us, and %.1f us while no CPU sleeps, over "
		"%u pairs: %s",
		c.a / 1e3, c.b / 1e3, c.n,
		verdict == DETECTION_FOUND   ? "sleeping and waking is part of every such I/O"
		: verdict == DETECTION_CLEAR ? "sleeping costs them nothing that matters"
					     : "too close, or too noisy, to tell");
}

static void *spin(void *of)
{
	struct spinner *s = of;

	detecting_pin(s->cpu);
	for (;;) {
		while (sem_wait(&s->go))
			continue;
		if (atomic_load(s->end))
			return NULL;
		while (atomic_load_explicit(s->spin, memory_order_relaxed))
			continue;
	}
}

static void set_spinning(struct spinners *all, bool on)
{
	atomic_store(&all->spin, on);
	for (uint32_t i = 0; on && i < all->n; i++)
		sem_post(&all->one[i].go);
	clock_sleep_ns(SETTLE_NS);
}

/* Returns 0 or -errno: no such thread may spin. Those that there are must be stopped. */
static int start(struct spinners *all, const struct detecting *d)
{
	struct sched_param lowest = { 0 };
	int error = 0;

	for (uint32_t i = 0; i < d->cpus_n && !error; i++) {
		struct spinner *s = &all->one[all->n];

		s->cpu = d->cpu[i];
		s->spin = &all->spin;
		s->end = &all->end;
		sem_init(&s->go, 0, 0);
		error = pthread_create(&s->thread, NULL, spin, s);
		if (error)
			break;
		all->n++;
		/* Not sched_setscheduler(), which musl has no more than in name. */
		error = pthread_setschedparam(s->thread, SCHED_IDLE, &lowest);
	}
	return -error;
}

static void stop(struct spinners *all)
{
	atomic_store(&all->end, true);
	set_spinning(all, false);
	for (uint32_t i = 0; i < all->n; i++) {
		sem_post(&all->one[i].go);
		pthread_join(all->one[i].thread, NULL);
	}
}

/* A few reads, one after another: the median of their times. */
static int read_few(struct pulse *p, struct places *places, double *ns)
{
	double each[READS];
	int ret = 0;

	for (int i = 0; i < READS && !ret; i++) {
		struct shot shot = { .offset_bytes = places_next(places) };

		ret = pulse_one(p, &shot, &each[i]);
	}
	*ns = contrast_median(each, READS);
	return ret;
}

static int read_pairs(struct detecting *d, struct pulse *p, struct places *places,
		      double ns[2][PAIRS_MAX], uint32_t *n)
{
	static struct spinners all;
	struct rng rng;
	int ret = start(&all, d);

	rng_seed(&rng, d->seed);
	while (*n < PAIRS_MAX && !ret && tsc_now_ns() < d->until_ns) {
		bool on = rng_below(&rng, 2);

		for (int half = 0; half < 2 && !ret; half++, on = !on) {
			set_spinning(&all, on);
			ret = read_few(p, places, &ns[on][*n]);
		}
		*n += !ret;
	}
	stop(&all);
	return ret;
}

int detect_wake(struct detecting *d, struct err *e)
{
	static double ns[2][PAIRS_MAX];
	struct places places;
	struct pulse p = { 0 };
	uint32_t n = 0;
	int ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);

	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, 1, BLOCK_BYTES, d->seed, e);
	if (!ret)
		ret = read_pairs(d, &p, &places, ns, &n);
	pulse_close(&p);
	places_free(&places);
	if (!ret)
		conclude_wake(d->to, ns[0], ns[1], n);
	return ret;
}
