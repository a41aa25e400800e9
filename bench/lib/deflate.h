/* SPDX-License-Identifier: MIT */
/* Raw deflate streams (RFC 1951) by libdeflate. No input above DEFLATE_INPUT_MAX_BYTES: -EFBIG. */
#ifndef TARE_LIB_DEFLATE_H
#define TARE_LIB_DEFLATE_H

#include <stddef.h>

#include "lib/buf.h"

#define DEFLATE_INPUT_MAX_BYTES (1u << 30)

/* Appends the compressed form at the best level. Returns 0, -ENOMEM or -EFBIG. */
int deflate_pack(struct buf *to, const void *data, size_t len);

/*
 * Appends the plain form. Never produces more than max_bytes: -EFBIG. -EBADMSG where the stream is
 * damaged, ends early, or has bytes behind its end; -ENOMEM. `to` is untouched on error.
 */
int deflate_unpack(struct buf *to, const void *data, size_t len, size_t max_bytes);

#endif
