// SPDX-License-Identifier: MIT
/* Raw deflate: there and back, and damage of every kind. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/deflate.h"
#include "lib/rng.h"

/* Text that deflates, of bytes that a seed chooses. */
static void make_text(struct buf *to, size_t len, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	while (to->len < len)
		buf_printf(to, "\"%d\": %d, ", (int)rng_below(&rng, 100), (int)to->len % 50);
	to->len = len;
	if (to->data)
		to->data[len] = '\0';
}

/* This test will check that bytes come back, behind what was in the buffers, at the exact limit. */
static void bytes_should_come_back(void **state)
{
	static const size_t lengths[] = { 0, 1, 100, 16383, 16384, 16385, 100000, 3000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf plain = BUF_INIT, packed = BUF_INIT, back = BUF_INIT;

		make_text(&plain, lengths[i], i);
		buf_puts(&packed, "head");
		buf_puts(&back, "front");
		assert_int_equal(deflate_pack(&packed, plain.data, plain.len), 0);
		if (plain.len > 1000)
			assert_true(packed.len < plain.len / 2);
		assert_int_equal(deflate_unpack(&back, packed.data + 4, packed.len - 4, plain.len),
				 0);
		assert_int_equal(back.len, plain.len + 5);
		assert_memory_equal(back.data + 5, plain.data ? plain.data : "", plain.len);
		assert_int_equal(back.data[back.len], '\0');
		if (plain.len) {
			assert_int_equal(deflate_unpack(&back, packed.data + 4, packed.len - 4,
							plain.len - 1),
					 -EFBIG);
			assert_int_equal(back.len, plain.len + 5);
		}
		buf_free(&plain);
		buf_free(&packed);
		buf_free(&back);
	}
}

/* This test will check that a stream cut anywhere, or with bytes behind it, is refused. */
static void cut_and_long_streams_should_be_refused(void **state)
{
	struct buf plain = BUF_INIT, packed = BUF_INIT, back = BUF_INIT;

	(void)state;
	make_text(&plain, 3000, 1);
	assert_int_equal(deflate_pack(&packed, plain.data, plain.len), 0);
	for (size_t len = 0; len < packed.len; len++)
		assert_int_equal(deflate_unpack(&back, packed.data, len, 1 << 20), -EBADMSG);
	assert_int_equal(back.len, 0);
	buf_add(&packed, "", 1);
	assert_int_equal(deflate_unpack(&back, packed.data, packed.len, 1 << 20), -EBADMSG);
	assert_int_equal(back.len, 0);
	buf_free(&plain);
	buf_free(&packed);
	buf_free(&back);
}

/* This test will check that any bytes are taken without harm: random streams and flipped bits never
 * give more than was allowed. */
static void damaged_streams_should_do_no_harm(void **state)
{
	struct buf plain = BUF_INIT, packed = BUF_INIT;
	struct rng rng;
	int refused = 0;

	(void)state;
	rng_seed(&rng, 9);
	make_text(&plain, 3000, 1);
	assert_int_equal(deflate_pack(&packed, plain.data, plain.len), 0);
	for (size_t bit = 0; bit < packed.len * 8; bit++) {
		struct buf back = BUF_INIT;

		packed.data[bit / 8] ^= (char)(1 << bit % 8);
		refused += deflate_unpack(&back, packed.data, packed.len, 4000) != 0;
		assert_true(back.len <= 4000);
		packed.data[bit / 8] ^= (char)(1 << bit % 8);
		buf_free(&back);
	}
	assert_true(refused > 0);
	for (int i = 0; i < 2000; i++) {
		struct buf back = BUF_INIT;
		char noise[64];

		rng_fill(&rng, noise, sizeof(noise));
		deflate_unpack(&back, noise, sizeof(noise), 1000);
		assert_true(back.len <= 1000);
		buf_free(&back);
	}
	buf_free(&plain);
	buf_free(&packed);
}

/* This test will check that a small stream of a giant text stops at the limit. */
static void bombs_should_stop_at_the_limit(void **state)
{
	struct buf packed = BUF_INIT, back = BUF_INIT;
	char *zeros = calloc(1, 64 << 20);

	(void)state;
	assert_non_null(zeros);
	assert_int_equal(deflate_pack(&packed, zeros, 64 << 20), 0);
	assert_true(packed.len < 100000);
	assert_int_equal(deflate_unpack(&back, packed.data, packed.len, 1000), -EFBIG);
	assert_int_equal(back.len, 0);
	assert_true(back.cap < 1 << 20);
	buf_free(&packed);
	buf_free(&back);
	free(zeros);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_should_come_back),
		cmocka_unit_test(cut_and_long_streams_should_be_refused),
		cmocka_unit_test(damaged_streams_should_do_no_harm),
		cmocka_unit_test(bombs_should_stop_at_the_limit),
	};

	return cmocka_run_group_tests_name("deflate", tests, NULL, NULL);
}
