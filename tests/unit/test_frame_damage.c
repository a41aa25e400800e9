// SPDX-License-Identifier: MIT
/* Frames on lines that lose, change, repeat and mix: exact damage first, then random damage. */
#include <errno.h>
#include <stdio.h>

#include "frame/frame_line.h"
#include "frame_log.h"
#include "lib/base64.h"
#include "lib/digest.h"

#define SEEDS_PER_RATE 200

/* Appends the lines of `from` but those that `drop` says yes to. */
static void without(struct buf *to, const struct buf *from,
		    bool (*drop)(const char *line, size_t n))
{
	size_t n = 0;

	for (char *at = from->data; at < from->data + from->len; n++) {
		char *end = strchr(at, '\n') + 1;

		if (!drop(at, n))
			buf_add(to, at, (size_t)(end - at));
		at = end;
	}
}

static uint32_t index_of(const char *line)
{
	return (uint32_t)strtoul(line + 16, NULL, 16);
}

static bool is_b(const char *line, size_t n)
{
	(void)n;
	return line[8] == 'B';
}

static bool is_e(const char *line, size_t n)
{
	(void)n;
	return line[8] == 'E';
}

/* The 4980 bytes below are 139 data lines in 9 groups. */
static bool is_burst(const char *line, size_t n)
{
	(void)n;
	return line[8] == 'D' && index_of(line) >= 50 && index_of(line) < 59;
}

static bool is_one_of_each_group(const char *line, size_t n)
{
	(void)n;
	return line[8] == 'D' && index_of(line) / 9 == index_of(line) % 9;
}

static bool is_last(const char *line, size_t n)
{
	(void)n;
	return line[8] == 'D' && index_of(line) == 138;
}

static bool is_parity(const char *line, size_t n)
{
	(void)n;
	return line[8] == 'P';
}

/* This test will check what one copy survives: begin or end lost, a burst as long as there are
 * groups, one line of each group, the short last line, all parity. */
static void one_copy_should_survive(void **state)
{
	static bool (*const drops[])(const char *, size_t) = { is_b,	  is_e,
							       is_burst,  is_last,
							       is_parity, is_one_of_each_group };
	struct buf document = BUF_INIT, log = BUF_INIT;

	(void)state;
	noise(&document, 4979, 3);
	send_copy(&log, &document, 1);
	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		struct buf damaged = BUF_INIT;

		without(&damaged, &log, drops[i]);
		assert_true(damaged.len < log.len);
		check_whole(&damaged, &document);
		buf_free(&damaged);
	}
	buf_free(&document);
	buf_free(&log);
}

static bool is_first_half(const char *line, size_t n)
{
	(void)line;
	return n < 80;
}

static bool is_second_half(const char *line, size_t n)
{
	(void)line;
	return n >= 80;
}

/* This test will check that lines of different copies add up, in reverse order too. */
static void copies_should_add_up(void **state)
{
	struct buf document = BUF_INIT, log = BUF_INIT, damaged = BUF_INIT;

	(void)state;
	noise(&document, 5000, 3);
	send_copy(&log, &document, 1);
	without(&damaged, &log, is_first_half);
	without(&damaged, &log, is_second_half);
	check_whole(&damaged, &document);
	damaged.len = 0;
	for (size_t at = log.len; at;) {
		size_t end = at;

		for (at -= 2; at && log.data[at - 1] != '\n';)
			at--;
		buf_add(&damaged, log.data + at, end - at);
	}
	check_whole(&damaged, &document);
	buf_free(&document);
	buf_free(&log);
	buf_free(&damaged);
}

static bool is_scattered(const char *line, size_t n)
{
	uint32_t index = index_of(line);

	(void)n;
	/* 3 and 12 share a group of nine, as do 100 and 109; 60 is alone in its. */
	return line[8] == 'D' &&
	       (index == 3 || index == 12 || index == 60 || index == 100 || index == 109);
}

/* This test will check that what cannot be recovered is named, line by line, and nothing else is
 * returned in its place. */
