// SPDX-License-Identifier: MIT
/* The whole span, once: filling it, and reading it back. */
#include "step_site.h"

#include <errno.h>

/* This test will check that filling leaves a stamp in every 4 KiB of the span and nothing past it.
 */
static void filling_should_leave_a_stamp_everywhere(void **state)
{
	static struct site s;
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	site_init(&s, "[a]\n", 37 * MIB);
	assert_int_equal(step_fill(s.board, &s.plan, &s.target, &e), 0);
	assert_int_equal(fstat(s.target.fd, &st), 0);
	assert_int_equal(st.st_size, 37 * MIB);
	for (uint64_t at = 0; at < 37 * MIB; at += STAMP_EVERY_BYTES) {
		struct stamp stamp;

		assert_int_equal(pread(s.target.fd, &stamp, sizeof(stamp), (off_t)at),
				 sizeof(stamp));
		assert_true(stamp.magic == STAMP_MAGIC && stamp.offset_bytes == at);
	}
	assert_int_equal(atomic_load(&s.board->written_bytes), 37 * MIB);
	assert_true(atomic_load(&s.board->wrote));
	assert_true(s.board->fill_ns > 0);
	site_free(&s);
}

/* This test will check that filling says why it failed, or that it was stopped. */
static void filling_should_tell_its_trouble(void **state)
{
	static struct site s;
	struct err e = ERR_INIT;

	(void)state;
	site_init(&s, "[a]\n", 4 * MIB);
	close(s.target.fd);
	s.target.fd = open("/proc/self/exe", O_RDONLY);
	assert_true(step_fill(s.board, &s.plan, &s.target, &e) < 0);
	check_has(e.text, "filling the span: ");
	check_has(e.text, "Bad file descriptor");
	e = ERR_INIT;
	atomic_store(&s.board->stop, 1);
	assert_int_equal(step_fill(s.board, &s.plan, &s.target, &e), -EINTR);
	check_has(e.text, "stopped");
	site_free(&s);
}

/* This test will check that reading the span back passes what filling wrote, and names the block
 * that is not as it was written. */
static void verifying_should_find_a_damaged_block(void **state)
{
	static const struct {
		uint64_t at_bytes;
		const char *want;
	} cases[] = {
		{ UINT64_MAX, "" },
		{ 0, "verifying the span: block at offset 0: expected its own stamp of seed 42" },
		{ 5 * MIB + 8192, "block at offset 5251072: " },
		{ 17 * MIB - 4096, "block at offset 17821696: " },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		bool damaged = cases[i].at_bytes != UINT64_MAX;
		struct err e = ERR_INIT;
		static struct site s;
		int ret;

		site_init(&s, "[a]\n", 17 * MIB);
		assert_int_equal(step_fill(s.board, &s.plan, &s.target, &e), 0);
		assert_int_equal(s.board->blocks, BOARD_BLOCKS_WRITTEN);
		if (damaged)
			assert_int_equal(pwrite(s.target.fd, "?", 1, (off_t)cases[i].at_bytes), 1);
		ret = step_verify(s.board, &s.plan, &s.target, &e);
		assert_int_equal(ret, damaged ? -EIO : 0);
		if (damaged) {
			check_has(e.text, cases[i].want);
			check_has(e.text, "found no stamp (first bytes 0x31504d415453453f)");
		} else {
			assert_int_equal(s.board->verified_bytes, 17 * MIB);
		}
		site_free(&s);
	}
}

/* This test will check that verifying tells another run's data, and that it was stopped. */
static void verifying_should_know_its_own_run(void **state)
{
	static struct site s;
	struct err e = ERR_INIT;

	(void)state;
	site_init(&s, "[a]\n", 2 * MIB);
	assert_int_equal(step_fill(s.board, &s.plan, &s.target, &e), 0);
	s.plan.seed = 43;
	assert_int_equal(step_verify(s.board, &s.plan, &s.target, &e), -EIO);
	check_has(e.text, "offset 0: expected its own stamp of seed 43, found the stamp of offset "
			  "0, write 0 of seed 42");
	e = ERR_INIT;
	s.plan.seed = 42;
	atomic_store(&s.board->stop, 1);
	assert_int_equal(step_verify(s.board, &s.plan, &s.target, &e), -EINTR);
	check_has(e.text, "verifying the span: stopped");
	site_free(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(filling_should_leave_a_stamp_everywhere),
		cmocka_unit_test(filling_should_tell_its_trouble),
		cmocka_unit_test(verifying_should_find_a_damaged_block),
		cmocka_unit_test(verifying_should_know_its_own_run),
	};

	return cmocka_run_group_tests_name("step span", tests, NULL, NULL);
}
