// SPDX-License-Identifier: MIT
/* Parses the text of sound lines and sorts them. Decides nothing about what they add up to. */
#include "frame/frame_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base64.h"
#include "lib/str.h"

#define RUN_DIGITS   (FRAME_RUN_BYTES - 1)
#define ID_CHARS     (FRAME_ID_BYTES - 1)
#define INDEX_DIGITS 4
#define HALF_DIGITS  32

/* The array with room for one more item; NULL: out of memory, and it stays as it was. */
static void *with_room(void *array, size_t n, size_t *cap, size_t item_bytes)
{
	size_t want = *cap ? *cap * 2 : 16;
	void *grown;

	if (n < *cap)
		return array;
	grown = realloc(array, want * item_bytes);
	if (grown)
		*cap = want;
	return grown;
}

/* Moves *at over `word` if it stands there. */
static bool take(const char **at, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*at, word, len))
		return false;
	*at += len;
	return true;
}

/* Moves *at over exactly `n` lower-case hex digits. */
static bool take_hex(const char **at, size_t n, char *to)
{
	if (strspn(*at, "0123456789abcdef") < n)
		return false;
	memcpy(to, *at, n);
	to[n] = '\0';
	*at += n;
	return true;
}

static bool take_id(const char **at, char id[FRAME_ID_BYTES])
{
	size_t n = strcspn(*at, " ");

	if (n != ID_CHARS)
		return false;
	memcpy(id, *at, n);
	id[n] = '\0';
	*at += n;
	return true;
}

