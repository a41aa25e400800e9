// SPDX-License-Identifier: MIT
/* Fuzz target: any bytes as the JSON of a result. What is one makes a report and a summary of plain
 * text, and what it encodes to is a result again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/text.h"
#include "result/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

static void check_plain(const struct buf *text)
{
	check(!buf_failed(text) && text->len && text->data[text->len - 1] == '\n');
	check(strlen(text->data) == text->len);
	for (size_t i = 0; i < text->len; i++)
		check((unsigned char)text->data[i] >= ' ' || text->data[i] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT, summary = BUF_INIT, json = BUF_INIT;
	struct result result, again;
	struct err e = ERR_INIT;
	int ret = result_decode(&result, (const char *)data, size, &e);

	check(ret ? e.code && e.text[0] : !e.code);
	if (ret)
		return 0;
	render_text(&text, &result);
	check_plain(&text);
	render_summary(&summary, &result);
	check_plain(&summary);
	check(summary.len <= 8192);
	/* Sums of a foreign document may be more than JSON holds. */
	if (!result_encode(&json, &result)) {
		check(!result_decode(&again, json.data, json.len, &e));
		check(again.workloads_n == result.workloads_n && again.state == result.state);
		result_free(&again);
	}
	result_free(&result);
	buf_free(&text);
	buf_free(&summary);
	buf_free(&json);
	return 0;
}
