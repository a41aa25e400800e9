/* SPDX-License-Identifier: MIT */
/* Why environments differ and what to try next, as text of at most COMPARE_WIDTH columns. */
#ifndef TARE_RENDER_COMPARE_WHY_H
#define TARE_RENDER_COMPARE_WHY_H

#include <stdbool.h>

#include "lib/buf.h"
#include "model/comparison.h"

/* "3.15 us more per I/O in C = 0.09 tool + 3.05 kernel + 0.01 unexplained": the gap of a pair and
 * its parts, which add up to it as they are printed but for their last digit. */
void compare_why_gap(struct buf *to, const struct comparison_pair *pair);

/* What detectors found here and not there, what bound figures, and causes of the pairs that are
 * explained. Whether there was anything to say. */
bool compare_why_causes(struct buf *to, const struct comparison *c);

/* Settings that usually remove these causes, each once. Whether there are any. */
bool compare_why_advice(struct buf *to, const struct comparison *c);

#endif
