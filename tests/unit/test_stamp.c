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

/* This test will check that a block is told from every other: what never was one of ours, another's
 * place, another run. */
static void wrong_stamps_should_be_told(void **state)
{
	static const struct {
		uint32_t at; /* what is damaged: this byte */
		uint32_t place;
		const char *want;
	} cases[] = {
		{ 0, 0,
		  "block at offset 1048576: expected its own stamp of seed 5, found no stamp "
		  "(first bytes 0x31504d41545345" },
		{ 4096 + 8, 4096,
		  "block at offset 1052672: expected its own stamp of seed 5, found the stamp of "
		  "offset 1052673, write 9 of seed 5" },
		{ 8192 + 24, 8192, "found the stamp of offset 1056768, write 9 of seed 4" },
		{ 12288 + 7, 12288, "found no stamp" },
	};
	static uint8_t data[16384];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct stamp_fault fault = { 0 };
		char words[256];

		stamp_write(data, sizeof(data), 1 << 20, 9, 5);
		assert_true(stamp_check(data, sizeof(data), 1 << 20, 5, &fault));
		assert_false(fault.found);
		data[cases[i].at] ^= 1;
		assert_false(stamp_check(data, sizeof(data), 1 << 20, 5, &fault));
		assert_true(fault.found);
		assert_int_equal(fault.offset_bytes, (1 << 20) + cases[i].place);
		stamp_fault_words(words, sizeof(words), &fault);
		check_has(words, cases[i].want);
		/* before the damage, and what any sequence says, all is well */
		assert_true(stamp_check(data, cases[i].place, 1 << 20, 5, &fault));
		data[cases[i].at] ^= 1;
		data[cases[i].place + 16] ^= 1;
		assert_true(stamp_check(data, sizeof(data), 1 << 20, 5, &fault));
		memset(data, 0, sizeof(data));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_should_stand_every_4_kib),
		cmocka_unit_test(wrong_stamps_should_be_told),
	};

	return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
