/* SPDX-License-Identifier: MIT */
/* What stands at the head of a report: the machine, the target, the run, as words behind labels.
 * Text is as devices gave it: whoever prints it cleans it. */
#ifndef TARE_RENDER_FACTS_H
#define TARE_RENDER_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"
#include "model/result.h"

struct facts_row {
	const char *label; /* "": goes on with the row before it */
	char *text;
};

/* Starts as { 0 }; freed with facts_free(). */
struct facts {
	struct facts_row *fact;
	size_t n;
	bool failed; /* out of memory: rows are missing */
};

/* "tare 0.1.0, build 1a2b, run 5c6d7e8f, label" */
void facts_title(struct buf *to, const struct result *result);

/* These append rows. */
void facts_machine(struct facts *to, const struct result *result); /* CPU, kernel, clock, ... */
void facts_run(struct facts *to, const struct result *result);	   /* target, suite, state */
/* A row without label for each workload of which steady state was asked. */
void facts_steady(struct facts *to, const struct result *result);

void facts_free(struct facts *facts);

#endif
