// SPDX-License-Identifier: MIT
/*
 * io_uring by liburing, with what this kernel offers: older kernels get the same ring with fewer
 * features.
 */
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engines.h"
#include "lib/clock.h"

struct engine {
	struct io_uring ring;
	uint8_t opcode[2]; /* of reads and of writes */
	bool polled;	   /* a kernel thread takes entries; it may have to be woken up */
	unsigned int enter_flags;
	uint32_t waiting; /* queued in the ring, not yet taken by the kernel */
	char words[160];
};

/*
 * Best first: SINGLE_ISSUER and DEFER_TASKRUN came with Linux 6.1, COOP_TASKRUN with 5.19. A kernel
 * thread that submits is an issuer of its own, and runs no work of ours.
 */
static const struct ring_mode {
	unsigned int flags;
	bool sqthread_poll;
	const char *words;
} ring_modes[] = {
	{ IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_NO_SQARRAY, false,
	  "SINGLE_ISSUER, DEFER_TASKRUN, NO_SQARRAY" },
	{ IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, false,
	  "SINGLE_ISSUER, DEFER_TASKRUN" },
	{ IORING_SETUP_COOP_TASKRUN, false, "COOP_TASKRUN" },
	{ 0, false, "plain" },
	{ IORING_SETUP_SQPOLL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_NO_SQARRAY, true,
	  "SQPOLL, SINGLE_ISSUER, NO_SQARRAY" },
	{ IORING_SETUP_SQPOLL, true, "SQPOLL" },
};

static void add_words(struct engine *engine, const char *text)
{
	size_t n = strlen(engine->words);

	snprintf(engine->words + n, sizeof(engine->words) - n, "%s%s", n ? ", " : "", text);
}

static int open_ring(struct engine *engine, const struct engine_setup *setup)
{
	unsigned int poll = setup->hipri ? IORING_SETUP_IOPOLL : 0;
	int ret = -EINVAL;

	for (size_t i = 0; i < sizeof(ring_modes) / sizeof(ring_modes[0]) && ret == -EINVAL; i++) {
		const struct ring_mode *mode = &ring_modes[i];

		if (mode->sqthread_poll != setup->sqthread_poll)
			continue;
		ret = io_uring_queue_init(setup->depth, &engine->ring, mode->flags | poll);
		if (ret)
			continue;
		engine->polled = mode->sqthread_poll;
		add_words(engine, mode->words);
	}
	return ret;
}

static int register_all(struct engine *engine, const struct engine_setup *setup, struct err *e)
{
	struct iovec pool = { .iov_base = setup->pool, .iov_len = setup->pool_bytes };
	int ret;

	if (setup->registerfiles) {
		ret = io_uring_register_files(&engine->ring, &setup->fd, 1);
		if (ret)
			return err_set(e, ret, "io_uring: registering the file: errno %d", -ret);
		add_words(engine, "registered file");
	}
	if (setup->fixedbufs) {
		ret = io_uring_register_buffers(&engine->ring, &pool, 1);
		if (ret)
			return err_set(e, ret,
				       "io_uring: registering %zu bytes of buffers: errno %d%s",
				       setup->pool_bytes, -ret,
				       ret == -ENOMEM ? ": raise the limit of locked memory" : "");
		engine->opcode[0] = IORING_OP_READ_FIXED;
		engine->opcode[1] = IORING_OP_WRITE_FIXED;
		add_words(engine, "registered buffers");
	}
	if (io_uring_register_ring_fd(&engine->ring) == 1) {
		engine->enter_flags |= IORING_ENTER_REGISTERED_RING;
		add_words(engine, "registered ring");
	}
	if (setup->hipri)
		add_words(engine, "polled");
	return 0;
}

/* Every entry of the ring says once and for all what is the same for all I/Os. */
static void prepare_entries(struct engine *engine, const struct engine_setup *setup)
{
	struct io_uring_sqe sqe = { 0 };

	io_uring_prep_rw(IORING_OP_NOP, &sqe, setup->registerfiles ? 0 : setup->fd, NULL,
			 setup->io_bytes, 0);
	sqe.flags = setup->registerfiles ? IOSQE_FIXED_FILE : 0;
	for (uint32_t i = 0; i < engine->ring.sq.ring_entries; i++)
		engine->ring.sq.sqes[i] = sqe;
}

