// SPDX-License-Identifier: MIT
/* Reads the command line of `tare run`. */
#include "session/args.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "config/options.h"
#include "config/suites.h"

enum arg_type { ARG_FLAG, ARG_VALUE };

static const struct {
	const char *name;
	enum arg_type type;
	size_t offset;
	const char *help;
} rows[] = {
	{ "appliance", ARG_FLAG, offsetof(struct args, appliance),
	  "as init starts it in the image" },
	{ "dry-run", ARG_FLAG, offsetof(struct args, dry_run), "print the plan and end" },
	{ "help", ARG_FLAG, offsetof(struct args, help), "this text" },
	{ "out", ARG_VALUE, offsetof(struct args, out),
	  "file for the JSON, of several disks an array; - for standard output" },
	{ "failed", ARG_VALUE, offsetof(struct args, failed),
	  "deliver only facts and this reason" },
};

#define ROWS_N (sizeof(rows) / sizeof(rows[0]))

void args_help(struct buf *to)
{
	const struct suite *suite;

	buf_puts(to,
		 "usage: tare run [--suite NAME | JOBFILE...] [--target DISK|FILE] [--KEY=VALUE "
		 "...]\n\n");
	for (size_t i = 0; i < ROWS_N; i++)
		buf_printf(to, "  --%-10s %s\n", rows[i].name, rows[i].help);
	buf_puts(to, "\nkeys (--KEY=VALUE or --KEY VALUE):\n");
	keys_help(to);
	buf_puts(to, "\nsuites:\n");
	for (uint32_t i = 0; (suite = suite_at(i)); i++)
		buf_printf(to, "  %-10s %s\n", suite->name, suite->about);
	buf_puts(to, "\noptions of job files [default]:\n");
	options_help(to);
}

static bool is_key(const char *name, size_t len)
{
	for (int i = 0; i < CONFIG_KEYS_N; i++)
		if (strlen(keys_name(i)) == len && !strncmp(keys_name(i), name, len))
			return true;
	return false;
}

/* One of our own options. Returns how many words it took, or 0 where it is none. */
static int parse_row(struct args *args, int argc, char **argv, struct err *e)
{
	const char *name = argv[0] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);

	for (size_t i = 0; i < ROWS_N; i++) {
		void *at = (char *)args + rows[i].offset;

		if (strlen(rows[i].name) != len || strncmp(rows[i].name, name, len))
			continue;
		if (rows[i].type == ARG_FLAG) {
			if (value)
				return err_set(e, -EINVAL, "%s: takes no value", argv[0]);
			*(bool *)at = true;
			return 1;
		}
		if (!value && argc < 2)
			return err_set(e, -EINVAL, "%s: needs a value", argv[0]);
		*(const char **)at = value ? value + 1 : argv[1];
		return value ? 1 : 2;
	}
	return 0;
}

/* A key: kept as one word KEY=VALUE, or two words in a row. */
static int parse_key(struct args *args, int argc, char **argv, struct err *e)
{
	const char *name = argv[0] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);

	if (!is_key(name, len))
		return err_set(e, -EINVAL, "\"%s\": no such option: `tare run --help` lists them",
			       argv[0]);
	if (!value && argc < 2)
		return err_set(e, -EINVAL, "%s: needs a value", argv[0]);
	args->key[args->keys_n++] = argv[0];
	if (value)
		return 1;
	args->key[args->keys_n++] = argv[1];
	return 2;
}

static int parse_one(struct args *args, int argc, char **argv, struct err *e)
{
	int taken;

	if (strncmp(argv[0], "--", 2)) {
		args->job_file[args->job_files_n++] = argv[0];
		return 1;
	}
	taken = parse_row(args, argc, argv, e);
	return taken ? taken : parse_key(args, argc, argv, e);
}

static bool names_suite(const struct args *args)
{
	for (int i = 0; i < args->keys_n; i++) {
		const char *value = strchr(args->key[i], '=');

		if (!strncmp(args->key[i], "--suite", 7) && strchr("=", args->key[i][7]))
			return true;
		i += !value; /* the next word is this key's value */
	}
	return false;
}

int args_parse(struct args *args, int argc, char **argv, struct err *e)
{
	*args = (struct args){ .key = calloc((size_t)argc + 1, sizeof(char *)),
			       .job_file = calloc((size_t)argc + 1, sizeof(char *)) };
	if (!args->key || !args->job_file)
		return err_set(e, -ENOMEM, "no memory");
	for (int i = 1; i < argc;) {
		int taken = parse_one(args, argc - i, argv + i, e);

		if (taken < 0)
			return taken;
		i += taken;
	}
	if (args->job_files_n && names_suite(args))
		return err_set(e, -EINVAL, "\"%s\": a job file and --suite: one of them",
			       args->job_file[0]);
	return 0;
}

void args_free(struct args *args)
{
	free(args->key);
	free(args->job_file);
}

int args_set_keys(const struct args *args, struct config *config, struct err *e)
{
	char key[64];

	for (int i = 0; i < args->keys_n; i++) {
		const char *name = args->key[i] + 2, *value = strchr(name, '=');
		size_t len = value ? (size_t)(value - name) : strlen(name);

		memcpy(key, name, len); /* is_key() has bounded it */
		key[len] = '\0';
		value = value ? value + 1 : args->key[++i];
		if (keys_set(config, key, value, CONFIG_FROM_ARGUMENT, e))
			return -EINVAL;
	}
	return 0;
}
