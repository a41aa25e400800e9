/* SPDX-License-Identifier: MIT */
/* Several results in one stream, the same from every verb that prints them. */
#ifndef TARE_COLLECT_JOIN_H
#define TARE_COLLECT_JOIN_H

#include <stddef.h>

#include "lib/buf.h"

/* Appends `n` JSON documents, each of which ends with a newline: one as it is, several as an array,
 * none as nothing. The bytes of each stay as they are. */
void collect_join(struct buf *to, const struct buf *document, size_t n);

#endif
