// SPDX-License-Identifier: MIT
/*
 * pread and pwrite: one I/O at a time. It is done by the call that reaps it, so that its time is
 * completion latency: it has no submission of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/engines.h"

struct engine {
	int fd;
	struct io *taken; /* NULL: none is to be done */
};

static int psync_open(struct engine **engine, const struct engine_setup *setup, struct err *e)
{
	*engine = calloc(1, sizeof(**engine));
	if (!*engine)
		return err_set(e, -ENOMEM, "psync: no memory");
	(*engine)->fd = setup->fd;
	return 0;
}

static int psync_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	(void)n; /* one: the depth is 1 */
	engine->taken = io[0];
	return 0;
}

static int psync_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		      uint64_t timeout_ns)
{
	struct io *io = engine->taken;
	ssize_t got;

	(void)min;
	(void)timeout_ns;
	(void)max;
	if (!io)
		return 0;
	engine->taken = NULL;
	got = io->write ? pwrite(engine->fd, io->data, io->len_bytes, (off_t)io->offset_bytes)
			: pread(engine->fd, io->data, io->len_bytes, (off_t)io->offset_bytes);
	io->result = got < 0 ? -errno : (int32_t)got;
	done[0] = io;
	return 1;
}

static const char *psync_words(const struct engine *engine)
{
	(void)engine;
	return "pread and pwrite";
}

static void psync_close(struct engine *engine)
{
	free(engine);
}

const struct engine_ops engine_psync = {
	.name = "psync",
	.id = WORKLOAD_PSYNC,
	.depth_max = 1,
	.synchronous = true,
	.open = psync_open,
	.submit = psync_submit,
	.reap = psync_reap,
	.words = psync_words,
	.close = psync_close,
};
