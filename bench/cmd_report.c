// SPDX-License-Identifier: MIT
/* `tare report FILE`: one saved result, for people or for forums. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "import/alone.h"
#include "lib/file.h"
#include "render/format.h"
#include "render/html.h"
#include "render/markdown.h"
#include "render/report_page.h"
#include "render/text.h"
#include "result/result.h"

#define DOCUMENT_MAX_BYTES (16u << 20)

static const char usage[] = "usage: tare report [--format text|markdown|json|html] FILE\n"
			    "\n"
			    "FILE: a result of tare; \"-\" is standard input\n"
			    "\n"
			    "  --format FORMAT   text; markdown for forums and issues; json: the "
			    "result itself, as this\n"
			    "                    version writes it; html: one file with charts, "
			    "that needs no network\n";

struct options {
	enum format format;
	const char *file;
	bool help;
};

/* Returns 0, or -EINVAL with *e set; an empty *e: the usage says it. */
static int parse_options(struct options *o, int argc, char **argv, struct err *e)
{
	*o = (struct options){ 0 };
	for (int i = 1; i < argc; i++) {
		const char *value = NULL;

		if (!strcmp(argv[i], "--help"))
			o->help = true;
		else if (!strncmp(argv[i], "--format=", 9))
			value = argv[i] + 9;
		else if (!strcmp(argv[i], "--format"))
			value = i + 1 < argc ? argv[++i] : "";
		else if (argv[i][0] == '-' && argv[i][1])
			return err_set(e, -EINVAL, "%s: no option of it: should be --format",
				       argv[i]);
		else if (o->file)
			return -EINVAL;
		else
			o->file = argv[i];
		if (value && format_parse(&o->format, value, e))
			return -EINVAL;
	}
	return o->help || o->file ? 0 : -EINVAL;
}

/* What several targets and `tare collect` of several runs give. */
static bool is_array(const struct buf *json)
{
	return json->len && json->data[strspn(json->data, " \t\r\n")] == '[';
}

static int read_result(struct result *result, const char *path, struct err *e)
{
	struct buf json = BUF_INIT;
	int ret = file_read_all(&json, path, DOCUMENT_MAX_BYTES);

	if (ret)
		err_set(e, ret, "%s", strerror(-ret));
	else if (is_array(&json))
		ret = err_set(
			e, -EINVAL,
			"an array of results: should be one of them (`tare collect --out DIR` "
			"gives each run a file of its own)");
	else
		ret = result_decode(result, json.data ? json.data : "", json.len, e);
	buf_free(&json);
	return ret;
}

static int render(struct buf *to, const struct result *result, enum format format)
{
	switch (format) {
	case FORMAT_TEXT:
		render_text(to, result);
		break;
	case FORMAT_MARKDOWN:
		report_page(&(struct page){ &markdown_style, to }, result, NULL);
		break;
	case FORMAT_JSON:
		return result_encode(to, result);
	case FORMAT_HTML:
		return alone_html(to, result);
	}
	return 0;
}

static int print(const struct result *result, enum format format, struct err *e)
{
	struct buf text = BUF_INIT;
	int ret = render(&text, result, format);

	if (ret || buf_failed(&text) || fwrite(text.data, 1, text.len, stdout) != text.len ||
	    fflush(stdout))
		ret = err_set(e, -1, "standard output: the report could not be written");
	buf_free(&text);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	struct result result = { 0 };
	struct err e = ERR_INIT;
	struct options o;
	int ret = parse_options(&o, argc, argv, &e);

	if (ret || o.help) {
		if (e.code)
			fprintf(stderr, "tare: report: %s\n", e.text);
		else
			fputs(usage, ret ? stderr : stdout);
		return ret ? EXIT_USAGE : EXIT_OK;
	}
	ret = read_result(&result, o.file, &e);
	if (!ret) {
		ret = print(&result, o.format, &e);
		result_free(&result);
	}
	if (ret)
		fprintf(stderr, "tare: report: %s: %s\n", o.file, e.text);
	return ret ? EXIT_FAILED : EXIT_OK;
}
