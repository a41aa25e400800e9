/* SPDX-License-Identifier: MIT */
/* Many small pieces of memory that end together: given one after another out of a few large ones.
 */
#ifndef TARE_LIB_ARENA_H
#define TARE_LIB_ARENA_H

#include <stddef.h>

#define ARENA_KEPT_MAX 4

struct arena; /* one thread's at a time */

/* With room for about first_bytes at first; it grows. NULL: no memory. */
struct arena *arena_new(size_t first_bytes);

/* For any type; not cleared. NULL: no memory. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* n of `bytes` each, all zero. Of memory that is new nothing is touched. NULL: no memory. */
void *arena_zeroed(struct arena *arena, size_t n, size_t bytes);

/* All that it gave ends; NULL is let pass. */
void arena_free(struct arena *arena);

/* The thread keeps up to n (ARENA_KEPT_MAX at most; none at first) large pieces that arenas leave,
 * for its next ones: who reads documents one by one does not go to the kernel for each. With 0,
 * what it kept is free again. */
void arena_keep(size_t n);

#endif