static void missing_lines_should_be_named(void **state)
{
	static const uint32_t want[] = { 3, 12, 100, 109 };
	struct buf document = BUF_INIT, log = BUF_INIT, damaged = BUF_INIT;
	struct frame_log found;

	(void)state;
	noise(&document, 4970, 3);
	send_copy(&log, &document, 1);
	without(&damaged, &log, is_scattered);
	assert_int_equal(frame_decode(&found, damaged.data, damaged.len), 0);
	assert_int_equal(found.n, 1);
	assert_false(found.run[0].complete);
	assert_null(found.run[0].document.data);
	assert_int_equal(found.run[0].lines, 139);
	assert_int_equal(found.run[0].missing_n, 4);
	assert_memory_equal(found.run[0].missing, want, sizeof(want));
	assert_string_equal(found.run[0].problem, "4 of its 139 lines are missing");
	frame_log_free(&found);
	buf_free(&document);
	buf_free(&log);
	buf_free(&damaged);
}

/* This test will check that the last document of a run is returned, a checkpoint only where the
 * last one is not whole, and that this is told. */
static void checkpoints_should_be_the_second_best(void **state)
{
	struct buf checkpoint = BUF_INIT, document = BUF_INIT, log = BUF_INIT, last = BUF_INIT;
	struct frame_log found;

	(void)state;
	noise(&checkpoint, 900, 4);
	noise(&document, 4970, 3);
	assert_int_equal(frame_document(&log, RUN, 1, 1, checkpoint.data, checkpoint.len), 0);
	send_copy(&last, &document, 1);
	without(&log, &last, is_scattered);
	assert_int_equal(frame_decode(&found, log.data, log.len), 0);
	assert_int_equal(found.n, 1);
	assert_false(found.run[0].complete);
	assert_int_equal(found.run[0].missing_n, 4);
	assert_int_equal(found.run[0].document.len, 900);
	assert_memory_equal(found.run[0].document.data, checkpoint.data, 900);
	frame_log_free(&found);
	send_copy(&log, &document, 2);
	check_whole(&log, &document);
	buf_free(&checkpoint);
	buf_free(&document);
	buf_free(&log);
	buf_free(&last);
}

/* Appends data line 0 of 36 bytes for a document's ID. */
static void forge(struct buf *log, const struct buf *document, char fill)
{
	char sha256[DIGEST_SHA256_TEXT], id[FRAME_ID_BYTES], text[FRAME_TEXT_BYTES + 1];
	uint8_t payload[FRAME_PAYLOAD_BYTES];
	int head;

	digest_sha256(sha256, document->data, document->len);
	frame_line_id(id, sha256);
	head = snprintf(text, sizeof(text), "%s 0000 ", id);
	memset(payload, fill, sizeof(payload));
	base64_encode(text + head, payload, sizeof(payload));
	frame_line_add(log, 'D', text, strlen(text));
}

/* This test will check that a line with a right check and wrong data is seen through where it came
 * first or last, and never makes a wrong document. */
static void contradictions_should_never_make_a_document(void **state)
{
	struct buf document = BUF_INIT, log = BUF_INIT;
	struct frame_log found;

	(void)state;
	noise(&document, 5000, 3);
	forge(&log, &document, 'x');
	send_copy(&log, &document, 1);
	check_whole(&log, &document);
	log.len = 0;
	send_copy(&log, &document, 1);
	forge(&log, &document, 'x');
	check_whole(&log, &document);
	log.len = 0;
	forge(&log, &document, 'x');
	send_copy(&log, &document, 1);
	forge(&log, &document, 'y');
	assert_int_equal(frame_decode(&found, log.data, log.len), 0);
	assert_false(found.run[0].complete);
	assert_null(found.run[0].document.data);
	assert_non_null(strstr(found.run[0].problem, "(2 lines contradict others"));
	frame_log_free(&found);
	buf_free(&document);
	buf_free(&log);
}

static bool is_no_data(const char *line, size_t n)
{
	(void)n;
	return line[8] != 'D';
}

/* Adds one line and decodes: what is the problem with run 0? */
static void check_problem(const struct buf *log, char kind, const char *text, const char *want)
{
	struct buf copy = BUF_INIT;
	struct frame_log found;

	buf_add(&copy, log->data, log->len);
	if (text)
		frame_line_add(&copy, kind, text, strlen(text));
	assert_int_equal(frame_decode(&found, copy.data, copy.len), 0);
	assert_int_equal(found.n, 1);
	assert_false(found.run[0].complete);
	assert_null(found.run[0].document.data);
	assert_string_equal(found.run[0].problem, want);
	frame_log_free(&found);
	buf_free(&copy);
}

