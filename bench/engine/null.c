// SPDX-License-Identifier: MIT
/* Completes every I/O at once without the kernel: what is left is the cost of the instrument
 * itself. */
#include <errno.h>
#include <stdlib.h>

#include "engine/engines.h"

struct engine {
	uint32_t head, n; /* completed, not yet reaped: a ring of `depth` */
	uint32_t depth;
	struct io *done[];
};

static int null_open(struct engine **engine, const struct engine_setup *setup, struct err *e)
{
	*engine = calloc(1, sizeof(**engine) + setup->depth * sizeof((*engine)->done[0]));
	if (!*engine)
		return err_set(e, -ENOMEM, "null: no memory for %u I/Os", setup->depth);
	(*engine)->depth = setup->depth;
	return 0;
}

static int null_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = engine->head + engine->n++;

		io[i]->result = (int32_t)io[i]->len_bytes;
		engine->done[at < engine->depth ? at : at - engine->depth] = io[i];
	}
	return 0;
}

static int null_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		     uint64_t timeout_ns)
{
	uint32_t n = engine->n < max ? engine->n : max;

	(void)min;
	(void)timeout_ns;
	for (uint32_t i = 0; i < n; i++) {
		done[i] = engine->done[engine->head];
		engine->head = engine->head + 1 == engine->depth ? 0 : engine->head + 1;
	}
	engine->n -= n;
	return (int)n;
}

static const char *null_words(const struct engine *engine)
{
	(void)engine;
	return "no device";
}

static void null_close(struct engine *engine)
{
	free(engine);
}

const struct engine_ops engine_null = {
	.name = "null",
	.id = WORKLOAD_NULL,
	.depth_max = UINT32_MAX,
	.open = null_open,
	.submit = null_submit,
	.reap = null_reap,
	.words = null_words,
	.close = null_close,
};
