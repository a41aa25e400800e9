/* SPDX-License-Identifier: MIT */
/* What probes found, as a table. */
#ifndef TARE_RENDER_PROBES_H
#define TARE_RENDER_PROBES_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/table.h"
#include "model/probe.h"

/* Fills `t`, which the caller frees. False: no probe ran, and it is not touched. */
bool probes_table(struct table *t, const struct probe_list *list);

/* Lines to stand below it: what columns mean, what was not possible here, and why. */
void probes_legend(struct buf *to, const struct probe_list *list);

/* Both as text; nothing where no probe ran. */
void render_probes(struct buf *to, const struct probe_list *list);

#endif
