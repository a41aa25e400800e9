/* SPDX-License-Identifier: MIT */
/* Why environments differ and what to try next, in sentences, whatever they are printed as. */
#ifndef TARE_RENDER_COMPARE_WHY_H
#define TARE_RENDER_COMPARE_WHY_H

#include <stdbool.h>

#include "lib/buf.h"
#include "model/comparison.h"

enum why_level {
	WHY_ABOUT, /* a workload, or the detectors: what follows is of it */
	WHY_PAIR,  /* two environments and their gap */
	WHY_CAUSE, /* behind a number or a mark */
	WHY_OPEN,  /* of the cause before it: what is not known */
	WHY_MORE,  /* of the pair: what is not told, or that there is nothing */
};

/* Takes the sentences one by one. */
struct why {
	void (*line)(void *ctx, enum why_level level, const char *head, const char *text);
	void *ctx;
};

/* "3.15 us more per I/O in C = 0.09 tool + 3.05 kernel + 0.01 unexplained": the gap of a pair and
 * its parts, which add up to it as they are printed but for their last digit. */
void compare_why_gap(struct buf *to, const struct comparison_pair *pair);

extern const char compare_why_title[], compare_why_advice_title[];

/* What detectors found here and not there, what bound figures, and causes of the pairs that are
 * explained. Whether there was anything to say. */
bool compare_why_causes(const struct why *to, const struct comparison *c);

/* Settings that usually remove these causes, each once. Whether there are any. */
bool compare_why_advice(const struct why *to, const struct comparison *c);

#endif
