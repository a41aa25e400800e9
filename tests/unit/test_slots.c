// SPDX-License-Identifier: MIT
/* This test will check that the newest result is never overwritten, that damage is noticed, and
 * that only a partition with all marks is touched, and only inside its slots. */
#include "store/slots.h"

#include "slots_disk.h"

static void runs_rotate_and_stay(void **state)
{
	struct err e = ERR_INIT;
	struct slots slots;
	struct disk disk;
	size_t len;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	assert_int_equal(slots.n, SLOTS_IN_TEST);
	assert_string_equal(slots.conf, "");
	assert_int_equal(slots_newest(&slots), -ENOENT);
	assert_int_equal(slots_next(&slots), 0);
	allow_slots(&disk, &slots);
	for (unsigned int run = 1; run <= 3 * SLOTS_IN_TEST; run++) {
		int newest = slots_newest(&slots), index;

		index = store(&slots, &disk, run, 100 * run, &e);
		assert_int_equal(e.code, 0);
		assert_int_equal(index, (run - 1) % SLOTS_IN_TEST);
		assert_int_not_equal(index, newest);
		assert_int_equal(slots_newest(&slots), index);
		/* What is in memory is what the disk says. */
		assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
		assert_int_equal(slots_newest(&slots), index);
		assert_int_equal(slots.slot[index].sequence, run);
		for (unsigned int old = run; old && old + SLOTS_IN_TEST > run; old--)
			check_run(&slots, (old - 1) % SLOTS_IN_TEST, &disk.block, old, 100 * old);
	}
	assert_false(disk.strayed);
	disk_close(&disk);
	free(image);
}

static void slot_files_stay_plain_files(void **state)
{
	struct err e = ERR_INIT;
	char path[PATH_MAX];
	struct slots slots;
	struct disk disk;
	uint8_t *image;
	size_t len;

	image = image_of(*state, "", &len);
	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	assert_int_equal(store(&slots, &disk, 5, 300, &e), 0);
	snprintf(path, sizeof(path), "%s/disk", (char *)*state);
	image_write(path, 0, disk.durable, len);
	/* Other tools read the result, followed by nothing but newlines, and find no damage. */
	image_run("mtype -i %s@@1M ::run00.json | grep '^{ \"run\": 5, '", path);
	image_run("! mtype -i %s@@1M ::run00.json | tail -n +2 | grep .", path);
	image_run("dd if=%s of=%s.fat bs=1M skip=1 count=4 && fsck.fat -n %s.fat", path, path,
		  path);
	disk_close(&disk);
	free(image);
}

