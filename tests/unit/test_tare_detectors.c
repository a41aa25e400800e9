// SPDX-License-Identifier: MIT
/* Detections of a document, as a comparison reads them. */
#include "unit.h"

#include <math.h>

#include "import/tare_detectors.h"

static struct detection_list *read_list(const char *text)
{
	static struct detection_list list;
	struct err e = ERR_INIT;
	struct json *root = json_parse(text, strlen(text), &e);

	assert_non_null(root);
	tare_detectors_read(&list, root);
	json_free(root);
	return &list;
}

/* This test will check that members are read, and that what is absent is absent. */
static void detections_should_be_read(void **state)
{
	const struct detection_list *list =
		read_list("[{\"name\": \"cache\", \"kind\": \"finding\", \"verdict\": \"clear\"},"
			  " {\"name\": \"wake\", \"kind\": \"limit\", \"verdict\": \"found\", "
			  "\"value\": 12.5,"
			  "  \"unit\": \"us\", \"confidence_pct\": 99, \"evidence\": \"words\"}]");

	(void)state;
	assert_int_equal(list->n, 2);
	assert_string_equal(list->detection[0].name, "cache");
	assert_int_equal(list->detection[0].verdict, DETECTION_CLEAR);
	assert_true(isnan(list->detection[0].value) && isnan(list->detection[0].confidence_pct));
	assert_int_equal(list->detection[1].kind, DETECTION_LIMIT);
	assert_int_equal(list->detection[1].verdict, DETECTION_FOUND);
	assert_true(list->detection[1].value == 12.5 && list->detection[1].confidence_pct == 99);
	assert_string_equal(list->detection[1].evidence, "words");
}

/* This test will check that nothing of no use is taken for a detection. */
static void nonsense_should_be_passed_over(void **state)
{
	char many[8192] = "[";

	(void)state;
	assert_int_equal(read_list("[]")->n, 0);
	assert_int_equal(read_list("{}")->n, 0);
	assert_int_equal(
		read_list("[1, null, {}, {\"name\": \"x\", \"kind\": \"finding\"},"
			  "{\"name\": \"x\", \"kind\": \"finding\", \"verdict\": \"maybe\"},"
			  "{\"kind\": \"finding\", \"verdict\": \"found\"},"
			  "{\"name\": \"y\", \"kind\": \"limit\", \"verdict\": \"found\"}]")
			->n,
		1);
	for (int i = 0; i < 40; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many),
			 "%s{\"name\": \"x\", \"kind\": \"finding\", \"verdict\": \"found\"}",
			 i ? "," : "");
	strcat(many, "]");
	assert_int_equal(read_list(many)->n, DETECTIONS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detections_should_be_read),
		cmocka_unit_test(nonsense_should_be_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
