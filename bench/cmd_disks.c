// SPDX-License-Identifier: MIT
/* `tare disks`: every block device, the verdict on writing to it, and why. Writes to none. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "hw/disk_scan.h"
#include "hw/disk_title.h"
#include "hw/disk_verdict.h"
#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/str.h"
#include "lib/table.h"

static const char usage[] =
	"usage: tare disks [--root DIR] [--minimum BYTES]\n"
	"\n"
	"Lists every block device with the verdict on writing to it, and why.\n"
	"Nothing is written; what cannot be read (not root) says so.\n"
	"\n"
	"  --root DIR       a captured tree with sys/, proc/ and dev/ instead of /\n"
	"  --minimum BYTES  disks below this are too small (1g)\n";

struct options {
	struct disk_verdict_config verdict;
	bool help;
};

static int usage_error(struct err *e, const char *what, const char *text)
{
	return err_set(e, -1, "disks: %s: \"%s\": should be --root DIR, --minimum BYTES or --help",
		       what, text);
}

static int parse(struct options *options, int argc, char **argv, struct err *e)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			options->help = true;
			continue;
		}
		if (strcmp(argv[i], "--root") && strcmp(argv[i], "--minimum"))
			return usage_error(e, "unknown argument", argv[i]);
		if (!value)
			return usage_error(e, "value missing", argv[i]);
		if (!strcmp(argv[i++], "--root"))
			options->verdict.root = value;
		else if (str_to_bytes(value, &options->verdict.minimum_bytes))
			return err_set(e, -1, "disks: --minimum: \"%s\": should be a size like 1g",
				       value);
	}
	return 0;
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void list(struct buf *to, const struct disk_list *disks)
{
	static const char *const heads[] = { "disk",   "size",	"model",   "serial",
					     "driver", "block", "verdict", "why" };
	struct table table;

	table_init(&table, "lrlllrll");
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		table_cell(&table, "%s", heads[i]);
	for (uint32_t i = 0; i < disks->n; i++) {
		const struct disk *disk = &disks->disk[i];
		char size[32], model[DISK_MODEL_BYTES];

		table_cell(&table, "%s", disk->node);
		table_cell(&table, "%s", str_from_bytes(size, sizeof(size), disk->size_bytes));
		table_cell(&table, "%s", or_dash(disk_model_text(model, disk)));
		table_cell(&table, "%s", or_dash(disk->serial));
		table_cell(&table, "%s", or_dash(disk->driver));
		table_cell(&table, "%u", disk->logical_block_bytes);
		table_cell(&table, "%s", disk_verdict_name(disk->verdict));
		table_cell(&table, "%s", disk->reason);
	}
	table_render(to, &table, "");
	table_free(&table);
}

static int fail(const struct err *e, int status)
{
	fprintf(stderr, "tare: %s\n", e->text);
	return status;
}

int cmd_disks(int argc, char **argv)
{
	struct options options = { .verdict = { .root = "/",
						.minimum_bytes = DISK_MINIMUM_BYTES,
						.seed = clock_now_ns() } };
	struct disk_list disks;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	int status = EXIT_OK;

	if (parse(&options, argc, argv, &e))
		return fail(&e, EXIT_USAGE);
	if (options.help) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	if (disk_scan(&disks, options.verdict.root, &e))
		return fail(&e, EXIT_FAILED);
	disk_verdict_all(&disks, &options.verdict);
	if (disks.n)
		list(&text, &disks);
	else
		buf_puts(&text, "no block device\n");
	if (buf_failed(&text) || fwrite(text.data, 1, text.len, stdout) != text.len ||
	    fflush(stdout)) {
		err_set(&e, -1, "disks: the list could not be written");
		status = fail(&e, EXIT_FAILED);
	}
	buf_free(&text);
	disk_list_free(&disks);
	return status;
}
