// SPDX-License-Identifier: MIT
/* HTML pages: foreign text stays text wherever it stands, and the policy names the page's own
 * scripts and no other. */
#include "compare_fixture.h"

#include "lib/base64.h"
#include "lib/digest.h"
#include "lib/json.h"
#include "render/html.h"

#define HOSTILE "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\"&\n\xff"

static void foreign_text_should_be_escaped(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "plain, \xc3\xa4", "plain, \xc3\xa4" },
		{ "<b a=\"c\" d='e'>&amp;", "&lt;b a=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;" },
		{ "\x01\n\xff", "???" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;

		html_escape(&b, cases[i].text);
		assert_string_equal(b.data ? b.data : "", cases[i].want);
		buf_free(&b);
	}
}

/* Two environments with details, whose names are hostile. */
static void make_page(struct buf *page, const char *label)
{
	static const double iops[] = { 100, 101, 102, 103, 100, 101, 102, 103 };
	struct samples s = { .detailed = true };
	struct notes notes = { 0 };
	struct comparison c;

	for (int i = 0; i < 2; i++) {
		struct sample_workload *w = add_boot(&s, i ? "other" : label, iops, 8);

		str_copy(w->name, sizeof(w->name), label);
		for (int k = 0; k < 3; k++) {
			assert_int_equal(samples_add_quantile(w, 50 + k * 20, 1000 * (k + 1)), 0);
			assert_int_equal(
				samples_add_point(w, (struct sample_point){ .round = 0,
									    .at_s = k,
									    .iops = 100,
									    .p99_ns = NAN }),
				0);
		}
	}
	assert_int_equal(samples_set_fact(&s.run[0], SAMPLE_CPU, label), 0);
	assert_int_equal(samples_set_fact(&s.run[1], SAMPLE_CPU, "another"), 0);
	notes_add(&notes, "%s", label);
	assert_int_equal(compare(&c, &s, NULL), 0);
	html_comparison(page, &c, &notes);
	assert_false(buf_failed(page));
	compare_free(&c);
	samples_free(&s);
	notes_free(&notes);
}

static uint32_t count(const char *text, const char *what)
{
	uint32_t n = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		n++;
	return n;
}

/* This test will check that names add no tag to a page, in whichever of its parts they stand. */
static void names_should_add_no_tag(void **state)
{
	static const char *const tags[] = { "<script", "</script", "<img", "<style", "</style",
					    "<meta",   "<title",   "<svg", "<table", "<h3" };
	struct buf plain = BUF_INIT, hostile = BUF_INIT;

	(void)state;
	make_page(&plain, "plain");
	make_page(&hostile, HOSTILE);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		assert_int_equal(count(hostile.data, tags[i]), count(plain.data, tags[i]));
	assert_true(count(hostile.data, "&lt;/script&gt;&lt;script&gt;alert(1)") >= 5);
	buf_free(&plain);
	buf_free(&hostile);
}

/* This test will check that the charts' data read back as they are, names too. */
static void data_should_be_json(void **state)
{
	static const char begin[] = "<script type=\"application/json\" id=\"data\">";
	struct buf page = BUF_INIT;
	struct err e = ERR_INIT;
	const struct json *list;
	struct json *data;
	const char *at, *end;

	(void)state;
	make_page(&page, HOSTILE);
	at = strstr(page.data, begin);
	assert_non_null(at);
	at += strlen(begin);
	end = strstr(at, "</script>");
	data = json_parse(at, (size_t)(end - at), &e);
	assert_non_null(data);
	list = json_get(data, "environments");
	assert_int_equal(json_count(list), 2);
	assert_memory_equal(json_get_text(json_at(list, 0), "label"), HOSTILE, 30);
	list = json_get(json_at(json_get(data, "workloads"), 0), "lines");
	assert_int_equal(json_count(json_get(json_at(list, 0), "us")), 3);
	assert_int_equal(json_count(json_get(json_at(list, 0), "p99_us")), 3);
	json_free(data);
	buf_free(&page);
}

/* This test will check that the policy holds the digest of each script and style that is run. */
static void policy_should_name_what_runs(void **state)
{
	static const struct {
		const char *begin, *end;
	} cases[] = { { "<script>", "</script>" }, { "<style>", "</style>" } };
	struct buf page = BUF_INIT;
	uint32_t n = 0;

	(void)state;
	make_page(&page, "plain");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = page.data;

		while ((at = strstr(at, cases[i].begin))) {
			const char *text = at + strlen(cases[i].begin);
			size_t len = (size_t)(strstr(text, cases[i].end) - text);
			char hex[DIGEST_SHA256_TEXT], base64[64], want[80];
			uint8_t digest[32];

			digest_sha256(hex, text, len);
			for (size_t k = 0; k < sizeof(digest); k++)
				assert_int_equal(sscanf(hex + 2 * k, "%2hhx", &digest[k]), 1);
			base64_encode(base64, digest, sizeof(digest));
			snprintf(want, sizeof(want), " 'sha256-%s'", base64);
			assert_true(strstr(page.data, want) < strstr(page.data, "<title>"));
			assert_non_null(strstr(page.data, want));
			at = text + len;
			n++;
		}
	}
	assert_int_equal(n, 4);
	assert_int_equal(count(page.data, "'sha256-"), 4);
	assert_int_equal(count(page.data, "unsafe"), 0);
	buf_free(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_text_should_be_escaped),
		cmocka_unit_test(names_should_add_no_tag),
		cmocka_unit_test(data_should_be_json),
		cmocka_unit_test(policy_should_name_what_runs),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
