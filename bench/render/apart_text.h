/* SPDX-License-Identifier: MIT */
/* A report on figures that are not tare's own, as plain text, at most 100 columns. */
#ifndef TARE_RENDER_APART_TEXT_H
#define TARE_RENDER_APART_TEXT_H

#include "lib/buf.h"
#include "lib/err.h"
#include "model/comparison.h"

/* `c`: made by compare_apart(), of one run at least. `notes`: what is to be said of how the file
 * was read. Out of memory fails the buffer. */
void apart_text(struct buf *to, const struct comparison *c, const struct notes *notes);

#endif
