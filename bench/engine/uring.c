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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "engine/engines.h"
#include "engine/enter.h"
#include "lib/clock.h"
#include "lib/file.h"

struct engine {
	struct io_uring ring;
	uint8_t opcode[2]; /* of reads and of writes */
	bool polled;	   /* a kernel thread takes entries; it may have to be woken up */
	unsigned int enter_flags;
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

/* True for a block device that says it cannot be polled: some kernels then take interrupts without
 * a word, others fail the I/O. */
static bool has_no_poll_queue(int fd)
{
	/* of a partition: its disk's */
	static const char *const places[] = { "queue/io_poll", "../queue/io_poll" };
	char path[96], text[16] = "";
	struct stat st;

	if (fstat(fd, &st) || !S_ISBLK(st.st_mode))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !text[0]; i++) {
		snprintf(path, sizeof(path), "sys/dev/block/%u:%u/%s", major(st.st_rdev),
			 minor(st.st_rdev), places[i]);
		file_read_text(text, sizeof(text), "/", path);
	}
	return text[0] == '0';
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
		add_words(engine, has_no_poll_queue(setup->fd)
					  ? "IOPOLL, but the device has no queue to poll"
					  : "polled");
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

/* What the kernel answers where it took nothing this time, and will later. */
static bool is_passing(int error)
{
	return error == -EAGAIN || error == -EBUSY || error == -EINTR;
}

/* Entries that the kernel has not taken yet. */
static inline uint32_t waiting(const struct engine *engine)
{
	const struct io_uring_sq *sq = &engine->ring.sq;

	return sq->sqe_tail - io_uring_smp_load_acquire(sq->khead);
}

/*
 * Offers the kernel all that waits. Deferred work is left to the reaping call: here it would count
 * as submission, and cost its own way in and out each time.
 */
static inline int offer(struct engine *engine)
{
	int ret = (int)enter_kernel(SYS_io_uring_enter, engine->ring.enter_ring_fd, waiting(engine),
				    0, engine->enter_flags, 0);

	return ret >= 0 || is_passing(ret) ? 0 : ret;
}

/* The kernel's thread takes entries by itself; it may have to be woken up. */
static __attribute__((noinline)) int submit_polled(struct engine *engine, unsigned int tail)
{
	int ret;

	engine->ring.sq.sqe_tail = tail;
	ret = io_uring_submit(&engine->ring);
	return ret < 0 && !is_passing(ret) ? ret : 0;
}

static int uring_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	struct io_uring_sq *sq = &engine->ring.sq;
	unsigned int tail = sq->sqe_tail, end = tail + n;

	do {
		struct io_uring_sqe *sqe = &sq->sqes[tail++ & sq->ring_mask];

		sqe->opcode = engine->opcode[(*io)->write];
		sqe->addr = (uint64_t)(uintptr_t)(*io)->data;
		sqe->off = (*io)->offset_bytes;
		sqe->user_data = (uint64_t)(uintptr_t)*io++;
	} while (tail != end);
	if (engine->polled)
		return submit_polled(engine, tail);
	sq->sqe_tail = tail;
	io_uring_smp_store_release(sq->ktail, tail);
	return offer(engine);
}

/* Takes `n` completions, which are there. */
static inline int take(struct engine *engine, struct io **done, uint32_t n)
{
	struct io_uring_cq *cq = &engine->ring.cq;
	uint32_t head = *cq->khead, end = head + n;

	for (; head != end; head++, done++) {
		const struct io_uring_cqe *cqe = &cq->cqes[head & cq->ring_mask];

		*done = (struct io *)(uintptr_t)cqe->user_data;
		(*done)->result = cqe->res;
	}
	io_uring_smp_store_release(cq->khead, end);
	return (int)n;
}

static inline uint32_t ready(const struct engine *engine)
{
	return io_uring_smp_load_acquire(engine->ring.cq.ktail) - *engine->ring.cq.khead;
}

/* Submits what is left over, and waits until `min` completions are there. */
static int wait_for(struct engine *engine, uint32_t min, uint64_t timeout_ns)
{
	struct __kernel_timespec timeout = { .tv_sec = (int64_t)(timeout_ns / CLOCK_NS_PER_S),
					     .tv_nsec = (long long)(timeout_ns % CLOCK_NS_PER_S) };
	struct io_uring_getevents_arg arg = { .ts = (uint64_t)(uintptr_t)&timeout };
	int ret = io_uring_enter2(
		(unsigned int)engine->ring.enter_ring_fd, engine->polled ? 0 : waiting(engine), min,
		engine->enter_flags | IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, (void *)&arg,
		sizeof(arg));

	return ret >= 0 || is_passing(ret) || ret == -ETIME ? 0 : ret;
}

/* Fewer than wanted are there. */
static __attribute__((noinline)) int wait_and_take(struct engine *engine, struct io **done,
						   uint32_t min, uint32_t max, uint64_t timeout_ns)
{
	int ret = wait_for(engine, min, timeout_ns);
	uint32_t n = ready(engine);

	return ret ? ret : take(engine, done, n < max ? n : max);
}

static int uring_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		      uint64_t timeout_ns)
{
	uint32_t n = ready(engine);

	if (!n || n < min)
		return wait_and_take(engine, done, min, max, timeout_ns);
	return take(engine, done, n < max ? n : max);
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
