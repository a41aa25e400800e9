// SPDX-License-Identifier: MIT
/* This test will check that the scratch mark is a valid GPT on disks of any size and sector, and
 * that damaged tables are told from absent ones. */
#include "store/gpt.h"

#include <errno.h>

#include "disk_image.h"
#include "lib/digest.h"
#include "store/bytes.h"

/* A disk of zeros with the mark on it, up to 8 MiB in memory. */
static uint8_t *marked(uint64_t size, uint32_t sector, struct gpt_mark *mark)
{
	uint8_t *disk = calloc(1, size);

	assert_non_null(disk);
	assert_int_equal(gpt_mark_layout(mark, size, sector, 0, 7), 0);
	memcpy(disk, mark->head, mark->head_bytes);
	memcpy(disk + mark->tail_offset_bytes, mark->tail, mark->tail_bytes);
	return disk;
}

static void layout_reads_back(void **state)
{
	static const struct {
		uint64_t size;
		uint32_t sector;
		uint64_t partition_bytes;
	} cases[] = {
		{ 4 * MIB, 512, 2 * MIB },
		{ 4 * MIB, 4096, 2 * MIB },
		{ 8 * MIB + 512, 512, 6 * MIB },
		{ 8 * MIB - 512, 512, 6 * MIB },
		{ 8 * MIB + 4096, 4096, 6 * MIB },
		{ 5 * MIB + 17 * KIB, 512, 4 * MIB },
		{ 5 * MIB + 15 * KIB, 512, 3 * MIB },
		{ 8 * MIB, 2048, 6 * MIB },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct block_memory memory;
		struct gpt_mark mark;
		uint8_t *disk = marked(cases[i].size, cases[i].sector, &mark);
		struct gpt gpt;

		block_from_memory(&memory, disk, cases[i].size, cases[i].sector);
		assert_int_equal(gpt_read(&gpt, &memory.block), 0);
		assert_int_equal(gpt.n, 1);
		assert_int_equal(gpt.sector_bytes, cases[i].sector);
		assert_false(gpt.hybrid);
		assert_string_equal(gpt.partition[0].label, "TARE_SCRATCH");
		assert_int_equal(gpt.partition[0].start_bytes, MIB);
		assert_int_equal(gpt.partition[0].size_bytes, cases[i].partition_bytes);
		assert_int_equal(mark.partition_start_bytes, MIB);
		assert_int_equal(mark.partition_size_bytes, cases[i].partition_bytes);
		/* The partition ends before the backup table. */
		assert_true(MIB + cases[i].partition_bytes <= mark.tail_offset_bytes);
		assert_int_equal(mark.tail_offset_bytes + mark.tail_bytes, cases[i].size);
		free(disk);
		gpt_mark_free(&mark);
	}
}

static void layout_refuses_what_cannot_be_marked(void **state)
{
	static const struct {
		uint64_t size;
		uint32_t sector;
		int ret;
	} cases[] = {
		{ 4 * MIB - 512, 512, -ENOSPC }, { 0, 512, -ENOSPC },
		{ 8 * MIB, 0, -EINVAL },	 { 8 * MIB, 520, -EINVAL },
		{ 8 * MIB, 8192, -EINVAL },	 { 8 * MIB + 512, 4096, -EINVAL },
	};
	struct gpt_mark mark;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(gpt_mark_layout(&mark, cases[i].size, cases[i].sector, 0, 1),
				 cases[i].ret);
}

static void seeds_give_their_own_guids(void **state)
{
	struct gpt_mark a, b, c;

	(void)state;
	assert_int_equal(gpt_mark_layout(&a, 4 * MIB, 512, 0, 1), 0);
	assert_int_equal(gpt_mark_layout(&b, 4 * MIB, 512, 0, 1), 0);
	assert_int_equal(gpt_mark_layout(&c, 4 * MIB, 512, 0, 2), 0);
	assert_memory_equal(a.head, b.head, a.head_bytes);
	assert_memory_not_equal(a.head + 512 + 56, c.head + 512 + 56, 16);
	assert_memory_not_equal(a.head + 1024 + 16, c.head + 1024 + 16, 16);
	gpt_mark_free(&a);
	gpt_mark_free(&b);
	gpt_mark_free(&c);
}

