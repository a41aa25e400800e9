// SPDX-License-Identifier: MIT
/* Rules on the parts of the gap: the files' own figures show where the time is. */
#include <math.h>
#include <string.h>

#include "compare/gap.h"
#include "compare/likeness.h"
#include "compare/say.h"
#include "compare/why.h"

#define US 1e3

#define CPU_PARTS                                                                                  \
	(1u << ACCOUNT_TOOL | 1u << ACCOUNT_SUBMISSION | 1u << ACCOUNT_COMPLETION |                \
	 1u << ACCOUNT_KERNEL)

double why_within_ns(const struct comparison_gap *gap, unsigned int parts)
{
	double sum = 0;

	if (isnan(gap->whole_ns))
		return NAN;
	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		if (parts >> i & 1 && gap->part_ns[i] > 0)
			sum += gap->part_ns[i];
	if (parts >> ACCOUNT_PARTS_N & 1 && gap->unexplained_ns > 0)
		sum += gap->unexplained_ns;
	return fmin(sum, gap->whole_ns);
}

void why_say_facts(char *to, const struct why_case *w, const enum sample_fact *fact, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *slow = w->slow.run->fact[fact[i]], *fast = w->fast.run->fact[fact[i]];

		if (slow && fast && strcmp(slow, fast) != 0)
			say(to, "; %s: %.80s in %s, %.80s in %s", likeness_rows[fact[i]].label,
			    slow, w->slow.tag, fast, w->fast.tag);
	}
}

/* The engine's time on null_blk of both sides, as the workload's calls are; false: not told. */
static bool null_ns(const struct why_case *w, double *slow, double *fast)
{
	enum sample_probe figure = w->g->shape.iodepth > 1 ? SAMPLE_PROBE_NULL_QD64_NS
							   : SAMPLE_PROBE_NULL_QD1_NS;

	*slow = w->slow.run->probe[figure];
	*fast = w->fast.run->probe[figure];
	return sample_known(*slow) && sample_known(*fast);
}

/* Where the remainder outweighs half of the gap, no part of it accounts for the gap. */
static bool is_open(const struct comparison_gap *gap)
{
	return fabs(gap->unexplained_ns) > gap->whole_ns / 2;
}

static bool weighs(const struct comparison_gap *gap, double ns, double error_ns)
{
	return ns >= WHY_SHARE_MIN * gap->whole_ns && ns >= WHY_NS_MIN &&
	       (isnan(error_ns) || ns > error_ns);
}

static void say_share(char *to, double ns, double whole_ns)
{
	double share = ns / whole_ns;

	if (share > 0.9 && share < 1.1)
		say(to, "the whole difference");
	else if (share >= 1.1)
		say(to, "more than the difference; other parts make up for it");
	else
		say(to, "%.0f %% of the difference", share * 100);
}

/* Fills *to where the part weighs; `words` are what takes longer. */
static bool take_part(struct comparison_cause *to, const struct why_case *w, enum account_part part,
		      const char *words)
{
	const struct comparison_gap *gap = &w->pair->gap;
	double ns = gap->part_ns[part];

	if (isnan(gap->whole_ns) || !weighs(gap, ns, gap->error_ns[part]))
		return false;
	to->gap_ns = ns;
	to->strength = is_open(gap) ? COMPARISON_LIKELY : COMPARISON_MEASURED;
	say(to->says, "%s takes %.2f us more in %s, ", words, ns / US, w->slow.tag);
	say_share(to->says, ns, gap->whole_ns);
	say(to->evidence, "%.2f us in %s, %.2f us in %s", gap->slow.part_ns[part] / US, w->slow.tag,
	    gap->fast.part_ns[part] / US, w->fast.tag);
	if (gap->error_ns[part] > 0)
		say(to->evidence, ", off by %.2f us at most", gap->error_ns[part] / US);
	return true;
}

