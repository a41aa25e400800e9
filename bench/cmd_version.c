// SPDX-License-Identifier: MIT
/* `tare version`. */
#include <stdio.h>

#include "commands.h"
#include "model/result.h"
#include "result/build.h"

int cmd_version(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		fputs("usage: tare version\n", stderr);
		return EXIT_USAGE;
	}
	printf("tare %s, build %s, schema %d\n", TARE_VERSION, build_id(), RESULT_SCHEMA);
	return EXIT_OK;
}
