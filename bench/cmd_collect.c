// SPDX-License-Identifier: MIT
/* `tare collect`: results out of logs and images, exactly as they were made. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect/collect.h"
#include "collect/join.h"
#include "commands.h"
#include "lib/err.h"
#include "lib/file.h"

static const char usage[] =
	"usage: tare collect FILE... [--out DIR]\n"
	"\n"
	"Finds the results in serial logs, results partitions, raw disk images, results and "
	"arrays\n"
	"of them; \"-\" is standard input. Prints the one found, or an array; with --out each goes "
	"to\n"
	"DIR/RUN.json, and the last whole checkpoint of one that is not whole to\n"
	"DIR/RUN.partial.json. Several logs of one run add up: cat them together.\n";

struct options {
	const char *out; /* NULL: standard output */
	char **file;	 /* points into argv */
	int files_n;
};

/* Sorts argv: files first. Returns 0 or an exit status + 1. */
static int parse_options(struct options *o, int argc, char **argv)
{
	bool plain = false;

	*o = (struct options){ .file = argv };
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (plain || arg[0] != '-' || !arg[1]) {
			o->file[o->files_n++] = argv[i];
		} else if (!strcmp(arg, "--")) {
			plain = true;
		} else if (!strcmp(arg, "--help")) {
			fputs(usage, stdout);
			return EXIT_OK + 1;
		} else if (!strncmp(arg, "--out=", 6) && arg[6]) {
			o->out = arg + 6;
		} else if (!strcmp(arg, "--out") && i + 1 < argc) {
			o->out = argv[++i];
		} else {
			fprintf(stderr, "tare: collect: %s: %s: should be FILE... [--out DIR]\n",
				arg,
				strcmp(arg, "--out") && strcmp(arg, "--out=") ? "no option of it"
									      : "without DIR");
			return EXIT_USAGE + 1;
		}
	}
	if (o->files_n)
		return 0;
	fputs("tare: collect: no FILE given: should be FILE... [--out DIR]\n", stderr);
	return EXIT_USAGE + 1;
}

static bool is_good(const struct collect_run *run)
{
	return run->rank > COLLECT_CHECKPOINT && !run->contradicted;
}

/* Says what is wrong with a run, if anything, and what can be told of it all the same. */
static void report(const struct collect_run *run)
{
	const char *id = run->run[0] ? run->run : "of unknown name";

	if (run->rank == COLLECT_UNFINISHED && !run->broken_source) {
		fprintf(stderr,
			"tare: collect: %s: run %s: it ends before its result: this is its last "
			"checkpoint%s\n%s",
			run->source, id, run->later.len ? "; it said later:" : "",
			run->later.len ? run->later.data : "");
		return;
	}
	if (is_good(run))
		return;
	if (run->contradicted) {
		fprintf(stderr,
			"tare: collect: run %s: %s and %s hold different results of it: should be "
			"the same bytes; give one of them\n",
			id, run->source, run->contradicted);
		return;
	}
	fprintf(stderr, "tare: collect: %s: run %s: %s%s%s\n", run->broken_source, id, run->problem,
		run->missing.len ? ": " : "", run->missing.len ? run->missing.data : "");
	if (run->rank == COLLECT_CHECKPOINT)
		fprintf(stderr,
			"tare: collect: %s: run %s: an earlier state of it is whole: --out DIR "
			"writes it to DIR/%s.partial.json\n",
			run->source, id, id);
	if (!run->summary.len)
		return;
	fprintf(stderr, "tare: collect: %s: run %s: its summary lines:\n%s", run->broken_source, id,
		run->summary.data);
}

/* Writes one document, unless it is there already. 0 or -errno, told. */
static int write_file(const struct collect_run *run, const char *out, const char *suffix)
{
	struct buf old = BUF_INIT;
	char path[PATH_MAX];
	int ret;

	if (snprintf(path, sizeof(path), "%s/%s%s", out, run->run, suffix) >= (int)sizeof(path)) {
		fprintf(stderr, "tare: collect: %s: path too long\n", out);
		return -ENAMETOOLONG;
	}
	ret = file_read_all(&old, path, run->document.len);
	if (ret == -ENOENT) {
		ret = file_write_all(path, run->document.data, run->document.len);
		if (ret)
			fprintf(stderr, "tare: collect: %s: %s\n", path, strerror(-ret));
	} else if (ret == -EFBIG || (!ret && (old.len != run->document.len ||
					      memcmp(old.data, run->document.data, old.len)))) {
		ret = -EEXIST;
		fprintf(stderr,
			"tare: collect: %s: is there with other content: should be absent or the "
			"same; nothing overwritten\n",
			path);
	} else if (ret) {
		fprintf(stderr, "tare: collect: %s: %s\n", path, strerror(-ret));
	}
	if (!ret)
		printf("%s\n", path);
	buf_free(&old);
	return ret;
}

static int write_files(const struct collect *c, const char *out)
{
	int failed = 0;

	if (mkdir(out, 0777) && errno != EEXIST) {
		fprintf(stderr, "tare: collect: %s: %s\n", out, strerror(errno));
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (is_good(&c->run[i]) && c->run[i].rank > COLLECT_UNFINISHED)
			failed |= write_file(&c->run[i], out, ".json") != 0;
		else if (c->run[i].rank >= COLLECT_CHECKPOINT && !c->run[i].contradicted)
			failed |= write_file(&c->run[i], out, ".partial.json") != 0;
	}
	return failed ? EXIT_FAILED : EXIT_OK;
}

static int print_documents(const struct collect *c)
{
	struct buf *good = calloc(c->n + 1, sizeof(*good)), all = BUF_INIT;
	size_t n = 0;
	int ret = EXIT_OK;

	for (size_t i = 0; good && i < c->n; i++)
		if (is_good(&c->run[i]))
			good[n++] = c->run[i].document;
	collect_join(&all, good, n);
	if (!good || buf_failed(&all)) {
		fprintf(stderr, "tare: collect: %s\n", strerror(ENOMEM));
		ret = EXIT_FAILED;
	} else {
		fwrite(all.data, 1, all.len, stdout);
	}
	buf_free(&all);
	free(good);
	return ret;
}

int cmd_collect(int argc, char **argv)
{
	struct collect c = { 0 };
	struct options options;
	int ret = parse_options(&options, argc, argv);

	if (ret)
		return ret - 1;
	ret = EXIT_OK;
	for (int i = 0; i < options.files_n; i++) {
		struct err e = ERR_INIT;

		if (collect_file(&c, options.file[i], &e)) {
			fprintf(stderr, "tare: collect: %s\n", e.text);
			ret = EXIT_FAILED;
		}
	}
	for (size_t i = 0; i < c.n; i++) {
		report(&c.run[i]);
		if (!is_good(&c.run[i]) || c.run[i].rank == COLLECT_UNFINISHED)
			ret = EXIT_FAILED;
	}
	if (options.out ? write_files(&c, options.out) : print_documents(&c))
		ret = EXIT_FAILED;
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "tare: collect: standard output: %s\n", strerror(errno));
		ret = EXIT_FAILED;
	}
	collect_free(&c);
	return ret;
}
