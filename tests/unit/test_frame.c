// SPDX-License-Identifier: MIT
/* Frames on lines that lose nothing. Losses: test_frame_damage.c. */
#include <errno.h>
#include <stdio.h>

#include "frame/frame_line.h"
#include "frame_log.h"

/* This test will check that documents of all sizes come back from one clean copy. */
static void frame_should_return_what_was_sent(void **state)
{
	static const size_t lengths[] = { 0,	1,     2,     30,     31,     35,     36,
					  37,	500,   575,   576,    577,    1151,   1152,
					  4096, 65535, 65536, 100000, 500000, 2000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf document = BUF_INIT, log = BUF_INIT;

		noise(&document, lengths[i], i);
		send_copy(&log, &document, 1);
		check_whole(&log, &document);
		buf_free(&document);
		buf_free(&log);
	}
}

/* This test will check that no line is wider than a terminal, even at the limits, and that every
 * line stands on its own between CR LF. */
static void lines_should_fit_the_terminal(void **state)
{
	struct buf document = BUF_INIT, log = BUF_INIT;
	size_t widest = 0;

	(void)state;
	noise(&document, 2300000, 7);
	assert_int_equal(frame_document(&log, "ffffffff", 999, 999, document.data, document.len),
			 0);
	frame_summary(&log, RUN,
		      "workload=randread-4k-qd64 iops=123456 mean_us=12.5 p50_us=11.9 "
		      "p99_us=33.1 error=\"nothing\" cpu_us=3.4");
	for (char *at = log.data, *end; at < log.data + log.len; at = end + 2) {
		/* Not strstr(): the sanitizer reads all of what follows, each time. */
		end = memchr(at, '\r', (size_t)(log.data + log.len - at));
		assert_non_null(end);
		assert_int_equal(end[1], '\n');
		assert_memory_equal(at, FRAME_PREFIX " ", sizeof(FRAME_PREFIX));
		if ((size_t)(end - at) > widest)
			widest = (size_t)(end - at);
	}
	assert_int_equal(widest, FRAME_COLUMNS);
	buf_free(&document);
	buf_free(&log);
}

/* This test will check that documents beyond the limits are refused and nothing is sent. */
static void frame_should_refuse_what_is_too_large(void **state)
{
	struct buf document = BUF_INIT, log = BUF_INIT;

	(void)state;
	noise(&document, (size_t)FRAME_LINES_MAX * FRAME_PAYLOAD_BYTES + 1, 1);
	assert_int_equal(frame_document(&log, RUN, 1, 1, document.data, document.len), -EFBIG);
	buf_free(&document);
	buf_reserve(&document, FRAME_DOCUMENT_MAX_BYTES + 1);
	memset(document.data, 'x', FRAME_DOCUMENT_MAX_BYTES + 1);
	document.len = FRAME_DOCUMENT_MAX_BYTES + 1;
	assert_int_equal(frame_document(&log, RUN, 1, 1, document.data, document.len), -EFBIG);
	assert_int_equal(log.len, 0);
	document.len--;
	send_copy(&log, &document, 1);
	check_whole(&log, &document);
	buf_free(&document);
	buf_free(&log);
}

/* This test will check that terminals' and kernels' noise around lines does no harm. */
static void decoder_should_see_through_noise(void **state)
{
	static const char *const around[][2] = {
		{ "[   12.345678] sd 0:0:0:0: ", "" },
		{ "", " [   12.345678] EXT4-fs: mounted\r" },
		{ "\033[1;32m\033[?7l\033c", "\033[0m" },
		{ "\033]0;title\a\033]8;;x\033\\", "\033[2K\r" },
		{ "@@TARE1 D ", "" },
		{ "@@TARE1", "@@TARE1 S run=" },
		{ "\xff\xfe\x80", "\xc3" },
		{ "\007\b\t\177", "\r\r\r" },
	};
	struct buf document = BUF_INIT, log = BUF_INIT, noisy = BUF_INIT;

	(void)state;
	noise(&document, 5000, 3);
	send_copy(&log, &document, 1);
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		noisy.len = 0;
		for (char *at = log.data; at < log.data + log.len;) {
			char *end = strstr(at, "\r\n");

			buf_puts(&noisy, around[i][0]);
			/* A NUL and a colour in the middle of each line. */
			buf_add(&noisy, at, 20);
			buf_add(&noisy, "\0\0\033[31m", 7);
			buf_add(&noisy, at + 20, (size_t)(end - at) - 20);
			buf_puts(&noisy, around[i][1]);
			buf_puts(&noisy, "\n");
			at = end + 2;
		}
		check_whole(&noisy, &document);
	}
	/* All line ends lost: every line's end is the next one's begin. */
	noisy.len = 0;
	for (size_t i = 0; i < log.len; i++) {
		if (log.data[i] != '\n' && log.data[i] != '\r')
			buf_add(&noisy, log.data + i, 1);
	}
	check_whole(&noisy, &document);
	buf_free(&document);
	buf_free(&log);
	buf_free(&noisy);
}

