// SPDX-License-Identifier: MIT
/* `tare compare`: environments side by side, like for like or not, and how sure. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "compare/compare.h"
#include "compare/threshold.h"
#include "import/import.h"
#include "import/samples.h"
#include "render/compare_json.h"
#include "render/compare_page.h"
#include "render/compare_text.h"
#include "render/format.h"
#include "render/html.h"
#include "render/markdown.h"

#define THRESHOLDS_MAX 64

static const char usage_head[] =
	"usage: tare compare [--format text|markdown|json|html] [--baseline LABEL]\n"
	"                    [--fail-if LIMIT]... [LABEL=]FILE...\n"
	"\n"
	"FILE: results of tare, what fio printed (JSON or text, from 3.0 on), serial logs, "
	"results\n"
	"partitions, or a CSV that begins with workload,environment,backend,iops; \"-\" is "
	"standard\n"
	"input. Several files of one LABEL are boots of one environment. Without one, a file's "
	"own\n"
	"label counts, else what is known of its platform. A file whose name has a = in it needs "
	"a\n"
	"LABEL= before it, or ./\n"
	"\n"
	"  --format FORMAT   text; markdown for forums and issues; json for programs; html: one "
	"file\n"
	"                    with charts, that needs no network\n"
	"  --baseline LABEL  what ratios are to (default: the first)\n"
	"  --fail-if LIMIT   exit status 3 where it is crossed: \"randread-4k-qd64.iops < -5%\" is "
	"a\n"
	"                    change against the baseline, \"*.p99_us > 500\" a figure itself. A "
	"rate\n"
	"                    that is the same within noise crosses no limit in percent. Metrics:\n"
	"                    ";
static const char usage_tail[] =
	"\n"
	"\n"
	"Exit status: 0; 1 a file could not be read (the others are compared all the same) or a "
	"limit\n"
	"finds no figure; 2 usage; 3 a limit is crossed, whatever else failed\n";

struct options {
	enum format format;
	const char *baseline; /* NULL: the first */
	struct threshold limit[THRESHOLDS_MAX];
	int limits_n;
	char **file; /* points into argv */
	int files_n;
};

static void print_usage(FILE *to)
{
	struct buf metrics = BUF_INIT;

	threshold_help(&metrics);
	fprintf(to, "%s%s%s", usage_head, metrics.data ? metrics.data : "", usage_tail);
	buf_free(&metrics);
}

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "tare: compare: %s: %s\n", what, why);
	return EXIT_USAGE + 1;
}

/* Returns 0 or an exit status + 1. */
static int set_option(struct options *o, const char *name, const char *value)
{
	struct err e = ERR_INIT;

	if (!strcmp(name, "--format")) {
		if (format_parse(&o->format, value, &e)) {
			fprintf(stderr, "tare: compare: %s\n", e.text);
			return EXIT_USAGE + 1;
		}
	} else if (!strcmp(name, "--baseline")) {
		o->baseline = value;
	} else if (o->limits_n == THRESHOLDS_MAX) {
		return refuse(value, "too many limits: should be at most 64");
	} else if (threshold_parse(&o->limit[o->limits_n++], value, &e)) {
		fprintf(stderr, "tare: compare: %s\n", e.text);
		return EXIT_USAGE + 1;
	}
	return 0;
}

/* One of the options that take a value, as "--name value" or "--name=value". */
static int parse_option(struct options *o, int argc, char **argv, int *i)
{
	static const char *const names[] = { "--format", "--baseline", "--fail-if" };

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		size_t len = strlen(names[k]);

		if (strncmp(argv[*i], names[k], len))
			continue;
		if (argv[*i][len] == '=')
			return set_option(o, names[k], argv[*i] + len + 1);
		if (argv[*i][len])
			continue;
		if (*i + 1 == argc)
			return refuse(names[k], "without a value");
		return set_option(o, names[k], argv[++*i]);
	}
	return refuse(argv[*i],
		      "no option of it: should be --format, --baseline, --fail-if or [LABEL=]FILE");
}

