// SPDX-License-Identifier: MIT
/* The search for data on a target that may only be read. */
#include "unit.h"

#include <errno.h>

#include "run/found.h"

#define KIB UINT64_C(1024)
#define MIB (UINT64_C(1) << 20)

struct search {
	struct found_search what;
	_Atomic uint64_t done;
	atomic_int stop;
	struct found found;
};

static int scan(struct search *s, int fd, uint64_t size_bytes, uint64_t want_bytes, struct err *e)
{
	s->what = (struct found_search){ fd, size_bytes, want_bytes, &s->done, &s->stop };
	atomic_store(&s->done, 0);
	return found_scan(&s->found, &s->what, e);
}

static void put(int fd, uint64_t offset, uint64_t len)
{
	static const char byte = 1;

	for (uint64_t at = 0; at < len; at += 4096)
		assert_int_equal(pwrite(fd, &byte, 1, (off_t)(offset + at + at / 4096 % 4096)), 1);
}

/* This test will check that one byte that is not zero makes a block count, wherever it stands. */
static void any_byte_should_make_a_block_count(void **state)
{
	int fd = temp_fd(3 * MIB);
	struct search s = { 0 };
	struct err e = ERR_INIT;
	char byte = 1;

	(void)state;
	assert_int_equal(pwrite(fd, &byte, 1, 0), 1);
	assert_int_equal(pwrite(fd, &byte, 1, 2 * 4096 - 1), 1);
	assert_int_equal(pwrite(fd, &byte, 1, MIB), 1);
	assert_int_equal(pwrite(fd, &byte, 1, 3 * MIB - 1), 1);
	assert_int_equal(scan(&s, fd, 3 * MIB, 3 * MIB, &e), 0);
	assert_int_equal(s.found.found_bytes, 4 * 4096);
	assert_int_equal(s.found.searched_bytes, 3 * MIB);
	assert_int_equal(s.found.blocks, 768);
	assert_int_equal(atomic_load(&s.done), 3 * MIB);
	assert_int_equal(s.found.bitmap[0], 3);
	found_free(&s.found);
	close(fd);
}

/* This test will check that a block of erased flash holds nothing, and one byte in it makes it
 * count.
 */
static void erased_flash_should_hold_no_data(void **state)
{
	static const struct {
		int at, byte;
		uint64_t found_bytes;
	} cases[] = { { 0, 0xff, 0 }, { 0, 0, 4096 }, { 77, 0, 4096 }, { 4095, 0xfe, 4096 } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		uint8_t block[4096];
		int fd = temp_fd(MIB);
		struct search s = { 0 };
		struct err e = ERR_INIT;

		memset(block, 0xff, sizeof(block));
		block[cases[i].at] = (uint8_t)cases[i].byte;
		assert_int_equal(pwrite(fd, block, sizeof(block), 8192), sizeof(block));
		assert_int_equal(scan(&s, fd, MIB, MIB, &e), 0);
		check_number("found", s.found.found_bytes, cases[i].found_bytes);
		found_free(&s.found);
		close(fd);
	}
}

