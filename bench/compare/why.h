/* SPDX-License-Identifier: MIT */
/*
 * A pair that differs, as rules look at it, and the rules. Each returns whether it has something to
 * say, and then has filled says, evidence, gap_ns and strength of *to, which is empty before.
 */
#ifndef TARE_COMPARE_WHY_H
#define TARE_COMPARE_WHY_H

#include "model/comparison.h"

/* One side of the pair. */
struct why_side {
	uint32_t environment;
	char tag[8];
	const struct comparison_environment *e;
	const struct comparison_figure *f;
	const struct sample_run *run; /* its first boot */
};

struct why_case {
	const struct comparison *c;
	const struct comparison_group *g;
	const struct comparison_pair *pair;
	struct why_side slow, fast;
};

typedef bool why_rule(struct comparison_cause *to, const struct why_case *w);

/* A part of the gap weighs at least so much of it to be a cause, and so many ns. */
#define WHY_SHARE_MIN 0.2
#define WHY_NS_MIN    30.0

/* --- why_parts.c: parts of the gap --- */
why_rule why_cpu;
why_rule why_clock;
why_rule why_submission;
why_rule why_completion;
why_rule why_kernel;
why_rule why_tool;
why_rule why_wake;
why_rule why_stolen;
why_rule why_host;
why_rule why_unexplained;

/* --- why_told.c: what figures and facts point at --- */
why_rule why_queue;
why_rule why_host_thread;
why_rule why_contention;
why_rule why_first_write;
why_rule why_guest_ahead;

/* --- why_found.c: what detectors found on one side, and on the other not or far less --- */
why_rule why_found_unwritten;
why_rule why_found_allocation;
why_rule why_found_cache;
why_rule why_found_flush;
why_rule why_found_throttle;
why_rule why_found_queue;
why_rule why_found_punt;
why_rule why_found_submitter;
why_rule why_found_host_thread;
why_rule why_found_clock;
why_rule why_found_wake;
why_rule why_found_contention;
why_rule why_found_steady;

/* What most of the boots of an environment say that looked for it; NULL: none did, or they do not
 * agree. Of those that found it, the first. */
const struct detection *why_detection(const struct comparison_environment *e, const char *name);

/* Whether a detector looked, whatever it concluded: then figures alone conclude no more. */
bool why_was_asked(const struct comparison_environment *e, const char *name);

/* Of the gap, in parts of the mask (1 << enum account_part) and, with ACCOUNT_PARTS_N, in what is
 * unexplained; NAN without a gap. At most the whole gap. */
double why_within_ns(const struct comparison_gap *gap, unsigned int parts);

/* Appends the facts that both sides tell and that differ: "; driver virtio_blk against nvme". */
void why_say_facts(char *to, const struct why_case *w, const enum sample_fact *fact, size_t n);

/* Fills c->finding, whatever differs in the figures. Returns 0 or -ENOMEM. */
int why_find_findings(struct comparison *c);

#endif
