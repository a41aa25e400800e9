// SPDX-License-Identifier: MIT
/* Files in an ISO 9660 file system, of which a small one is made here. */
#include "unit.h"

#include <errno.h>

#include "store/iso.h"

#define SECTOR	2048
#define SECTORS 24

struct small {
	uint8_t bytes[SECTORS * SECTOR];
	struct block_memory memory;
};

static void put_le32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* Returns the length of the record. */
static size_t put_record(uint8_t *to, const char *name, size_t name_len, uint32_t sector,
			 uint32_t bytes, bool folder)
{
	size_t len = (33 + name_len + 1) / 2 * 2;

	to[0] = (uint8_t)len;
	put_le32(to + 2, sector);
	put_le32(to + 10, bytes);
	to[25] = folder ? 2 : 0;
	to[32] = (uint8_t)name_len;
	memcpy(to + 33, name, name_len);
	return len;
}

/* Root in sector 18, folder BOOT in 19 and 20 (its second sector has the file), the file in 22. */
static struct small *make(void)
{
	struct small *s = calloc(1, sizeof(*s));
	uint8_t *descriptor, *root, *boot;
	size_t at;

	assert_non_null(s);
	descriptor = s->bytes + 16 * SECTOR;
	descriptor[0] = 1;
	memcpy(descriptor + 1, "CD001\1", 6);
	memcpy(descriptor + 40, "TARE_ISO                        ", 32);
	put_record(descriptor + 156, "", 1, 18, SECTOR, true);
	root = s->bytes + 18 * SECTOR;
	at = put_record(root, "", 1, 18, SECTOR, true);
	at += put_record(root + at, "\1", 1, 18, SECTOR, true);
	at += put_record(root + at, "BOOT", 4, 19, 2 * SECTOR, true);
	put_record(root + at, "LICENSE.;1", 10, 23, 100, false);
	boot = s->bytes + 19 * SECTOR;
	put_record(boot, "", 1, 19, 2 * SECTOR, true);
	put_record(boot + SECTOR, "CONFIG.IMG;1", 12, 22, SECTOR, false);
	block_from_memory(&s->memory, s->bytes, sizeof(s->bytes), 512);
	return s;
}

static int find(const struct small *s, const char *path, uint64_t *offset, uint64_t *size)
{
	*offset = *size = 0;
	return iso_find(offset, size, &s->memory.block, path);
}

/* This test will check that files are found, in any sector of their folder, and nothing else is. */
static void files_should_be_found(void **state)
{
	static const struct {
		const char *path;
		int ret;
		uint64_t offset, size;
	} cases[] = {
		{ "BOOT/CONFIG.IMG", 0, 22 * SECTOR, SECTOR },
		{ "LICENSE.", 0, 23 * SECTOR, 100 },
		{ "BOOT/CONFIG.IM", -ENOENT, 0, 0 },
		{ "BOOT/CONFIG.IMGX", -ENOENT, 0, 0 },
		{ "CONFIG.IMG", -ENOENT, 0, 0 },
		{ "BOOT", -ENOENT, 0, 0 }, /* a folder is no file */
		{ "LICENSE./X", -ENOENT, 0, 0 },
		{ "", -ENOENT, 0, 0 },
	};
	struct small *s = make();
	uint64_t offset, size;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(find(s, cases[i].path, &offset, &size), cases[i].ret);
		check_number(cases[i].path, offset, cases[i].offset);
		check_number(cases[i].path, size, cases[i].size);
	}
	free(s);
}

static void label_should_be_read(void **state)
{
	struct small *s = make();
	char label[33], cut[5];

	(void)state;
	assert_int_equal(iso_label(label, sizeof(label), &s->memory.block), 0);
	assert_string_equal(label, "TARE_ISO");
	assert_int_equal(iso_label(cut, sizeof(cut), &s->memory.block), 0);
	assert_string_equal(cut, "TARE");
	free(s);
}

/* This test will check that damage is told from absence, and that nothing reaches outside. */
static void damage_should_be_told(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
		int ret;
	} cases[] = {
		{ "no descriptor", 16 * SECTOR + 1, 'X', -EINVAL },
		{ "another descriptor", 16 * SECTOR, 2, -EINVAL },
		{ "root outside", 16 * SECTOR + 156 + 3, 0xff, -EBADMSG },
		{ "root too large", 16 * SECTOR + 156 + 13, 0xff, -EBADMSG },
		{ "record too short", 18 * SECTOR, 10, -EBADMSG },
		{ "name longer than its record", 18 * SECTOR + 32, 200, -EBADMSG },
		{ "file outside", 20 * SECTOR + 3, 0xff, -EBADMSG },
		{ "file too large", 20 * SECTOR + 13, 0x7f, -EBADMSG },
	};
	uint64_t offset, size;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct small *s = make();

		s->bytes[cases[i].at] = cases[i].value;
		if (find(s, "BOOT/CONFIG.IMG", &offset, &size) != cases[i].ret)
			fail_msg("%s: not %d", cases[i].what, cases[i].ret);
		free(s);
	}
}

/* This test will check that no change of one byte, and no end, leads outside the image. */
static void nothing_should_be_found_outside(void **state)
{
	struct small *s = make();
	uint64_t offset, size;

	(void)state;
	for (size_t i = 16 * SECTOR; i < 21 * SECTOR; i++) {
		uint8_t was = s->bytes[i];

		s->bytes[i] ^= 0xff;
		if (!find(s, "BOOT/CONFIG.IMG", &offset, &size))
			assert_true(offset + size <= sizeof(s->bytes));
		s->bytes[i] = was;
	}
	for (size_t len = 0; len < sizeof(s->bytes); len += 512) {
		block_from_memory(&s->memory, s->bytes, len, 512);
		if (!find(s, "BOOT/CONFIG.IMG", &offset, &size))
			assert_true(offset + size <= len);
	}
	free(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_should_be_found),
		cmocka_unit_test(label_should_be_read),
		cmocka_unit_test(damage_should_be_told),
		cmocka_unit_test(nothing_should_be_found_outside),
	};

	return cmocka_run_group_tests_name("iso", tests, NULL, NULL);
}