/* This test will check where a search ends: enough found, four times as much searched, the end. */
static void search_should_end_in_time(void **state)
{
	static const struct {
		uint64_t size_bytes, data_bytes, want_bytes, searched_bytes, found_bytes;
	} cases[] = {
		{ 16 * MIB, 16 * MIB, 2 * MIB, 2 * MIB, 2 * MIB },    /* enough */
		{ 16 * MIB, 4 * KIB, 2 * MIB, 8 * MIB, 4 * KIB },     /* four times as much */
		{ 16 * MIB, 16 * MIB, 64 * MIB, 16 * MIB, 16 * MIB }, /* the end */
		{ 16 * MIB, 0, 64 * MIB, 16 * MIB, 0 },
		{ MIB + 4096 + 100, MIB + 4096, 64 * MIB, MIB + 4096, MIB + 4096 },
		{ 100, 0, MIB, 0, 0 },
		{ 0, 0, MIB, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int fd = temp_fd(cases[i].size_bytes);
		struct search s = { 0 };
		struct err e = ERR_INIT;

		put(fd, 0, cases[i].data_bytes);
		assert_int_equal(scan(&s, fd, cases[i].size_bytes, cases[i].want_bytes, &e), 0);
		check_number("searched", s.found.searched_bytes, cases[i].searched_bytes);
		check_number("found", s.found.found_bytes, cases[i].found_bytes);
		found_free(&s.found);
		close(fd);
	}
}

/* This test will check lists of stretches: whole ones only, none overlapping another. */
static void stretches_should_be_whole(void **state)
{
	static const struct {
		uint64_t block_bytes, from_bytes, to_bytes;
		uint32_t start[8];
		uint64_t n;
	} cases[] = {
		{ 512, 0, UINT64_MAX, { 0, 1, 2, 10, 16, 17, 18, 19 }, 8 },
		{ 4 * KIB, 0, UINT64_MAX, { 0, 1, 2, 10, 16, 17, 18, 19 }, 8 },
		{ 5 * KIB, 0, UINT64_MAX, { 0, 16, 18 }, 3 },
		{ 8 * KIB, 0, UINT64_MAX, { 0, 16, 18 }, 3 },
		{ 12 * KIB, 0, UINT64_MAX, { 0, 16 }, 2 },
		{ 16 * KIB, 0, UINT64_MAX, { 16 }, 1 },
		{ MIB, 0, UINT64_MAX, { 0 }, 0 },
		/* offset and size of the section bound it; a stretch may not reach over its end */
		{ 4 * KIB, 4096, 11 * 4096, { 1, 2, 10 }, 3 },
		{ 4 * KIB, 4097, 10 * 4096 + 4095, { 2 }, 1 },
		{ 8 * KIB, 17 * 4096, 20 * 4096, { 17 }, 1 },
		{ 4 * KIB, MIB, UINT64_MAX, { 0 }, 0 },
	};
	int fd = temp_fd(MIB);
	struct search s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	put(fd, 0, 3 * 4096);
	put(fd, 10 * 4096, 4096);
	put(fd, 16 * 4096, 4 * 4096);
	assert_int_equal(scan(&s, fd, MIB, MIB, &e), 0);
	for (size_t i = 0; i < N(cases); i++) {
		struct pattern_found list;

		assert_int_equal(found_list(&list, &s.found, cases[i].block_bytes,
					    cases[i].from_bytes, cases[i].to_bytes),
				 0);
		check_number("stretches", list.n, cases[i].n);
		for (uint64_t k = 0; k < list.n; k++)
			check_number("start", list.start[k], cases[i].start[k]);
		free(list.start);
	}
	found_free(&s.found);
	close(fd);
}

/* This test will check that a search stops when asked to, and tells a target that ends early. */
static void trouble_should_be_told(void **state)
{
	int fd = temp_fd(2 * MIB);
	struct search s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	atomic_store(&s.stop, 1);
	assert_int_equal(scan(&s, fd, 2 * MIB, 8 * MIB, &e), -EINTR);
	check_has(e.text, "stopped");
	found_free(&s.found);
	atomic_store(&s.stop, 0);
	e = ERR_INIT;
	assert_int_equal(scan(&s, fd, 4 * MIB, 8 * MIB, &e), -EIO);
	check_has(e.text, "read at offset 2097152: it ends early");
	assert_int_equal(s.found.searched_bytes, 2 * MIB);
	found_free(&s.found);
	close(fd);
	e = ERR_INIT;
	assert_int_equal(scan(&s, -1, 4 * MIB, 8 * MIB, &e), -EBADF);
	check_has(e.text, "read at offset 0: Bad file descriptor");
	found_free(&s.found);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_byte_should_make_a_block_count),
		cmocka_unit_test(erased_flash_should_hold_no_data),
		cmocka_unit_test(search_should_end_in_time),
		cmocka_unit_test(stretches_should_be_whole),
		cmocka_unit_test(trouble_should_be_told),
	};

	return cmocka_run_group_tests_name("found", tests, NULL, NULL);
}
