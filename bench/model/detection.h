/* SPDX-License-Identifier: MIT */
/* What stands behind a disk, and what bound a run, as the detectors of bench/detect/ found it.
 * Plain data. */
#ifndef TARE_MODEL_DETECTION_H
#define TARE_MODEL_DETECTION_H

#include <stdint.h>

#define DETECTION_NAME_BYTES	 16
#define DETECTION_UNIT_BYTES	 16
#define DETECTION_EVIDENCE_BYTES 320
#define DETECTIONS_MAX		 16

/* A finding is there only where something is behind the disk; a limit says what bound the run, and
 * often something did. */
enum detection_kind { DETECTION_FINDING, DETECTION_LIMIT };

enum detection_verdict {
	DETECTION_FOUND,
	DETECTION_CLEAR,     /* looked for, and not there */
	DETECTION_UNDECIDED, /* looked for; what was seen supports neither */
	DETECTION_SKIPPED,   /* not looked for; the evidence says why */
};

struct detection {
	char name[DETECTION_NAME_BYTES]; /* "allocation": a row of detect/registry.c */
	enum detection_kind kind;
	enum detection_verdict verdict;
	double value;			 /* size of the effect; NAN: it has none */
	char unit[DETECTION_UNIT_BYTES]; /* of value: "ratio", "us", "iops", "pct"; "" where NAN */
	double confidence_pct; /* that the verdict is not chance, 0 to 100; NAN: not known */
	char evidence[DETECTION_EVIDENCE_BYTES]; /* a sentence with the numbers it used */
};

struct detection_list {
	struct detection detection[DETECTIONS_MAX]; /* in the order of the registry */
	uint32_t n;				    /* 0: none ran */
};

#endif
