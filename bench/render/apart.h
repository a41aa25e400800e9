/* SPDX-License-Identifier: MIT */
/* What a report says of figures that are not tare's own, each environment by itself, whatever it is
 * printed as. Foreign text in it is as its file has it: whoever prints it cleans it. */
#ifndef TARE_RENDER_APART_H
#define TARE_RENDER_APART_H

#include <stdbool.h>

#include "lib/buf.h"
#include "model/comparison.h"
#include "render/compare_says.h"

/* "fio-3.33, my disk" of one environment; of several, how many they are. */
void apart_title(struct buf *to, const struct comparison *c);

/* What bound the figures, a line for each workload where that is known. */
void apart_limits(const struct says *to, const struct comparison *c);

extern const char apart_columns[]; /* what the columns of the tables are */
extern const char apart_ranked[];  /* where environments are ranked */

#endif
