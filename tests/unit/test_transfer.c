// SPDX-License-Identifier: MIT
/* Whole transfers, and what ends them. */
#include "unit.h"

#include <errno.h>

#include "lib/transfer.h"

/* This test will check that what is written at an offset is read there, and nothing beside it. */
static void bytes_should_go_where_they_belong(void **state)
{
	char path[] = "/var/tmp/tare-unit-XXXXXX", back[8] = "";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(transfer_write(fd, "abcdefgh", 8, 0), 0);
	assert_int_equal(transfer_write(fd, "XY", 2, 3), 0);
	assert_int_equal(transfer_read(fd, back, 8, 0), 0);
	assert_memory_equal(back, "abcXYfgh", 8);
	assert_int_equal(transfer_read(fd, back, 0, 100), 0); /* nothing is always there */
	close(fd);
}

/* This test will check that an end before the end, a full device and a wrong descriptor are told.
 */
static void what_is_cut_should_be_an_error(void **state)
{
	char path[] = "/var/tmp/tare-unit-XXXXXX", back[16];
	int fd = mkstemp(path), full = open("/dev/full", O_RDWR);

	(void)state;
	assert_true(fd >= 0 && full >= 0);
	unlink(path);
	assert_int_equal(transfer_write(fd, "abcdefgh", 8, 0), 0);
	assert_int_equal(transfer_read(fd, back, sizeof(back), 0), -EIO);
	assert_int_equal(transfer_read(fd, back, 1, 8), -EIO);
	assert_int_equal(transfer_write(full, "a", 1, 0), -ENOSPC);
	assert_int_equal(transfer_read(-1, back, 1, 0), -EBADF);
	close(full);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_should_go_where_they_belong),
		cmocka_unit_test(what_is_cut_should_be_an_error),
	};

	return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
