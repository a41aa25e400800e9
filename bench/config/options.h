/* SPDX-License-Identifier: MIT */
/*
 * The job-file options: one table row each, in fio's names, units, defaults and meaning (fio
 * HOWTO.rst, 3.33). Parser, help and the echo in the result derive from the table.
 */
#ifndef TARE_CONFIG_OPTIONS_H
#define TARE_CONFIG_OPTIONS_H

#include "lib/buf.h"
#include "lib/err.h"
#include "model/workload.h"

/* A section with every option at its default. */
void options_default(struct workload *w);

/*
 * Sets one option. `value` is NULL where the file has the bare name (a switch, or an empty value).
 * `where` ("quick.fio:12") begins the message. Returns 0, -ENOENT (no such option) or -EINVAL, with
 * *e naming option, value and what would be right.
 */
int options_set(struct workload *w, const char *name, const char *value, const char *where,
		struct err *e);

/* Calls `add` with canonical name and value of every option that differs from its default, in table
 * order; not with the section's name. */
void options_echo(const struct workload *w,
		  void (*add)(void *context, const char *name, const char *value), void *context);

/* A line of help for each option: name, aliases, unit, default. */
void options_help(struct buf *to);

/* Names of the enums, as in job files. */
const char *options_rw_name(enum workload_rw rw);
const char *options_engine_name(enum workload_engine engine);

#endif