/* This test will check that begin and end lines that lie or lack are told apart. */
static void bad_facts_should_be_told(void **state)
{
	struct buf document = BUF_INIT, log = BUF_INIT, data = BUF_INIT;
	char text[80], id[FRAME_ID_BYTES], sha256[DIGEST_SHA256_TEXT];

	(void)state;
	noise(&document, 5000, 3);
	send_copy(&log, &document, 1);
	without(&data, &log, is_no_data);
	check_problem(&data, 0, NULL,
		      "140 data lines of a document whose begin and end lines did not arrive");
	digest_sha256(sha256, document.data, document.len);
	frame_line_id(id, sha256);
	snprintf(text, sizeof(text), "run=" RUN ":%s copy=1/3 enc=deflate,b64", id);
	check_problem(&data, 'E', text, "its begin and end lines did not all arrive");
	snprintf(text, sizeof(text), "run=" RUN ":%s copy=1/3 enc=zstd,b85", id);
	check_problem(&log, 'E', text, "it is in an encoding that this version does not know");
	snprintf(text, sizeof(text), "run=" RUN ":%s bytes=5001 data=5005 lines=140", id);
	check_problem(&log, 'E', text, "its begin and end lines contradict each other");
	snprintf(text, sizeof(text), "run=" RUN ":%s sha256b=%.32s", id, sha256);
	check_problem(&log, 'B', text, "its begin and end lines contradict each other");
	buf_free(&document);
	buf_free(&log);
	buf_free(&data);
}

/* About 100 KiB that look like a result and deflate like one: to some 15 %. */
static void make_result(struct buf *to, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	buf_puts(to, "{\n  \"fio version\": \"tare-0.1\",\n  \"jobs\": [\n");
	for (int job = 0; job < 12; job++) {
		buf_printf(to, "    {\n      \"jobname\": \"w%d\",\n      \"read\": {\n", job);
		buf_puts(to, "        \"clat_ns\": {\n          \"bins\": {\n");
		for (uint64_t bin = 0; bin < 200; bin++)
			buf_printf(to, "            \"%llu\": %llu,\n",
				   (unsigned long long)(8000 + 128 * bin),
				   (unsigned long long)rng_below(&rng, 1 + 5000 / (bin + 1)));
		buf_puts(to, "            \"0\": 0\n          }\n        }\n      },\n");
		buf_puts(to, "      \"series\": [\n");
		for (int i = 0; i < 60; i++)
			buf_printf(to,
				   "        { \"t_ms\": %d, \"iops\": %llu, \"error\": null },\n",
				   i * 100, (unsigned long long)(40000 + rng_below(&rng, 4000)));
		buf_puts(to, "        null\n      ]\n    },\n");
	}
	buf_puts(to, "    null\n  ]\n}\n");
}

/* A log as a serial port gives it: boot messages, summaries, three copies. */
static void make_log(struct buf *log, const struct buf *document)
{
	for (int i = 0; i < 40; i++)
		buf_printf(log, "[    0.%06d] pci 0000:00:%02x.0: BAR 0 [io  0x%04x]\r\n", i * 137,
			   i, i * 64);
	for (unsigned int copy = 1; copy <= 3; copy++) {
		frame_summary(log, RUN, "event=result copy follows, do not switch off");
		send_copy(log, document, copy);
		buf_puts(log, "\r\n[   99.000001] random: crng reseeded\r\n");
	}
}

static const char kernel_line[] = "\r\n[   61.234567] hrtimer: interrupt took 5412345 ns\r\n";

/* One line with one of the damages that serial lines do, or none. `held` is a line that comes
 * later than it should. */