static int uring_open(struct engine **to, const struct engine_setup *setup, struct err *e)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int ret;

	if (!engine)
		return err_set(e, -ENOMEM, "io_uring: no memory");
	engine->opcode[0] = IORING_OP_READ;
	engine->opcode[1] = IORING_OP_WRITE;
	ret = open_ring(engine, setup);
	if (ret) {
		free(engine);
		return err_set(e, ret, "io_uring: ring of %u: errno %d%s", setup->depth, -ret,
			       ret == -ENOSYS || ret == -EPERM
				       ? ": this kernel forbids io_uring; use ioengine=libaio"
				       : "");
	}
	ret = register_all(engine, setup, e);
	if (!ret && !(engine->ring.features & IORING_FEAT_EXT_ARG))
		ret = err_set(e, -ENOSYS, "io_uring: older than Linux 5.11; use ioengine=libaio");
	if (ret) {
		io_uring_queue_exit(&engine->ring);
		free(engine);
		return ret;
	}
	prepare_entries(engine, setup);
	*to = engine;
	return 0;
}

/*
 * Gives the kernel `n` more entries, and those it did not take before. Deferred work is left to the
 * reaping call: here it would count as submission, and cost its own way in and out each time.
 */
static int enter(struct engine *engine, uint32_t n)
{
	int ret;

	engine->waiting += n;
	ret = engine->polled ? io_uring_submit(&engine->ring)
			     : io_uring_enter((unsigned int)engine->ring.enter_ring_fd,
					      engine->waiting, 0, engine->enter_flags, NULL);
	if (ret < 0)
		return ret == -EAGAIN || ret == -EBUSY || ret == -EINTR ? 0 : ret;
	engine->waiting -= (uint32_t)ret;
	return 0;
}

static int uring_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	struct io_uring_sq *sq = &engine->ring.sq;
	struct io_uring_sqe *entry = sq->sqes;
	unsigned int tail = sq->sqe_tail, mask = sq->ring_mask;

	for (uint32_t i = 0; i < n; i++) {
		struct io_uring_sqe *sqe = &entry[tail++ & mask];

		sqe->opcode = engine->opcode[io[i]->write];
		sqe->addr = (uint64_t)(uintptr_t)io[i]->data;
		sqe->off = io[i]->offset_bytes;
		sqe->user_data = (uint64_t)(uintptr_t)io[i];
	}
	sq->sqe_tail = tail;
	if (!engine->polled) {
		sq->sqe_head = tail;
		io_uring_smp_store_release(sq->ktail, tail);
	}
	return enter(engine, n);
}

static uint32_t take(struct engine *engine, struct io **done, uint32_t max)
{
	struct io_uring_cq *cq = &engine->ring.cq;
	const struct io_uring_cqe *event = cq->cqes;
	uint32_t head = *cq->khead, mask = cq->ring_mask, n;

	n = io_uring_smp_load_acquire(cq->ktail) - head;
	if (n > max)
		n = max;
	for (uint32_t i = 0; i < n; i++) {
		const struct io_uring_cqe *cqe = &event[(head + i) & mask];

		done[i] = (struct io *)(uintptr_t)cqe->user_data;
		done[i]->result = cqe->res;
	}
	io_uring_smp_store_release(cq->khead, head + n);
	return n;
}

static int wait_for(struct engine *engine, uint32_t min, uint64_t timeout_ns)
{
	struct __kernel_timespec timeout = { .tv_sec = (int64_t)(timeout_ns / CLOCK_NS_PER_S),
					     .tv_nsec = (long long)(timeout_ns % CLOCK_NS_PER_S) };
	struct io_uring_cqe *cqe;
	int ret = min ? io_uring_wait_cqes(&engine->ring, &cqe, min, &timeout, NULL)
		      : io_uring_get_events(&engine->ring);

	return ret >= 0 || ret == -ETIME || ret == -EINTR || ret == -EAGAIN ? 0 : ret;
}

/* Fewer than wanted are there. */
static __attribute__((noinline)) int wait_and_take(struct engine *engine, struct io **done,
						   uint32_t min, uint32_t max, uint64_t timeout_ns)
{
	int ret = engine->waiting ? enter(engine, 0) : 0;

	if (!ret)
		ret = wait_for(engine, min, timeout_ns);
	return ret ? ret : (int)take(engine, done, max);
}

static int uring_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		      uint64_t timeout_ns)
{
	uint32_t ready = io_uring_smp_load_acquire(engine->ring.cq.ktail) - *engine->ring.cq.khead;

	if (!ready || ready < min)
		return wait_and_take(engine, done, min, max, timeout_ns);
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
