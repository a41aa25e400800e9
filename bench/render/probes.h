/* SPDX-License-Identifier: MIT */
/* What probes found, as a table. */
#ifndef TARE_RENDER_PROBES_H
#define TARE_RENDER_PROBES_H

#include "lib/buf.h"
#include "model/probe.h"

/* Nothing where no probe ran. Below the table: what was not possible here, and why. */
void render_probes(struct buf *to, const struct probe_list *list);

#endif