bool why_cpu(struct comparison_cause *to, const struct why_case *w)
{
	static const enum sample_fact facts[] = { SAMPLE_CPU, SAMPLE_KERNEL, SAMPLE_MITIGATIONS,
						  SAMPLE_KERNEL_COMMAND_LINE };
	const struct comparison_gap *gap = &w->pair->gap;
	double slow, fast, within = why_within_ns(gap, CPU_PARTS);
	double slow_mhz = w->slow.run->probe[SAMPLE_PROBE_CHAIN_MHZ];
	double fast_mhz = w->fast.run->probe[SAMPLE_PROBE_CHAIN_MHZ];

	if (isnan(within) || !null_ns(w, &slow, &fast) || slow < fast * 1.1 ||
	    !weighs(gap, fmin(slow - fast, within), NAN))
		return false;
	to->gap_ns = fmin(slow - fast, within);
	to->strength = COMPARISON_MEASURED;
	say(to->says,
	    "%s takes %.2f us more for each I/O with no storage behind it: the CPU's speed, the "
	    "kernel or its mitigations, not the disk: ",
	    w->slow.tag, to->gap_ns / US);
	say_share(to->says, to->gap_ns, gap->whole_ns);
	say(to->evidence,
	    "the engine on null_blk: %.2f us in %s, %.2f us in %s, of a gap of %.2f us", slow / US,
	    w->slow.tag, fast / US, w->fast.tag, gap->whole_ns / US);
	if (sample_known(slow_mhz) && sample_known(fast_mhz))
		say(to->evidence, "; dependent additions at %.0f MHz in %s, %.0f in %s", slow_mhz,
		    w->slow.tag, fast_mhz, w->fast.tag);
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
	return true;
}

/* What an I/O costs in the kernel's calls: null_blk tells whether storage has a part in it. */
static void judge_by_null(struct comparison_cause *to, const struct why_case *w, const char *path)
{
	static const enum sample_fact facts[] = { SAMPLE_DRIVER, SAMPLE_SCHEDULER, SAMPLE_QUEUES,
						  SAMPLE_HYPERVISOR, SAMPLE_KERNEL };
	double slow, fast;

	if (null_ns(w, &slow, &fast)) {
		say(to->evidence, "; the engine on null_blk: %.2f us in %s, %.2f us in %s",
		    slow / US, w->slow.tag, fast / US, w->fast.tag);
		if (slow - fast < to->gap_ns / 2)
			say(to->says, "; null_blk does not take it: %s", path);
	} else {
		say(to->cannot,
		    "the way through %s from CPU, kernel and mitigations, which any I/O pays",
		    path);
		say(to->measure, "`tare run --suite standard` in both, which also reads null_blk");
	}
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
}

bool why_submission(struct comparison_cause *to, const struct why_case *w)
{
	if (!take_part(to, w, ACCOUNT_SUBMISSION,
		       "submission, with the interrupts taken meanwhile,"))
		return false;
	judge_by_null(to, w, "driver and hypervisor");
	return true;
}

bool why_completion(struct comparison_cause *to, const struct why_case *w)
{
	if (!take_part(to, w, ACCOUNT_COMPLETION, "completion (reaping and interrupts)"))
		return false;
	judge_by_null(to, w, "interrupts, driver and hypervisor");
	return true;
}

bool why_kernel(struct comparison_cause *to, const struct why_case *w)
{
	if (!take_part(to, w, ACCOUNT_KERNEL,
		       "the thread's time in the kernel (submission and completion)"))
		return false;
	judge_by_null(to, w, "driver and hypervisor");
	if (w->g->shape.engine[0])
		return true;
	say(to->cannot, "%ssubmission from completion", to->cannot[0] ? "; " : "");
	say(to->measure, "%sfio's whole output, whose `slat` is submission",
	    to->measure[0] ? ", or " : "");
	return true;
}

bool why_tool(struct comparison_cause *to, const struct why_case *w)
{
	static const enum sample_fact facts[] = { SAMPLE_TOOL, SAMPLE_BUILD, SAMPLE_CPU };

	if (!take_part(to, w, ACCOUNT_TOOL, "the tool's own code"))
		return false;
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
	say(to->cannot,
	    "the tool's version, its clock (counter or system call, by what the hypervisor shows) "
	    "and the CPU's speed from each other");
	say(to->measure, "one build of one tool in both; tare tells its clock apart");
	return true;
}

