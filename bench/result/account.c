// SPDX-License-Identifier: MIT
/* Parts of an I/O's time, each from a figure of its own. All in ns per I/O. */
#include "result/account.h"

#include <string.h>

#include "result/result.h"

#define NULL_BATCH 16 /* of the probe's deep section */

/* What is known of the calls of a workload, per I/O. */
struct calls {
	double submits, reaps; /* 0: not told */
	/* Of the sum of the submission latencies of all I/Os of a batch, the share that is the
	 * call's own time; and how far off that may be. */
	double share, share_error;
};

static double at_least_0(double value)
{
	return value > 0 ? value : 0;
}

/*
 * I/Os of a batch share their submission latency, so its mean over I/Os counts a call once for each
 * of them. Where the call takes a time of its own, whatever its batch, the time per I/O is that
 * mean by the mean batch; where it takes so much for each I/O of the batch, by the mean batch that
 * an I/O is in. A call lies between the two; batches of one size leave nothing between.
 */
static struct calls calls_of(const struct result_workload *w)
{
	double calls = 0, ios = 0, squares = 0, last = (double)w->submits[RESULT_DEPTHS - 1];
	double all = (double)(w->io[0].slat.n + w->io[1].slat.n), n = (double)result_ios(w);
	struct calls c = { 0 };

	for (int i = 1; i < RESULT_DEPTHS - 1; i++) {
		double count = (double)w->submits[i];

		calls += count;
		ios += count * i;
		squares += count * i * i;
	}
	if (last > 0 && all > ios) { /* those of the last row have a mean only */
		squares += (all - ios) * (all - ios) / last;
		calls += last;
		ios = all;
	}
	for (int i = 0; i < RESULT_DEPTHS; i++)
		c.reaps += (double)w->completes[i] / n;
	c.submits = calls / n;
	if (calls > 0) {
		c.share = (calls / ios + ios / squares) / 2;
		c.share_error = (calls / ios - ios / squares) / 2;
	} else if (w->work.iodepth_batch_submit == 1) { /* documents that do not count calls */
		c.share = 1;
	}
	return c;
}

static double mean_slat_ns(const struct result_workload *w)
{
	double n = (double)(w->io[0].slat.n + w->io[1].slat.n);

	return n > 0 ? ((double)w->io[0].slat.sum_ns + (double)w->io[1].slat.sum_ns) / n : NAN;
}

/* Workloads of one step ran beside each other. */
static bool ran_alone(const struct result *result, uint32_t i)
{
	bool begins = !i || result->workload[i].work.stonewall;

	return begins && (i + 1 == result->workloads_n || result->workload[i + 1].work.stonewall);
}

/*
 * The machine's fields are read a moment before or after the window's ends, late where the machine
 * was kept from running: together they would be the window by the CPUs. What they differ from that
 * by, mostly idle time, ns.
 */
static double off_window_ns(const struct result *result, const struct result_workload *w)
{
	const struct result_cpu *c = &w->cpu;
	double told = (double)c->user_ns + (double)c->system_ns + (double)c->irq_ns +
		      (double)c->softirq_ns + (double)c->steal_ns + (double)c->idle_ns;

	return fabs(told - (double)result->host.fact[HOST_CPUS].number * (double)w->measured_ns);
}

/* Of each of the machine's fields, per I/O. NAN: they do not tell of workload `i` alone, or their
 * errors together exceed its time. */
static double error_of_machine(const struct result *result, uint32_t i, double whole_ns)
{
	const struct result_workload *w = &result->workload[i];
	double windows = 0, n = (double)result_ios(w), error_ns;

	for (uint32_t k = 0; k < w->rounds_n; k++)
		windows += w->round[k].measured_ns > 0;
	error_ns = (double)result->cpu_error_ns * windows / n;
	if (!ran_alone(result, i) || 4 * error_ns + off_window_ns(result, w) / n > whole_ns)
		return NAN;
	return error_ns;
}

static void set(struct account *a, enum account_part part, double ns, double error_ns)
{
	a->part_ns[part] = at_least_0(ns);
	a->error_ns[part] = error_ns;
}

