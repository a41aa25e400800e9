// SPDX-License-Identifier: MIT
/* The firmware's table of its serial console: right ones, and what firmware may leave instead. */
#include "unit.h"

#include <errno.h>

#include "hw/spcr.h"
#include "spcr_table.h"

/* This test will check ports, memory, and every speed that the table can code. */
static void port_and_speed_should_be_read(void **state)
{
	static const struct {
		uint8_t space;
		uint64_t address;
		uint8_t code;
		uint32_t baud;
	} cases[] = {
		{ 1, 0x2f8, 7, 115200 },
		{ 1, 0x3f8, 6, 57600 },
		{ 1, 0xc3b0, 4, 19200 },
		{ 0, 0xfe034000, 3, 9600 },
		{ 0, 0x1fe034000, 0, 0 } /* as it is */,
		{ 1, 0x2f8, 5, 0 } /* no such code */,
		{ 1, 0x2f8, 255, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct spcr_table t =
			spcr_table_make(cases[i].space, cases[i].address, cases[i].code);
		struct spcr spcr;

		assert_int_equal(spcr_parse(&spcr, t.bytes, 80), 0);
		check_number("is a port", spcr.is_port, cases[i].space);
		check_number("address", spcr.address, cases[i].address);
		check_number("baud", spcr.baud, cases[i].baud);
	}
}

/* This test will check that the precise speed of revision 4 goes before the coded one, where it is
 * there at all. */
static void precise_speed_should_go_first(void **state)
{
	static const struct {
		const char *what;
		uint8_t revision, length;
		uint32_t precise, baud;
	} cases[] = { { "revision 4", 4, SPCR_TABLE_BYTES, 921600, 921600 },
		      { "not given", 4, SPCR_TABLE_BYTES, 0, 57600 },
		      { "too short for it", 4, 80, 921600, 57600 },
		      { "cut in it", 4, 83, 921600, 57600 },
		      { "revision 3", 3, SPCR_TABLE_BYTES, 921600, 57600 } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct spcr_table t = spcr_table_make(1, 0x2f8, 6);
		struct spcr spcr;

		t.bytes[4] = cases[i].length;
		t.bytes[8] = cases[i].revision;
		bytes_put_le32(t.bytes + 80, cases[i].precise);
		spcr_table_seal(&t);
		assert_int_equal(spcr_parse(&spcr, t.bytes, sizeof(t.bytes)), 0);
		check_number(cases[i].what, spcr.baud, cases[i].baud);
	}
}

/* This test will check that what is no whole table names no port and leaves the answer alone. */
static void damaged_tables_should_name_nothing(void **state)
{
	const struct spcr_table good = spcr_table_make(1, 0x2f8, 7);
	struct spcr spcr = { .address = 77 };
	struct spcr_table t;

	(void)state;
	for (size_t len = 0; len < 80; len++)
		assert_int_equal(spcr_parse(&spcr, good.bytes, len), -EINVAL);
	for (size_t i = 0; i < 80; i++) { /* any one byte: its checksum, at least */
		t = good;
		t.bytes[i] ^= 0x10;
		assert_int_equal(spcr_parse(&spcr, t.bytes, 80), -EINVAL);
	}
	for (uint32_t length = 0; length < 80; length++) {
		t = good;
		bytes_put_le32(t.bytes + 4, length);
		spcr_table_seal(&t);
		assert_int_equal(spcr_parse(&spcr, t.bytes, sizeof(t.bytes)), -EINVAL);
	}
	t = good;
	bytes_put_le32(t.bytes + 4, UINT32_MAX);
	assert_int_equal(spcr_parse(&spcr, t.bytes, sizeof(t.bytes)), -EINVAL);
	assert_int_equal(spcr.address, 77);
}

/* This test will check tables that are whole and name no UART of this machine's spaces. */
static void tables_without_a_port_should_say_so(void **state)
{
	static const struct {
		uint8_t space;
		uint64_t address;
	} cases[] = { { 1, 0 } /* redirection is off */,
		      { 0, 0 },
		      { 1, 0x10000 },
		      { 2, 0x2f8 },
		      { 0x7f, 0x2f8 } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct spcr_table t = spcr_table_make(cases[i].space, cases[i].address, 7);
		struct spcr spcr;

		assert_int_equal(spcr_parse(&spcr, t.bytes, 80), -ENODATA);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_and_speed_should_be_read),
		cmocka_unit_test(precise_speed_should_go_first),
		cmocka_unit_test(damaged_tables_should_name_nothing),
		cmocka_unit_test(tables_without_a_port_should_say_so),
	};

	return cmocka_run_group_tests_name("spcr", tests, NULL, NULL);
}
