// SPDX-License-Identifier: MIT
/* `tare report FILE`: one saved result as text. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "lib/file.h"
#include "render/text.h"
#include "result/result.h"

#define DOCUMENT_MAX_BYTES (16u << 20)

/* What several targets and `tare collect` of several runs give. */
static bool is_array(const struct buf *json)
{
	return json->len && json->data[strspn(json->data, " \t\r\n")] == '[';
}

int cmd_report(int argc, char **argv)
{
	struct buf json = BUF_INIT, text = BUF_INIT;
	struct result result = { 0 };
	struct err e = ERR_INIT;
	int ret;

	if (argc != 2 || !strcmp(argv[1], "--help")) {
		fputs("usage: tare report FILE   (- is standard input)\n",
		      argc == 2 ? stdout : stderr);
		return argc == 2 ? EXIT_OK : EXIT_USAGE;
	}
	ret = file_read_all(&json, argv[1], DOCUMENT_MAX_BYTES);
	if (ret)
		err_set(&e, ret, "%s", strerror(-ret));
	else if (is_array(&json))
		ret = err_set(
			&e, -EINVAL,
			"an array of results: should be one of them (`tare collect --out DIR` "
			"gives each run a file of its own)");
	else
		ret = result_decode(&result, json.data ? json.data : "", json.len, &e);
	if (!ret) {
		render_text(&text, &result);
		if (buf_failed(&text) || fwrite(text.data, 1, text.len, stdout) != text.len ||
		    fflush(stdout))
			ret = err_set(&e, -1, "standard output: the report could not be written");
		result_free(&result);
	}
	if (ret)
		fprintf(stderr, "tare: report: %s: %s\n", argv[1], e.text);
	buf_free(&json);
	buf_free(&text);
	return ret ? EXIT_FAILED : EXIT_OK;
}