static int parse_options(struct options *o, int argc, char **argv)
{
	bool plain = false;
	int ret = 0;

	*o = (struct options){ .file = argv };
	for (int i = 1; i < argc && !ret; i++) {
		if (plain || argv[i][0] != '-' || !argv[i][1]) {
			o->file[o->files_n++] = argv[i];
		} else if (!strcmp(argv[i], "--")) {
			plain = true;
		} else if (!strcmp(argv[i], "--help")) {
			print_usage(stdout);
			return EXIT_OK + 1;
		} else {
			ret = parse_option(o, argc, argv, &i);
		}
	}
	if (!ret && !o->files_n)
		return refuse("no FILE given", "should be [LABEL=]FILE...");
	return ret;
}

/* "LABEL=FILE"; a name that begins with a folder is no label. Returns whether all is well. */
static bool read_file(struct samples *samples, char *word)
{
	char *equals = strchr(word, '='), *slash = strchr(word, '/');
	struct err e = ERR_INIT;
	const char *label = NULL;

	if (equals && equals > word && (!slash || (slash > equals || *word != '/')) &&
	    strncmp(word, "./", 2) && strncmp(word, "../", 3)) {
		*equals = '\0';
		label = word;
		word = equals + 1;
	}
	if (!import_file(samples, word, label, &e))
		return true;
	fprintf(stderr, "tare: compare: %s\n", e.text);
	return false;
}

static int check_limits(const struct options *o, const struct comparison *c, bool *crossed)
{
	struct buf said = BUF_INIT;
	int ret = EXIT_OK;

	for (int i = 0; i < o->limits_n; i++) {
		struct err e = ERR_INIT;

		if (!threshold_check(&o->limit[i], c, &said, crossed, &e))
			continue;
		fprintf(stderr, "tare: compare: %s\n", e.text);
		ret = EXIT_FAILED;
	}
	if (said.len)
		fprintf(stderr, "tare: compare: a limit is crossed:\n%s", said.data);
	buf_free(&said);
	return ret;
}

static int print(const struct options *o, const struct comparison *c, const struct notes *notes)
{
	struct buf text = BUF_INIT;
	int ret = EXIT_OK;

	switch (o->format) {
	case FORMAT_TEXT:
		compare_text(&text, c, notes, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
		break;
	case FORMAT_MARKDOWN:
		compare_page(&(struct page){ &markdown_style, &text }, c, notes);
		break;
	case FORMAT_JSON:
		compare_json(&text, c, notes);
		break;
	case FORMAT_HTML:
		html_comparison(&text, c, notes);
		break;
	}
	if (buf_failed(&text) || !text.len || fwrite(text.data, 1, text.len, stdout) != text.len ||
	    fflush(stdout)) {
		fputs("tare: compare: standard output: the comparison could not be written\n",
		      stderr);
		ret = EXIT_FAILED;
	}
	buf_free(&text);
	return ret;
}

static int show(const struct options *o, const struct samples *samples)
{
	struct comparison c;
	bool crossed = false;
	int ret = compare(&c, samples, o->baseline);

	if (ret == -ENOENT)
		fprintf(stderr, "tare: compare: --baseline %s: no environment of that label\n",
			o->baseline);
	else if (ret)
		fprintf(stderr, "tare: compare: %s\n", strerror(-ret));
	if (!ret) {
		ret = print(o, &c, &samples->notes);
		ret = check_limits(o, &c, &crossed) ? EXIT_FAILED : ret;
	} else {
		ret = ret == -ENOENT ? EXIT_USAGE : EXIT_FAILED;
	}
	compare_free(&c);
	return crossed ? EXIT_CROSSED : ret;
}

int cmd_compare(int argc, char **argv)
{
	struct samples samples = { 0 };
	struct options options;
	bool whole = true;
	int ret = parse_options(&options, argc, argv);

	if (ret)
		return ret - 1;
	samples.detailed = options.format == FORMAT_HTML;
	for (int i = 0; i < options.files_n; i++)
		whole = read_file(&samples, options.file[i]) && whole;
	ret = samples.n ? show(&options, &samples) : EXIT_FAILED;
	samples_free(&samples);
	return ret == EXIT_OK && !whole ? EXIT_FAILED : ret;
}
