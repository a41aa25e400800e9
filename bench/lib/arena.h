/* SPDX-License-Identifier: MIT */
/*
 * Many small pieces of memory that end together: given one after another out of a few large ones.
 * A thread keeps one large piece that was given back, for its next arena: documents that are read
 * one by one do not go to the kernel for each.
 */
#ifndef TARE_LIB_ARENA_H
#define TARE_LIB_ARENA_H

#include <stddef.h>

struct arena; /* one thread's at a time */

/* With room for about first_bytes at first; it grows. NULL: no memory. */
struct arena *arena_new(size_t first_bytes);

/* For any type; not cleared. NULL: no memory. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Of all that it gave; NULL is let pass. */
void arena_free(struct arena *arena);

#endif
