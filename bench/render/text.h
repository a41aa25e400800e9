/* SPDX-License-Identifier: MIT */
/* A result as plain text, at most 100 columns. Works from the result alone, fresh or read back from
 * a file. */
#ifndef TARE_RENDER_TEXT_H
#define TARE_RENDER_TEXT_H

#include "lib/buf.h"
#include "model/result.h"

/* The whole report: machine, target, a row for each workload, what to doubt, what was done to
 * disks. */
void render_text(struct buf *to, const struct result *result);

/* Machine, CPU, kernel, clock, mitigations: the lines at the head of the report. */
void render_machine(struct buf *to, const struct result *result);

/* One line on one finished round, for a person watching: "randread-4k-qd1: 12345 IOPS, 48.2 MiB/s,
 * p99 81 us". */
void render_round_line(struct buf *to, const char *name, const struct result_round *round);

/* The same as `key=value` words, for a summary line on a serial port. */
void render_round_summary(struct buf *to, const char *name, const struct result_round *round);

/* The key figures of the run as `key=value` lines, for the summary on a serial line: one for the
 * run, one for each workload, one for each detector that found something. At most 8 KiB. */
void render_summary(struct buf *to, const struct result *result);

#endif
