/* SPDX-License-Identifier: MIT */
/*
 * What can be said of environments side by side. Points into the samples it was made from, which
 * must outlive it; made and freed by compare/compare.h. Absent figures are NAN, as in the samples.
 */
#ifndef TARE_MODEL_COMPARISON_H
#define TARE_MODEL_COMPARISON_H

#include <stdbool.h>
#include <stdint.h>

#include "model/account.h"
#include "model/sample.h"

#define COMPARISON_WHY_BYTES  200
#define COMPARISON_TEXT_BYTES 480

enum comparison_verdict {
	COMPARISON_SAME,	    /* the same within noise */
	COMPARISON_TWO_BUILDS,	    /* no difference seen, but by two builds: two instruments */
	COMPARISON_PROBABLY_FASTER, /* a difference, but from fewer rounds than make it sure */
	COMPARISON_FASTER,
	COMPARISON_TOO_FEW,    /* too few rounds to say */
	COMPARISON_NOT_RANKED, /* a figure of it says nothing about the disk: `why` tells */
	COMPARISON_VERDICTS_N,
};

/* One name, one or more boots. */
struct comparison_environment {
	const char *label;
	const struct sample_run **boot;
	uint32_t boots_n;
};

/* A fact that is not the same for all, as far as it is known. */
struct comparison_difference {
	enum sample_fact fact;
	const char **value; /* of each environment; NULL: not said */
	bool *varies;	    /* between the boots of each environment: `value` is of the first */
	bool differs;	    /* false: what is known agrees, but some do not say */
};

/* One environment's figures of a workload: means over boots and rounds. */
struct comparison_figure {
	bool present;
	const struct sample_workload **boot; /* of each boot that has it */
	uint32_t boots_n;
	uint32_t rounds_n; /* of all boots */
	/* Logarithms of the speed (I/Os per second; in an open loop 1 / mean latency) of each
	 * round, boot by boot, and of each boot. */
	double *round_log, *boot_log;
	uint32_t logs_n; /* of round_log; single figures among them */
	/* Geometric mean, 95 % interval: of boots where there are several, else of rounds; the
	 * plain mean of a figure that has a round without a rate. */
	double iops, iops_low, iops_high;
	double bytes_per_s, usr_pct, sys_pct, cpu_ns_per_io, measured_s, ios;
	struct sample_latency latency;	       /* percentiles only where the I/Os support them */
	struct account account;		       /* means of boots; a part that one lacks is absent */
	double ratio, ratio_low, ratio_high;   /* of the speed to the baseline's, 95 % interval */
	char not_ranked[COMPARISON_WHY_BYTES]; /* why; "": it may be ranked */
};

/*
 * The gap of a pair in the threads' time per I/O, and its parts: slow less fast. A part that only
 * one side tells apart is counted, on both, to the part that holds it on the other; a part that is
 * NAN in a side cannot be told of either. Parts and `unexplained_ns` add up to `whole_ns`.
 */
struct comparison_gap {
	struct account slow, fast; /* whole_ns NAN: there is no accounting of this pair */
	double whole_ns;	   /* NAN likewise */
	double part_ns[ACCOUNT_PARTS_N];
	double error_ns[ACCOUNT_PARTS_N]; /* of both sides; NAN: not known */
	double unexplained_ns;
};

enum comparison_strength {
	COMPARISON_MEASURED,  /* the files' figures show it, and how much it is */
	COMPARISON_LIKELY,    /* they point at it; something else could look the same */
	COMPARISON_UNDECIDED, /* they cannot tell; `measure` says what would */
	COMPARISON_STRENGTHS_N,
};

/* A setting that usually removes a cause on a platform: a row of compare/advice.c. */
struct comparison_advice {
	const char *rule;     /* of the cause */
	const char *platform; /* "Proxmox VE"; NULL: any */
	const char *text;
	const char *page; /* "docs/platforms/proxmox.md" */
};

/* A candidate for why a pair differs, or what bound the figures of a group. All texts are
 * sentences without an environment's label: they call it by its letter (compare/say.h). */
struct comparison_cause {
	const char *rule; /* "submission", "allocation": a row of the table of compare/causes.c */
	enum comparison_strength strength;
	double gap_ns;	/* of the pair's gap, per I/O, that it accounts for; NAN: not known */
	uint32_t where; /* the environment that advice is for */
	char says[COMPARISON_TEXT_BYTES];
	char evidence[COMPARISON_TEXT_BYTES];	/* the numbers that were used */
	char cannot[COMPARISON_TEXT_BYTES];	/* what these data cannot tell; "" */
	char measure[COMPARISON_TEXT_BYTES];	/* what to measure to decide; "" */
	const struct comparison_advice *advice; /* NULL: none is known */
	bool advice_by_label; /* its platform is known by the environment's label alone */
};

struct comparison_pair {
	uint32_t slow, fast; /* environments, by their means */
	enum comparison_verdict verdict;
	double ratio, low, high; /* fast to slow, with its 95 % interval */
	double floor;		 /* least ratio that is no noise (compare/means.h) */
	double p, p_corrected;	 /* permutation test; Holm's correction over all pairs tested */
	uint32_t slow_n, fast_n; /* samples */
	bool of_boots;		 /* samples are boots; else rounds, and what is said holds for
				  * these boots */
	char why[COMPARISON_WHY_BYTES]; /* of TOO_FEW and NOT_RANKED */
	/* Worth a look for people: it differs, and where a group has many such pairs it is one with
	 * the baseline. Gap and causes are there for others too. */
	bool explained;
	struct comparison_gap gap;
	struct comparison_cause *cause; /* the first accounts for most of the gap */
	uint32_t causes_n;
};

/* A workload, by what it does. */
struct comparison_group {
	char name[SAMPLE_NAME_BYTES]; /* of the first source that has it */
	struct sample_shape shape;    /* all that any source says of it */
	enum sample_direction direction;
	bool open_loop;			  /* I/Os came at a given rate: speed is 1 / mean latency */
	bool says_less;			  /* some source leaves out what others say of the shape */
	struct comparison_figure *figure; /* of each environment */
	struct comparison_pair *pair;
	uint32_t pairs_n;
	struct comparison_cause *limit; /* what bound the figures, whichever differ */
	uint32_t limits_n;
};

struct comparison {
	struct comparison_environment *environment;
	uint32_t environments_n;
	uint32_t baseline;
	bool all_pairs; /* else each against the baseline: there are too many */
	/* Each environment by itself: no differences, ratios, pairs or findings. */
	bool apart;
	struct comparison_difference *difference;
	uint32_t differences_n;
	struct comparison_group *group;
	uint32_t groups_n;
	/* What detectors found in some environment, and in another looked for in vain or found to
	 * be a third of it at most: `where` is the first that has most of it, `gap_ns` is NAN.
	 * Findings first, then limits. */
	struct comparison_cause *finding;
	uint32_t findings_n;
	uint32_t tests_n; /* pairs that a p was worked out for */
};

#endif