static void every_mark_is_needed(void **state)
{
	static const struct {
		const char *environment;
		int ret;
		const char *word; /* in the message; NULL: none, it is simply no results disk */
	} cases[] = {
		{ "GUID=54415244-0000-4000-8000-000000000001", -EINVAL, "disk GUID: 54415244-" },
		{ "LABEL=OTHER", -ENOENT, NULL },
		{ "LABEL=TARE_RESULT", -ENOENT, NULL },
		{ "FAT_LABEL=TARERES2", -EINVAL, "FAT label: \"TARERES2\"" },
		{ "ID=TARE-RESULTS", -EINVAL, "TARE.ID" },
		{ "ID='TARE-RESULTS 12'", -EINVAL, "TARE.ID" },
		{ "ID='TARE-RESULTS 2'", -EINVAL, "TARE.ID" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct slots slots;
		struct disk disk;
		size_t len;
		uint8_t *image = image_of(*state, cases[i].environment, &len);
		int ret;

		disk_open(&disk, image, len);
		ret = slots_find(&slots, &disk.block, &e);
		if (ret != cases[i].ret)
			print_error("%s: got %d, %s\n", cases[i].environment, ret, e.text);
		assert_int_equal(ret, cases[i].ret);
		if (cases[i].word)
			assert_non_null(strstr(e.text, cases[i].word));
		else
			assert_int_equal(e.code, 0);
		disk_close(&disk);
		free(image);
	}
}

static void conf_is_read(void **state)
{
	static const struct {
		const char *make;
		const char *conf, *problem;
	} cases[] = {
		{ "printf 'suite=quick\\n'", "suite=quick\n", "" },
		{ "head -c 16384 /dev/zero", "", "16384 bytes: should be below 16384" },
		{ "printf 'a\\0b'", "", "zero bytes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		char environment[256];
		struct slots slots;
		struct disk disk;
		uint8_t *image;
		size_t len;

		image_run("%s >%s/conf", cases[i].make, (char *)*state);
		snprintf(environment, sizeof(environment), "CONF=%s/conf", (char *)*state);
		image = image_of(*state, environment, &len);
		disk_open(&disk, image, len);
		assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
		assert_string_equal(slots.conf, cases[i].conf);
		assert_non_null(strstr(slots.conf_problem, cases[i].problem));
		disk_close(&disk);
		free(image);
	}
}

static void bare_partition_is_found(void **state)
{
	struct err e = ERR_INIT;
	struct block_part part;
	struct slots slots;
	struct disk disk;
	size_t len;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	assert_int_equal(store(&slots, &disk, 9, 700, &e), 0);
	assert_int_equal(block_part_init(&part, &disk.block, MIB, 4 * MIB), 0);
	assert_int_equal(slots_find(&slots, &part.block, &e), -ENOENT);
	assert_int_equal(slots_find_partition(&slots, &part.block, &e), 0);
	check_run(&slots, 0, &part.block, 9, 700);
	/* The whole disk is no partition, and says so quietly. */
	assert_int_equal(slots_find_partition(&slots, &disk.block, &e), -ENOENT);
	assert_int_equal(e.code, 0);
	disk_close(&disk);
	free(image);
}

static void bodies_are_bounded(void **state)
{
	struct buf body[SLOTS_PARTS_N] = { BUF_INIT, BUF_INIT }, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct slots slots;
	struct disk disk;
	size_t len;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	assert_int_equal(store(&slots, &disk, 1, 8192, &e), 0); /* exactly full */
	check_run(&slots, 0, &disk.block, 1, 8192);
	assert_int_equal(store(&slots, &disk, 2, 8193, &e), -EFBIG);
	assert_int_equal(slots_newest(&slots), 0);
	e = ERR_INIT;
	assert_int_equal(slots_store(&slots, &disk.block, "no good", body, &e), -EINVAL);
	e = ERR_INIT;
	assert_int_equal(slots_store(&slots, &disk.block, "", body, &e), -EINVAL);
	/* Empty bodies are bodies; long texts are cut at a line's end. */
	e = ERR_INIT;
	for (int line = 0; line < 1000; line++)
		buf_puts(&body[SLOTS_TEXT], "seventeen bytes.\n");
	assert_int_equal(slots_store(&slots, &disk.block, "abc", body, &e), 1);
	assert_int_equal(slots.slot[1].length_bytes[SLOTS_JSON], 0);
	assert_int_equal(slots.slot[1].length_bytes[SLOTS_TEXT], 4096 / 17 * 17);
	assert_int_equal(slots_load(&text, &slots, 1, SLOTS_TEXT, &disk.block), 0);
	assert_int_equal(text.data[text.len - 1], '\n');
	assert_int_equal(slots_load(&text, &slots, 2, SLOTS_TEXT, &disk.block), -EINVAL);
	assert_int_equal(slots_load(&text, &slots, 99, SLOTS_TEXT, &disk.block), -EINVAL);
	/* A body that changed since it was found is not passed on. */
	disk.cached[slots.slot[1].file[SLOTS_TEXT].offset_bytes] ^= 1;
	assert_int_equal(slots_load(&text, &slots, 1, SLOTS_TEXT, &disk.block), -EBADMSG);
	body_free(body);
	buf_free(&text);
	disk_close(&disk);
	free(image);
}

/* A place for HTML that is not as it was made is nobody's to write to, and a result needs none. */
static void html_is_stored_where_there_is_a_place_for_it(void **state)
{
	static const struct {
		const char *environment;
		bool place;
	} cases[] = { { "", true }, { "HTML_BYTES=0", false }, { "HTML_BYTES=8191", false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct slots slots;
		struct disk disk;
		size_t len;
		uint8_t *image = image_of(*state, cases[i].environment, &len);

		disk_open(&disk, image, len);
		assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
		allow_slots(&disk, &slots);
		assert_int_equal(store(&slots, &disk, 7, 700, &e), 0);
		assert_int_equal(e.code, 0);
		check_run(&slots, 0, &disk.block, 7, 700);
		assert_int_equal(slots.slot[0].file[SLOTS_HTML].capacity_bytes > 0, cases[i].place);
		if (cases[i].place)
			assert_true(check_html(&slots, 0, &disk, 7));
		assert_false(disk.strayed);
		disk_close(&disk);
		free(image);
	}
}

static void html_that_does_not_fit_should_be_left_out(void **state)
{
	struct buf body[SLOTS_PARTS_N];
	struct err e = ERR_INIT;
	struct slots slots;
	struct disk disk;
	size_t len;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	body_make(body, 1, 700);
	while (body[SLOTS_HTML].len <= 8192)
		buf_puts(&body[SLOTS_HTML], "<!-- more of it -->");
	assert_int_equal(slots_store(&slots, &disk.block, "00000001", body, &e), 0);
	assert_int_equal(e.code, -EFBIG);
	check_run(&slots, 0, &disk.block, 1, 700);
	assert_false(check_html(&slots, 0, &disk, 1));
	body_free(body);
	disk_close(&disk);
	free(image);
}

static void damaged_slots_are_invalid(void **state)
{
	static const struct {
		const char *what;
		bool body;
		size_t at;
	} cases[] = {
		{ "header's first byte", false, 0 }, { "header's run", false, 35 },
		{ "header's CRC", false, 195 },	     { "body's first byte", true, 0 },
		{ "body's last byte", true, 499 },
	};
	struct err e = ERR_INIT;
	struct slots slots;
	struct disk disk;
	size_t len;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	assert_int_equal(store(&slots, &disk, 1, 500, &e), 0);
	assert_int_equal(store(&slots, &disk, 2, 500, &e), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t at = cases[i].body ? slots.slot[1].file[SLOTS_JSON].offset_bytes
					    : slots.index_offset_bytes + SLOTS_HEADER_BYTES;

		disk.cached[at + cases[i].at] ^= 1;
		assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
		if (slots.slot[1].valid)
			print_error("%s: still valid\n", cases[i].what);
		assert_false(slots.slot[1].valid);
		assert_int_equal(slots_newest(&slots), 0);
		/* The damaged slot is taken before valid ones, but after unused ones. */
		assert_int_equal(slots_next(&slots), cases[i].body ? 2 : 1);
		disk.cached[at + cases[i].at] ^= 1;
	}
	disk_close(&disk);
	free(image);
}

static int lying_flush(void *self)
{
	struct disk *disk = self;

	/* A disk that loses what it said it stored. */
	disk->cached[3 * MIB] ^= 1;
	for (size_t i = 0; i < disk->pending_n; i++)
		disk->cached[(size_t)disk->pending[i] * SECTOR] ^= 1;
	return 0;
}

static void what_reads_back_wrong_is_an_error(void **state)
{
	struct err e = ERR_INIT;
	struct slots slots;
	struct disk disk;
	size_t len;
	uint8_t *image = image_of(*state, "", &len);

	disk_open(&disk, image, len);
	assert_int_equal(slots_find(&slots, &disk.block, &e), 0);
	assert_int_equal(store(&slots, &disk, 1, 500, &e), 0);
	disk.block.flush = lying_flush;
	assert_int_equal(store(&slots, &disk, 2, 500, &e), -EIO);
	assert_non_null(strstr(e.text, "read back"));
	assert_int_equal(slots_newest(&slots), 0);
	disk_close(&disk);
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_rotate_and_stay, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(slot_files_stay_plain_files, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(every_mark_is_needed, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(conf_is_read, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(bare_partition_is_found, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(bodies_are_bounded, image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(html_is_stored_where_there_is_a_place_for_it,
						image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(html_that_does_not_fit_should_be_left_out,
						image_setup, image_teardown),
		cmocka_unit_test_setup_teardown(damaged_slots_are_invalid, image_setup,
						image_teardown),
		cmocka_unit_test_setup_teardown(what_reads_back_wrong_is_an_error, image_setup,
						image_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
