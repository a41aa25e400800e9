// SPDX-License-Identifier: MIT
/* Writes frames: what the appliance sends. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame/frame.h"
#include "frame/frame_line.h"
#include "lib/base64.h"
#include "lib/deflate.h"
#include "lib/digest.h"
#include "lib/str.h"

/* How much of `text` goes into `room` bytes: up to a blank where there is one, else whole
 * characters. */
static size_t fitting(const char *text, size_t len, size_t room)
{
	size_t fits = 0, blank = 0;

	if (len <= room)
		return len;
	while (fits < len) {
		size_t step = str_utf8_length(text + fits, len - fits);

		step = step ? step : 1;
		if (fits + step > room)
			break;
		if (fits && text[fits] == ' ')
			blank = fits;
		fits += step;
	}
	return blank ? blank : fits;
}

void frame_summary(struct buf *to, const char *run, const char *text)
{
	size_t left = strlen(text);
	unsigned int part = 0;

	do {
		char line[FRAME_TEXT_BYTES + 1];
		/* An event that looks like a part of one is moved by a blank. */
		int head = snprintf(line, sizeof(line), "run=%.8s %s", run,
				    !part && *text == '+' ? " " : "");
		size_t len;

		if (part)
			head += snprintf(line + head, sizeof(line) - (size_t)head, "+%u%s", part,
					 *text == ' ' ? "" : "-");
		len = fitting(text, left, FRAME_TEXT_BYTES - (size_t)head);
		for (size_t i = 0; i < len; i++) {
			bool control = (unsigned char)text[i] < ' ' || text[i] == 0x7f;

			line[(size_t)head + i] = control ? ' ' : text[i];
		}
		frame_line_add(to, 'S', line, (size_t)head + len);
		text += len;
		left -= len;
		part++;
	} while (left);
}

/* A document on its way out. */
struct sending {
	const char *run;
	char id[FRAME_ID_BYTES];
	char sha256[DIGEST_SHA256_TEXT];
	unsigned int copy, copies;
	size_t bytes;
	struct buf packed;
	uint32_t lines;
};

#define FACTS 4

static void add_fact(struct buf *to, char kind, const struct sending *s, unsigned int fact)
{
	char text[FRAME_TEXT_BYTES + 1];
	int head = snprintf(text, sizeof(text), "run=%.8s:%s ", s->run, s->id);
	size_t room = sizeof(text) - (size_t)head;

	switch (fact) {
	case 0:
		snprintf(text + head, room, "copy=%u/%u enc=deflate,b64", s->copy, s->copies);
		break;
	case 1:
		snprintf(text + head, room, "bytes=%zu data=%zu lines=%u", s->bytes, s->packed.len,
			 s->lines);
		break;
	case 2:
		snprintf(text + head, room, "sha256a=%.32s", s->sha256);
		break;
	default:
		snprintf(text + head, room, "sha256b=%s", s->sha256 + 32);
		break;
	}
	frame_line_add(to, kind, text, strlen(text));
}

static void add_payload(struct buf *to, char kind, const struct sending *s, uint32_t index,
			const void *data, size_t len)
{
	char text[FRAME_TEXT_BYTES + 1];
	int head = snprintf(text, sizeof(text), "%s %04x ", s->id, index);

	base64_encode(text + head, data, len);
	frame_line_add(to, kind, text, strlen(text));
}

static size_t line_bytes(const struct sending *s, uint32_t index)
{
	size_t from = (size_t)index * FRAME_PAYLOAD_BYTES;

	return s->packed.len - from < FRAME_PAYLOAD_BYTES ? s->packed.len - from
							  : FRAME_PAYLOAD_BYTES;
}

static void add_data(struct buf *to, const struct sending *s)
{
	for (uint32_t i = 0; i < s->lines; i++)
		add_payload(to, 'D', s, i, s->packed.data + (size_t)i * FRAME_PAYLOAD_BYTES,
			    line_bytes(s, i));
}

static void add_parity(struct buf *to, const struct sending *s)
{
	uint32_t groups = frame_line_groups(s->lines);

	for (uint32_t group = 0; group < groups; group++) {
		uint8_t parity[FRAME_PAYLOAD_BYTES] = { 0 };

		for (uint32_t i = group; i < s->lines; i += groups) {
			const char *from = s->packed.data + (size_t)i * FRAME_PAYLOAD_BYTES;

			for (size_t k = 0; k < line_bytes(s, i); k++)
				parity[k] ^= (uint8_t)from[k];
		}
		add_payload(to, 'P', s, group, parity, sizeof(parity));
	}
}

int frame_document(struct buf *to, const char *run, unsigned int copy, unsigned int copies,
		   const void *data, size_t len)
{
	struct sending s = { .run = run, .copy = copy, .copies = copies, .bytes = len };
	int ret;

	if (len > FRAME_DOCUMENT_MAX_BYTES)
		return -EFBIG;
	digest_sha256(s.sha256, data, len);
	frame_line_id(s.id, s.sha256);
	ret = deflate_pack(&s.packed, data, len);
	if (ret)
		goto out;
	if (s.packed.len > (size_t)FRAME_LINES_MAX * FRAME_PAYLOAD_BYTES) {
		ret = -EFBIG;
		goto out;
	}
	s.lines = (uint32_t)((s.packed.len + FRAME_PAYLOAD_BYTES - 1) / FRAME_PAYLOAD_BYTES);
	for (unsigned int fact = 0; fact < FACTS; fact++)
		add_fact(to, 'B', &s, fact);
	add_data(to, &s);
	add_parity(to, &s);
	for (unsigned int fact = FACTS; fact--;)
		add_fact(to, 'E', &s, fact);
	ret = buf_failed(to) ? -ENOMEM : 0;
out:
	buf_free(&s.packed);
	return ret;
}
