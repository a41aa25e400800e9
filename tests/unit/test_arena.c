// SPDX-License-Identifier: MIT
/* Memory that ends together. */
#include "unit.h"

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "lib/arena.h"

/* This test will check that pieces of all sizes are aligned, and that none lies in another: each is
 * filled with a byte of its own, and still holds it in the end. */
static void pieces_should_lie_apart(void **state)
{
	static unsigned char *piece[2000];
	struct arena *arena = arena_new(100);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < N(piece); i++) {
		piece[i] = arena_alloc(arena, i);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
		memset(piece[i], (int)i, i);
	}
	for (size_t i = 0; i < N(piece); i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(piece[i][k], (unsigned char)i);
	arena_free(arena);
}

/* This test will check that a large piece is kept for the next arena where that was asked for, and
 * none that is huge. */
static void piece_should_be_kept(void **state)
{
	struct arena *arena;
	void *first;

	(void)state;
	arena_keep(1);
	arena = arena_new(1 << 20);
	first = arena_alloc(arena, 1);
	arena_free(arena);
	arena = arena_new(1 << 19);
	assert_ptr_equal(arena_alloc(arena, 1), first);
	memset(arena_alloc(arena, 32 << 20), 1, 32 << 20);
	arena_free(arena);
	arena = arena_new(1);
	assert_ptr_equal(arena_alloc(arena, 1), first);
	arena_free(arena);
	arena_keep(0); /* or it leaks, and the sanitizer tells */
}

/* This test will check that of several the larger stay, and that the smallest with room serves. */
static void larger_pieces_should_stay(void **state)
{
	struct arena *arena[3];
	void *at[3];

	(void)state;
	arena_keep(2);
	for (int i = 0; i < 3; i++) {
		arena[i] = arena_new((size_t)100000 << i);
		at[i] = arena_alloc(arena[i], 1);
	}
	for (int i = 0; i < 3; i++)
		arena_free(arena[i]);
	arena[0] = arena_new(1000);
	assert_ptr_equal(arena_alloc(arena[0], 1), at[1]);
	arena[1] = arena_new(1000);
	assert_ptr_equal(arena_alloc(arena[1], 1), at[2]);
	arena_free(arena[0]);
	arena_free(arena[1]);
	arena_keep(0);
}

/* This test will check that memory asked for as zero is, whether it is new or was used. */
static void zeroed_memory_should_be_zero(void **state)
{
	(void)state;
	arena_keep(1);
	for (size_t dirty = 0; dirty <= 3000; dirty += 1000) {
		struct arena *arena = arena_new(8000);
		unsigned char *zero;

		memset(arena_alloc(arena, 1000), 7, 1000);
		zero = arena_zeroed(arena, 50, 40);
		for (int i = 0; i < 2000; i++)
			assert_int_equal(zero[i], 0);
		memset(zero, 9, 2000);
		memset(arena_alloc(arena, dirty), 8, dirty);
		arena_free(arena);
	}
	arena_keep(0);
}

/* This test will check sizes that no memory has. */
static void impossible_sizes_should_fail(void **state)
{
	struct arena *arena = arena_new(1);

	(void)state;
	assert_null(arena_new(SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX / 2));
	assert_null(arena_zeroed(arena, SIZE_MAX / 4, 8));
	assert_non_null(arena_alloc(arena, 1)); /* and it still gives */
	arena_free(arena);
	arena_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_should_lie_apart),
		cmocka_unit_test(piece_should_be_kept),
		cmocka_unit_test(larger_pieces_should_stay),
		cmocka_unit_test(zeroed_memory_should_be_zero),
		cmocka_unit_test(impossible_sizes_should_fail),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
