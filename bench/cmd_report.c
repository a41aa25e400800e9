// SPDX-License-Identifier: MIT
/* `tare report FILE`: one saved result, of tare or of fio, for people or for forums. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "compare/compare.h"
#include "import/alone.h"
#include "import/import.h"
#include "import/samples.h"
#include "render/apart_page.h"
#include "render/apart_text.h"
#include "render/compare_json.h"
#include "render/format.h"
#include "render/html.h"
#include "render/markdown.h"
#include "render/report_page.h"
#include "render/text.h"
#include "result/result.h"

static const char usage[] =
	"usage: tare report [--format text|markdown|json|html] FILE\n"
	"\n"
	"FILE: a result of tare, what fio printed (JSON or text, from 3.0 on), or a CSV that "
	"begins\n"
	"with workload,environment,backend,iops; \"-\" is standard input\n"
	"\n"
	"  --format FORMAT   text; markdown for forums and issues; html: one file with charts, "
	"that\n"
	"                    needs no network; json: tare's result itself, as this version writes "
	"it,\n"
	"                    and of any other file its figures as those of a comparison\n"
	"\n"
	"Exit status: 0; 1 the file could not be read, or not all of it (the rest is shown all "
	"the\n"
	"same); 2 usage. What several environments differ by is told by `tare compare`.\n";

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

/* --- reading --- */

#define WHITE " \t\r\n"

/* The member that only tare's documents have. Text alone tells it: damaged ones are ours, too. */
static bool has_own_member(const char *text)
{
	static const char member[] = "\"tare\"";

	while ((text = strstr(text, member))) {
		text += sizeof(member) - 1;
		if (text[strspn(text, WHITE)] == ':')
			return true;
	}
	return false;
}

/* What several targets and `tare collect` of several runs give. */
static bool is_array(const struct buf *json)
{
	return json->data[strspn(json->data, WHITE)] == '[';
}

/* Behind the object or array that begins here; NULL: it does not end. */
static const char *find_end(const char *at)
{
	bool quoted = false;
	size_t depth = 0;

	for (; *at; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (quoted && *at == '\\' && at[1])
			at++;
		else if (!quoted && strchr("{[", *at))
			depth++;
		else if (!quoted && strchr("}]", *at) && !--depth)
			return at + 1;
	}
	return NULL;
}

/*
 * One document of tare or an array of them, whole or not, and nothing else. A prompt in front of it
 * may begin with a bracket, too. What goes on behind its end with a comma or a brace is damaged:
 * no other text begins so.
 */
static bool is_own(const struct buf *text)
{
	const char *begin = text->data + strspn(text->data, WHITE), *first = begin, *end;

	if (*first == '[')
		first += 1 + strspn(first + 1, WHITE);
	if (*first != '{' || !has_own_member(first))
		return false;
	end = find_end(begin);
	return !end || strchr(",}]", end[strspn(end, WHITE)]);
}

/* --- tare's own result --- */

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

/* Frees the text. No report is empty. */
static int print(struct buf *text, struct err *e)
{
	int ret = 0;

	if (buf_failed(text) || !text->len ||
	    fwrite(text->data, 1, text->len, stdout) != text->len || fflush(stdout))
		ret = err_set(e, -EIO, "standard output: the report could not be written");
	buf_free(text);
	return ret;
}

static int report_own(const struct options *o, const struct buf *json, struct err *e)
{
	struct result result = { 0 };
	struct buf text = BUF_INIT;
	struct err inner = ERR_INIT;
	int ret;

	if (is_array(json))
		return err_set(
			e, -EINVAL,
			"%s: an array of results: should be one of them (`tare collect --out DIR` "
			"gives each run a file of its own)",
			o->file);
	if (result_decode(&result, json->data, json->len, &inner))
		return err_set(e, -EINVAL, "%s: %s", o->file, inner.text);
	ret = render(&text, &result, o->format);
	text.failed |= ret != 0;
	result_free(&result);
	return print(&text, e);
}

/* --- what others wrote --- */

/* Figures alone are less than tare's documents hold. */
static int refuse_own(const struct options *o, const struct samples *samples, struct err *e)
{
	for (uint32_t i = 0; i < samples->n; i++)
		if (samples->run[i].id[0])
			return err_set(
				e, -EINVAL,
				"%s: results of tare among other things: should be one result by "
				"itself (`tare collect` takes them out of serial logs and results "
				"partitions)",
				o->file);
	return 0;
}

static bool has_figures(const struct samples *samples)
{
	for (uint32_t i = 0; i < samples->n; i++)
		if (samples->run[i].workloads_n)
			return true;
	return false;
}

static int show(const struct options *o, const struct samples *samples, struct err *e)
{
	struct buf text = BUF_INIT;
	struct comparison c;
	int ret = compare_apart(&c, samples);

	if (ret) {
		compare_free(&c);
		return err_set(e, ret, "%s: %s", o->file, strerror(-ret));
	}
	switch (o->format) {
	case FORMAT_TEXT:
		apart_text(&text, &c, &samples->notes);
		break;
	case FORMAT_MARKDOWN:
		apart_page(&(struct page){ &markdown_style, &text }, &c, &samples->notes);
		break;
	case FORMAT_JSON:
		text.failed |= compare_json(&text, &c, &samples->notes) != 0;
		break;
	case FORMAT_HTML:
		html_comparison(&text, &c, &samples->notes);
		break;
	}
	compare_free(&c);
	return print(&text, e);
}

/* What could be read of a damaged file is shown all the same, as `tare compare` does. */
static int report_others(const struct options *o, struct buf *bytes, struct err *e)
{
	struct samples samples = { .detailed = o->format == FORMAT_HTML };
	struct err unread = ERR_INIT;
	int damaged =
		import_bytes(&samples, &(struct import_source){ o->file, NULL, bytes }, &unread);
	int ret = refuse_own(o, &samples, e);
	bool any = has_figures(&samples);

	if (!ret && any)
		ret = show(o, &samples, e);
	if (!ret && damaged)
		ret = err_set(e, damaged, "%s", unread.text);
	else if (!ret && !any)
		ret = err_set(e, -EINVAL, "%s: no figure of a workload in it", o->file);
	samples_free(&samples);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	struct buf bytes = BUF_INIT;
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
	ret = import_read(&bytes, o.file, &e);
	if (!ret)
		ret = is_own(&bytes) ? report_own(&o, &bytes, &e) : report_others(&o, &bytes, &e);
	buf_free(&bytes);
	if (ret)
		fprintf(stderr, "tare: report: %s\n", e.text);
	return ret ? EXIT_FAILED : EXIT_OK;
}
