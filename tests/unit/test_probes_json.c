// SPDX-License-Identifier: MIT
/* Probes as JSON. */
#include "unit.h"

#include "probe_fixture.h"
#include "result/probes_json.h"

static void print(struct buf *to, const struct probe_list *list)
{
	struct json *array = json_array();

	*to = BUF_INIT;
	probes_encode(array, list);
	assert_int_equal(json_print(to, array, false), 0);
	json_free(array);
}

static void read_back(struct probe_list *list, const char *text)
{
	struct err e = ERR_INIT;
	struct json *array = json_parse(text, strlen(text), &e);

	assert_int_equal(e.code, 0);
	probes_decode(list, array);
	json_free(array);
}

/* This test will check the document to the letter: four digits, p99 only where it holds, words
 * where there is no figure. */
static void probes_should_be_written_tersely(void **state)
{
	struct buf text;

	(void)state;
	print(&text, &probe_fixture);
	assert_string_equal(
		text.data,
		"[{\"name\":\"clock\",\"took_ms\":87,\"figures\":{\"call_ns\":[21.44,24.58,0.1562],"
		"\"syscall_ns\":[249.1,null,2.5],\"vdso\":1}},"
		"{\"name\":\"port\",\"took_ms\":5,\"note\":\"took 5 ms of 1 ms planned\","
		"\"figures\":{\"elcr_ns\":\"ioperm: needs root\"}},"
		"{\"name\":\"tsc\",\"took_ms\":1060,\"figures\":{\"pm_ppm\":[-51.8,null,0],"
		"\"tsc_mhz\":[2596000,2596000,123500]}},"
		"{\"name\":\"exit\",\"took_ms\":0,\"note\":\"ended by signal "
		"4\",\"figures\":{}}]\n");
	buf_free(&text);
}

/* This test will check that what was written reads back, and is written again the same. */
static void probes_should_come_back(void **state)
{
	static struct probe_list list;
	struct buf text, again;

	(void)state;
	print(&text, &probe_fixture);
	read_back(&list, text.data);
	print(&again, &list);
	assert_string_equal(text.data, again.data);
	assert_int_equal(list.n, probe_fixture.n);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct probe *got = &list.probe[i], *want = &probe_fixture.probe[i];

		assert_string_equal(got->name, want->name);
		assert_string_equal(got->note, want->note);
		assert_int_equal(got->took_ms, want->took_ms);
		assert_int_equal(got->figures_n, want->figures_n);
		for (uint32_t k = 0; k < got->figures_n; k++) {
			assert_int_equal(got->figure[k].kind, want->figure[k].kind);
			assert_true(fabs(got->figure[k].p50 - want->figure[k].p50) <=
				    fabs(want->figure[k].p50) / 2000);
			assert_int_equal(isnan(got->figure[k].p99), isnan(want->figure[k].p99));
			assert_string_equal(got->figure[k].why, want->figure[k].why);
		}
	}
	buf_free(&text);
	buf_free(&again);
}

/* This test will check that documents with too much, too little or something else do no harm. */
static void odd_documents_should_do_no_harm(void **state)
{
	static struct probe_list list;
	struct buf many = BUF_INIT;

	(void)state;
	read_back(&list,
		  "[{},{\"name\":\"x\",\"figures\":{\"a_ns\":[],\"b_ns\":{},\"c_ns\":null}},7]");
	assert_int_equal(list.n, 3);
	assert_int_equal(list.probe[1].figures_n, 3);
	for (int i = 0; i < 3; i++)
		assert_true(isnan(list.probe[1].figure[i].p50) &&
			    isnan(list.probe[1].figure[i].p99));
	read_back(&list, "{}");
	assert_int_equal(list.n, 0);
	for (int i = 0; i < 100; i++) {
		buf_puts(&many, i ? "," : "[");
		buf_puts(&many,
			 "{\"name\":\"0123456789012345678901234567890123456789\",\"figures\":{");
		for (int k = 0; k < 30; k++)
			buf_printf(&many, "%s\"f%d_ns\":%d", k ? "," : "", k, k);
		buf_puts(&many, "}}");
	}
	buf_puts(&many, "]");
	read_back(&list, many.data);
	assert_int_equal(list.n, PROBES_MAX);
	assert_int_equal(list.probe[PROBES_MAX - 1].figures_n, PROBE_FIGURES_MAX);
	assert_int_equal(strlen(list.probe[0].name), PROBE_NAME_BYTES - 1);
	buf_free(&many);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(probes_should_be_written_tersely),
		cmocka_unit_test(probes_should_come_back),
		cmocka_unit_test(odd_documents_should_do_no_harm),
	};

	return cmocka_run_group_tests_name("probes_json", tests, NULL, NULL);
}
