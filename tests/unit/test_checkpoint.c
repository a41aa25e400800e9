// SPDX-License-Identifier: MIT
/* Checkpoints: how a result becomes one, what is left of it, and what a log that ends with one
 * gives. */
#include "result_fixture.h"

#include "collect/collect.h"
#include "frame/frame.h"
#include "lib/file.h"
#include "lib/json.h"
#include "result/checkpoint.h"

#define RUN "7f3c21aa"

/* A run of one workload, of whose three rounds two are over. */
static void make_run(struct maker *m)
{
	maker_init(m, "[reads]\nrw=randread\ntime_based\nruntime=1\n", 3);
	for (uint32_t round = 0; round < 2; round++) {
		for (uint64_t i = 1; i <= 100; i++)
			maker_ios(m, round, 0, 0, 10, i * 1000);
		maker_end(m, round, 0, BOARD_DONE, CLOCK_NS_PER_S, "");
	}
}

static struct json *encode(struct buf *text, const struct result *r)
{
	struct err e = ERR_INIT;
	struct json *root;

	text->len = 0;
	assert_int_equal(result_encode(text, r), 0);
	root = json_parse(text->data, text->len, &e);
	assert_non_null(root);
	return root;
}

/* This test will check that a checkpoint of each detail says what it is and what it lacks, and that
 * its figures are read back the same without bins. */
static void checkpoints_should_say_what_they_lack(void **state)
{
	static const char *const lacks[CHECKPOINT_DETAILS_N] = {
		"", "checkpoint: bins and series are left out",
		"checkpoint: bins, series, depths and the figures of single rounds are left out"
	};
	static struct result back;
	size_t last_len = SIZE_MAX;

	(void)state;
	for (int detail = 0; detail < CHECKPOINT_DETAILS_N; detail++) {
		struct err e = ERR_INIT;
		struct buf text = BUF_INIT;
		static struct maker m;
		struct result *r;
		struct json *root;
		const struct json *tare;

		make_run(&m);
		r = maker_make(&m, NULL);
		checkpoint_mark(r, 2, detail);
		root = encode(&text, r);
		tare = json_get(root, "tare");
		assert_true(json_is_true(json_get(tare, "checkpoint")));
		assert_string_equal(json_get_text(tare, "state"), "partial");
		assert_int_equal(json_get_u64(tare, "rounds_done"), 2);
		check_has(json_get_text(tare, "reason"), "checkpoint after round 2 of 3: ");
		if (detail)
			check_has(text.data, lacks[detail]);
		assert_int_equal(strstr(text.data, "\"bins\"") == NULL, detail > 0);
		assert_true(text.len < last_len);
		last_len = text.len;
		assert_int_equal(result_decode(&back, text.data, text.len, &e), 0);
		assert_true(back.checkpoint);
		for (int i = 0; i < 3; i++) {
			static const double pct[] = { 50, 99, 99.99 };

			assert_int_equal(
				histogram_percentile_ns(&back.workload[0].io[0].clat, pct[i]),
				histogram_percentile_ns(&r->workload[0].io[0].clat, pct[i]));
		}
		assert_int_equal(back.workload[0].io[0].ios, 2000);
		result_free(&back);
		json_free(root);
		buf_free(&text);
		maker_free(&m);
	}
}

/* This test will check that a result that is none says nothing of checkpoints. */
static void results_should_not_be_checkpoints(void **state)
{
	struct buf text = BUF_INIT;
	static struct maker m;
	struct json *root;

	(void)state;
	make_run(&m);
	root = encode(&text, maker_make(&m, NULL));
	assert_null(json_get(json_get(root, "tare"), "checkpoint"));
	json_free(root);
	buf_free(&text);
	maker_free(&m);
}

static void add_document(struct buf *log, const char *state, bool checkpoint, int round)
{
	struct buf json = BUF_INIT;

	buf_printf(&json,
		   "{\n  \"tare\": { \"run\": \"" RUN "\", \"state\": \"%s\"%s, \"n\": %d }\n}\n",
		   state, checkpoint ? ", \"checkpoint\": true" : "", round);
	assert_int_equal(frame_document(log, RUN, 1, 1, json.data, json.len), 0);
	buf_free(&json);
}

