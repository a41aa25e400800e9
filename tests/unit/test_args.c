// SPDX-License-Identifier: MIT
/* The command line of `tare run`. */
#include "unit.h"

#include <errno.h>

#include "config/keys.h"
#include "session/args.h"

#define MAX_WORDS 8

/* Parses words that end with NULL; the first is the verb. */
static int parse(struct args *args, const char *const *words, struct err *e)
{
	char *argv[MAX_WORDS + 2] = { (char *)"run" };
	int argc = 1;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)words[argc - 1];
	return args_parse(args, argc, argv, e);
}

/* NULL is a value too. */
static void check_text(const char *got, const char *want)
{
	assert_int_equal(!got, !want);
	if (want)
		assert_string_equal(got, want);
}

static const struct {
	const char *words[MAX_WORDS + 1];
	const char *out, *job_file, *failed;
	bool dry_run, help, appliance;
	const char *label;
	uint64_t rounds;
} taken[] = {
	{ { NULL }, NULL, NULL, NULL, false, false, false, "", 0 },
	{ { "--help" }, NULL, NULL, NULL, false, true, false, "", 0 },
	{ { "--dry-run", "a.fio" }, NULL, "a.fio", NULL, true, false, false, "", 0 },
	{ { "--out=x" }, "x", NULL, NULL, false, false, false, "", 0 },
	{ { "--out", "-" }, "-", NULL, NULL, false, false, false, "", 0 },
	{ { "--out=" }, "", NULL, NULL, false, false, false, "", 0 },
	{ { "--label=a b", "--rounds", "3" }, NULL, NULL, NULL, false, false, false, "a b", 3 },
	{ { "--label", "x=y", "f" }, NULL, "f", NULL, false, false, false, "x=y", 0 },
	{ { "--label", "--help" }, NULL, NULL, NULL, false, false, false, "--help", 0 },
	{ { "--rounds=3", "--rounds=4" }, NULL, NULL, NULL, false, false, false, "", 4 },
	{ { "-" }, NULL, "-", NULL, false, false, false, "", 0 },
	{ { "--appliance", "--failed", "it died" },
	  NULL,
	  NULL,
	  "it died",
	  false,
	  false,
	  true,
	  "",
	  0 },
};

/* This test will check what is taken, in every spelling. */
static void words_should_be_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(taken); i++) {
		struct err e = ERR_INIT;
		struct config config;
		struct args args;

		if (parse(&args, taken[i].words, &e))
			print_error("case %zu: %s\n", i, e.text);
		assert_int_equal(e.code, 0);
		assert_int_equal(args.dry_run, taken[i].dry_run);
		assert_int_equal(args.help, taken[i].help);
		assert_int_equal(args.appliance, taken[i].appliance);
		check_text(args.out, taken[i].out);
		check_text(args.failed, taken[i].failed);
		assert_int_equal(args.job_files_n, taken[i].job_file != NULL);
		if (args.job_files_n)
			assert_string_equal(args.job_file[0], taken[i].job_file);
		keys_default(&config, false);
		assert_int_equal(args_set_keys(&args, &config, &e), 0);
		assert_string_equal(config.label, taken[i].label);
		assert_int_equal(config.rounds, taken[i].rounds);
		args_free(&args);
	}
}

/* This test will check that several job files keep their order. */
static void job_files_should_keep_their_order(void **state)
{
	static const char *const words[] = { "b.fio", "--label", "c.fio", "a.fio", NULL };
	struct err e = ERR_INIT;
	struct args args;

	(void)state;
	assert_int_equal(parse(&args, words, &e), 0);
	assert_int_equal(args.job_files_n, 2);
	assert_string_equal(args.job_file[0], "b.fio");
	assert_string_equal(args.job_file[1], "a.fio");
	args_free(&args);
}

/* This test will check what is refused: the message quotes it. */
static void nonsense_should_be_refused(void **state)
{
	static const struct {
		const char *words[MAX_WORDS + 1];
		const char *want;
	} cases[] = {
		{ { "--sweet" }, "\"--sweet\": no such option: `tare run --help`" },
		{ { "--sweet=x" }, "\"--sweet=x\": no such option" },
		{ { "--" }, "\"--\": no such option" },
		{ { "--=x" }, "\"--=x\": no such option" },
		{ { "--labels=x" }, "\"--labels=x\": no such option" },
		{ { "--labe=x" }, "\"--labe=x\": no such option" },
		{ { "--label" }, "--label: needs a value" },
		{ { "--out" }, "--out: needs a value" },
		{ { "--dry-run=yes" }, "--dry-run=yes: takes no value" },
		{ { "--suite=quick", "b.fio" }, "\"b.fio\": a job file and --suite" },
		{ { "b.fio", "--suite", "quick" }, "\"b.fio\": a job file and --suite" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = ERR_INIT;
		struct args args;

		assert_int_equal(parse(&args, cases[i].words, &e), -EINVAL);
		check_has(e.text, cases[i].want);
		args_free(&args);
	}
}

/* This test will check that a bad value is an error here, where somebody is there to read it. */
static void bad_values_should_be_errors(void **state)
{
	static const struct {
		const char *words[MAX_WORDS + 1];
		const char *want;
	} cases[] = {
		{ { "--rounds=0" }, "tare.rounds: \"0\": a number from 1 to 1000" },
		{ { "--write", "perhaps" }, "tare.write: \"perhaps\": one of no, marked" },
		{ { "--label=" }, "tare.label: \"\": 1 to 511 characters" },
		{ { "--seed=1", "--span=x", "--label=" }, "tare.span: \"x\"" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = ERR_INIT;
		struct config config;
		struct args args;

		keys_default(&config, false);
		assert_int_equal(parse(&args, cases[i].words, &e), 0);
		assert_int_equal(args_set_keys(&args, &config, &e), -EINVAL);
		check_has(e.text, cases[i].want);
		args_free(&args);
	}
}

/* This test will check that the help has every key, every suite and the options of job files. */
static void help_should_be_whole(void **state)
{
	static const char *const pieces[] = { "usage: tare run", "--dry-run", "--out",	"--seed",
					      "\nsuites:\n",	 "  quick ",  "  bs  ", "iodepth" };
	struct buf help = BUF_INIT;

	(void)state;
	args_help(&help);
	for (size_t i = 0; i < N(pieces); i++)
		check_has(help.data, pieces[i]);
	buf_free(&help);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_should_be_taken),
		cmocka_unit_test(job_files_should_keep_their_order),
		cmocka_unit_test(nonsense_should_be_refused),
		cmocka_unit_test(bad_values_should_be_errors),
		cmocka_unit_test(help_should_be_whole),
	};

	return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
