/* SPDX-License-Identifier: MIT */
/* The command line of `tare run`. */
#ifndef TARE_SESSION_ARGS_H
#define TARE_SESSION_ARGS_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "model/config.h"

struct args {
	bool appliance; /* started by init: keys from the boot sources, all consoles, every disk
			   locked */
	bool dry_run;
	bool help;
	const char *failed; /* an earlier attempt died of this: deliver the facts and the reason */
	const char *out;    /* file for the JSON, "-" for standard output, or NULL */
	char **job_file;    /* run one after another; none: the suite of the keys */
	int job_files_n;
	char **key; /* --KEY=VALUE words, as given */
	int keys_n;
};

/* Reads the command line. Returns 0 or -EINVAL with *e set. Texts stay argv's; args_free() frees
 * the lists. */
int args_parse(struct args *args, int argc, char **argv, struct err *e);
void args_free(struct args *args);

/* Sets the keys that the command line gave. Returns 0 or -EINVAL with *e set. */
int args_set_keys(const struct args *args, struct config *config, struct err *e);

void args_help(struct buf *to);

#endif