static double read_ns_of(const struct result *result)
{
	return result->tsc.call_ns > 0 ? result->tsc.call_ns : result->clock.call_ns;
}

/* The loop reads it before and after a submission, and after a reap: between any two of these lies
 * the cost of one reading, which belongs to neither code nor call. */
static double add_clock(struct account *a, const struct result *result, const struct calls *c)
{
	double read_ns = read_ns_of(result);

	if (!(c->submits > 0) || !(read_ns > 0))
		return 0;
	set(a, ACCOUNT_CLOCK, (2 * c->submits + c->reaps) * read_ns, NAN);
	return read_ns;
}

/* The call took longer than its thread was on a CPU, with all that interrupted it: libaio sleeps
 * in it where the device holds no more. What of it is CPU time is not told then. */
static bool slept(const struct result_workload *w, double submit_ns)
{
	double cpu_ns =
		(double)(w->cpu.thread_ns + w->cpu.irq_ns + w->cpu.softirq_ns + w->cpu.steal_ns);

	return submit_ns > cpu_ns / (double)result_ios(w);
}

/* What the threads' own clocks and stamps tell; of interrupts, where they are told. */
static void add_calls(struct account *a, const struct result_workload *w, const struct calls *c,
		      double read_ns, double machine_error_ns)
{
	double n = (double)result_ios(w), slat_ns = mean_slat_ns(w);
	double intr_ns = (double)(w->cpu.irq_ns + w->cpu.softirq_ns) / n;
	double taken_ns = intr_ns + (double)w->cpu.steal_ns / n;
	double tool_ns = (double)w->cpu.thread_user_ns / n;
	double rest_ns = (double)w->cpu.thread_ns / n - tool_ns;
	double submit_ns = slat_ns * c->share, reads_ns = c->submits * read_ns;
	double error_ns = slat_ns * c->share_error;

	set(a, ACCOUNT_TOOL, tool_ns - reads_ns, isnan(machine_error_ns) ? NAN : taken_ns);
	rest_ns += isnan(machine_error_ns) ? 0 : intr_ns;
	if (isnan(slat_ns) || !(c->share > 0) || slept(w, submit_ns - error_ns)) {
		set(a, ACCOUNT_KERNEL, rest_ns - reads_ns - c->reaps * read_ns,
		    2 * machine_error_ns);
		return;
	}
	set(a, ACCOUNT_SUBMISSION, submit_ns - reads_ns, error_ns);
	set(a, ACCOUNT_COMPLETION, rest_ns - submit_ns - c->reaps * read_ns,
	    2 * machine_error_ns + error_ns);
}

/* CPUs without a job have nothing to do; what is left of idle time is the threads' waiting. */
static void add_waiting(struct account *a, const struct result *result,
			const struct result_workload *w, double machine_error_ns)
{
	double n = (double)result_ios(w), cpus = (double)result->host.fact[HOST_CPUS].number;
	double spare_ns = (cpus - w->work.numjobs) * (double)w->measured_ns;
	double wait_ns = at_least_0(((double)w->cpu.idle_ns - spare_ns) / n), wake_ns;
	double sleep_spread, spin_spread, sleeps = (double)w->switches_voluntary / n;

	if (isnan(machine_error_ns) || spare_ns < 0)
		return;
	set(a, ACCOUNT_STOLEN, (double)w->cpu.steal_ns / n, machine_error_ns);
	wake_ns = sleeps * (account_probe(&result->probes, "wake", "sleep_ns", &sleep_spread) -
			    account_probe(&result->probes, "wake", "spin_ns", &spin_spread));
	if (wake_ns >= 0) {
		wake_ns = wake_ns < wait_ns ? wake_ns : wait_ns;
		set(a, ACCOUNT_WAKE, wake_ns, sleeps * (sleep_spread + spin_spread) / 2);
		wait_ns -= wake_ns;
	}
	set(a, ACCOUNT_HOST, wait_ns, machine_error_ns + off_window_ns(result, w) / n);
}

