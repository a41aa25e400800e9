// SPDX-License-Identifier: MIT
/* Memory that ends together. */
#include "lib/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

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
#define ARENA_KEPT_BYTES  ((size_t)4 << 20) /* no larger piece is kept for the next */
/* No memory has more, and twice that and a little still is a number. */
#define ARENA_MOST_BYTES (SIZE_MAX / 4)

/* A large piece; what it gives lies behind. The first of an arena holds the arena, too. */
struct piece {
	struct piece *next;
	size_t bytes, used; /* behind it */
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct piece *piece; /* the last first */
};

static _Thread_local struct piece *kept;

static struct piece *piece_new(size_t bytes)
{
	struct piece *piece = kept;

	if (piece && piece->bytes >= bytes) {
		kept = NULL;
		piece->used = 0;
		piece->next = NULL;
		return piece;
	}
	if (bytes < ARENA_LEAST_BYTES)
		bytes = ARENA_LEAST_BYTES;
	piece = malloc(sizeof(*piece) + bytes);
	if (!piece)
		return NULL;
	*piece = (struct piece){ .bytes = bytes };
	ASAN_POISON_MEMORY_REGION(piece->data, bytes);
	return piece;
}

/* The larger of this one and the one that was kept before stays. */
static void piece_free(struct piece *piece)
{
	struct piece *other = kept;

	if (piece->bytes > ARENA_KEPT_BYTES || (other && other->bytes >= piece->bytes)) {
		ASAN_UNPOISON_MEMORY_REGION(piece->data, piece->bytes);
		free(piece);
		return;
	}
	ASAN_POISON_MEMORY_REGION(piece->data, piece->bytes);
	if (other)
		ASAN_UNPOISON_MEMORY_REGION(other->data, other->bytes);
	free(other);
	kept = piece;
}

static size_t aligned(size_t bytes)
{
	return (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static void *take(struct piece *piece, size_t bytes)
{
	void *taken = piece->data + piece->used;

	piece->used += aligned(bytes) + ARENA_GAP_BYTES;
	ASAN_UNPOISON_MEMORY_REGION(taken, bytes);
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
	arena = take(piece, sizeof(*arena));
	arena->piece = piece;
	return arena;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	struct piece *piece = arena->piece;
	size_t need;

	if (bytes > ARENA_MOST_BYTES)
		return NULL;
	need = aligned(bytes) + ARENA_GAP_BYTES;
	if (need > piece->bytes - piece->used) {
		piece = piece_new(need > 2 * piece->bytes ? need : 2 * piece->bytes);
		if (!piece)
			return NULL;
		piece->next = arena->piece;
		arena->piece = piece;
	}
	return take(piece, bytes);
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
