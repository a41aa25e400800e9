// SPDX-License-Identifier: MIT
/* The boot keys: values, sources and their order, words, and what turns writing off. */
#include "unit.h"

#include <errno.h>

#include "config/keys.h"
#include "config/suites.h"
#include "lib/buf.h"

static const char *value_of(const struct config *config, enum config_key key)
{
	static char text[CONFIG_TEXT_BYTES];
	struct buf b = BUF_INIT;

	keys_value_text(&b, config, key);
	snprintf(text, sizeof(text), "%s", b.data ? b.data : "");
	buf_free(&b);
	return text;
}

/* This test will check the defaults: the appliance writes to blank disks, an installed system to
 * none. */
static void defaults_should_write_in_the_appliance_only(void **state)
{
	struct config config;

	(void)state;
	keys_default(&config, true);
	assert_int_equal(config.write, CONFIG_WRITE_BLANK);
	assert_int_equal(config.wait_s, 10);
	assert_int_equal(config.linger_s, 600);
	assert_string_equal(config.target, "auto");
	assert_int_equal(config.end, CONFIG_END_POWEROFF);
	assert_false(config.writing_off);
	keys_default(&config, false);
	assert_int_equal(config.write, CONFIG_WRITE_NO);
	assert_int_equal(config.wait_s, 0);
}

/* This test will check that values are read whole and within their ranges, that a refused one names
 * key and value and changes nothing. */