/* Makes both CRCs right again after an edit, so that the edit itself is what is judged. */
static void seal(uint8_t *disk)
{
	bytes_put_le32(disk + 512 + 88, digest_crc32(disk + 1024, 128 * 128));
	bytes_put_le32(disk + 512 + 16, 0);
	bytes_put_le32(disk + 512 + 16, digest_crc32(disk + 512, 92));
}

static void damage_is_told(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value[8];
		size_t len;
		bool sealed;
		int ret;
	} cases[] = {
		{ "signature gone", 512, "x", 1, false, -ENOENT },
		{ "header byte flipped", 512 + 60, "\xff", 1, false, -EBADMSG },
		{ "entry byte flipped", 1024 + 60, "\xff", 1, false, -EBADMSG },
		{ "header too long", 512 + 12, "\xff\xff", 2, true, -EBADMSG },
		{ "header too short", 512 + 12, "\x10\0\0\0", 4, true, -EBADMSG },
		{ "not at its own block", 512 + 24, "\x02", 1, true, -EBADMSG },
		{ "entries of odd size", 512 + 84, "\x81", 1, true, -EBADMSG },
		{ "entries without end", 512 + 80, "\xff\xff\xff\x7f", 4, true, -EBADMSG },
		{ "entries outside", 512 + 72, "\0\0\0\0\0\0\0\x7f", 8, true, -EBADMSG },
		{ "entries in the header", 512 + 72, "\x01", 1, true, -EBADMSG },
		{ "usable area outside", 512 + 48, "\xff\xff\xff\xff\0\0\0\0", 8, true, -EBADMSG },
		{ "usable over the table", 512 + 40, "\x02", 1, true, -EBADMSG },
		{ "partition ends first", 1024 + 40, "\x01\0\0\0", 4, true, -EBADMSG },
		{ "partition outside", 1024 + 43, "\x7f", 1, true, -EBADMSG },
		{ "partition over header", 1024 + 32, "\x01\0\0\0", 4, true, -EBADMSG },
		{ "unused entry", 1024, "\0\0\0\0\0\0\0", 0, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct block_memory memory;
		struct gpt_mark mark;
		uint8_t *disk = marked(4 * MIB, 512, &mark);
		struct gpt gpt;
		int ret;

		memcpy(disk + cases[i].at, cases[i].value, cases[i].len);
		if (cases[i].sealed)
			seal(disk);
		block_from_memory(&memory, disk, 4 * MIB, 512);
		ret = gpt_read(&gpt, &memory.block);
		if (ret != cases[i].ret)
			print_error("%s: got %d, want %d\n", cases[i].what, ret, cases[i].ret);
		assert_int_equal(ret, cases[i].ret);
		free(disk);
		gpt_mark_free(&mark);
	}
}

static void labels_become_utf8(void **state)
{
	static const struct {
		uint16_t name[4];
		const char *label;
	} cases[] = {
		{ { 'a', 'b', 0, 'x' }, "ab" },
		{ { 0xe9, 0x20ac }, "\xc3\xa9\xe2\x82\xac" },
		{ { 0xd83d, 0xde00 }, "\xf0\x9f\x98\x80" },
		{ { 0xd83d, 'x' }, "?x" },
		{ { 0xde00, 'x' }, "?x" },
		{ { 'a', '\n', 0x7f, 'b' }, "a??b" },
	};
	struct block_memory memory;
	struct gpt_mark mark;
	uint8_t *disk = marked(4 * MIB, 512, &mark);
	struct gpt gpt;

	(void)state;
	block_from_memory(&memory, disk, 4 * MIB, 512);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(disk + 1024 + 56, 0, 72);
		for (int c = 0; c < 4; c++)
			bytes_put_le16(disk + 1024 + 56 + 2 * c, cases[i].name[c]);
		seal(disk);
		assert_int_equal(gpt_read(&gpt, &memory.block), 0);
		assert_string_equal(gpt.partition[0].label, cases[i].label);
	}
	/* The longest label there can be: 36 units of three bytes. */
	for (int c = 0; c < 36; c++)
		bytes_put_le16(disk + 1024 + 56 + 2 * c, 0x20ac);
	seal(disk);
	assert_int_equal(gpt_read(&gpt, &memory.block), 0);
	assert_int_equal(strlen(gpt.partition[0].label), 108);
	free(disk);
	gpt_mark_free(&mark);
}