static int find_run(struct frame_pool *pool, const char *run, struct frame_pool_run **found)
{
	struct frame_pool_run *grown;

	/* A line mostly belongs to the run of the one before. */
	for (size_t i = pool->runs_n; i--;) {
		if (!strcmp(pool->run[i].run, run)) {
			*found = &pool->run[i];
			return 0;
		}
	}
	if (pool->runs_n == FRAME_RUNS_MAX)
		return -E2BIG;
	grown = realloc(pool->run, (pool->runs_n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	pool->run = grown;
	*found = &grown[pool->runs_n++];
	**found = (struct frame_pool_run){ 0 };
	str_copy((*found)->run, sizeof((*found)->run), run);
	return 0;
}

/* `text` is not empty. */
static bool has_line(const struct buf *lines, const char *text)
{
	size_t len = strlen(text);
	const char *at = lines->data;

	while (at && (at = strstr(at, text))) {
		if ((at == lines->data || at[-1] == '\n') && at[len] == '\n')
			return true;
		at += len;
	}
	return false;
}

/* The event is over: keeps it unless it is known. */
static int end_event(struct frame_pool *pool, struct frame_pool_run *run)
{
	struct buf *summary = &run->summary, *event = &run->event;

	if (event->len && summary->len + event->len < FRAME_SUMMARY_MAX_BYTES &&
	    !has_line(summary, event->data)) {
		buf_add(summary, event->data, event->len);
		buf_puts(summary, "\n");
	}
	for (size_t i = 0; event->len && i < pool->documents_n; i++)
		if (pool->document[i].said_bytes == FRAME_POOL_OPEN &&
		    !strcmp(pool->document[i].run, run->run))
			pool->document[i].said_bytes = summary->len;
	event->len = 0;
	run->parts = 0;
	return buf_failed(summary) || buf_failed(event) ? -ENOMEM : 0;
}

/* Splits "+N rest" or "+N-rest"; 0: the text begins an event. */
static uint64_t part_of(const char **text)
{
	char digits[4];
	uint64_t part;
	size_t n;

	if (**text != '+')
		return 0;
	n = strspn(*text + 1, "0123456789");
	if (!n || n >= sizeof(digits) || !strchr(" -", (*text)[n + 1]) || !(*text)[n + 1])
		return 0;
	memcpy(digits, *text + 1, n);
	digits[n] = '\0';
	if (str_to_u64(digits, &part))
		return 0;
	*text += n + 1;
	*text += **text == '-';
	return part;
}

static int add_summary(struct frame_pool *pool, const char *text)
{
	char id[FRAME_RUN_BYTES];
	struct frame_pool_run *run;
	uint64_t part;
	int ret;

	if (!take(&text, "run=") || !take_hex(&text, RUN_DIGITS, id) || !take(&text, " "))
		return 0;
	ret = find_run(pool, id, &run);
	if (ret)
		return ret;
	part = part_of(&text);
	if (part && run->parts && part == run->parts) {
		buf_puts(&run->event, text);
	} else {
		/* The parts between are lost: what follows is no part of what came before. */
		if (part && run->parts)
			buf_puts(&run->event, " ...");
		ret = end_event(pool, run);
		buf_puts(&run->event, part ? "..." : "");
		buf_puts(&run->event, text);
	}
	run->parts = part + 1;
	return ret;
}

int frame_pool_finish(struct frame_pool *pool)
{
	int ret = 0;

	for (size_t i = 0; i < pool->runs_n && !ret; i++)
		ret = end_event(pool, &pool->run[i]);
	return ret;
}

static int find_document(struct frame_pool *pool, const char *run, const char *id,
			 struct frame_pool_document **found)
{
	struct frame_pool_document *grown;
	struct frame_pool_run *known;
	int ret;

	for (size_t i = pool->documents_n; i--;) {
		*found = &pool->document[i];
		if (!strcmp((*found)->id, id) && !strcmp((*found)->run, run))
			return 0;
	}
	ret = find_run(pool, run, &known);
	if (ret)
		return ret;
	grown = with_room(pool->document, pool->documents_n, &pool->documents_cap, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	pool->document = grown;
	*found = &pool->document[pool->documents_n++];
	**found = (struct frame_pool_document){ 0 };
	str_copy((*found)->run, sizeof((*found)->run), run);
	str_copy((*found)->id, sizeof((*found)->id), id);
	return 0;
}

/* One half of the sha256, `at` 0 or 32. */
static void set_half(struct frame_pool_document *document, size_t at, const char *text)
{
	char half[HALF_DIGITS + 1];

	if (!take_hex(&text, HALF_DIGITS, half) || *text)
		return;
	if (document->sha256[at] && memcmp(document->sha256 + at, half, HALF_DIGITS))
		document->facts_contradict = true;
	else
		memcpy(document->sha256 + at, half, HALF_DIGITS);
}

/* Moves *at over `name` and a decimal number up to `max`, and what ends it. */
static bool take_number(const char **at, const char *name, uint32_t max, uint32_t *value)
{
	char digits[12];
	uint64_t number;
	size_t n;

	if (!take(at, name))
		return false;
	n = strcspn(*at, " ");
	if (n >= sizeof(digits))
		return false;
	memcpy(digits, *at, n);
	digits[n] = '\0';
	*at += n + ((*at)[n] == ' ');
	if (str_to_u64(digits, &number) || number > max)
		return false;
	*value = (uint32_t)number;
	return true;
}

static void set_sizes(struct frame_pool_document *document, const char *text)
{
	uint32_t bytes, data_bytes, lines;

	if (!take_number(&text, "bytes=", FRAME_DOCUMENT_MAX_BYTES, &bytes) ||
	    !take_number(&text, "data=", FRAME_LINES_MAX * FRAME_PAYLOAD_BYTES, &data_bytes) ||
	    !take_number(&text, "lines=", FRAME_LINES_MAX, &lines))
		return;
	if (document->lines && (document->bytes != bytes || document->data_bytes != data_bytes ||
				document->lines != lines))
		document->facts_contradict = true;
	document->bytes = bytes;
	document->data_bytes = data_bytes;
	document->lines = lines;
}

static int add_fact(struct frame_pool *pool, const char *text)
{
	struct frame_pool_document *document;
	char run[FRAME_RUN_BYTES], id[FRAME_ID_BYTES];
	struct frame_pool_run *of;
	int ret;

	if (!take(&text, "run=") || !take_hex(&text, RUN_DIGITS, run) || !take(&text, ":") ||
	    !take_id(&text, id) || !take(&text, " "))
		return 0;
	ret = find_document(pool, run, id, &document);
	if (ret)
		return ret;
	document->seen = pool->lines_n;
	ret = find_run(pool, run, &of);
	if (ret)
		return ret;
	document->said_bytes = of->event.len ? FRAME_POOL_OPEN : of->summary.len;
	if (take(&text, "sha256a="))
		set_half(document, 0, text);
	else if (take(&text, "sha256b="))
		set_half(document, HALF_DIGITS, text);
	else if (!strncmp(text, "bytes=", 6))
		set_sizes(document, text);
	else if (take(&text, "copy="))
		document->encoding_unknown |=
			strcmp(text + strcspn(text, " "), " enc=deflate,b64") != 0;
	return 0;
}

static int find_pieces(struct frame_pool *pool, const char *id, struct frame_pool_pieces **found)
{
	struct frame_pool_pieces *grown;

	for (size_t i = pool->pieces_n; i--;) {
		*found = &pool->pieces[i];
		if (!strcmp((*found)->id, id))
			return 0;
	}
	grown = with_room(pool->pieces, pool->pieces_n, &pool->pieces_cap, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	pool->pieces = grown;
	*found = &pool->pieces[pool->pieces_n++];
	**found = (struct frame_pool_pieces){ 0 };
	str_copy((*found)->id, sizeof((*found)->id), id);
	return 0;
}

static int add_piece(struct frame_pool *pool, char kind, const char *text)
{
	struct frame_pool_pieces *pieces;
	struct frame_piece piece = { .kind = kind }, *grown;
	char id[FRAME_ID_BYTES], digits[INDEX_DIGITS + 1];
	int len, ret;

	if (!take_id(&text, id) || !take(&text, " ") || !take_hex(&text, INDEX_DIGITS, digits) ||
	    !take(&text, " ") || strlen(text) > BASE64_TEXT_BYTES(FRAME_PAYLOAD_BYTES) - 1)
		return 0;
	piece.index = (uint32_t)strtoul(digits, NULL, 16);
	len = base64_decode(piece.payload, text, strlen(text));
	if (len <= 0)
		return 0;
	piece.len = (uint8_t)len;
	ret = find_pieces(pool, id, &pieces);
	if (ret)
		return ret;
	grown = with_room(pieces->piece, pieces->n, &pieces->cap, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	pieces->piece = grown;
	grown[pieces->n++] = piece;
	return 0;
}

int frame_pool_add(struct frame_pool *pool, const struct frame_line *line)
{
	pool->lines_n++;
	switch (line->kind) {
	case 'S':
		return add_summary(pool, line->text);
	case 'B':
	case 'E':
		return add_fact(pool, line->text);
	case 'D':
	case 'P':
		return add_piece(pool, line->kind, line->text);
	default:
		return 0;
	}
}

const struct frame_pool_pieces *frame_pool_pieces_of(const struct frame_pool *pool, const char *id)
{
	for (size_t i = 0; i < pool->pieces_n; i++) {
		if (!strcmp(pool->pieces[i].id, id))
			return &pool->pieces[i];
	}
	return NULL;
}

const struct frame_pool_document *frame_pool_newest(const struct frame_pool *pool, const char *run,
						    const struct frame_pool_document *before)
{
	const struct frame_pool_document *newest = NULL;

	for (size_t i = 0; i < pool->documents_n; i++) {
		const struct frame_pool_document *at = &pool->document[i];

		if (strcmp(at->run, run) || (before && at->seen >= before->seen))
			continue;
		if (!newest || at->seen > newest->seen)
			newest = at;
	}
	return newest;
}

size_t frame_pool_orphans(const struct frame_pool *pool)
{
	size_t n = 0;

	for (size_t i = 0; i < pool->pieces_n; i++) {
		bool named = false;

		for (size_t k = 0; k < pool->documents_n && !named; k++)
			named = !strcmp(pool->document[k].id, pool->pieces[i].id);
		if (!named)
			n += pool->pieces[i].n;
	}
	return n;
}

void frame_pool_free(struct frame_pool *pool)
{
	for (size_t i = 0; i < pool->runs_n; i++) {
		buf_free(&pool->run[i].summary);
		buf_free(&pool->run[i].event);
	}
	for (size_t i = 0; i < pool->pieces_n; i++)
		free(pool->pieces[i].piece);
	free(pool->run);
	free(pool->document);
	free(pool->pieces);
	*pool = (struct frame_pool){ 0 };
}
