/* SPDX-License-Identifier: MIT */
/* A result on a text screen of 80 columns and 25 lines: what matters most stands last, where it is
 * still seen. */
#ifndef TARE_RENDER_SCREEN_H
#define TARE_RENDER_SCREEN_H

#include "lib/buf.h"
#include "model/result.h"

#define SCREEN_COLUMNS 80

/* Warnings first, then machine and target in a line each, then the table. No line is longer than
 * SCREEN_COLUMNS - 1. */
void render_screen(struct buf *to, const struct result *result);

#endif
