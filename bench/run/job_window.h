/* SPDX-License-Identifier: MIT */
/* Begin and end of what a job's loop counts: what its thread had used by then. */
#ifndef TARE_RUN_JOB_WINDOW_H
#define TARE_RUN_JOB_WINDOW_H

#include <stdint.h>

#include "run/job.h"

/* Opens the window at now_ns, tsc_now_ns(): from here on the job measures. */
void job_window_open(struct job *job, uint64_t now_ns);

/* Closes it at end_ns: the job's stats are complete but for what is counted with each I/O. */
void job_window_close(struct job *job, uint64_t end_ns);

#endif