bool why_clock(struct comparison_cause *to, const struct why_case *w)
{
	static const enum sample_fact facts[] = { SAMPLE_CLOCK, SAMPLE_CLOCKSOURCE };

	if (!take_part(to, w, ACCOUNT_CLOCK, "reading the clock"))
		return false;
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
	return true;
}

bool why_wake(struct comparison_cause *to, const struct why_case *w)
{
	static const enum sample_fact facts[] = { SAMPLE_GOVERNOR, SAMPLE_KERNEL_COMMAND_LINE };

	if (!take_part(to, w, ACCOUNT_WAKE, "waking up from sleep, each time that it waited,"))
		return false;
	say(to->evidence, "; a sleep costs %.1f us in %s, %.1f us in %s (probe wake)",
	    w->slow.run->probe[SAMPLE_PROBE_WAKE_NS] / US, w->slow.tag,
	    w->fast.run->probe[SAMPLE_PROBE_WAKE_NS] / US, w->fast.tag);
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
	return true;
}

bool why_stolen(struct comparison_cause *to, const struct why_case *w)
{
	return take_part(to, w, ACCOUNT_STOLEN, "CPU time that the host gave to others");
}

bool why_host(struct comparison_cause *to, const struct why_case *w)
{
	static const enum sample_fact facts[] = { SAMPLE_HYPERVISOR, SAMPLE_TARGET_MODEL,
						  SAMPLE_DRIVER, SAMPLE_WRITE_CACHE };
	double slow = w->slow.f->boot[0]->device_ns, fast = w->fast.f->boot[0]->device_ns;

	if (!take_part(to, w, ACCOUNT_HOST, "waiting for device and host, with an idle CPU,"))
		return false;
	if (slow > 0 && fast > 0)
		say(to->evidence,
		    "; from the driver's queue to its end an I/O takes %.1f us in %s, %.1f us in "
		    "%s",
		    slow / US, w->slow.tag, fast / US, w->fast.tag);
	why_say_facts(to->evidence, w, facts, sizeof(facts) / sizeof(facts[0]));
	say(to->cannot, "the two from each other: from inside, host and device are one");
	if (!w->slow.run->detectors.n || !w->fast.run->detectors.n)
		say(to->measure,
		    "`tare run --suite detect` in both (caches, allocation, limits, a full thread "
		    "of the host), and ");
	say(to->measure, "tare on the host itself");
	return true;
}

/* What is left, either way: a thread that was off its CPU waited, or others were charged. */
bool why_unexplained(struct comparison_cause *to, const struct why_case *w)
{
	const struct comparison_gap *gap = &w->pair->gap;
	double ns = fabs(gap->unexplained_ns), error_ns = 0;
	const struct why_side *side = gap->unexplained_ns > 0 ? &w->slow : &w->fast;
	bool waits = isnan(gap->slow.part_ns[ACCOUNT_HOST]);

	for (int i = 0; i < ACCOUNT_PARTS_N; i++)
		error_ns += isnan(gap->error_ns[i]) ? 0 : gap->error_ns[i];
	if (isnan(gap->whole_ns) || !weighs(gap, ns, error_ns) ||
	    (side == &w->fast && !is_open(gap)))
		return false;
	to->gap_ns = ns;
	to->strength = COMPARISON_UNDECIDED;
	if (waits)
		say(to->says,
		    "the threads of %s were off their CPU for %.2f us more: they waited for the "
		    "disk, or interrupts were charged elsewhere",
		    side->tag, ns / US);
	else
		say(to->says, "%.2f us of each I/O in %s are in no part that is measured", ns / US,
		    side->tag);
	say(to->evidence, "unexplained: %.2f us in %s, %.2f us in %s",
	    account_unexplained_ns(&gap->slow) / US, w->slow.tag,
	    account_unexplained_ns(&gap->fast) / US, w->fast.tag);
	say(to->cannot, waits ? "the two from each other" : "what else ran meanwhile");
	say(to->measure, waits ? "`tare run` in both: it counts idle time and interrupts"
			       : "again, with nothing else on machine and host");
	return true;
}
