// SPDX-License-Identifier: MIT
/* Reads frames out of a log: what `tare collect` does with what arrived. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame/frame.h"
#include "frame/frame_line.h"
#include "frame/frame_pool.h"
#include "lib/deflate.h"
#include "lib/digest.h"

/* A document being put together from one choice among the pieces. */
struct assembly {
	const struct frame_pool_document *document;
	uint8_t *data;	 /* lines x FRAME_PAYLOAD_BYTES, zero-padded */
	uint8_t *parity; /* groups x FRAME_PAYLOAD_BYTES */
	uint8_t *have;	 /* a byte for each line, then for each group */
	uint32_t groups;
	uint32_t missing_n;
	uint32_t contradictions; /* lines that are there twice, differently */
};

static void assembly_free(struct assembly *a)
{
	free(a->data);
	free(a->parity);
	free(a->have);
}

static int assembly_init(struct assembly *a, const struct frame_pool_document *document)
{
	uint32_t lines = document->lines, groups = frame_line_groups(lines);

	*a = (struct assembly){ .document = document, .groups = groups };
	a->data = calloc(lines, FRAME_PAYLOAD_BYTES);
	a->parity = calloc(groups, FRAME_PAYLOAD_BYTES);
	a->have = calloc((size_t)lines + groups, 1);
	if (a->data && a->parity && a->have)
		return 0;
	assembly_free(a);
	return -ENOMEM;
}

static size_t line_bytes(const struct frame_pool_document *document, uint32_t index)
{
	size_t left = document->data_bytes - (size_t)index * FRAME_PAYLOAD_BYTES;

	return left < FRAME_PAYLOAD_BYTES ? left : FRAME_PAYLOAD_BYTES;
}

/* The first piece of an index stays. Pieces that cannot be of this document are passed over. */
static void place(struct assembly *a, const struct frame_piece *piece)
{
	bool data = piece->kind == 'D';
	uint32_t lines = a->document->lines;
	uint8_t *have, *to;

	if (piece->index >= (data ? lines : a->groups))
		return;
	if (piece->len != (data ? line_bytes(a->document, piece->index) : FRAME_PAYLOAD_BYTES))
		return;
	have = a->have + (data ? 0 : lines) + piece->index;
	to = (data ? a->data : a->parity) + (size_t)piece->index * FRAME_PAYLOAD_BYTES;
	if (*have) {
		a->contradictions += !!memcmp(to, piece->payload, piece->len);
		return;
	}
	memcpy(to, piece->payload, piece->len);
	*have = 1;
}

/* Fills the one gap of each group that has one and its parity; counts what stays missing. */
static void recover(struct assembly *a)
{
	uint32_t lines = a->document->lines;

	for (uint32_t group = 0; group < a->groups; group++) {
		uint8_t *sum = a->parity + (size_t)group * FRAME_PAYLOAD_BYTES;
		uint32_t gap = 0, gaps = 0;

		for (uint32_t i = group; i < lines; i += a->groups) {
			if (a->have[i])
				continue;
			gap = i;
			gaps++;
		}
		a->missing_n += gaps;
		if (gaps != 1 || !a->have[lines + group])
			continue;
		for (uint32_t i = group; i < lines; i += a->groups) {
			const uint8_t *from = a->data + (size_t)i * FRAME_PAYLOAD_BYTES;

			for (size_t k = 0; k < FRAME_PAYLOAD_BYTES && i != gap; k++)
				sum[k] ^= from[k];
		}
		memcpy(a->data + (size_t)gap * FRAME_PAYLOAD_BYTES, sum,
		       line_bytes(a->document, gap));
		a->have[gap] = 1;
		a->missing_n--;
	}
}

/* 0: *plain is the document; -EBADMSG: it is not. */
static int prove(struct buf *plain, const struct assembly *a)
{
	const struct frame_pool_document *document = a->document;
	char sha256[DIGEST_SHA256_TEXT];
	int ret = deflate_unpack(plain, a->data, document->data_bytes, document->bytes);

	if (!ret) {
		digest_sha256(sha256, plain->data, plain->len);
		if (plain->len == document->bytes && !strcmp(sha256, document->sha256))
			return 0;
	}
	buf_free(plain);
	return ret == -ENOMEM ? ret : -EBADMSG;
}

static int keep_missing(struct frame_run *run, const struct assembly *a)
{
	run->missing_n = 0;
	run->missing = malloc(((size_t)a->missing_n + 1) * sizeof(*run->missing));
	if (!run->missing)
		return -ENOMEM;
	for (uint32_t i = 0; i < a->document->lines; i++) {
		if (!a->have[i])
			run->missing[run->missing_n++] = i;
	}
	snprintf(run->problem, sizeof(run->problem), "%u of its %u lines are missing",
		 run->missing_n, a->document->lines);
	return 0;
}

/*
 * Tries a document with the first pieces of each index (`last` false) or the last ones: where lines
 * contradict each other, one of the two may be the sent one. 1: it is in `plain`; 0: not. `run`, if
 * not NULL, is told why.
 */
