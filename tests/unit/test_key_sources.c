// SPDX-License-Identifier: MIT
/* Where a booted appliance finds its keys, in a tree of files. */
#include "unit.h"

#include "config/keys.h"

static const char fw_cfg[] = "sys/firmware/qemu_fw_cfg/by_name/opt/io.tare/config/raw";

/* This test will check that every source is read and the higher one wins. */
static void sources_should_be_read_lowest_first(void **state)
{
	static const char oem[] = "\x0b\x05\x00\x02\x02tare:rounds=4\0tare:label=oem\0";
	struct notes notes = { 0 };
	struct config config;
	char root[PATH_MAX];

	(void)state;
	temp_make(root);
	temp_text(root, "tare.embed/tare.conf", "suite=smoke span=2m label=embed rounds=2\n");
	temp_write(root, "sys/firmware/dmi/entries/11-0/raw", oem, sizeof(oem));
	temp_text(root, fw_cfg, "tare.linger=7 rounds=5");
	temp_text(root, "proc/cmdline", "console=ttyS0 tare.linger=8 span=nonsense\n");
	keys_default(&config, true);
	keys_read_boot(&config, root, "span=3m\nlabel=conf\nrounds=3\n", &notes);
	assert_int_equal(notes.n, 0);
	assert_string_equal(config.suite, "smoke");
	assert_int_equal(config.source[CONFIG_SUITE], CONFIG_FROM_EMBED);
	assert_int_equal(config.span_bytes, 3 << 20);
	assert_int_equal(config.source[CONFIG_SPAN], CONFIG_FROM_CONF);
	assert_string_equal(config.label, "oem");
	assert_int_equal(config.rounds, 5); /* fw_cfg after SMBIOS, both "platform" */
	assert_int_equal(config.source[CONFIG_ROUNDS], CONFIG_FROM_PLATFORM);
	assert_int_equal(config.linger_s, 8);
	assert_int_equal(config.source[CONFIG_LINGER], CONFIG_FROM_CMDLINE);
	temp_remove(root);
}

/* This test will check that nothing at all leaves the defaults and says nothing. */
static void absent_sources_should_change_nothing(void **state)
{
	struct notes notes = { 0 };
	struct config config, before;
	char root[PATH_MAX];

	(void)state;
	temp_make(root);
	keys_default(&config, true);
	before = config;
	keys_read_boot(&config, root, "", &notes);
	assert_int_equal(notes.n, 0);
	assert_memory_equal(&config, &before, sizeof(config));
	temp_remove(root);
}

/* This test will check SMBIOS structures: foreign strings, lengths that lie, strings without end,
 * several words in one. */
static void oem_strings_should_be_taken_with_care(void **state)
{
#define RAW(text) text, sizeof(text) - 1
	static const struct {
		const char *raw;
		size_t len;
		const char *label;
		uint64_t rounds;
	} cases[] = {
		{ RAW("\x0b\x05\x00\x02\x01tare:label=a rounds=3\0\0"), "a", 3 },
		{ RAW("\x0b\x05\x00\x02\x02vendor text\0tare:label=a\0\0"), "a", 0 },
		{ RAW("\x0b\x05\x00\x02\x02vendor:label=b\0TARE:label=a\0\0"), "", 0 },
		{ RAW("\x0b\x05\x00\x02\x01tare:\0tare:label=a\0\0"), "a", 0 },
		{ RAW("\x0b\x05\x00\x02\x01tare:label=a"), "a", 0 },	    /* cut off */
		{ RAW("\x0b\x08\x00\x02\x01xxxtare:label=a\0\0"), "a", 0 }, /* a longer header */
		{ RAW("\x0b\xff\x00\x02\x01tare:label=a\0\0"), "", 0 },	    /* beyond the end */
		{ RAW("\x0b\x02\x00\x02\x01tare:label=a\0\0"), "", 0 },	    /* too short a header */
		{ RAW("\x0b\x05\x00"), "", 0 },
		{ RAW(""), "", 0 },
		{ RAW("\x0b\x05\x00\x02\x01tare:tare.label=a\0\0"), "a", 0 },
	};
	struct config config;
	char root[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct notes notes = { 0 };

		temp_make(root);
		temp_write(root, "sys/firmware/dmi/entries/11-3/raw", cases[i].raw, cases[i].len);
		keys_default(&config, true);
		keys_read_boot(&config, root, "", &notes);
		if (strcmp(config.label, cases[i].label))
			print_error("case %zu: label \"%s\"\n", i, config.label);
		assert_string_equal(config.label, cases[i].label);
		assert_int_equal(config.rounds, cases[i].rounds);
		assert_int_equal(notes.n, 0);
		notes_free(&notes);
		temp_remove(root);
	}
}

