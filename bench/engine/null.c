// SPDX-License-Identifier: MIT
/* Completes every I/O at once without the kernel: what is left is the cost of the instrument
 * itself. */
#include <errno.h>
#include <stdlib.h>

#include "engine/engines.h"

struct engine {
	uint32_t head, tail; /* completed, not yet reaped: [head, tail) of the ring, modulo 2^32 */
	uint32_t mask;	     /* places of the ring less one: a power of two holds the depth */
	struct io *done[];
};

static int null_open(struct engine **engine, const struct engine_setup *setup, struct err *e)
{
	uint64_t places = 1;

	while (places < setup->depth)
		places *= 2;
	*engine = calloc(1, sizeof(**engine) + places * sizeof((*engine)->done[0]));
	if (!*engine)
		return err_set(e, -ENOMEM, "null: no memory for %u I/Os", setup->depth);
	(*engine)->mask = (uint32_t)(places - 1);
	return 0;
}

static int null_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		io[i]->result = (int32_t)io[i]->len_bytes;
		engine->done[engine->tail++ & engine->mask] = io[i];
	}
	return 0;
}

static int null_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		     uint64_t timeout_ns)
{
	uint32_t n = engine->tail - engine->head;

	(void)min;
	(void)timeout_ns;
	if (n > max)
		n = max;
	for (uint32_t i = 0; i < n; i++)
		done[i] = engine->done[engine->head++ & engine->mask];
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
