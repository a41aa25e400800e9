// SPDX-License-Identifier: MIT
/* io_uring by liburing, with what this kernel offers: older kernels get the same ring with fewer
 * features. */
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/engines.h"
#include "lib/clock.h"

struct engine {
	struct io_uring ring;
	int fd; /* a descriptor, or 0: the index of the registered one */
	uint8_t sqe_flags;
	bool fixed;
	uint32_t waiting; /* queued in the ring, not yet taken by the kernel */
	char words[128];
};

/* Best first. SINGLE_ISSUER and DEFER_TASKRUN: Linux 6.1; COOP_TASKRUN: 5.19. */
static const struct {
	unsigned int flags;
	const char *words;
} ring_modes[] = {
	{ IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_NO_SQARRAY,
	  "SINGLE_ISSUER, DEFER_TASKRUN, NO_SQARRAY" },
	{ IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, "SINGLE_ISSUER, DEFER_TASKRUN" },
	{ IORING_SETUP_COOP_TASKRUN, "COOP_TASKRUN" },
	{ 0, "plain" },
};

static int ring_open(struct engine *engine, uint32_t depth)
{
	int ret = -EINVAL;

	for (size_t i = 0; i < sizeof(ring_modes) / sizeof(ring_modes[0]) && ret == -EINVAL; i++) {
		ret = io_uring_queue_init(depth, &engine->ring, ring_modes[i].flags);
		if (!ret)
			snprintf(engine->words, sizeof(engine->words), "%s", ring_modes[i].words);
	}
	return ret;
}

static void add_words(struct engine *engine, const char *text)
{
	size_t n = 0;

	while (engine->words[n])
		n++;
	snprintf(engine->words + n, sizeof(engine->words) - n, ", %s", text);
}

static int register_all(struct engine *engine, const struct engine_setup *setup, struct err *e)
{
	struct iovec pool = { .iov_base = setup->pool, .iov_len = setup->pool_bytes };
	int ret;

	engine->fd = setup->fd;
	if (setup->registerfiles) {
		ret = io_uring_register_files(&engine->ring, &setup->fd, 1);
		if (ret)
			return err_set(e, ret, "io_uring: registering the file: errno %d", -ret);
		engine->fd = 0;
		engine->sqe_flags = IOSQE_FIXED_FILE;
		add_words(engine, "registered file");
	}
	if (setup->fixedbufs) {
		ret = io_uring_register_buffers(&engine->ring, &pool, 1);
		if (ret)
			return err_set(e, ret,
				       "io_uring: registering %zu bytes of buffers: errno %d%s",
				       setup->pool_bytes, -ret,
				       ret == -ENOMEM ? ": raise the limit of locked memory" : "");
		engine->fixed = true;
		add_words(engine, "registered buffers");
	}
	if (io_uring_register_ring_fd(&engine->ring) == 1)
		add_words(engine, "registered ring");
	return 0;
}

static int uring_open(struct engine **to, const struct engine_setup *setup, struct err *e)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int ret;

	if (!engine)
		return err_set(e, -ENOMEM, "io_uring: no memory");
	ret = ring_open(engine, setup->depth);
	if (ret) {
		free(engine);
		return err_set(e, ret, "io_uring: ring of %u: errno %d%s", setup->depth, -ret,
			       ret == -ENOSYS || ret == -EPERM
				       ? ": this kernel forbids io_uring; use ioengine=libaio"
				       : "");
	}
	ret = register_all(engine, setup, e);
	if (ret) {
		io_uring_queue_exit(&engine->ring);
		free(engine);
		return ret;
	}
	*to = engine;
	return 0;
}

static void prepare(struct engine *engine, struct io_uring_sqe *sqe, const struct io *io)
{
	int op = io->write ? (engine->fixed ? IORING_OP_WRITE_FIXED : IORING_OP_WRITE)
			   : (engine->fixed ? IORING_OP_READ_FIXED : IORING_OP_READ);

	io_uring_prep_rw(op, sqe, engine->fd, io->data, io->len_bytes, io->offset_bytes);
	sqe->flags = engine->sqe_flags;
	sqe->user_data = (uint64_t)(uintptr_t)io;
}

/*
 * Every io given is queued in the ring, which has room for the whole depth; the kernel may take
 * fewer at once, and the rest goes with the next call. To the loop all of them are submitted.
 */
static int uring_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	struct io_uring_sqe *sqe;
	uint32_t i;
	int ret;

	for (i = 0; i < n; i++) {
		sqe = io_uring_get_sqe(&engine->ring);
		if (!sqe)
			break;
		prepare(engine, sqe, io[i]);
	}
	ret = io_uring_submit(&engine->ring);
	if (ret < 0 && ret != -EAGAIN && ret != -EBUSY && ret != -EINTR)
		return ret;
	engine->waiting += i - (ret > 0 ? (uint32_t)ret : 0);
	return (int)i;
}

static uint32_t take(struct engine *engine, struct io **done, uint32_t max)
{
	struct io_uring_cqe *cqe;
	unsigned int head;
	uint32_t n = 0;

	io_uring_for_each_cqe(&engine->ring, head, cqe)
	{
		if (n == max)
			break;
		done[n] = (struct io *)(uintptr_t)cqe->user_data;
		done[n++]->result = cqe->res;
	}
	io_uring_cq_advance(&engine->ring, n);
	return n;
}

static int uring_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		      uint64_t timeout_ns)
{
	struct __kernel_timespec timeout = { .tv_sec = (int64_t)(timeout_ns / CLOCK_NS_PER_S),
					     .tv_nsec = (long long)(timeout_ns % CLOCK_NS_PER_S) };
	struct io_uring_cqe *cqe;
	int ret;

	if (engine->waiting) {
		ret = io_uring_submit(&engine->ring);
		if (ret > 0)
			engine->waiting -= (uint32_t)ret;
	}
	if (io_uring_cq_ready(&engine->ring) < (min ? min : 1)) {
		ret = min ? io_uring_wait_cqes(&engine->ring, &cqe, min, &timeout, NULL)
			  : io_uring_get_events(&engine->ring);
		if (ret < 0 && ret != -ETIME && ret != -EINTR && ret != -EAGAIN)
			return ret;
	}
	return (int)take(engine, done, max);
}

static const char *uring_words(const struct engine *engine)
{
	return engine->words;
}

static void uring_close(struct engine *engine)
{
	io_uring_queue_exit(&engine->ring);
	free(engine);
}

const struct engine_ops engine_io_uring = {
	.name = "io_uring",
	.id = WORKLOAD_IO_URING,
	.depth_max = 4096,
	.open = uring_open,
	.submit = uring_submit,
	.reap = uring_reap,
	.words = uring_words,
	.close = uring_close,
};
