// SPDX-License-Identifier: MIT
/* The table of verbs, and the usage text that follows from it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} verbs[] = {
	{ "run", cmd_run, "measure a disk or file" },
	{ "disks", cmd_disks, "every block device, and the verdict on writing to it" },
	{ "probe", cmd_probe, "what machine this is, and what its platform costs" },
	{ "collect", cmd_collect, "serial logs, disk images and slots to JSON" },
	{ "compare", cmd_compare, "runs of tare or fio side by side" },
	{ "report", cmd_report, "one result, of tare, fio or a CSV" },
	{ "embed", cmd_embed, "settings and job files into a tare.iso" },
	{ "version", cmd_version, "version, build id, schema number" },
};

#define VERBS_N (sizeof(verbs) / sizeof(verbs[0]))

static int usage(FILE *to)
{
	fputs("usage: tare VERB [...]; `tare VERB --help` tells more\n\n", to);
	for (size_t i = 0; i < VERBS_N; i++)
		fprintf(to, "  %-8s %s\n", verbs[i].name, verbs[i].about);
	return to == stdout ? EXIT_OK : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
		return usage(stdout);
	for (size_t i = 0; i < VERBS_N; i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	fprintf(stderr, "tare: \"%s\": no such verb\n", argv[1]);
	return usage(stderr);
}
