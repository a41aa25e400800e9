// SPDX-License-Identifier: MIT
/* Job files: sections, what they inherit, comments, and where an error is. */
#include "unit.h"

#include <errno.h>

#include "config/jobfile.h"

static int parse(struct jobfile *job, const char *text, struct err *e)
{
	return jobfile_parse(job, "t.fio", text, strlen(text), e);
}

/* This test will check that [global] sets what later sections begin with, and no earlier one. */
static void global_should_hold_for_later_sections(void **state)
{
	static struct jobfile job;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(parse(&job,
			       "; a comment\n"
			       "[first]\r\n"
			       "iodepth = 2\r\n"
			       "\n"
			       "[global]\n"
			       "  bs=8k  \n"
			       "# another\n"
			       "group_reporting\n"
			       "[second]\n"
			       "rw=randwrite\n"
			       "[global]\n"
			       "iodepth=9\n"
			       "[third]\n"
			       "name=renamed\n"
			       "bs=1m",
			       &e),
			 0);
	assert_int_equal(job.n, 3);
	assert_string_equal(job.section[0].name, "first");
	assert_int_equal(job.section[0].iodepth, 2);
	assert_int_equal(job.section[0].bs_bytes, 4096);
	assert_false(job.section[0].group_reporting);
	assert_string_equal(job.section[1].name, "second");
	assert_int_equal(job.section[1].bs_bytes, 8192);
	assert_int_equal(job.section[1].iodepth, 1);
	assert_int_equal(job.section[1].rw, WORKLOAD_RANDWRITE);
	assert_true(job.section[1].group_reporting);
	assert_string_equal(job.section[2].name, "renamed");
	assert_int_equal(job.section[2].bs_bytes, 1 << 20);
	assert_int_equal(job.section[2].iodepth, 9);
	assert_int_equal(job.section[2].rw, WORKLOAD_READ);
}

/* This test will check that every error names file, line and the offending text. */
static void errors_should_name_their_line(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "t.fio: no job section" },
		{ "\n\n# only\n", "t.fio: no job section" },
		{ "[global]\nbs=4k\n", "t.fio: no job section" },
		{ "bs=4k\n[a]\n", "t.fio:1: \"bs=4k\": an option before any [section]" },
		{ "[a]\nbs=4k\n[b\nrw=read\n", "t.fio:3: \"[b\": a section is [name]" },
		{ "[]\n", "t.fio:1: \"[]\": a section is [name]" },
		{ "[a] x\n", "t.fio:1: \"[a] x\": a section is [name]" },
		{ "[a]\n\n\nbs=4z\n", "t.fio:4: option \"bs\": \"4z\"" },
		{ "[a]\r\nbs=4z\r\n", "t.fio:2: option \"bs\": \"4z\"" },
		{ "[a]\n=4k\n", "t.fio:2: option \"\": not supported" },
		{ "[a]\nbs 4k\n", "t.fio:2: option \"bs 4k\": not supported" },
		{ "[a]\nname=\n", "t.fio:2: option \"name\": \"\": should be 1 to 63 characters" },
		{ "[a]\nnmae=x\n", "t.fio:2: option \"nmae\": not supported: did you mean name?" },
		{ "[a]\nname\n", "t.fio:2: option \"name\"" },
		{ "[a]\nverify=md5\n", "t.fio:2: option \"verify\": not supported" },
		{ "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n",
		  "t.fio:1: [aaaaaaaaaa" },
	};
	static struct jobfile job;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = ERR_INIT;

		assert_int_equal(parse(&job, cases[i].text, &e), -EINVAL);
		check_has(e.text, cases[i].want);
	}
}

/* This test will check bytes that are no text, and lines too long to be one. */
static void bytes_that_are_no_line_should_be_refused(void **state)
{
	static struct jobfile job;
	static char text[4096];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(jobfile_parse(&job, "t.fio", "[a]\nbs=4k\0\n", 11, &e), -EINVAL);
	check_has(e.text, "t.fio:2: not a line of text");
	e = ERR_INIT;
	memset(text, 'x', sizeof(text));
	memcpy(text, "[a]\n", 4);
	assert_int_equal(jobfile_parse(&job, "t.fio", text, sizeof(text), &e), -EINVAL);
	check_has(e.text, "t.fio:2: not a line of text below 1024 bytes");
	/* The longest line that is one, without a line end behind it. */
	e = ERR_INIT;
	memset(text, ' ', sizeof(text));
	memcpy(text, "[a]\nbs=8k", 9);
	assert_int_equal(jobfile_parse(&job, "t.fio", text, 4 + 1023, &e), 0);
	assert_int_equal(job.section[0].bs_bytes, 8192);
}

/* This test will check that the last section that fits is kept and one more is refused. */
static void sections_should_be_counted(void **state)
{
	static struct jobfile job;
	static char text[8192];
	struct err e = ERR_INIT;

	(void)state;
	for (int i = 0; i < JOBFILE_SECTIONS_MAX; i++)
		sprintf(text + strlen(text), "[s%d]\n", i);
	assert_int_equal(parse(&job, text, &e), 0);
	assert_int_equal(job.n, JOBFILE_SECTIONS_MAX);
	assert_string_equal(job.section[63].name, "s63");
	strcat(text, "[more]\n");
	assert_int_equal(parse(&job, text, &e), -EINVAL);
	check_has(e.text, "t.fio:65: [more]: more than 64 sections");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(global_should_hold_for_later_sections),
		cmocka_unit_test(errors_should_name_their_line),
		cmocka_unit_test(bytes_that_are_no_line_should_be_refused),
		cmocka_unit_test(sections_should_be_counted),
	};

	return cmocka_run_group_tests_name("jobfile", tests, NULL, NULL);
}
