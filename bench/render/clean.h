/* SPDX-License-Identifier: MIT */
/* Text that a device or a document gave: it must not steer the terminal it is read on. */
#ifndef TARE_RENDER_CLEAN_H
#define TARE_RENDER_CLEAN_H

#include <stddef.h>

#include "lib/buf.h"

/* Appends `text` with a '?' for each control character and each byte that is not UTF-8. */
void clean_add(struct buf *to, const char *text, size_t len);

#endif
