/* SPDX-License-Identifier: MIT */
/* Text over several lines of a report. */
#ifndef TARE_RENDER_WRAP_H
#define TARE_RENDER_WRAP_H

#include <stddef.h>

#include "lib/buf.h"

/*
 * Appends `text`, whose control characters are gone (render/clean.h), on lines of `width`
 * characters, broken at a blank of their second half where there is one, each but the first behind
 * `indent` blanks, which count; the caller has begun the first line with as many characters. Ends
 * with a new line. width > indent.
 */
void wrap_add(struct buf *to, const char *text, size_t width, size_t indent);

#endif
