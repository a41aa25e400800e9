// SPDX-License-Identifier: MIT
/* Serial logs, slot files, results partitions and disk images: what is not text of its own. */
#include "import/collected.h"

#include <errno.h>
#include <string.h>

#include "frame/frame.h"
#include "import/tare_json.h"
#include "lib/json.h"

#define LOOK_BYTES 65536 /* an image has zeros in its first blocks, or between its text */

static const char *name_of(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static int add_document(struct samples *to, const struct collect_run *run,
			const struct import_source *source, struct err *e)
{
	struct err inner = ERR_INIT;
	struct json *root = json_parse(run->document.data, run->document.len, &inner);
	int ret = root ? tare_json_read(to, root, source, &inner) : -EINVAL;

	if (ret)
		err_set(e, ret, "%s: run %s: %s", name_of(source->path), run->run, inner.text);
	if (!ret && run->rank <= COLLECT_UNFINISHED)
		notes_add(&to->notes,
			  "%s: run %s: a checkpoint: the run went on after these figures",
			  name_of(source->path), run->run);
	json_free(root);
	return ret;
}

int collected_read(struct samples *to, const struct collect *c, const struct import_source *source,
		   struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct collect_run *run = &c->run[i];

		if (run->contradicted)
			err_set(e, -EINVAL, "%s: run %s: two different results of it",
				name_of(source->path), run->run);
		else if (run->document.data)
			add_document(to, run, source, e);
		if (run->broken_source && run->rank != COLLECT_UNFINISHED &&
		    run->rank != COLLECT_WHOLE && run->rank != COLLECT_PARTIAL)
			err_set(e, -EINVAL, "%s: run %s: %s%s%s", name_of(source->path), run->run,
				run->problem, run->missing.len ? ": lines " : "",
				run->missing.len ? run->missing.data : "");
	}
	return e->code;
}

/* A line of a frame may stand behind anything that a kernel says. */
static bool is_store(const struct import_source *source)
{
	const struct buf *b = source->bytes;
	size_t look = b->len < LOOK_BYTES ? b->len : LOOK_BYTES;

	return memchr(b->data, '\0', look) || !strncmp(b->data, "QFI\xfb", 4) ||
	       memmem(b->data, b->len, FRAME_PREFIX, strlen(FRAME_PREFIX));
}

static int read_store(struct samples *to, const struct import_source *source, struct err *e)
{
	struct collect c = { 0 };
	int ret = collect_bytes(&c, source->bytes, source->path, e);

	ret = collected_read(to, &c, source, e) ? e->code : ret;
	collect_free(&c);
	return ret;
}

const struct import_format import_store = { "a serial log or a results partition", is_store,
					    read_store };
