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

/* This test will check that a large piece is kept for the next arena, and none that is huge. */
static void piece_should_be_kept(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	void *first = arena_alloc(arena, 1), *second;

	(void)state;
	arena_free(arena);
	arena = arena_new(1 << 19);
	assert_ptr_equal(arena_alloc(arena, 1), first);
	second = arena_alloc(arena, 8 << 20);
	assert_non_null(second);
	memset(second, 1, 8 << 20);
	arena_free(arena);
	arena = arena_new(1);
	assert_ptr_equal(arena_alloc(arena, 1), first);
	arena_free(arena);
}

/* This test will check sizes that no memory has. */
static void impossible_sizes_should_fail(void **state)
{
	struct arena *arena = arena_new(1);

	(void)state;
	assert_null(arena_new(SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX / 2));
	assert_non_null(arena_alloc(arena, 1)); /* and it still gives */
	arena_free(arena);
	arena_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_should_lie_apart),
		cmocka_unit_test(piece_should_be_kept),
		cmocka_unit_test(impossible_sizes_should_fail),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