static void hybrid_tables_are_told(void **state)
{
	static const struct {
		uint8_t type[4];
		bool hybrid;
	} cases[] = {
		{ { 0xee }, false },	  { { 0, 0xee }, false }, /* bootable ISO: a dummy active
								     entry first */
		{ { 0xee, 0x83 }, true }, { { 0x83 }, true },	  { { 0 }, true },
	};
	struct block_memory memory;
	struct gpt_mark mark;
	uint8_t *disk = marked(4 * MIB, 512, &mark);
	struct gpt gpt;

	(void)state;
	block_from_memory(&memory, disk, 4 * MIB, 512);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int entry = 0; entry < 4; entry++)
			disk[446 + 16 * entry + 4] = cases[i].type[entry];
		assert_int_equal(gpt_read(&gpt, &memory.block), 0);
		assert_int_equal(gpt.hybrid, cases[i].hybrid);
	}
	free(disk);
	gpt_mark_free(&mark);
}

static void guids_print_as_usual(void **state)
{
	static const uint8_t guid[16] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
					  0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
	char text[GPT_GUID_TEXT];

	(void)state;
	gpt_guid_text(text, guid);
	assert_string_equal(text, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
}

static void image_for_small_sectors_reads_on_large(void **state)
{
	struct block_memory memory;
	struct gpt_mark mark;
	uint8_t *disk = marked(4 * MIB, 512, &mark);
	struct gpt gpt;

	(void)state;
	block_from_memory(&memory, disk, 4 * MIB, 4096);
	assert_int_equal(gpt_read(&gpt, &memory.block), 0);
	assert_int_equal(gpt.sector_bytes, 512);
	free(disk);
	gpt_mark_free(&mark);
}

static void sgdisk_agrees(void **state)
{
	static const uint64_t sizes[] = { 4 * MIB, 8 * MIB + 512, 3 * GIB + 1536 };
	struct gpt_mark mark;
	char path[PATH_MAX];

	image_need("sgdisk grep");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(gpt_mark_layout(&mark, sizes[i], 512, 0, i), 0);
		image_make(path, *state, "disk", sizes[i]);
		image_write(path, 0, mark.head, mark.head_bytes);
		image_write(path, mark.tail_offset_bytes, mark.tail, mark.tail_bytes);
		image_run("sgdisk -v %s | grep 'No problems found'", path);
		image_run("sgdisk -i 1 %s | grep \"Partition name: 'TARE_SCRATCH'\"", path);
		image_run("sgdisk -i 1 %s | grep 'Linux filesystem'", path);
		image_run("sgdisk -A 1:get:63 %s | grep '1:63:1'", path);
		gpt_mark_free(&mark);
	}
}

static void many_partitions_are_read(void **state)
{
	struct block block;
	char path[PATH_MAX];
	struct gpt gpt;
	int fd;

	image_need("sgdisk");
	image_make(path, *state, "disk", 64 * MIB);
	image_run("sgdisk -n 1:0:+1M -c 1:one -n 2:0:+1M -c 2:'two words' -n 9:0:+1M %s", path);
	fd = open(path, O_RDONLY);
	block_from_fd(&block, &fd, 64 * MIB, 512);
	assert_int_equal(gpt_read(&gpt, &block), 0);
	assert_int_equal(gpt.n, 3);
	assert_string_equal(gpt.partition[0].label, "one");
	assert_string_equal(gpt.partition[1].label, "two words");
	assert_int_equal(gpt.partition[2].size_bytes, MIB);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_reads_back),
		cmocka_unit_test(layout_refuses_what_cannot_be_marked),
		cmocka_unit_test(seeds_give_their_own_guids),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(labels_become_utf8),
		cmocka_unit_test(hybrid_tables_are_told),
		cmocka_unit_test(guids_print_as_usual),
		cmocka_unit_test(image_for_small_sectors_reads_on_large),
		cmocka_unit_test_setup_teardown(sgdisk_agrees, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(many_partitions_are_read, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
