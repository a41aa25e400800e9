// SPDX-License-Identifier: MIT
/* This test will check the words process 1 reads and writes: boot words, ends, signals, statuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "init/init_words.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

static void check(const char *input, int got, int want)
{
	if (got != want)
		print_error("\"%s\": got %d, want %d\n", input, got, want);
	assert_int_equal(got, want);
}

static void boot_word_is_found_only_whole(void **state)
{
	static const struct {
		const char *line;
		bool found;
	} cases[] = {
		{ "", false },
		{ "tare.rescue", true },
		{ "quiet tare.rescue console=ttyS0", true },
		{ "quiet\ttare.rescue\n", true },
		{ "tare.rescue=no", false },
		{ "xtare.rescue", false },
		{ "tare.rescues", false },
		{ "tare.rescu", false },
		{ "label=\"a tare.rescue b\"", false },
		{ "label=\"a b\" tare.rescue", true },
		{ "label=\"open tare.rescue", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		check(cases[i].line, init_has_word(cases[i].line, "tare.rescue"), cases[i].found);
	}
	assert_false(init_has_word("a  b", "")); /* blanks side by side hold no empty word */
}

static void end_is_read_from_its_word(void **state)
{
	static const struct {
		const char *text;
		enum init_end end;
	} cases[] = {
		{ "poweroff", INIT_END_POWEROFF },
		{ "reboot\n", INIT_END_REBOOT },
		{ "halt  ", INIT_END_HALT },
		{ "shell\r\n", INIT_END_SHELL },
		{ "", INIT_ENDS_N },
		{ "\n", INIT_ENDS_N },
		{ " halt", INIT_ENDS_N },
		{ "power", INIT_ENDS_N },
		{ "poweroffs", INIT_ENDS_N },
		{ "Halt", INIT_ENDS_N },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		check(cases[i].text, init_end_of_word(cases[i].text), cases[i].end);
	}
}

static void signals_and_names_agree(void **state)
{
	static const struct {
		const char *argv0;
		int signo;
		enum init_end end;
	} cases[] = {
		{ "poweroff", SIGUSR2, INIT_END_POWEROFF },
		{ "/sbin/poweroff", SIGUSR2, INIT_END_POWEROFF },
		{ "/sbin/reboot", SIGTERM, INIT_END_REBOOT },
		{ "./halt", SIGUSR1, INIT_END_HALT },
	};
	static const char *const others[] = {
		"", "init", "/init", "shell", "poweroff/", "powerof"
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		check(cases[i].argv0, init_signal_of_name(cases[i].argv0), cases[i].signo);
		check(cases[i].argv0, init_end_of_signal(cases[i].signo), cases[i].end);
	}
	for (size_t i = 0; i < N(others); i++)
		check(others[i], init_signal_of_name(others[i]), -1);
	assert_int_equal(init_end_of_signal(SIGINT), INIT_END_REBOOT); /* Ctrl-Alt-Del */
	assert_int_equal(init_end_of_signal(SIGCHLD), INIT_ENDS_N);
	assert_int_equal(init_end_of_signal(0), INIT_ENDS_N);
}

static void status_is_told_in_words(void **state)
{
	static const struct {
		int status;
		const char *words;
	} cases[] = {
		{ W_EXITCODE(0, 0), "exited with status 0" },
		{ W_EXITCODE(5, 0), "exited with status 5" },
		{ W_EXITCODE(127, 0), "could not be started" },
		{ W_EXITCODE(0, SIGSEGV), "was killed by signal 11 (Segmentation fault)" },
		{ W_EXITCODE(0, SIGKILL), "was killed by signal 9 (Killed)" },
		{ W_STOPCODE(SIGSTOP), "ended with wait status 0x137f" },
	};
	char text[64], small[8];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		init_status_text(text, sizeof(text), cases[i].status);
		assert_string_equal(text, cases[i].words);
	}
	memset(small, 'x', sizeof(small));
	init_status_text(small, sizeof(small) - 1, W_EXITCODE(5, 0));
	assert_string_equal(small, "exited");
	assert_int_equal(small[sizeof(small) - 1], 'x');
}

static void firmware_that_can_switch_off_is_told_by_its_record(void **state)
{
	static const struct {
		const char *record;
		bool s5;
	} cases[] = {
		{ "6,312,1501,-;ACPI: PM: (supports S0 S3 S4 S5)\n", true },
		{ "6,312,1501,-;ACPI: PM: (supports S0 S5)\n", true },
		{ "6,312,1501,-;ACPI: PM: (supports S0)\n", false },
		{ "6,312,1501,-;ACPI: PM: (supports S0)\n SUBSYSTEM= S5\n", false },
		{ "6,312,1501,-;ACPI: PM: (supports S0 S50)\n", false },
		{ "6,312,1501,-;ACPI: PM: (supports S0 S5", false },
		{ "6,400,1501,-;ACPI: PM: Preparing to enter system sleep state S5\n", false },
		{ "6,400,1501,-;usb 1-1: (supports S5)\n", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		check(cases[i].record, init_record_has_s5(cases[i].record), cases[i].s5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_word_is_found_only_whole),
		cmocka_unit_test(end_is_read_from_its_word),
		cmocka_unit_test(signals_and_names_agree),
		cmocka_unit_test(status_is_told_in_words),
		cmocka_unit_test(firmware_that_can_switch_off_is_told_by_its_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
