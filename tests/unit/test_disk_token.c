// SPDX-License-Identifier: MIT
/* The token of a disk: the same for the same disk with the same ends, and for nothing else. */
#include "run_fixture.h"

#include <errno.h>

#include "hw/disk_token.h"

#define DISK_BYTES ((size_t)4 << 20)

static uint8_t data[DISK_BYTES];

static struct disk small_disk(void)
{
	struct disk disk = fixture_disk("sda", DISK_DATA);

	disk.size_bytes = DISK_BYTES;
	return disk;
}

static const char *token_of(const struct disk *disk)
{
	static char token[2][DISK_TOKEN_BYTES];
	static int turn;
	struct block_memory memory;

	turn = !turn;
	block_from_memory(&memory, data, DISK_BYTES, 512);
	assert_int_equal(disk_token(token[turn], disk, &memory.block), 0);
	assert_int_equal(strspn(token[turn], "0123456789abcdef"), DISK_TOKEN_BYTES - 1);
	return token[turn];
}

/* This test will check that each part of the identity and each byte of both ends counts, and the
 * middle does not. */
static void token_should_follow_identity_and_ends(void **state)
{
	static const struct {
		size_t offset;
		bool counts;
	} bytes[] = {
		{ 0, true },
		{ DISK_TOKEN_EDGE_BYTES - 1, true },
		{ DISK_TOKEN_EDGE_BYTES, false },
		{ DISK_BYTES - DISK_TOKEN_EDGE_BYTES - 1, false },
		{ DISK_BYTES - DISK_TOKEN_EDGE_BYTES, true },
		{ DISK_BYTES - 1, true },
	};
	struct disk disk = small_disk(), other;
	char plain[DISK_TOKEN_BYTES];

	(void)state;
	str_copy(plain, sizeof(plain), token_of(&disk));
	assert_string_equal(token_of(&disk), plain);
	for (size_t i = 0; i < N(bytes); i++) {
		data[bytes[i].offset] ^= 1;
		assert_int_equal(strcmp(token_of(&disk), plain) != 0, bytes[i].counts);
		data[bytes[i].offset] ^= 1;
	}
	for (int part = 0; part < 5; part++) {
		other = disk;
		str_copy(part == 0   ? other.serial
			 : part == 1 ? other.wwn
			 : part == 2 ? other.vendor
			 : part == 3 ? other.model
				     : other.reason,
			 DISK_TEXT_BYTES, "another");
		assert_int_equal(strcmp(token_of(&other), plain) != 0, part < 4);
	}
	other = disk;
	other.size_bytes += 512;
	assert_string_not_equal(token_of(&other), plain);
	/* What one text loses the next does not win. */
	other = disk;
	str_copy(other.vendor, sizeof(other.vendor), "QEM");
	str_copy(other.model, sizeof(other.model), "UQEMU HARDDISK");
	assert_string_not_equal(token_of(&other), plain);
}

static int read_fails(void *self, void *to, size_t len, uint64_t offset)
{
	(void)self;
	(void)to;
	(void)len;
	return offset ? -EIO : 0;
}

/* This test will check that a disk that cannot be read has no token. */
static void unreadable_end_should_leave_no_token(void **state)
{
	const struct block block = { .size_bytes = DISK_BYTES,
				     .sector_bytes = 512,
				     .read = read_fails };
	struct disk disk = small_disk();
	char token[DISK_TOKEN_BYTES] = "01234567";

	(void)state;
	assert_int_equal(disk_token(token, &disk, &block), -EIO);
	assert_string_equal(token, "");
}

/* This test will check the words that are offered, and to whom. */
static void words_should_be_offered_where_they_help(void **state)
{
	static const struct {
		const char *serial, *token;
		enum disk_verdict verdict;
		const char *want;
	} cases[] = {
		{ "S1", "01234567", DISK_DATA, "tare.destroy=S1:4194304 tare.confirm=01234567" },
		{ "S:1", "01234567", DISK_REMOVABLE,
		  "tare.destroy=S:1:4194304 tare.confirm=01234567" },
		{ "A B", "01234567", DISK_DATA,
		  "tare.destroy=\"A B:4194304\" tare.confirm=01234567" },
		{ "S1", "", DISK_DATA, "" },
		{ "S1", "01234567", DISK_BLANK, "" },
		{ "S1", "01234567", DISK_MARKED, "" },
		{ "S1", "01234567", DISK_MOUNTED, "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = small_disk();
		struct buf words = BUF_INIT;

		str_copy(disk.serial, sizeof(disk.serial), cases[i].serial);
		str_copy(disk.token, sizeof(disk.token), cases[i].token);
		disk.verdict = cases[i].verdict;
		assert_int_equal(disk_token_offer(&words, &disk), cases[i].want[0] != '\0');
		assert_string_equal(words.data ? words.data : "", cases[i].want);
		buf_free(&words);
	}
}

/* This test will check which serials a command line can say. */
static void serial_should_be_sayable(void **state)
{
	static const struct {
		const char *serial;
		bool sayable;
	} cases[] = { { "S1", true },	 { "a b:c", true },	 { "", false },
		      { "a\"b", false }, { "tab\there", false }, { "\xc3\xa4", false } };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct disk disk = small_disk();

		str_copy(disk.serial, sizeof(disk.serial), cases[i].serial);
		assert_int_equal(disk_token_is_nameable(&disk), cases[i].sayable);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_should_follow_identity_and_ends),
		cmocka_unit_test(unreadable_end_should_leave_no_token),
		cmocka_unit_test(words_should_be_offered_where_they_help),
		cmocka_unit_test(serial_should_be_sayable),
	};

	return cmocka_run_group_tests_name("disk_token", tests, NULL, NULL);
}
