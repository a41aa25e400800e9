// SPDX-License-Identifier: MIT
/*
 * Whether something behind the disk serves one I/O after another: two jobs bring no more than one
 * while their CPUs have time left, and each I/O takes the longer, the more wait. One
 * thread of the host does that (a QEMU without iothread-vq-mapping); so does a device at its limit:
 * the sentence says both.
 *
 * Where another detector found the limit that stands there, it is that one and no thread. One that
 * lets bursts through is not met at their rate in the long run: then it is open which it is.
 *
 * Rounds are compared, pairs of the same round: 20 % more is called scaling.
 */
#include <math.h>
#include <string.h>

#include "detect/detectors.h"
#include "result/account.h"
#include "result/result.h"

#define SCALES	1.2
#define IDLE	0.2 /* of the jobs' CPUs */
#define LATENCY 1.5 /* of two jobs, against one */
#define BINDS	0.8 /* of a limit: what comes near it, or beyond it by a burst, meets it */
/* Five rounds of one mind are less likely. */
#define CHANCE	   0.05
#define ROUNDS_MAX 64

/* What detectors found that is why jobs do not scale, by the unit of its size, and how much of that
 * a workload meets. */
static double rate_met(const struct result_workload *w)
{
	return (double)result_ios(w) * 1e9 / (double)w->measured_ns;
}

static double mib_per_s_met(const struct result_workload *w)
{
	return rate_met(w) * (double)w->work.bs_bytes / (1 << 20);
}

static double ios_met(const struct result_workload *w)
{
	return (double)w->work.iodepth * w->work.numjobs;
}

static const struct limit {
	const char *name, *unit;
	double (*met)(const struct result_workload *w);
	bool bursts; /* in the long run it may be lower than what was found */
} limits[] = {
	{ "throttle", "iops", rate_met, true },
	{ "throttle", "mib_per_s", mib_per_s_met, true },
	{ "queue", "ios", ios_met, false },
};

/* The detector that found one which `w` meets, or may meet: *surely says which; or NULL. */
static const char *limit_of(const struct detection_list *list, const struct result_workload *w,
			    bool *surely)
{
	const char *maybe = NULL;

	*surely = false;
	for (uint32_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < sizeof(limits) / sizeof(limits[0]); k++) {
			const struct detection *d = &list->detection[i];

			if (strcmp(d->name, limits[k].name) != 0 ||
			    strcmp(d->unit, limits[k].unit) != 0 || d->verdict != DETECTION_FOUND)
				continue;
			*surely = limits[k].met(w) >= BINDS * d->value;
			if (*surely)
				return d->name;
			if (limits[k].bursts)
				maybe = d->name;
		}
	return maybe;
}

/* The same work with one job, or NULL. */
static const struct result_workload *single_of(const struct result *result,
					       const struct result_workload *many)
{
	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		if (w->work.numjobs == 1 && w->work.rw == many->work.rw &&
		    w->work.bs_bytes == many->work.bs_bytes &&
		    w->work.iodepth == many->work.iodepth)
			return w;
	}
	return NULL;
}

static double rate(const struct result_round *r)
{
	return r->measured_ns ? (double)(r->io[0].ios + r->io[1].ios) * 1e9 / (double)r->measured_ns
			      : 0;
}

/* Of the jobs' CPUs; of all where that is not told. */
static double idle_share(const struct result *result, const struct result_workload *w)
{
	const struct result_cpu *c = &w->cpu;
	double waits = account_waiting_share(result, (uint32_t)(w - result->workload));
	double all_ns = (double)(c->user_ns + c->system_ns + c->irq_ns + c->softirq_ns +
				 c->steal_ns + c->idle_ns);

	if (!isnan(waits))
		return waits;
	return all_ns > 0 ? (double)c->idle_ns / all_ns : 0;
}

static double latency_ns(const struct result_workload *w)
{
	const struct histogram *h = &w->io[w->io[1].ios > w->io[0].ios].clat;

	return h->n ? histogram_mean_ns(h) : 0;
}

/* Whether what two jobs reach is what one does. */
static enum detection_verdict judge(const struct contrast *c, double idle, double longer)
{
	bool scales = c->p_beyond <= CHANCE, level = c->p_within <= CHANCE;

	if (level && idle >= IDLE && longer >= LATENCY)
		return DETECTION_FOUND;
	/* They scale, or what holds them back is this machine. */
	return scales || (level && idle < IDLE) ? DETECTION_CLEAR : DETECTION_UNDECIDED;
}

static void compare(struct detection *to, const struct result *result,
		    const struct result_workload *one, const struct result_workload *two)
{
	double a[ROUNDS_MAX], b[ROUNDS_MAX], idle = idle_share(result, two);
	double longer = latency_ns(one) > 0 ? latency_ns(two) / latency_ns(one) : 0;
	const char *limit = NULL;
	bool surely = false;
	enum detection_verdict verdict;
	struct contrast c;
	uint32_t n = 0;

	for (uint32_t r = 0; r < one->rounds_n && r < two->rounds_n && n < ROUNDS_MAX; r++) {
		a[n] = rate(&two->round[r]);
		b[n] = rate(&one->round[r]);
		n += a[n] > 0 && b[n] > 0;
	}
	contrast_pairs(&c, a, b, n, SCALES);
	verdict = judge(&c, idle, longer);
	if (verdict == DETECTION_FOUND)
		limit = limit_of(&result->detectors, two, &surely);
	if (limit)
		verdict = surely ? DETECTION_CLEAR : DETECTION_UNDECIDED;
	detection_size(to, c.ratio, "ratio");
	detection_say(
		to, verdict, 100 * (1 - fmin(c.p_beyond, c.p_within)),
		"%u jobs reach %.2f times the rate of one (%.0f against %.0f IOPS, %u rounds), "
		"each I/O takes %.2f times as long, their CPUs are idle for %.0f %%%s%s",
		two->work.numjobs, c.ratio, c.a, c.b, n, longer, 100 * idle,
		limit ? surely ? ": the limit is what was found by "
			       : ": one thread of the host, or in the long run the limit found by "
		: verdict == DETECTION_FOUND
			? ": one thread of the host serves this disk, or it is at its own limit"
			: "",
		limit ? limit : "");
}

void judge_host_thread(struct detection *to, const struct result *result)
{
	const struct result_workload *two = NULL;

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		if (w->work.numjobs > 1 && w->measured_ns && single_of(result, w) &&
		    (!two || w->work.numjobs < two->work.numjobs))
			two = w;
	}
	if (two)
		compare(to, result, single_of(result, two), two);
	else if (result->workloads_n)
		detection_say(to, DETECTION_SKIPPED, NAN,
			      "no workload ran with one job and with more: it takes two CPUs");
}
