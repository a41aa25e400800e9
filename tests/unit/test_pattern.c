// SPDX-License-Identifier: MIT
/* The order in which blocks are visited. */
#include "unit.h"

#include "run/pattern.h"

#define BLOCK UINT64_C(8192)

/* Runs one pass; returns how many different blocks it hit, all of them inside the region. */
static uint64_t one_pass(struct pattern *p, uint64_t base, uint64_t blocks)
{
	uint8_t *seen = calloc(blocks, 1);
	uint64_t different = 0;

	assert_non_null(seen);
	for (uint64_t i = 0; i < blocks; i++) {
		uint64_t offset = pattern_next(p);

		assert_true(offset >= base && (offset - base) % BLOCK == 0);
		assert_true((offset - base) / BLOCK < blocks);
		different += !seen[(offset - base) / BLOCK];
		seen[(offset - base) / BLOCK] = 1;
	}
	free(seen);
	return different;
}

/* This test will check that sequential order is sequential, pass after pass. */
static void sequence_should_start_again_at_its_end(void **state)
{
	struct pattern p;

	(void)state;
	pattern_init(&p, 4096, BLOCK, 3, NULL, false, false, 9);
	for (int pass = 0; pass < 3; pass++)
		for (uint64_t i = 0; i < 3; i++)
			check_number("offset", pattern_next(&p), 4096 + i * BLOCK);
}

/* This test will check that random order hits every block once a pass, for any number of blocks. */
static void random_order_should_hit_every_block_once(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 3, 7, 64, 65, 1000, 4097 };
	struct pattern p;

	(void)state;
	for (size_t i = 0; i < N(sizes); i++) {
		pattern_init(&p, 1 << 20, BLOCK, sizes[i], NULL, true, false, i);
		for (int pass = 0; pass < 3; pass++)
			check_number("blocks", one_pass(&p, 1 << 20, sizes[i]), sizes[i]);
	}
}

/* This test will check that passes and seeds differ in their order, that the same seed repeats it,
 * and that passes do where they are asked to. */
static void order_should_follow_the_seed(void **state)
{
	uint64_t first[1000], second[1000];
	struct pattern a, b;
	int same_pass = 0, same_seed = 0, in_order = 0;

	(void)state;
	pattern_init(&a, 0, BLOCK, 1000, NULL, true, false, 5);
	pattern_init(&b, 0, BLOCK, 1000, NULL, true, false, 5);
	for (int i = 0; i < 1000; i++) {
		first[i] = pattern_next(&a);
		assert_true(first[i] == pattern_next(&b));
		in_order += i && first[i] == first[i - 1] + BLOCK;
	}
	for (int i = 0; i < 1000; i++) {
		second[i] = pattern_next(&a);
		same_pass += first[i] == second[i];
	}
	b.again = true;
	for (int pass = 0; pass < 3; pass++)
		for (int i = 0; i < 1000; i++)
			assert_true(first[i] == pattern_next(&b));
	pattern_init(&b, 0, BLOCK, 1000, NULL, true, false, 6);
	for (int i = 0; i < 1000; i++)
		same_seed += first[i] == pattern_next(&b);
	assert_in_range(same_pass, 0, 10);
	assert_in_range(same_seed, 0, 10);
	assert_in_range(in_order, 0, 10); /* it is no read-ahead's friend */
}

/* This test will check that norandommap repeats blocks, uniformly, inside the region. */
static void repeats_should_be_uniform(void **state)
{
	uint64_t tenth[10] = { 0 };
	struct pattern p;

	(void)state;
	pattern_init(&p, 0, BLOCK, 1000, NULL, true, true, 1);
	/* 1000 draws of 1000 hit about 632 different ones */
	assert_in_range(one_pass(&p, 0, 1000), 580, 690);
	for (int i = 0; i < 100000; i++)
		tenth[pattern_next(&p) / BLOCK / 100]++;
	for (int i = 0; i < 10; i++)
		assert_in_range(tenth[i], 9500, 10500);
}

/* This test will check that only the blocks where data were found are visited, each once a pass. */
static void found_blocks_should_be_the_only_ones(void **state)
{
	uint32_t start[] = { 0, 3, 4, 100, 1000000 };
	struct pattern_found found = { start, N(start) };
	struct pattern p;

	(void)state;
	for (int random = 0; random < 2; random++) {
		pattern_init(&p, 0, BLOCK, 0, &found, random, false, 1);
		for (int pass = 0; pass < 3; pass++) {
			uint32_t seen = 0;

			for (size_t i = 0; i < N(start); i++) {
				uint64_t offset = pattern_next(&p);

				for (size_t k = 0; k < N(start); k++)
					if (offset == (uint64_t)start[k] << 12)
						seen |= 1u << k;
				if (!random)
					assert_true(offset == (uint64_t)start[i] << 12);
			}
			assert_int_equal(seen, 31);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_should_start_again_at_its_end),
		cmocka_unit_test(random_order_should_hit_every_block_once),
		cmocka_unit_test(order_should_follow_the_seed),
		cmocka_unit_test(repeats_should_be_uniform),
		cmocka_unit_test(found_blocks_should_be_the_only_ones),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
