// SPDX-License-Identifier: MIT
/*
 * JSON of tare and of fio, wherever it stands: alone, one document after another, in an array, or
 * between the messages that fio prints into the same file.
 */
#include <errno.h>
#include <string.h>

#include "import/fio_json.h"
#include "import/import.h"
#include "import/tare_json.h"
#include "lib/json.h"

/* A brace without its partner costs a look at the rest of the file; nothing whole is behind many.
 */
#define UNPAIRED_MAX 16

/* What a document is, by a member that it has; the first that fits. */
static const struct {
	const char *member;
	int (*read)(struct samples *to, const struct json *root, const struct import_source *source,
		    struct err *e);
} kinds[] = {
	{ "tare", tare_json_read },
	{ "jobs", fio_json_read },
	{ "client_stats", fio_json_read },
};

#define KINDS_N (sizeof(kinds) / sizeof(kinds[0]))

/* The next brace that begins a line, or an element of an array. */
static const char *next_start(const char *at, const char *from, const char *end)
{
	for (; at < end && (at = memchr(at, '{', (size_t)(end - at))); at++) {
		const char *before = at;

		while (before > from && strchr(" \t", before[-1]))
			before--;
		if (before == from || strchr("\r\n[,", before[-1]))
			return at;
	}
	return NULL;
}

/* Behind the brace that closes the one at `at`, or NULL. */
static const char *find_end(const char *at, const char *end)
{
	bool quoted = false;
	size_t depth = 0;

	for (; at < end; at++) {
		if (quoted) {
			if (*at == '\\' && at + 1 < end)
				at++;
			else if (*at == '"')
				quoted = false;
		} else if (*at == '"') {
			quoted = true;
		} else if (*at == '{') {
			depth++;
		} else if (*at == '}' && !--depth) {
			return at + 1;
		}
	}
	return NULL;
}

/* Names the line of the file: a parser counts them from the document's begin. */
static void tell(struct err *e, const struct import_source *source, const char *at, const char *end)
{
	struct err inner = ERR_INIT;
	struct buf lines = BUF_INIT;

	for (const char *c = source->bytes->data; c < at; c++)
		if (*c == '\n')
			buf_puts(&lines, "\n");
	buf_add(&lines, at, (size_t)(end - at));
	if (!buf_failed(&lines))
		json_free(json_parse(lines.data, lines.len, &inner));
	err_set(e, -EINVAL, "%s: %s", source->path, inner.code ? inner.text : "no JSON");
	buf_free(&lines);
}

/* A document that waits for the next one, which may go on where it stood. */
struct pending {
	struct json *root;
	const char *at;
	size_t kind;
	uint32_t replaced_n;
};

static int read_pending(struct samples *to, const struct import_source *source,
			struct pending *pending, struct err *e)
{
	struct err inner = ERR_INIT;
	int ret = 0;

	if (pending->root)
		ret = kinds[pending->kind].read(to, pending->root, source, &inner);
	if (ret)
		import_error(e, source, pending->at, "%s",
			     inner.code ? inner.text : strerror(-ret));
	json_free(pending->root);
	pending->root = NULL;
	return ret;
}

/* Takes `root` over. */
static int read_root(struct samples *to, const struct import_source *source, const char *at,
		     struct json *root, struct pending *pending, struct err *e)
{
	size_t kind = 0;
	int ret = 0;

	while (kind < KINDS_N && !json_get(root, kinds[kind].member))
		kind++;
	if (kind == KINDS_N) {
		json_free(root);
		return 0;
	}
	if (pending->root && kinds[kind].read == fio_json_read &&
	    kinds[pending->kind].read == fio_json_read && fio_json_goes_on(pending->root, root)) {
		json_free(pending->root);
		pending->replaced_n++;
	} else {
		ret = read_pending(to, source, pending, e);
	}
	pending->root = root;
	pending->at = at;
	pending->kind = kind;
	return ret;
}

static int read_one(struct samples *to, const struct import_source *source, const char *at,
		    const char *end, struct pending *pending, struct err *e)
{
	struct err inner = ERR_INIT;
	struct json *root = json_parse(at, (size_t)(end - at), &inner);

	if (root)
		return read_root(to, source, at, root, pending, e);
	tell(e, source, at, end);
	return -EINVAL;
}

/* Most files are one document: where one ends need not be looked for then. */
static struct json *parse_whole(const char *at, const char *end)
{
	struct err inner = ERR_INIT;

	return at ? json_parse(at, (size_t)(end - at), &inner) : NULL;
}

static int read_documents(struct samples *to, const struct import_source *source, struct err *e)
{
	const char *from = source->bytes->data, *end = from + source->bytes->len;
	const char *unpaired = NULL, *at = next_start(from, from, end);
	struct pending pending = { 0 };
	struct json *root = parse_whole(at, end);
	int unpaired_n = 0, ret = 0;

	if (root) {
		ret = read_root(to, source, at, root, &pending, e);
		at = NULL;
	}
	while (ret != -ENOMEM && unpaired_n < UNPAIRED_MAX && at &&
	       (at = next_start(at, from, end))) {
		const char *behind = find_end(at, end);

		if (!behind) {
			unpaired = unpaired_n++ ? unpaired : at;
			at++;
			continue;
		}
		ret = read_one(to, source, at, behind, &pending, e);
		at = behind;
	}
	if (ret == -ENOMEM)
		json_free(pending.root);
	else
		ret = read_pending(to, source, &pending, e);
	if (pending.replaced_n)
		notes_add(&to->notes,
			  "%s: %u outputs of a measurement that went on (--status-interval): only "
			  "its last one counts",
			  source->path, pending.replaced_n);
	if (unpaired && !e->code)
		tell(e, source, unpaired, end);
	return ret == -ENOMEM ? ret : e->code;
}

static bool is_documents(const struct import_source *source)
{
	const char *from = source->bytes->data, *end = from + source->bytes->len;
	const char *at = next_start(from, from, end);

	/* Of damaged ones the head is enough. */
	return at && (strstr(at, "\"fio version\"") || strstr(at, "\"tare\"") ||
		      strstr(at, "\"jobname\""));
}

const struct import_format import_documents = { "JSON of tare or fio", is_documents,
						read_documents };
