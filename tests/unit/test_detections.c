// SPDX-License-Identifier: MIT
/* Detections to JSON and back, and in words. */
#include "unit.h"

#include <math.h>

#include "render/detections.h"
#include "result/detections_json.h"

static const struct detection_list list = {
	.detection = {
		{ "allocation", DETECTION_FINDING, DETECTION_FOUND, 84.125, "us", 99.98,
		  "the first write of a block took 262.0 us" },
		{ "cache", DETECTION_FINDING, DETECTION_CLEAR, 1.0049, "ratio", 100, "no cache" },
		{ "queue", DETECTION_FINDING, DETECTION_SKIPPED, NAN, "", NAN, "a \x1b[31mfile" },
		{ "wake", DETECTION_LIMIT, DETECTION_FOUND, 10.5, "us", NAN, "sleeping is part" },
		{ "steady", DETECTION_LIMIT, DETECTION_UNDECIDED, NAN, "", 50, "too few rounds" },
		{ "clock", DETECTION_LIMIT, DETECTION_CLEAR, 0.28, "pct", NAN, "fast" },
	},
	.n = 6,
};

/* This test will check that a list comes back as it was, to the digits of a document. */
static void detections_should_come_back(void **state)
{
	static struct detection_list back;
	struct json *array = json_array(), *again = json_array();
	struct buf text = BUF_INIT, text_again = BUF_INIT;

	(void)state;
	detections_encode(array, &list);
	assert_int_equal(json_print(&text, array, true), 0);
	check_has(text.data, "\"confidence_pct\":null");
	detections_decode(&back, array);
	assert_int_equal(back.n, list.n);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct detection *want = &list.detection[i], *got = &back.detection[i];

		assert_string_equal(got->name, want->name);
		assert_int_equal(got->kind, want->kind);
		assert_int_equal(got->verdict, want->verdict);
		assert_string_equal(got->unit, want->unit);
		assert_string_equal(got->evidence, want->evidence);
		assert_int_equal(isnan(got->value), isnan(want->value));
		if (!isnan(want->value))
			assert_true(fabs(got->value / want->value - 1) < 1e-3);
	}
	detections_encode(again, &back);
	assert_int_equal(json_print(&text_again, again, true), 0);
	assert_string_equal(text_again.data, text.data);
	buf_free(&text);
	buf_free(&text_again);
	json_free(array);
	json_free(again);
}

/* This test will check that old documents, and those of somebody else, do no harm. */
static void other_documents_should_be_read(void **state)
{
	static struct detection_list back;
	struct json *array = json_array(), *one = json_add_object(array, NULL);

	(void)state;
	detections_decode(&back, NULL);
	assert_int_equal(back.n, 0);
	json_add_text(one, "verdict", "perhaps");
	for (int i = 0; i < 2 * DETECTIONS_MAX; i++)
		json_add_object(array, NULL);
	detections_decode(&back, array);
	assert_int_equal(back.n, DETECTIONS_MAX);
	assert_int_equal(back.detection[0].verdict, DETECTION_UNDECIDED);
	assert_true(isnan(back.detection[0].value));
	json_free(array);
}

/* This test will check the order of the words: findings, limits, what is clear, what is not known;
 * and that no control character of a document reaches a terminal. */
static void findings_should_come_first(void **state)
{
	static const struct detection_list none = { 0 };
	static struct detection_list clear;
	struct buf text = BUF_INIT;

	(void)state;
	render_detections(&text, &list);
	assert_string_equal(text.data, "behind the target\n"
				       "  allocation  the first write of a block took 262.0 us\n"
				       "what bounds these figures\n"
				       "  wake        sleeping is part\n"
				       "looked for, and not there: cache, clock\n"
				       "undecided\n"
				       "  steady      too few rounds\n"
				       "not looked for\n"
				       "  queue       a ?[31mfile\n");
	buf_free(&text);
	clear.detection[clear.n++] = list.detection[1];
	render_detections(&text, &clear);
	assert_string_equal(text.data, "behind the target: no finding\n"
				       "looked for, and not there: cache\n");
	buf_free(&text);
	render_detections(&text, &none);
	assert_int_equal(text.len, 0);
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(detections_should_come_back),
		cmocka_unit_test(other_documents_should_be_read),
		cmocka_unit_test(findings_should_come_first),
	};

	return cmocka_run_group_tests_name("detections", tests, NULL, NULL);
}