/* This test will check that doubt in any source turns writing off, even where a higher source says
 * it well. */
static void doubt_in_any_source_should_count(void **state)
{
	static const char *const paths[] = { "tare.embed/tare.conf", fw_cfg, "proc/cmdline" };
	struct config config;
	char root[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < N(paths); i++) {
		struct notes notes = { 0 };

		temp_make(root);
		temp_text(root, "proc/cmdline", "tare.write=blank");
		temp_text(root, paths[i], "tare.write=perhaps tare.write=blank");
		keys_default(&config, true);
		keys_read_boot(&config, root, "", &notes);
		assert_true(config.writing_off);
		assert_int_equal(notes.n, 2);
		notes_free(&notes);
		temp_remove(root);
	}
}

/* This test will check that a source which is there and cannot be taken, and so may have turned
 * writing off, does: too long, no text, a string beyond any other. Zeros at the end hide nothing.
 */
static void source_that_is_not_taken_should_turn_writing_off(void **state)
{
	static const char *const paths[] = { "tare.embed/tare.conf", fw_cfg, "proc/cmdline",
					     "sys/firmware/dmi/entries/11-0/raw" };
	static const struct {
		size_t len, zero_at; /* of x's after the words; one byte of them is 0 */
		bool text_off, smbios_off;
	} cases[] = {
		{ 16, 999999, false, false },  { 20000, 999999, true, true },
		{ 1100, 999999, false, true }, { 100, 10, true, false },
		{ 100, 99, false, false },
	};
	static const char words[] = "\x0b\x05\x00\x02\x01tare:tare.span=4m tare.label=";
	char root[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases) * N(paths); i++) {
		size_t k = i / N(paths), head = sizeof(words) - 1, skip = 0;
		bool smbios = i % N(paths) == 3;
		char *text = malloc(head + cases[k].len);
		struct notes notes = { 0 };
		struct config config;

		assert_non_null(text);
		memcpy(text, words, head);
		memset(text + head, 'x', cases[k].len);
		if (cases[k].zero_at < cases[k].len)
			text[head + cases[k].zero_at] = '\0';
		if (!smbios)
			skip = 10; /* the structure's header and "tare:" */
		temp_make(root);
		temp_write(root, paths[i % N(paths)], text + skip, head + cases[k].len - skip);
		keys_default(&config, true);
		keys_read_boot(&config, root, "", &notes);
		assert_int_equal(config.writing_off,
				 smbios ? cases[k].smbios_off : cases[k].text_off);
		if (config.writing_off)
			check_has(notes.text[notes.n - 1], "writing is off because");
		notes_free(&notes);
		temp_remove(root);
		free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_should_be_read_lowest_first),
		cmocka_unit_test(absent_sources_should_change_nothing),
		cmocka_unit_test(oem_strings_should_be_taken_with_care),
		cmocka_unit_test(doubt_in_any_source_should_count),
		cmocka_unit_test(source_that_is_not_taken_should_turn_writing_off),
	};

	return cmocka_run_group_tests_name("key_sources", tests, NULL, NULL);
}
