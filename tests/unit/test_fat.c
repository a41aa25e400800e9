// SPDX-License-Identifier: MIT
/* This test will check that file places read from FAT are those where the real tools put the data,
 * and that a file system that contradicts itself is refused. */
#include "store/fat.h"

#include <errno.h>

#include "disk_image.h"
#include "store/bytes.h"

/* Makes an image with files whose every 512 bytes begin with their own name. */
static void make(char path[PATH_MAX], const char *dir, const char *mkfs, uint64_t size,
		 const char *commands)
{
	image_need("mkfs.fat mcopy mdel");
	image_make(path, dir, "fat", size);
	image_run("mkfs.fat %s %s", mkfs, path);
	image_run("cd %s && export MTOOLS_SKIP_CHECK=1 && "
		  "stamp() { awk -v n=$1 -v k=$2 'BEGIN { for (i = 0; i < k; i++) "
		  "printf \"%%-511s\\n\", n }'; }; "
		  "put() { stamp $1 $2 >f && mcopy -o -i fat f ::$1; }; %s",
		  dir, commands);
}

struct image {
	struct block_memory memory;
	uint8_t *data;
	size_t len;
};

static void load(struct image *image, const char *path)
{
	image->data = image_load(path, &image->len);
	block_from_memory(&image->memory, image->data, image->len, 512);
}

/* The first sector of a file holds its name where fat_read() says it lies. */
static void check_place(const struct image *image, const struct fat_file *file, const char *name)
{
	assert_non_null(file);
	assert_string_equal(file->name, name);
	assert_true(file->offset_bytes + 512 <= image->len);
	assert_memory_equal(image->data + file->offset_bytes, name, strlen(name));
}

static void files_are_found(void **state)
{
	static const struct {
		const char *mkfs;
		uint64_t size;
		const char *label;
	} cases[] = {
		{ "-F 16 -s 1 -n TARERES", 8 * MIB, "TARERES" },
		{ "-F 16 -s 4 -n 'A B'", 32 * MIB, "A B" },
		{ "-F 32 -s 1 -n TARERES", 40 * MIB, "TARERES" },
		{ "-F 16 -S 4096 -s 1", 64 * MIB, "NO NAME" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fat_file *file;
		char path[PATH_MAX];
		struct image image;
		struct fat fat;

		make(path, *state, cases[i].mkfs, cases[i].size,
		     "put one.txt 100; mmd -i fat ::folder; put two.json 5; : >e; "
		     "mcopy -i fat e ::empty; put a-rather-long-name-indeed-for-fat.json 64; "
		     "put UPPER.ID 1");
		load(&image, path);
		assert_int_equal(fat_read(&fat, &image.memory.block), 0);
		assert_string_equal(fat.label, cases[i].label);
		assert_int_equal(fat.n, 5);
		file = fat_find(&fat, "one.txt");
		check_place(&image, file, "one.txt");
		assert_int_equal(file->size_bytes, 100 * 512);
		assert_int_equal(file->contiguous, 1);
		check_place(&image, fat_find(&fat, "TWO.JSON"), "two.json");
		file = fat_find(&fat, "a-rather-long-name-indeed-for-fat.json");
		check_place(&image, file, "a-rather-long-name-indeed-for-fat.json");
		assert_int_equal(file->contiguous, 1);
		file = fat_find(&fat, "upper.id");
		assert_non_null(file);
		assert_memory_equal(image.data + file->offset_bytes, "UPPER.ID", 8);
		file = fat_find(&fat, "empty");
		assert_non_null(file);
		assert_int_equal(file->size_bytes + (uint64_t)file->contiguous, 0);
		assert_null(fat_find(&fat, "folder"));
		fat_free(&fat);
		free(image.data);
	}
}

static void fragments_are_told_and_loaded(void **state)
{
	const struct fat_file *file;
	char path[PATH_MAX], text[40 * 512], sector[513];
	struct image image;
	struct fat fat;

	/* c takes the hole that a left, and goes on behind b. */
	make(path, *state, "-F 16 -s 1", 8 * MIB,
	     "put a 8; put b 8; mdel -i fat ::a; put c 40; put d 3");
	load(&image, path);
	assert_int_equal(fat_read(&fat, &image.memory.block), 0);
	assert_int_equal(fat.n, 3);
	file = fat_find(&fat, "c");
	assert_non_null(file);
	assert_int_equal(file->contiguous, 0);
	assert_int_equal(fat_load(&fat, &image.memory.block, file, text, sizeof(text)), 0);
	snprintf(sector, sizeof(sector), "%-511s\n", "c");
	for (int i = 0; i < 40; i++)
		assert_memory_equal(text + 512 * i, sector, 512);
	assert_int_equal(fat_load(&fat, &image.memory.block, file, text, 700), 0);
	assert_int_equal(fat_load(&fat, &image.memory.block, file, text, 40 * 512 + 1), -ERANGE);
	assert_int_equal(fat_find(&fat, "b")->contiguous, 1);
	assert_int_equal(fat_find(&fat, "d")->contiguous, 1);
	fat_free(&fat);
	free(image.data);
}

static void others_are_refused(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value[4];
		size_t len;
	} cases[] = {
		{ "no boot signature", 510, "\0", 1 },
		{ "sector of 0 bytes", 11, "\0\0", 2 },
		{ "sector of 768 bytes", 11, "\0\x03", 2 },
		{ "cluster of 0 sectors", 13, "\0", 1 },
		{ "cluster of 3 sectors", 13, "\x03", 1 },
		{ "no reserved sector", 14, "\0\0", 2 },
		{ "no table", 16, "\0", 1 },
		{ "seven tables", 16, "\x07", 1 },
		{ "larger than the block", 19, "\xff\xff", 2 },
		{ "table too short", 22, "\x01\0", 2 },
		{ "FAT12 by its clusters", 13, "\x40", 1 },
	};
	char path[PATH_MAX];
	struct image image;
	struct fat fat;

	make(path, *state, "-F 16 -s 1", 8 * MIB, "put a 8");
	load(&image, path);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t keep[512];

		memcpy(keep, image.data, 512);
		memcpy(image.data + cases[i].at, cases[i].value, cases[i].len);
		if (fat_read(&fat, &image.memory.block) != -EINVAL)
			print_error("%s: not refused\n", cases[i].what);
		assert_int_equal(fat_read(&fat, &image.memory.block), -EINVAL);
		memcpy(image.data, keep, 512);
	}
	assert_int_equal(fat_read(&fat, &image.memory.block), 0);
	fat_free(&fat);
	free(image.data);
}

