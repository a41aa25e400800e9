/* SPDX-License-Identifier: MIT */
/* The verbs of the program, one file each, and what they return. */
#ifndef TARE_COMMANDS_H
#define TARE_COMMANDS_H

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_CROSSED = 3, /* a limit that the caller set */
};

/* argv[0] is the verb. Each prints its own errors, once, to standard error. */
int cmd_run(int argc, char **argv);
int cmd_disks(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_collect(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_embed(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