static int try_order(struct buf *plain, struct frame_run *run, const struct frame_pool *pool,
		     const struct frame_pool_document *document, bool last, bool *contradicts)
{
	const struct frame_pool_pieces *pieces = frame_pool_pieces_of(pool, document->id);
	size_t n = pieces ? pieces->n : 0;
	struct assembly a;
	int ret = assembly_init(&a, document);

	if (ret)
		return ret;
	for (size_t i = 0; i < n; i++)
		place(&a, &pieces->piece[last ? n - 1 - i : i]);
	recover(&a);
	*contradicts = a.contradictions;
	ret = a.missing_n ? -ENODATA : prove(plain, &a);
	if (ret == -ENODATA && run)
		ret = keep_missing(run, &a);
	else if (ret == -EBADMSG && run)
		snprintf(run->problem, sizeof(run->problem),
			 "all its %u lines are there, but they are not what was sent: the sha256 "
			 "differs (%u lines contradict others of the same index)",
			 document->lines, a.contradictions);
	else if (!ret)
		ret = 1;
	assembly_free(&a);
	return ret == -ENODATA || ret == -EBADMSG ? 0 : ret;
}

/* The facts agree with each other: what they promise can be tried. */
static const char *facts_problem(const struct frame_pool_document *document)
{
	char id[FRAME_ID_BYTES];

	if (document->encoding_unknown)
		return "it is in an encoding that this version does not know";
	if (!document->lines || !document->sha256[0] || !document->sha256[32])
		return "its begin and end lines did not all arrive";
	frame_line_id(id, document->sha256);
	if (document->facts_contradict || strcmp(id, document->id) ||
	    document->bytes > FRAME_DOCUMENT_MAX_BYTES ||
	    document->lines !=
		    (document->data_bytes + FRAME_PAYLOAD_BYTES - 1) / FRAME_PAYLOAD_BYTES)
		return "its begin and end lines contradict each other";
	return NULL;
}

/* As try_order(). */
static int try_document(struct buf *plain, struct frame_run *run, const struct frame_pool *pool,
			const struct frame_pool_document *document)
{
	const char *problem = facts_problem(document);
	bool contradicts = false;
	int ret;

	if (problem) {
		if (run)
			snprintf(run->problem, sizeof(run->problem), "%s", problem);
		return 0;
	}
	if (run)
		run->lines = document->lines;
	ret = try_order(plain, run, pool, document, false, &contradicts);
	if (!ret && contradicts)
		ret = try_order(plain, NULL, pool, document, true, &contradicts);
	return ret;
}

/* Enough lines for a try? A cheap test: a log may name many documents that are not in it. */
static bool may_be_whole(const struct frame_pool *pool, const struct frame_pool_document *document)
{
	const struct frame_pool_pieces *pieces = frame_pool_pieces_of(pool, document->id);

	return pieces && pieces->n + frame_line_groups(document->lines) >= document->lines;
}

/* The run's last document, or else its newest whole checkpoint. */
static int fill_run(struct frame_run *run, const struct frame_pool *pool)
{
	const struct frame_pool_document *at = frame_pool_newest(pool, run->run, NULL);
	int ret;

	if (!at) {
		snprintf(run->problem, sizeof(run->problem),
			 "no begin or end line of a document arrived");
		return 0;
	}
	ret = try_document(&run->document, run, pool, at);
	run->complete = ret == 1;
	run->said_bytes = at->said_bytes;
	while (!ret && (at = frame_pool_newest(pool, run->run, at))) {
		if (!may_be_whole(pool, at))
			continue;
		ret = try_document(&run->document, NULL, pool, at);
		run->said_bytes = at->said_bytes;
	}
	if (run->complete) {
		free(run->missing);
		run->missing = NULL;
		run->missing_n = 0;
		run->problem[0] = '\0';
	}
	return ret < 0 ? ret : 0;
}

/* Data lines alone: something was sent, and that is worth saying where nothing else was found. */
static void fill_orphan(struct frame_log *log, const struct frame_pool *pool)
{
	struct frame_run *run = &log->run[log->n];
	size_t n = frame_pool_orphans(pool);

	for (size_t i = 0; i < log->n; i++)
		n = log->run[i].document.data ? 0 : n;
	if (!n)
		return;
	snprintf(run->problem, sizeof(run->problem),
		 "%zu data lines of a document whose begin and end lines did not arrive", n);
	log->n++;
}

static int fill_log(struct frame_log *log, struct frame_pool *pool)
{
	int ret = 0;

	/* One more than there are: for the orphan. */
	log->run = calloc(pool->runs_n + 1, sizeof(*log->run));
	if (!log->run)
		return -ENOMEM;
	for (log->n = 0; log->n < pool->runs_n && !ret; log->n++) {
		struct frame_run *run = &log->run[log->n];

		memcpy(run->run, pool->run[log->n].run, sizeof(run->run));
		run->summary = pool->run[log->n].summary;
		pool->run[log->n].summary = BUF_INIT;
		ret = fill_run(run, pool);
	}
	if (!ret)
		fill_orphan(log, pool);
	return ret;
}

int frame_decode(struct frame_log *log, const void *data, size_t len)
{
	struct frame_pool pool = { 0 };
	struct buf clean = BUF_INIT;
	struct frame_line line;
	size_t at = 0;
	int ret = 0;

	*log = (struct frame_log){ 0 };
	frame_line_clean(&clean, data, len);
	if (buf_failed(&clean))
		ret = -ENOMEM;
	while (!ret && frame_line_next(&line, clean.data, clean.len, &at))
		ret = frame_pool_add(&pool, &line);
	buf_free(&clean);
	if (!ret)
		ret = frame_pool_finish(&pool);
	if (!ret)
		ret = fill_log(log, &pool);
	frame_pool_free(&pool);
	if (ret)
		frame_log_free(log);
	return ret;
}

void frame_log_free(struct frame_log *log)
{
	for (size_t i = 0; i < log->n; i++) {
		buf_free(&log->run[i].document);
		buf_free(&log->run[i].summary);
		free(log->run[i].missing);
	}
	free(log->run);
	*log = (struct frame_log){ 0 };
}