static void contradictions_are_refused(void **state)
{
	static const struct {
		const char *what;
		uint32_t cluster; /* counted from the file's first */
		uint32_t next;	  /* 1000 and more: as it is; below: of the file */
		int ret;
	} cases[] = {
		{ "loop to the start", 7, 0, -EBADMSG },
		{ "loop to itself", 3, 3, -EBADMSG },
		{ "points outside", 3, 0xff00, -EBADMSG },
		{ "points to nothing", 3, 1000000, -EBADMSG },
		{ "shorter than the size", 3, 0xffff, -EBADMSG },
		{ "crosses the next file", 7, 10, -EBADMSG },
		{ "longer than the size", 7, 30, 0 },
	};
	char path[PATH_MAX];
	struct image image;
	struct fat fat;
	uint32_t first;

	/* a: 8 clusters, b: 8 clusters behind it, then free ones. */
	make(path, *state, "-F 16 -s 1", 8 * MIB, "put a 8; put b 8");
	load(&image, path);
	assert_int_equal(fat_read(&fat, &image.memory.block), 0);
	first = fat_find(&fat, "a")->first_cluster;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *table = image.data + fat.table_bytes, keep[256];
		uint32_t next = cases[i].next;
		struct fat again;
		int ret;

		memcpy(keep, table, sizeof(keep));
		next = next == 1000000 ? 0 : next >= 1000 ? next : first + next;
		bytes_put_le16(table + 2 * (first + cases[i].cluster), (uint16_t)next);
		if (!cases[i].ret)
			bytes_put_le16(table + 2 * next, 0xffff);
		ret = fat_read(&again, &image.memory.block);
		if (ret != cases[i].ret)
			print_error("%s: got %d\n", cases[i].what, ret);
		assert_int_equal(ret, cases[i].ret);
		if (!ret)
			assert_int_equal(fat_find(&again, "a")->contiguous, 0);
		fat_free(&again);
		memcpy(table, keep, sizeof(keep));
	}
	fat_free(&fat);
	free(image.data);
}

static void long_names_need_their_checksum(void **state)
{
	char path[PATH_MAX];
	struct image image;
	struct fat fat;
	uint8_t *entry;

	make(path, *state, "-F 16 -s 1", 8 * MIB, "put long-name.json 1");
	load(&image, path);
	assert_int_equal(fat_read(&fat, &image.memory.block), 0);
	assert_string_equal(fat.file[0].name, "long-name.json");
	entry = image.data + fat.data_bytes - 512 * 32;
	fat_free(&fat);
	while ((entry[11] & 0x3f) != 0x0f)
		entry += 32;
	entry[13] ^= 1;
	assert_int_equal(fat_read(&fat, &image.memory.block), 0);
	assert_string_equal(fat.file[0].name, "long-n~1.jso");
	fat_free(&fat);
	free(image.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_are_found, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(fragments_are_told_and_loaded, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(others_are_refused, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(contradictions_are_refused, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(long_names_need_their_checksum, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
