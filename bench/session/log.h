/* SPDX-License-Identifier: MIT */
/* What a boot said, as text for the results partition. */
#ifndef TARE_SESSION_LOG_H
#define TARE_SESSION_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

#define LOG_MAX_BYTES (128u << 10) /* of what was told; what comes later is cut */

/* Appends each line of `text` that is not empty, with its time: "[   12.345] text". */
void log_add(struct buf *log, uint64_t boot_ns, const char *text);

/*
 * Appends the kernel's records of level warning or worse: "[    1.234567] warning: text". `records`
 * are lines as klogctl() gives them ("<4>[    1.234567] text"); control characters become blanks.
 */
void log_add_kernel(struct buf *to, const char *records);

/* Appends what the kernel still has of its own log, as log_add_kernel(). */
void log_read_kernel(struct buf *to);

#endif
