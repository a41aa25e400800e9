// SPDX-License-Identifier: MIT
/* Arrays that grow by one. */
#include "unit.h"

#include "lib/grow.h"

/* This test will check that there is room for each one more (the sanitizer looks), that what was
 * there stays, and that memory is taken seldom. */
static void array_should_have_room_for_one_more(void **state)
{
	uint64_t *array = NULL;
	uint32_t moved = 0;

	(void)state;
	for (uint32_t n = 0; n < 5000; n++) {
		uint64_t *grown = grow(array, n, sizeof(*array));

		assert_non_null(grown);
		moved += grown != array;
		array = grown;
		array[n] = n;
	}
	for (uint32_t n = 0; n < 5000; n++)
		assert_int_equal(array[n], n);
	assert_in_range(moved, 1, 14);
	free(array);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(array_should_have_room_for_one_more),
	};

	return cmocka_run_group_tests_name("grow", tests, NULL, NULL);
}