static void values_should_be_read_or_refused(void **state)
{
	static const struct {
		const char *key, *value;
		int ret;
		enum config_key row;
		const char *want; /* the value afterwards, or a piece of the error */
	} cases[] = {
		{ "suite", "smoke", 0, CONFIG_SUITE, "smoke" },
		{ "tare.suite", "origin", 0, CONFIG_SUITE, "origin" },
		{ "write", "marked", 0, CONFIG_WRITE, "marked" },
		{ "write", "Blank", -EINVAL, 0,
		  "tare.write: \"Blank\": one of no, marked, blank, yes" },
		{ "write", "", -EINVAL, 0, "tare.write: \"\": one of" },
		{ "span", "1m", 0, CONFIG_SPAN, "1048576" },
		{ "span", "1048575", -EINVAL, 0, "tare.span: \"1048575\": a number from 1048576" },
		{ "span", "2 g", -EINVAL, 0, "tare.span: \"2 g\"" },
		{ "span", "-1", -EINVAL, 0, "\"-1\"" },
		{ "rounds", "1000", 0, CONFIG_ROUNDS, "1000" },
		{ "rounds", "1001", -EINVAL, 0, "from 1 to 1000" },
		{ "rounds", "0", -EINVAL, 0, "from 1 to 1000" },
		{ "rounds", "5x", -EINVAL, 0, "tare.rounds: \"5x\"" },
		{ "seed", "9007199254740991", 0, CONFIG_SEED, "9007199254740991" },
		{ "seed", "9007199254740992", -EINVAL, 0, "tare.seed: \"9007199254740992\"" },
		{ "wait", "0", 0, CONFIG_WAIT, "0" },
		{ "wait", "10s", -EINVAL, 0, "tare.wait: \"10s\"" },
		{ "end", "halt", 0, CONFIG_END, "halt" },
		{ "end", "off", -EINVAL, 0, "one of poweroff, reboot, halt, shell" },
		{ "label", "a b", 0, CONFIG_LABEL, "a b" },
		{ "label", "", -EINVAL, 0, "tare.label: \"\": 1 to 511 characters" },
		{ "upload", "http://10.0.2.2:8000/r?a=1", 0, CONFIG_UPLOAD,
		  "http://10.0.2.2:8000/r?a=1" },
		{ "tare.upload", "http://[fe80::1]/", 0, CONFIG_UPLOAD, "http://[fe80::1]/" },
		{ "upload", "ftp://h/", -EINVAL, 0,
		  "tare.upload: \"ftp://h/\": no scheme that is known: should be "
		  "http://HOST[:PORT][/PATH]" },
		{ "upload", "http://h:0/", -EINVAL, 0, "the port: a number from 1 to 65535" },
		{ "upload", "", -EINVAL, 0, "tare.upload: \"\": 1 to 511 characters" },
		{ "lable", "x", -ENOENT, 0, "tare.lable: no such key: did you mean tare.label?" },
		{ "Write", "no", -ENOENT, 0, "did you mean tare.write?" },
		{ "", "x", -ENOENT, 0, "tare.: no such key" },
		{ "tare.tare.write", "no", -ENOENT, 0, "no such key" },
		{ "qqqqqqqq", "1", -ENOENT, 0, "tare.qqqqqqqq: no such key" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct config config, before;
		struct err e = ERR_INIT;
		int ret;

		keys_default(&config, true);
		before = config;
		ret = keys_set(&config, cases[i].key, cases[i].value, CONFIG_FROM_CMDLINE, &e);
		if (ret != cases[i].ret)
			print_error("%s=%s: %s\n", cases[i].key, cases[i].value, e.text);
		assert_int_equal(ret, cases[i].ret);
		if (!ret) {
			assert_string_equal(value_of(&config, cases[i].row), cases[i].want);
			assert_int_equal(config.source[cases[i].row], CONFIG_FROM_CMDLINE);
		} else {
			check_has(e.text, cases[i].want);
			assert_memory_equal(&config, &before, sizeof(config));
		}
	}
}

/* This test will check that a text of the longest length fits and one more is refused. */
static void text_should_fit_or_be_refused(void **state)
{
	char text[CONFIG_TEXT_BYTES + 1];
	struct config config;
	struct err e = ERR_INIT;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[CONFIG_TEXT_BYTES - 1] = '\0';
	keys_default(&config, true);
	assert_int_equal(keys_set(&config, "label", text, CONFIG_FROM_CONF, &e), 0);
	assert_int_equal(strlen(config.label), CONFIG_TEXT_BYTES - 1);
	text[CONFIG_TEXT_BYTES - 1] = 'x';
	text[CONFIG_TEXT_BYTES] = '\0';
	assert_int_equal(keys_set(&config, "label", text, CONFIG_FROM_CONF, &e), -EINVAL);
}

/* This test will check that a value of a higher source stays, whatever order they come in. */
static void higher_source_should_win(void **state)
{
	struct err e = ERR_INIT;
	struct config config;

	(void)state;
	for (int low = 0; low < CONFIG_SOURCES_N; low++) {
		for (int high = low; high < CONFIG_SOURCES_N; high++) {
			keys_default(&config, true);
			assert_int_equal(keys_set(&config, "label", "low", low, &e), 0);
			assert_int_equal(keys_set(&config, "label", "high", high, &e), 0);
			assert_string_equal(config.label, "high");
			if (high == low)
				continue;
			assert_int_equal(keys_set(&config, "label", "low", low, &e), 0);
			assert_string_equal(config.label, "high");
			assert_int_equal(config.source[CONFIG_LABEL], high);
		}
	}
	/* What a higher source hides must still be readable. */
	assert_int_equal(keys_set(&config, "write", "maybe", CONFIG_FROM_EMBED, &e), -EINVAL);
}

/* This test will check how a text is cut into words: blanks, quotes, comments, foreign words. */
static void words_should_be_cut_as_written(void **state)
{
	static const struct {
		const char *text;
		enum config_source source;
		const char *label, *suite;
		size_t notes;
	} cases[] = {
		{ "label=a suite=smoke", CONFIG_FROM_CONF, "a", "smoke", 0 },
		{ "tare.label=a\r\ntare.suite=smoke\r\n", CONFIG_FROM_CONF, "a", "smoke", 0 },
		{ "label=\"a  b\"\tsuite=smoke", CONFIG_FROM_CONF, "a  b", "smoke", 0 },
		{ "\"label=a b\"", CONFIG_FROM_CONF, "a b", SUITE_DEFAULT, 0 },
		{ "label=a\"b c\"d", CONFIG_FROM_CONF, "ab cd", SUITE_DEFAULT, 0 },
		{ "\xef\xbb\xbflabel=a", CONFIG_FROM_CONF, "a", SUITE_DEFAULT, 0 },
		{ "label=\"a\"\nsuite=\"smoke\"", CONFIG_FROM_CONF, "a", "smoke", 0 },
		{ "# label=a\nsuite=smoke", CONFIG_FROM_CONF, "", "smoke", 0 },
		{ "  \t# label=a\nlabel=b", CONFIG_FROM_CONF, "b", SUITE_DEFAULT, 0 },
		{ "label=a#b", CONFIG_FROM_CONF, "a#b", SUITE_DEFAULT, 0 },
		{ "label=x=y", CONFIG_FROM_CONF, "x=y", SUITE_DEFAULT, 0 },
		{ "label=a label=b", CONFIG_FROM_CONF, "b", SUITE_DEFAULT, 0 },
		{ "\n\n\n   \n", CONFIG_FROM_CONF, "", SUITE_DEFAULT, 0 },
		{ "", CONFIG_FROM_CONF, "", SUITE_DEFAULT, 0 },
		{ "verbose", CONFIG_FROM_CONF, "", SUITE_DEFAULT, 1 },
		{ "label = a", CONFIG_FROM_CONF, "", SUITE_DEFAULT, 3 },
		{ "quiet root=/dev/sda label=no suite=no tare.label=a", CONFIG_FROM_CMDLINE, "a",
		  SUITE_DEFAULT, 0 },
		{ "tare.rescue tare.label=a", CONFIG_FROM_CMDLINE, "a", SUITE_DEFAULT, 0 },
		{ "tare.label", CONFIG_FROM_CMDLINE, "", SUITE_DEFAULT, 1 },
		{ "tare.=x", CONFIG_FROM_CMDLINE, "", SUITE_DEFAULT, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct notes notes = { 0 };
		struct config config;

		keys_default(&config, true);
		keys_set_words(&config, cases[i].text, cases[i].source, &notes);
		check_number(cases[i].text, notes.n, cases[i].notes);
		assert_string_equal(config.label, cases[i].label);
		assert_string_equal(config.suite, cases[i].suite);
		assert_false(config.writing_off);
		notes_free(&notes);
	}
}

/* This test will check that a word about writing that is not understood turns writing off, any
 * other does not, and that the warning quotes it. */
static void doubt_about_writing_should_turn_it_off(void **state)
{
	static const struct {
		const char *word;
		bool off;
		const char *note;
	} cases[] = {
		{ "tare.write=nope", true, "kernel command line: tare.write: \"nope\"" },
		{ "tare.write", true, "\"tare.write\": not KEY=VALUE" },
		{ "tare.wriet=no", true, "did you mean tare.write?" },
		{ "tare.WRITE=no", true, "did you mean tare.write?" },
		{ "tare.target=", true, "tare.target: \"\"" },
		{ "tare.span=lots", true, "tare.span: \"lots\"" },
		{ "tare.wait=soon", true, "tare.wait: \"soon\"" },
		{ "tare.destory=S1:100", true, "did you mean tare.destroy?" },
		{ "tare.destroys=S1:100", true, "did you mean tare.destroy?" },
		{ "tare.DESTROY=S1:100", true, "did you mean tare.destroy?" },
		{ "tare.confrim=0123abcd", true, "did you mean tare.confirm?" },
		{ "tare.restroe=yes", true, "did you mean tare.restore?" },
		{ "tare.destroy=", true, "tare.destroy: \"\"" },
		{ "tare.destroy", true, "\"tare.destroy\": not KEY=VALUE" },
		{ "tare.restore=maybe", true, "tare.restore: \"maybe\": one of no, yes" },
		{ "tare.destroy=S1:100", false, NULL },
		{ "tare.confirm=0123abcd", false, NULL },
		{ "tare.restore=yes", false, NULL },
		{ "tare.suite=", false, "tare.suite: \"\"" },
		{ "tare.rounds=many", false, "tare.rounds: \"many\"" },
		{ "tare.colour=red", false, "tare.colour: no such key" },
		{ "tare.write=blank", false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct notes notes = { 0 };
		struct config config;

		keys_default(&config, true);
		keys_set_words(&config, cases[i].word, CONFIG_FROM_CMDLINE, &notes);
		if (config.writing_off != cases[i].off)
			print_error("%s: writing_off %d\n", cases[i].word, config.writing_off);
		assert_int_equal(config.writing_off, cases[i].off);
		assert_int_equal(notes.n, !cases[i].note ? 0 : cases[i].off ? 2 : 1);
		if (cases[i].note)
			check_has(notes.text[0], cases[i].note);
		if (cases[i].off)
			check_has(notes.text[1], "writing is off because");
		if (cases[i].off)
			check_has(config.writing_off_why, cases[i].note);
		else
			assert_string_equal(config.writing_off_why, "");
		notes_free(&notes);
	}
}

/* This test will check that what destroys a disk is taken from where somebody means this machine,
 * and that anywhere else it turns writing off. */
static void destruction_should_be_by_hand(void **state)
{
	static const bool taken[CONFIG_SOURCES_N] = { [CONFIG_FROM_EMBED] = true,
						      [CONFIG_FROM_CMDLINE] = true,
						      [CONFIG_FROM_ARGUMENT] = true };
	static const char *const words[] = { "tare.destroy=S1:100", "tare.confirm=0123abcd" };

	(void)state;
	for (enum config_source source = CONFIG_FROM_EMBED; source < CONFIG_SOURCES_N; source++) {
		for (size_t i = 0; i < N(words); i++) {
			struct notes notes = { 0 };
			struct config config;

			keys_default(&config, true);
			keys_set_words(&config, words[i], source, &notes);
			assert_int_equal(config.writing_off, !taken[source]);
			assert_int_equal(config.destroy[0] || config.confirm[0], taken[source]);
			assert_int_equal(notes.n, taken[source] ? 0 : 2);
			if (!taken[source])
				check_has(notes.text[0], "never from here: only from the kernel");
			notes_free(&notes);
		}
	}
}

/* This test will check that two disks to destroy are none, and that a higher source may say
 * another.
 */
static void two_disks_to_destroy_should_be_refused(void **state)
{
	struct notes notes = { 0 };
	struct config config;

	(void)state;
	keys_default(&config, true);
	keys_set_words(&config, "tare.destroy=A:1 tare.destroy=A:1", CONFIG_FROM_EMBED, &notes);
	keys_set_words(&config, "tare.destroy=B:2", CONFIG_FROM_CMDLINE, &notes);
	assert_false(config.writing_off);
	assert_string_equal(config.destroy, "B:2");
	keys_set_words(&config, "tare.destroy=C:3", CONFIG_FROM_CMDLINE, &notes);
	assert_true(config.writing_off);
	check_has(notes.text[0], "\"C:3\": given twice");
	notes_free(&notes);
}

/* This test will check that a quote which swallows other words turns writing off, and reaches no
 * further than its line. */
static void open_quote_should_turn_writing_off(void **state)
{
	static const struct {
		const char *text;
		enum config_source source;
		const char *suite;
	} cases[] = {
		{ "label=\"open write=no", CONFIG_FROM_CONF, SUITE_DEFAULT },
		{ "label=\"open\nwrite=no", CONFIG_FROM_CONF, SUITE_DEFAULT },
		{ "label=\"open\r\nsuite=\"smoke\"\r\n", CONFIG_FROM_CONF, "smoke" },
		{ "\"", CONFIG_FROM_PLATFORM, SUITE_DEFAULT },
		{ "foreign=\"x tare.write=no", CONFIG_FROM_CMDLINE, SUITE_DEFAULT },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct notes notes = { 0 };
		struct config config;

		keys_default(&config, true);
		keys_set_words(&config, cases[i].text, cases[i].source, &notes);
		assert_true(config.writing_off);
		assert_true(notes.n >= 1);
		check_has(notes.text[0], "quote not closed on its line: writing is off because");
		assert_string_equal(config.label, "");
		assert_string_equal(config.suite, cases[i].suite);
		notes_free(&notes);
	}
}

/* This test will check that a word longer than any value is refused, not taken in part. */
static void long_word_should_be_refused(void **state)
{
	char text[4096] = "tare.label=";
	struct notes notes = { 0 };
	struct config config;

	(void)state;
	memset(text + 11, 'x', sizeof(text) - 12);
	text[sizeof(text) - 1] = '\0';
	keys_default(&config, true);
	keys_set_words(&config, text, CONFIG_FROM_CMDLINE, &notes);
	assert_int_equal(notes.n, 1);
	assert_string_equal(config.label, "");
	memcpy(text, "tare.suite=", 11);
	keys_set_words(&config, text, CONFIG_FROM_CMDLINE, &notes);
	assert_int_equal(notes.n, 2);
	assert_string_equal(config.suite, SUITE_DEFAULT);
	notes_free(&notes);
}

/* This test will check that the help has a line for every key and every source has a name. */
static void every_key_should_be_told(void **state)
{
	struct buf help = BUF_INIT;
	char option[40];

	(void)state;
	keys_help(&help);
	for (int i = 0; i < CONFIG_KEYS_N; i++) {
		snprintf(option, sizeof(option), "  --%s ", keys_name(i));
		check_has(help.data, option);
	}
	buf_free(&help);
	for (int i = 0; i < CONFIG_SOURCES_N; i++)
		assert_true(keys_source_name(i)[0]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_should_write_in_the_appliance_only),
		cmocka_unit_test(values_should_be_read_or_refused),
		cmocka_unit_test(text_should_fit_or_be_refused),
		cmocka_unit_test(higher_source_should_win),
		cmocka_unit_test(words_should_be_cut_as_written),
		cmocka_unit_test(doubt_about_writing_should_turn_it_off),
		cmocka_unit_test(destruction_should_be_by_hand),
		cmocka_unit_test(two_disks_to_destroy_should_be_refused),
		cmocka_unit_test(open_quote_should_turn_writing_off),
		cmocka_unit_test(long_word_should_be_refused),
		cmocka_unit_test(every_key_should_be_told),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
