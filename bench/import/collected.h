/* SPDX-License-Identifier: MIT */
/* Runs that collect/ took out of logs, partitions and images, as samples. */
#ifndef TARE_IMPORT_COLLECTED_H
#define TARE_IMPORT_COLLECTED_H

#include "collect/collect.h"
#include "import/import.h"

/* Adds every run of which there is a whole document; of the first that is not, *e tells. Returns 0
 * or -errno. */
int collected_read(struct samples *to, const struct collect *c, const struct import_source *source,
		   struct err *e);

#endif
