/* SPDX-License-Identifier: MIT */
/*
 * What can be said of environments side by side. Points into the samples it was made from, which
 * must outlive it; made and freed by compare/compare.h. Absent figures are NAN, as in the samples.
 */
#ifndef TARE_MODEL_COMPARISON_H
#define TARE_MODEL_COMPARISON_H

#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"

#define COMPARISON_WHY_BYTES 200

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
	double ratio, ratio_low, ratio_high;   /* of the speed to the baseline's, 95 % interval */
	char not_ranked[COMPARISON_WHY_BYTES]; /* why; "": it may be ranked */
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
};

struct comparison {
	struct comparison_environment *environment;
	uint32_t environments_n;
	uint32_t baseline;
	bool all_pairs; /* else each against the baseline: there are too many */
	struct comparison_difference *difference;
	uint32_t differences_n;
	struct comparison_group *group;
	uint32_t groups_n;
	uint32_t tests_n; /* pairs that a p was worked out for */
};

#endif
