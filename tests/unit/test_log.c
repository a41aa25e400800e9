// SPDX-License-Identifier: MIT
/* The log of a boot as text. */
#include "unit.h"

#include "lib/clock.h"
#include "session/log.h"

/* This test will check that each line gets its time, that empty lines are left out, and that a log
 * stops growing. */
static void lines_should_carry_their_times(void **state)
{
	struct buf log = BUF_INIT;

	(void)state;
	log_add(&log, 12345678901, "target: sda\n\n  suite smoke\n");
	log_add(&log, UINT64_C(100000) * CLOCK_NS_PER_S + 7000000, "no line end");
	log_add(&log, 1, "\n \n");
	assert_string_equal(log.data, "[   12.345] target: sda\n[   12.345]   suite smoke\n"
				      "[100000.007] no line end\n");
	for (int i = 0; i < 20000; i++)
		log_add(&log, 0, "line after line after line\n");
	assert_in_range(log.len, LOG_MAX_BYTES, LOG_MAX_BYTES + 200);
	check_has(log.data + log.len - 40, "(more was told than is kept here)\n");
	buf_free(&log);
}

/* This test will check that of the kernel's records only warnings and worse are kept, by their
 * level whatever their facility, with or without time, and that none can forge a line. */
static void kernel_records_should_be_sorted_by_level(void **state)
{
	static const struct {
		const char *records, *want;
	} cases[] = {
		{ "", "" },
		{ "<4>[    1.234567] sda: odd\n", "[    1.234567] warning: sda: odd\n" },
		{ "<3>no time\n<6>info\n<5>notice\n<7>debug\n", "error: no time\n" },
		{ "<0>a\n<1>b\n<2>c", "emergency: a\nalert: b\ncritical: c\n" },
		{ "<12>[ 1.0] from user space\n", "[ 1.0] warning: from user space\n" },
		{ "<30>[ 1.0] daemon, info\n", "" },
		{ "no level\n<x>no number\n<4\n<4>\n", "warning: \n" },
		{ "<4>\x1b[2Jred\r\n", "warning:  [2Jred \n" },
		{ "<4>[no end of it\n", "warning: [no end of it\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf to = BUF_INIT;

		buf_puts(&to, "");
		log_add_kernel(&to, cases[i].records);
		assert_string_equal(to.data ? to.data : "", cases[i].want);
		buf_free(&to);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_should_carry_their_times),
		cmocka_unit_test(kernel_records_should_be_sorted_by_level),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