static void collect_text(struct collect *c, const char *dir, const struct buf *text)
{
	static char path[PATH_MAX + 16];
	struct err e = ERR_INIT;

	*c = (struct collect){ 0 };
	snprintf(path, sizeof(path), "%s/log", dir);
	assert_int_equal(file_write_all(path, text->data, text->len), 0);
	assert_int_equal(collect_file(c, path, &e), 0);
	assert_int_equal(c->n, 1);
}

/* This test will check that a log that is cut off gives the last checkpoint and what was said after
 * it, no more and no less, and that a result takes the checkpoint's place. */
static void cut_log_should_give_checkpoint_and_what_came_later(void **state)
{
	struct buf log = BUF_INIT;
	char dir[PATH_MAX];
	struct collect c;

	(void)state;
	temp_make(dir);
	frame_summary(&log, RUN, "ev=round round=1 iops=1");
	frame_summary(&log, RUN,
		      "ev=checkpoint round=1 of a text that is so long that it takes two "
		      "lines to say it all");
	add_document(&log, "partial", true, 1);
	collect_text(&c, dir, &log);
	assert_int_equal(c.run[0].rank, COLLECT_UNFINISHED);
	assert_int_equal(c.run[0].later.len, 0);
	collect_free(&c);

	frame_summary(&log, RUN, "ev=round round=2 iops=2");
	add_document(&log, "partial", true, 2);
	frame_summary(&log, RUN, "ev=round round=3 iops=3");
	frame_summary(&log, RUN, "ev=alive up_s=99");
	collect_text(&c, dir, &log);
	assert_int_equal(c.run[0].rank, COLLECT_UNFINISHED);
	check_has(c.run[0].document.data, "\"n\": 2");
	assert_string_equal(c.run[0].later.data, "ev=round round=3 iops=3\nev=alive up_s=99\n");
	assert_null(c.run[0].broken_source);
	collect_free(&c);

	add_document(&log, "partial", false, 3);
	collect_text(&c, dir, &log);
	assert_int_equal(c.run[0].rank, COLLECT_PARTIAL);
	check_has(c.run[0].document.data, "\"n\": 3");
	collect_free(&c);
	buf_free(&log);
	temp_remove(dir);
}

/* This test will check that a file with documents one after another, as a virtio-serial port leaves
 * it, gives each, and those before one that is cut off too. */
static void documents_in_a_row_should_be_taken_apart(void **state)
{
	static const char text[] =
		"{\n  \"tare\": { \"run\": \"0000000a\", \"state\": \"done\" }\n}\n"
		"{\n  \"tare\": { \"run\": \"0000000b\", \"state\": \"done\" }\n}\n";
	char dir[PATH_MAX], path[PATH_MAX + 16];

	(void)state;
	temp_make(dir);
	snprintf(path, sizeof(path), "%s/port", dir);
	for (size_t cut = 0; cut < 2; cut++) {
		struct collect c = { 0 };
		struct err e = ERR_INIT;

		assert_int_equal(file_write_all(path, text, strlen(text) - 10 * cut), 0);
		assert_int_equal(collect_file(&c, path, &e) != 0, cut);
		assert_int_equal(c.n, 2 - cut);
		for (size_t i = 0; i < c.n; i++) {
			assert_int_equal(c.run[i].document.len, strlen(text) / 2);
			assert_memory_equal(c.run[i].document.data, text + i * strlen(text) / 2,
					    strlen(text) / 2);
		}
		collect_free(&c);
	}
	temp_remove(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoints_should_say_what_they_lack),
		cmocka_unit_test(results_should_not_be_checkpoints),
		cmocka_unit_test(cut_log_should_give_checkpoint_and_what_came_later),
		cmocka_unit_test(documents_in_a_row_should_be_taken_apart),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