struct account account_of(const struct result *result, uint32_t i)
{
	const struct result_workload *w = &result->workload[i];
	struct account a = account_none();
	double machine_error_ns;
	struct calls c;

	if (!result_ios(w) || !w->measured_ns || w->work.rate_iops[0] || w->work.rate_iops[1])
		return a;
	a.whole_ns = (double)w->measured_ns * w->work.numjobs / (double)result_ios(w);
	machine_error_ns = error_of_machine(result, i, a.whole_ns);
	c = calls_of(w);
	add_calls(&a, w, &c, add_clock(&a, result, &c), machine_error_ns);
	add_waiting(&a, result, w, machine_error_ns);
	return a;
}

double account_waiting_share(const struct result *result, uint32_t i)
{
	struct account a = account_of(result, i);
	double wake_ns = isnan(a.part_ns[ACCOUNT_WAKE]) ? 0 : a.part_ns[ACCOUNT_WAKE];

	return (a.part_ns[ACCOUNT_HOST] + wake_ns) / a.whole_ns;
}

/* --- null_blk --- */

double account_probe(const struct probe_list *probes, const char *probe, const char *figure,
		     double *spread)
{
	for (uint32_t i = 0; i < probes->n; i++) {
		const struct probe *p = &probes->probe[i];

		for (uint32_t k = 0; !strcmp(p->name, probe) && k < p->figures_n; k++) {
			const struct probe_figure *f = &p->figure[k];

			if (strcmp(f->name, figure) != 0 || f->kind == PROBE_IMPOSSIBLE)
				continue;
			if (spread)
				*spread = f->kind == PROBE_SAMPLES ? f->spread : 0;
			return f->p50;
		}
	}
	if (spread)
		*spread = NAN;
	return NAN;
}

struct account account_null(const struct result *result, bool batches)
{
	static const char *const names[2][3] = {
		{ "null_qd1_user_ns", "null_qd1_system_ns", "null_qd1_submit_ns" },
		{ "null_user_ns", "null_system_ns", "null_submit_ns" },
	};
	const struct probe_list *probes = &result->probes;
	struct account a = account_none();
	double user, system, submit, read_ns = read_ns_of(result) / (batches ? NULL_BATCH : 1);

	user = account_probe(probes, "engine", names[batches][0], NULL);
	system = account_probe(probes, "engine", names[batches][1], NULL);
	submit = account_probe(probes, "engine", names[batches][2], NULL);
	if (isnan(user) || isnan(system))
		return a;
	a.whole_ns = batches ? account_probe(probes, "engine", "null_qd64_ns", NULL)
			     : user + system;
	/* Two readings for each call that submits, one for each that reaps, as in workloads. */
	read_ns = at_least_0(read_ns);
	if (read_ns > 0)
		set(&a, ACCOUNT_CLOCK, 3 * read_ns, NAN);
	set(&a, ACCOUNT_TOOL, user - read_ns, NAN);
	set(&a, ACCOUNT_WAKE, 0, NAN);
	set(&a, ACCOUNT_HOST, 0, NAN);
	set(&a, ACCOUNT_STOLEN, 0, NAN);
	if (isnan(submit)) {
		set(&a, ACCOUNT_KERNEL, system - 2 * read_ns, NAN);
	} else {
		set(&a, ACCOUNT_SUBMISSION, submit - read_ns, NAN);
		set(&a, ACCOUNT_COMPLETION, system - submit - read_ns, NAN);
	}
	return a;
}

struct account account_null_like(const struct result *result, uint32_t i)
{
	const struct workload *w = &result->workload[i].work;
	bool batches = w->iodepth_batch_submit == NULL_BATCH && w->iodepth >= NULL_BATCH;

	if (w->bs_bytes != 4096 || w->ioengine != WORKLOAD_IO_URING || !w->direct ||
	    !w->fixedbufs || !w->registerfiles || w->fsync_writes || w->fdatasync_writes ||
	    w->numjobs != 1 || (w->iodepth != 1 && !batches) || result->target_is_file)
		return account_none();
	return account_null(result, batches);
}
