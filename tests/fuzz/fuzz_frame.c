// SPDX-License-Identifier: MIT
/*
 * Fuzz target: any bytes as a serial log; the same with the lines' checks made right, so that the
 * damage reaches what is behind them; and as a document that is sent and must come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame/frame.h"
#include "frame/frame_line.h"

#define PREFIX_BYTES (sizeof(FRAME_PREFIX) - 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

static void decode(const char *data, size_t size)
{
	struct frame_log log;

	if (frame_decode(&log, data, size))
		return;
	for (size_t i = 0; i < log.n; i++) {
		const struct frame_run *run = &log.run[i];

		check(run->complete ? run->document.data && !run->problem[0] && !run->missing_n
				    : run->problem[0] != '\0');
		check(run->missing_n <= run->lines);
		for (uint32_t k = 0; k < run->missing_n; k++)
			check(run->missing[k] < run->lines &&
			      (!k || run->missing[k] > run->missing[k - 1]));
	}
	frame_log_free(&log);
}

/* A line of the input, with its check put right. */
static void add_sound(struct buf *to, const char *line, size_t len)
{
	if (len && line[len - 1] == '\r')
		len--;
	if (len < PREFIX_BYTES + 3 || memcmp(line, FRAME_PREFIX, PREFIX_BYTES)) {
		buf_add(to, line, len);
		buf_puts(to, "\n");
		return;
	}
	line += PREFIX_BYTES;
	len -= PREFIX_BYTES;
	if (len > 13 && line[len - 10] == ' ' && line[len - 9] == '*')
		len -= 10;
	len -= 3;
	frame_line_add(to, line[1], line + 3, len < FRAME_TEXT_BYTES ? len : FRAME_TEXT_BYTES);
}

static void decode_sound(const char *data, size_t size)
{
	struct buf sound = BUF_INIT;

	while (size) {
		const char *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size;

		add_sound(&sound, data, len);
		len += !!end;
		data += len;
		size -= len;
	}
	if (sound.data)
		decode(sound.data, sound.len);
	buf_free(&sound);
}

static void send(const uint8_t *data, size_t size)
{
	struct buf sent = BUF_INIT;
	struct frame_log log;

	check(!frame_document(&sent, "0123abcd", 1, 1, data, size));
	check(!frame_decode(&log, sent.data, sent.len));
	check(log.n == 1 && log.run[0].complete && log.run[0].document.len == size &&
	      !memcmp(log.run[0].document.data, data, size));
	frame_log_free(&log);
	buf_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decode((const char *)data, size);
	decode_sound((const char *)data, size);
	send(data, size < 4096 ? size : 4096);
	return 0;
}