static void damage(struct buf *to, struct buf *held, char *line, size_t len, struct rng *rng)
{
	size_t at = (size_t)rng_below(rng, len);

	switch (rng_below(rng, 8)) {
	case 0: /* lost */
		return;
	case 1: /* a bit or some flipped */
		for (uint64_t n = 1 + rng_below(rng, 4); n--;)
			line[rng_below(rng, len)] ^= (char)(1 << rng_below(rng, 8));
		buf_add(to, line, len);
		return;
	case 2: /* the end lost, with or without its line feed */
		buf_add(to, line, at);
		if (rng_below(rng, 2))
			buf_puts(to, "\r\n");
		return;
	case 3: /* the begin lost */
		buf_add(to, line + at, len - at);
		return;
	case 4: /* a kernel message in its middle */
		buf_add(to, line, at);
		buf_puts(to, kernel_line);
		buf_add(to, line + at, len - at);
		return;
	case 5: /* a hole of some bytes: an overrun */
		buf_add(to, line, at);
		at += 1 + rng_below(rng, 16);
		if (at < len)
			buf_add(to, line + at, len - at);
		return;
	case 6: /* twice */
		buf_add(to, line, len);
		buf_add(to, line, len);
		return;
	default: /* later, behind others */
		buf_add(held, line, len);
		return;
	}
}

static void corrupt(struct buf *to, const struct buf *log, uint64_t seed, uint64_t pct)
{
	struct buf held = BUF_INIT;
	struct rng rng;

	rng_seed(&rng, seed);
	for (char *at = log->data; at < log->data + log->len;) {
		char *end = strchr(at, '\n') + 1, line[256];
		size_t len = (size_t)(end - at);

		assert_true(len < sizeof(line));
		memcpy(line, at, len);
		if (rng_below(&rng, 100) < pct)
			damage(to, &held, line, len, &rng);
		else
			buf_add(to, line, len);
		if (held.len > 2000) {
			buf_add(to, held.data, held.len);
			held.len = 0;
		}
		at = end;
	}
	buf_add(to, held.data, held.len);
	buf_free(&held);
}

/* 1: the document came back; 0: it did not, and that was told. Anything else fails the test. */
static int decode_corrupted(const struct buf *log, const struct buf *document)
{
	struct frame_log found;
	int whole;

	assert_int_equal(frame_decode(&found, log->data, log->len), 0);
	assert_int_equal(found.n, 1);
	whole = found.run[0].complete;
	if (whole) {
		assert_int_equal(found.run[0].document.len, document->len);
		assert_memory_equal(found.run[0].document.data, document->data, document->len);
	} else {
		assert_null(found.run[0].document.data);
		assert_true(found.run[0].problem[0]);
		/* Where the size arrived, so must the list have. */
		assert_true(!found.run[0].lines || found.run[0].missing_n);
		for (uint32_t i = 0; i < found.run[0].missing_n; i++)
			assert_true(found.run[0].missing[i] < found.run[0].lines);
	}
	frame_log_free(&found);
	return whole;
}

/* This test will check that a log damaged at random, 1,000 times over five rates, gives the exact
 * document or says what is missing, and never another one; and that light damage does no harm. */
static void corrupted_logs_should_never_mislead(void **state)
{
	static const struct {
		uint64_t pct;
		int want;
	} rates[] = { { 1, 200 }, { 5, 198 }, { 20, 180 }, { 50, 0 }, { 90, 0 } };
	struct buf document = BUF_INIT, log = BUF_INIT;

	(void)state;
	make_result(&document, 1);
	make_log(&log, &document);
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		int whole = 0;

		for (uint64_t seed = 0; seed < SEEDS_PER_RATE; seed++) {
			struct buf damaged = BUF_INIT;

			corrupt(&damaged, &log, rng_mix(seed, rates[i].pct), rates[i].pct);
			whole += decode_corrupted(&damaged, &document);
			buf_free(&damaged);
		}
		print_message("%zu bytes, %2u %% of all lines damaged: %d of %d logs whole\n",
			      document.len, (unsigned int)rates[i].pct, whole, SEEDS_PER_RATE);
		assert_true(whole >= rates[i].want);
	}
	buf_free(&document);
	buf_free(&log);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_copy_should_survive),
		cmocka_unit_test(copies_should_add_up),
		cmocka_unit_test(missing_lines_should_be_named),
		cmocka_unit_test(checkpoints_should_be_the_second_best),
		cmocka_unit_test(contradictions_should_never_make_a_document),
		cmocka_unit_test(bad_facts_should_be_told),
		cmocka_unit_test(corrupted_logs_should_never_mislead),
	};

	return cmocka_run_group_tests_name("frame_damage", tests, NULL, NULL);
}
