// SPDX-License-Identifier: MIT
/* The stamp of what is written. */
#include "unit.h"

#include "run/stamp.h"

/* This test will check that every 4 KiB gets its own offset and nothing else changes. */
static void stamps_should_stand_every_4_kib(void **state)
{
	static const uint32_t lens[] = { 512, 4096, 4096 + 512, 65536 };
	static uint8_t data[65536 + 64];

	(void)state;
	for (size_t i = 0; i < N(lens); i++) {
		memset(data, 0xee, sizeof(data));
		stamp_write(data, lens[i], 1 << 20, 9, 5);
		for (uint32_t at = 0; at < sizeof(data); at++) {
			struct stamp stamp;

			if (at % 4096 >= sizeof(stamp) || at >= lens[i]) {
				assert_int_equal(data[at], 0xee);
				continue;
			}
			memcpy(&stamp, data + at / 4096 * 4096, sizeof(stamp));
			assert_true(stamp.offset_bytes == (1 << 20) + at / 4096 * 4096);
			assert_true(stamp.sequence == 9 && stamp.seed == 5);
		}
	}
	assert_memory_equal(data, "TESTAMP1", 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_should_stand_every_4_kib),
	};

	return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
