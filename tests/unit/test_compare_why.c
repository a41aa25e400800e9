// SPDX-License-Identifier: MIT
/* Causes and advice as text. */
#include "why_fixture.h"

#include "render/compare_text.h"
#include "render/compare_why.h"
#include "render/compare_words.h"

#define A (&f->samples.run[0])
#define B (&f->samples.run[1])

static void make(struct why_fixture *f, double slow_iops, double fast_iops)
{
	why_run(f, "a on Proxmox");
	why_run(f, "b");
	why_workload(A, "randread-4k-qd64", SAMPLE_READ, slow_iops);
	why_workload(B, "randread-4k-qd64", SAMPLE_READ, fast_iops);
}

static void check_width(const struct buf *text)
{
	for (const char *line = text->data; *line;) {
		size_t len = strcspn(line, "\n");

		assert_true(len <= COMPARE_WIDTH);
		line += len + (line[len] == '\n');
	}
}

/* This test will check the line of the gap: signs, what is too small to be shown, the remainder. */
static void the_gap_should_be_told_in_parts(void **state)
{
	static const struct {
		double tool_us, submission_us, unexplained_us;
		const char *line;
	} cases[] = {
		{ 1, 8.5, 0.5,
		  "A takes 10.00 us more per I/O = 1.00 tool + 8.50 submit + 0.50 unexplained" },
		{ -2, 13, -1,
		  "A takes 10.00 us more per I/O = -2.00 tool + 13.00 submit - 1.00 unexplained" },
		{ 0.001, 9.999, 0,
		  "A takes 10.00 us more per I/O = 10.00 submit + 0.00 unexplained" },
		{ 0, 0, 10, "A takes 10.00 us more per I/O = 10.00 unexplained" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct why_fixture made = { 0 }, *f = &made;
		struct buf line = BUF_INIT;

		make(f, 50000, 100000);
		for (int s = 0; s < 2; s++) {
			struct sample_workload *w = f->samples.run[s].workload;

			why_part(w, ACCOUNT_TOOL, s ? 3 : 3 + cases[i].tool_us, NAN);
			why_part(w, ACCOUNT_SUBMISSION, s ? 2 : 2 + cases[i].submission_us, NAN);
			why_part(w, ACCOUNT_COMPLETION, 1, NAN);
		}
		why_compare(f);
		compare_why_gap(&line, why_pair(f));
		assert_string_equal(line.data, cases[i].line);
		buf_free(&line);
		why_free(f);
	}
}

/* This test will check findings, causes, what is open and advice, each told once. */
static void causes_and_advice_should_be_told(void **state)
{
	struct why_fixture made = { 0 }, *f = &made;
	struct notes notes = { 0 };
	struct buf text = BUF_INIT;
	const char *advice;

	(void)state;
	make(f, 50000, 100000);
	why_part(A->workload, ACCOUNT_HOST, 15, 0.1);
	why_part(B->workload, ACCOUNT_HOST, 5, 0.1);
	why_detect(A, "throttle", DETECTION_FOUND, 99);
	why_detect(B, "throttle", DETECTION_CLEAR, 99);
	why_compare(f);
	compare_text(&text, &f->c, &notes, false);
	check_has(text.data, compare_why_title);
	check_has(text.data, "behind the disks");
	check_has(text.data, "- throttle: in A something limits the rate; in B it was looked for");
	check_has(text.data,
		  "B and A: A takes 10.00 us more per I/O = 10.00 wait + 0.00 unexplained");
	check_has(text.data, "1 throttle, likely: in A something limits the rate");
	check_has(text.data, "2 host, measured: waiting for device and host");
	check_has(text.data, "B: numbers of throttle)");
	check_has(text.data, "and is not there (as");
	check_has(text.data, "these data cannot tell the two from each other");
	advice = strstr(text.data, compare_why_advice_title);
	check_has(advice,
		  "  A  throttle on Proxmox VE (by its label): look for iops and mbps limits");
	check_has(advice, "docs/platforms/proxmox.md");
	assert_null(strstr(strstr(advice, "throttle on") + 1, "throttle on"));
	check_width(&text);
	buf_free(&text);
	why_free(f);
}

/* This test will check that nothing is told where nothing differs. */
static void nothing_should_be_told_of_the_same(void **state)
{
	struct why_fixture made = { 0 }, *f = &made;
	struct notes notes = { 0 };
	struct buf text = BUF_INIT;

	(void)state;
	make(f, 100000, 100010);
	why_compare(f);
	compare_text(&text, &f->c, &notes, false);
	check_has(text.data, "verdicts");
	check_has_not(text.data, compare_why_title);
	check_has_not(text.data, compare_why_advice_title);
	buf_free(&text);
	why_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gap_should_be_told_in_parts),
		cmocka_unit_test(causes_and_advice_should_be_told),
		cmocka_unit_test(nothing_should_be_told_of_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
