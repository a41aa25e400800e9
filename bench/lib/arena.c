// SPDX-License-Identifier: MIT
/* Memory that ends together. */
#include "lib/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Tests see what is read or written beside what was given, and behind the end of it all. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define ARENA_GAP_BYTES alignof(max_align_t)
#else
#define ASAN_POISON_MEMORY_REGION(from, bytes)	 ((void)(from), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(from, bytes) ((void)(from), (void)(bytes))
#define ARENA_GAP_BYTES				 0
#endif

#define ARENA_LEAST_BYTES ((size_t)4 << 10)
#define ARENA_KEPT_BYTES  ((size_t)16 << 20) /* no larger piece is kept */
/* No memory has more, and twice that and a little still is a number. */
#define ARENA_MOST_BYTES (SIZE_MAX / 4)

/* A large piece; what it gives lies behind. The first of an arena holds the arena, too. */
struct piece {
	struct piece *next;
	size_t bytes, used; /* behind it */
	size_t dirty;	    /* of those, so many were ever given: the rest is zero */
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct piece *piece; /* the last first */
};

static _Thread_local struct piece *kept[ARENA_KEPT_MAX];
static _Thread_local size_t keep_n;

/* The smallest that was kept and has room. */
static struct piece *piece_again(size_t bytes)
{
	struct piece **best = NULL, *piece;

	for (size_t i = 0; i < keep_n; i++)
		if (kept[i] && kept[i]->bytes >= bytes &&
		    (!best || kept[i]->bytes < (*best)->bytes))
			best = &kept[i];
	if (!best)
		return NULL;
	piece = *best;
	*best = NULL;
	piece->used = 0;
	piece->next = NULL;
	return piece;
}

static struct piece *piece_new(size_t bytes)
{
	struct piece *piece = piece_again(bytes);

	if (piece)
		return piece;
	if (bytes < ARENA_LEAST_BYTES)
		bytes = ARENA_LEAST_BYTES;
	piece = calloc(1, sizeof(*piece) + bytes);
	if (!piece)
		return NULL;
	piece->bytes = bytes;
	ASAN_POISON_MEMORY_REGION(piece->data, bytes);
	return piece;
}

static void piece_end(struct piece *piece)
{
	if (piece)
		ASAN_UNPOISON_MEMORY_REGION(piece->data, piece->bytes);
	free(piece);
}

/* The larger ones stay. */
static void piece_free(struct piece *piece)
{
	struct piece **least = &piece;

	if (piece->bytes > ARENA_KEPT_BYTES) {
		piece_end(piece);
		return;
	}
	ASAN_POISON_MEMORY_REGION(piece->data, piece->bytes);
	for (size_t i = 0; i < keep_n; i++) {
		if (!kept[i]) {
			kept[i] = piece;
			return;
		}
		if (kept[i]->bytes < (*least)->bytes)
			least = &kept[i];
	}
	if (least != &piece) {
		struct piece *smaller = *least;

		*least = piece;
		piece = smaller;
	}
	piece_end(piece);
}

void arena_keep(size_t n)
{
	for (size_t i = n; i < keep_n; i++) {
		piece_end(kept[i]);
		kept[i] = NULL;
	}
	keep_n = n < ARENA_KEPT_MAX ? n : ARENA_KEPT_MAX;
}

static size_t aligned(size_t bytes)
{
	return (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static void *take(struct piece *piece, size_t bytes, bool zero)
{
	size_t dirty = piece->dirty > piece->used ? piece->dirty - piece->used : 0;
	void *taken = piece->data + piece->used;

	ASAN_UNPOISON_MEMORY_REGION(taken, bytes);
	if (zero)
		memset(taken, 0, bytes < dirty ? bytes : dirty);
	piece->used += aligned(bytes) + ARENA_GAP_BYTES;
	if (piece->used > piece->dirty)
		piece->dirty = piece->used;
	return taken;
}

struct arena *arena_new(size_t first_bytes)
{
	struct arena *arena;
	struct piece *piece;

	if (first_bytes > ARENA_MOST_BYTES)
		return NULL;
	piece = piece_new(aligned(sizeof(*arena)) + ARENA_GAP_BYTES + first_bytes);
	if (!piece)
		return NULL;
	arena = take(piece, sizeof(*arena), false);
	arena->piece = piece;
	return arena;
}

static void *give(struct arena *arena, size_t bytes, bool zero)
{
	struct piece *piece = arena->piece;
	size_t need;

	if (bytes > ARENA_MOST_BYTES)
		return NULL;
	need = aligned(bytes) + ARENA_GAP_BYTES;
	if (need > piece->bytes - piece->used) {
		piece = need > 2 * piece->bytes ? NULL : piece_new(2 * piece->bytes);
		if (!piece)
			piece = piece_new(need);
		if (!piece)
			return NULL;
		piece->next = arena->piece;
		arena->piece = piece;
	}
	return take(piece, bytes, zero);
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	return give(arena, bytes, false);
}

void *arena_zeroed(struct arena *arena, size_t n, size_t bytes)
{
	return bytes && n > ARENA_MOST_BYTES / bytes ? NULL : give(arena, n * bytes, true);
}

void arena_free(struct arena *arena)
{
	struct piece *piece = arena ? arena->piece : NULL;

	while (piece) {
		struct piece *next = piece->next;

		piece_free(piece);
		piece = next;
	}
}
