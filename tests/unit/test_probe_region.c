// SPDX-License-Identifier: MIT
/* Memory that probes read: what is mapped, touched and followed. */
#include "unit.h"

#include <sys/mman.h>

#include "lib/tsc.h"
#include "probe/region.h"

#define BYTES (8u << 20)

/* This test will check that following a chain comes to every place once before it is back, on a
 * line of the place's own. */
static void chain_should_be_one_cycle(void **state)
{
	static const size_t strides[] = { 64, 512, 4096 };

	(void)state;
	for (size_t k = 0; k < N(strides); k++) {
		size_t stride = strides[k], n = BYTES / stride, steps = 0, lines = 0;
		uint8_t *seen = calloc(n, 1);
		struct region r;
		void *begin, *at;

		assert_non_null(seen);
		assert_int_equal(region_map(&r, BYTES, false), 0);
		begin = at = region_chain(&r, stride, 3);
		assert_non_null(at);
		do {
			size_t offset = (size_t)((char *)at - r.base);

			assert_true(offset < BYTES && offset % 64 == 0);
			assert_int_equal(seen[offset / stride]++, 0);
			lines += offset % stride != 0;
			at = *(void **)at;
			steps++;
		} while (at != begin);
		check_number("places", steps, n);
		assert_true(stride == 64 ? !lines : lines > n / 2);
		region_unmap(&r);
		free(seen);
	}
}

/* This test will check that neighbours in a chain are no neighbours in memory: a prefetcher that
 * guesses the next page would be right now and then only. */
static void chain_should_be_in_random_order(void **state)
{
	struct region r;
	size_t near = 0;
	void *at;

	(void)state;
	assert_int_equal(region_map(&r, BYTES, false), 0);
	at = region_chain(&r, 4096, 3);
	for (int i = 0; i < 2000; i++) {
		void *next = *(void **)at;
		ptrdiff_t step = (char *)next - (char *)at;

		near += step > -3 * 4096 && step < 3 * 4096;
		at = next;
	}
	assert_in_range(near, 0, 20);
	region_unmap(&r);
}

/* This test will check that following returns where it came to, with as many samples as fit. */
static void following_should_go_on(void **state)
{
	struct region r;
	struct readings s;
	void *at, *by_hand;

	(void)state;
	assert_int_equal(readings_init(&s, 3), 0);
	assert_int_equal(region_map(&r, BYTES, false), 0);
	at = by_hand = region_chain(&r, 4096, 3);
	for (int i = 0; i < 3 * 256; i++)
		by_hand = *(void **)by_hand;
	assert_ptr_equal(region_follow(at, &s, UINT64_MAX), by_hand);
	assert_int_equal(s.n, 3);
	readings_free(&s);
	region_unmap(&r);
}

/* This test will check that pages are touched, sampled evenly, and that time cuts a region. */
static void touching_should_reach_every_page_in_time(void **state)
{
	unsigned char there[BYTES / 4096];
	struct region r;
	struct readings s;

	(void)state;
	assert_int_equal(readings_init(&s, 100), 0);
	assert_int_equal(region_map(&r, BYTES, false), 0);
	region_touch(&r, 4096, &s, UINT64_MAX);
	assert_int_equal(r.bytes, BYTES);
	assert_in_range(s.n, 90, 100);
	assert_int_equal(mincore(r.base, BYTES, there), 0);
	for (size_t i = 0; i < N(there); i++)
		assert_int_equal(there[i] & 1, 1);
	assert_int_equal(r.base[0], 1);
	assert_int_equal(r.base[BYTES - 4096], 1);
	region_unmap(&r);
	assert_int_equal(region_map(&r, BYTES, false), 0);
	region_touch(&r, 4096, NULL, tsc_now_ns());
	assert_true(r.bytes < BYTES);
	region_unmap(&r);
	readings_free(&s);
}

/* This test will check that pages of 4 KiB are not taken for huge ones, and all are where none is
 * left to be faulted in. */
static void huge_pages_should_be_told_by_faults(void **state)
{
	struct region r;

	(void)state;
	assert_int_equal(region_map(&r, BYTES, false), 0);
	region_touch(&r, REGION_HUGE_BYTES, NULL, UINT64_MAX);
	assert_true(region_huge_share(&r) == 0);
	assert_true(region_huge_share(&r) == 1); /* as if: the other part is there now */
	region_unmap(&r);
}

/* This test will check that no more than there is gets asked for, in whole huge pages. */
static void room_should_be_what_is_there(void **state)
{
	(void)state;
	assert_int_equal(region_room((size_t)5 << 20, 1), (size_t)4 << 20);
	assert_true(region_room(SIZE_MAX, 2) < region_room(SIZE_MAX, 1));
	assert_true(region_room(SIZE_MAX, 1) > 0);
	assert_int_equal(region_room(SIZE_MAX, 4) % REGION_HUGE_BYTES, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_should_be_one_cycle),
		cmocka_unit_test(chain_should_be_in_random_order),
		cmocka_unit_test(following_should_go_on),
		cmocka_unit_test(touching_should_reach_every_page_in_time),
		cmocka_unit_test(huge_pages_should_be_told_by_faults),
		cmocka_unit_test(room_should_be_what_is_there),
	};

	return cmocka_run_group_tests_name("probe_region", tests, NULL, NULL);
}
