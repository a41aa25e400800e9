/* SPDX-License-Identifier: MIT */
/* One environment's figures of a workload, from those of its boots and rounds. */
#ifndef TARE_COMPARE_FIGURES_H
#define TARE_COMPARE_FIGURES_H

#include "compare/means.h"
#include "model/comparison.h"

/* Of the logarithms that stand for a figure: of its boots, else of its rounds. */
struct means figures_means(const struct comparison_figure *f, bool of_boots);

/* Fills every figure that has boots; ratios are to c->baseline, and absent where
 * c->apart. Returns 0 or -ENOMEM. */
int figures_fill(struct comparison *c);

#endif
