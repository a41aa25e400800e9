// SPDX-License-Identifier: MIT
/* Fuzz target: any bytes as a JSON text. What parses must print, and that must parse and print the
 * same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct json *root = json_parse((const char *)data, size, &e), *again;
	struct buf first = BUF_INIT, second = BUF_INIT;

	check(root ? !e.code : e.code && e.text[0]);
	if (!root)
		return 0;
	check(!json_print(&first, root, size % 2));
	again = json_parse(first.data, first.len, &e);
	check(again && json_count(again) == json_count(root));
	check(!json_print(&second, again, size % 2));
	check(first.len == second.len && !memcmp(first.data, second.data, first.len));
	json_get_text(again, "key");
	json_free(root);
	json_free(again);
	buf_free(&first);
	buf_free(&second);
	return 0;
}