/* This test will check that several boots in one log stay apart, in their order. */
static void runs_should_stay_apart(void **state)
{
	struct buf log = BUF_INIT;
	struct frame_log found;

	(void)state;
	frame_summary(&log, "00000003", "event=start");
	assert_int_equal(frame_document(&log, "00000001", 1, 1, "one", 3), 0);
	assert_int_equal(frame_document(&log, "00000002", 1, 1, "two", 3), 0);
	/* The same bytes from another run. */
	assert_int_equal(frame_document(&log, "00000004", 1, 1, "one", 3), 0);
	assert_int_equal(frame_decode(&found, log.data, log.len), 0);
	assert_int_equal(found.n, 4);
	assert_string_equal(found.run[0].run, "00000003");
	assert_false(found.run[0].complete);
	assert_string_equal(found.run[0].problem, "no begin or end line of a document arrived");
	assert_string_equal(found.run[1].document.data, "one");
	assert_string_equal(found.run[2].document.data, "two");
	assert_string_equal(found.run[3].document.data, "one");
	assert_true(found.run[1].complete && found.run[2].complete && found.run[3].complete);
	frame_log_free(&found);
	buf_free(&log);
}

/* Decodes and checks the summary of the one run. */
static void check_summary(const struct buf *log, const char *want)
{
	struct frame_log found;

	assert_int_equal(frame_decode(&found, log->data, log->len), 0);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.run[0].summary.data, want);
	frame_log_free(&found);
}

#define LONG_WORD "label=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u00e4\u00f6\u00fc"

/* This test will check that summaries come back whole, once each: short ones, long ones that were
 * cut at blanks, words longer than a line cut between characters. */
static void summaries_should_come_back(void **state)
{
	static const char *const events[] = {
		"event=start cpu=\"AMD EPYC *12345678 x\"",
		"",
		"event=done workload=randread-4k-qd64 iops=123456.7 mean_us=12.5 p50_us=11.9 "
		"p99_us=33.1 p999_us=50.2 cpu_us=3.4",
		LONG_WORD,
		"event=done workload=randread-4k-qd64 iops=123456.8 mean_us=12.5 p50_us=11.9 "
		"p99_us=33.1 p999_us=50.2 cpu_us=3.4",
		"two\nlines\tand\033escape",
		"+1 plus",
	};
	struct buf log = BUF_INIT, want = BUF_INIT;

	(void)state;
	for (int copy = 0; copy < 2; copy++) {
		for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
			frame_summary(&log, RUN, events[i]);
	}
	for (size_t i = 0; i < 5; i++) {
		if (events[i][0])
			buf_printf(&want, "%s\n", events[i]);
	}
	buf_puts(&want, "two lines and escape\n +1 plus\n");
	check_summary(&log, want.data);
	buf_free(&log);
	buf_free(&want);
}

static bool drop_part(const char *line, const char *part)
{
	char *end = strchr(line, '\n'), *found = strstr(line, part);

	return found && found < end;
}

/* This test will check that a part of an event that is lost leaves a mark, never a wrong text. */
static void lost_parts_should_leave_a_mark(void **state)
{
	static const struct {
		const char *lost;
		const char *want;
	} cases[] = {
		{ " +1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbb ...\n"
			 "... eeeeeeeeeeeeeeeeeeeeeeeeeeeeee ffffffff\n" },
		{ " +2", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbb "
			 "cccccccccccccccccccccccccccccc dddddddd\n" },
		{ " aaa", "... cccccccccccccccccccccccccccccc dddddddd "
			  "eeeeeeeeeeeeeeeeeeeeeeeeeeeeee ffffffff\n" },
	};
	struct buf log = BUF_INIT;

	(void)state;
	frame_summary(&log, RUN,
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbb cccccccccccccccccccccccccccccc "
		      "dddddddd eeeeeeeeeeeeeeeeeeeeeeeeeeeeee ffffffff");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf damaged = BUF_INIT;

		for (char *at = log.data; *at; at = strchr(at, '\n') + 1) {
			if (!drop_part(at, cases[i].lost))
				buf_add(&damaged, at, (size_t)(strchr(at, '\n') + 1 - at));
		}
		check_summary(&damaged, cases[i].want);
		buf_free(&damaged);
	}
	buf_free(&log);
}

/* This test will check that a log of nothing of ours is no error, and one of too many runs is. */
static void decoder_should_bound_itself(void **state)
{
	struct buf log = BUF_INIT;
	struct frame_log found;

	(void)state;
	assert_int_equal(frame_decode(&found, "", 0), 0);
	assert_int_equal(found.n, 0);
	frame_log_free(&found);
	assert_int_equal(frame_decode(&found, "@@TARE1 X unknown kind *00000000\n", 33), 0);
	assert_int_equal(found.n, 0);
	frame_log_free(&found);
	for (unsigned int i = 0; i <= FRAME_RUNS_MAX; i++) {
		char run[FRAME_RUN_BYTES];

		snprintf(run, sizeof(run), "%08x", i);
		frame_summary(&log, run, "event=start");
		if (i + 1 == FRAME_RUNS_MAX) {
			assert_int_equal(frame_decode(&found, log.data, log.len), 0);
			assert_int_equal(found.n, FRAME_RUNS_MAX);
			frame_log_free(&found);
		}
	}
	assert_int_equal(frame_decode(&found, log.data, log.len), -E2BIG);
	assert_int_equal(found.n, 0);
	buf_free(&log);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_should_return_what_was_sent),
		cmocka_unit_test(lines_should_fit_the_terminal),
		cmocka_unit_test(frame_should_refuse_what_is_too_large),
		cmocka_unit_test(decoder_should_see_through_noise),
		cmocka_unit_test(runs_should_stay_apart),
		cmocka_unit_test(summaries_should_come_back),
		cmocka_unit_test(lost_parts_should_leave_a_mark),
		cmocka_unit_test(decoder_should_bound_itself),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
