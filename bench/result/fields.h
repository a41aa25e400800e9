/* SPDX-License-Identifier: MIT */
/* The members of a document, by table: what stands where, under which name. */
#ifndef TARE_RESULT_FIELDS_H
#define TARE_RESULT_FIELDS_H

#include "model/result.h"
#include "result/field.h"

extern const struct fields fields_result;	/* struct result: members of "tare" */
extern const struct fields fields_target;	/* struct result: members of "target" */
extern const struct fields fields_disk;		/* struct disk */
extern const struct fields fields_tuned;	/* struct tuned_row: columns */
extern const struct fields fields_cpu;		/* struct result_cpu */
extern const struct fields fields_workload;	/* struct result_workload */
extern const struct fields fields_rounds;	/* struct result_round: columns */
extern const struct fields fields_rounds_bytes; /* struct result_round: columns */
extern const struct fields fields_series;	/* struct series_point: columns */
extern const struct fields fields_key;		/* struct result_key */
extern const struct fields fields_error;	/* struct result_error */
extern const struct fields fields_tsc;		/* struct tsc: members of "clock" */
extern const struct fields fields_clock;	/* struct clock_cost: members of "clock" */
extern const struct fields fields_kernel;	/* struct result_kernel: what has no direction */
extern const struct fields fields_steady;	/* struct result_steady */
extern const struct fields fields_probe;	/* struct probe: what is no figure */

/* What old documents have in their places. */
extern const struct fields fields_clock_1;    /* schema 1 */
extern const struct fields fields_cpu_2;      /* up to schema 2: struct result_cpu */
extern const struct fields fields_round_2;    /* up to schema 2: struct result_round */
extern const struct fields fields_round_io_2; /* up to schema 2: struct result_round_io */
extern const struct fields fields_series_2;   /* schema 2: struct series_point: columns */

#endif
