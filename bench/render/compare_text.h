/* SPDX-License-Identifier: MIT */
/* A comparison as plain text, at most 100 columns. */
#ifndef TARE_RENDER_COMPARE_TEXT_H
#define TARE_RENDER_COMPARE_TEXT_H

#include <stdbool.h>

#include "lib/buf.h"
#include "model/comparison.h"

/* `colour`: verdicts and titles with the escape sequences of a terminal. `notes`: what is to be
 * said of how the files were read. */
void compare_text(struct buf *to, const struct comparison *c, const struct notes *notes,
		  bool colour);

#endif
