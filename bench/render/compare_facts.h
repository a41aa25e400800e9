/* SPDX-License-Identifier: MIT */
/* The facts of environments side by side. Text is as its file has it: whoever prints it cleans it.
 */
#ifndef TARE_RENDER_COMPARE_FACTS_H
#define TARE_RENDER_COMPARE_FACTS_H

#include "lib/buf.h"
#include "lib/table.h"
#include "model/comparison.h"

/* Those that are told: label, environments where there are several, value. For the caller to free;
 * only its heads where nothing is told. */
void compare_facts(struct table *t, const struct comparison *c);

/* Labels of those that no environment tells. */
void compare_facts_untold(struct buf *to, const struct comparison *c);

#endif
