// SPDX-License-Identifier: MIT
/*
 * Linux native AIO by raw system calls (fio's libaio): no library stands between, and musl has
 * none. Completions are read from the ring that the kernel maps into the process, where it is of
 * the known kind; the system call is for waiting.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine/engines.h"
#include "engine/enter.h"
#include "lib/clock.h"

/* The head of the ring, as fs/aio.c has it since Linux 2.6; aio_context_t is its address. */
#define RING_MAGIC  0xa10a10a1u
#define RING_COMPAT 1u

struct ring {
	unsigned int id;
	unsigned int nr; /* events it holds */
	unsigned int head, tail;
	unsigned int magic;
	unsigned int compat_features;
	unsigned int incompat_features;
	unsigned int header_length;
	struct io_event event[];
};

struct engine {
	aio_context_t context;
	struct ring *ring;  /* NULL: of a kind not known here */
	uint32_t pending;   /* at the list's start: not yet taken by the kernel */
	struct iocb *cb;    /* a block for each io, by its index */
	struct iocb **list; /* pointers, as io_submit wants them; room for the depth */
	struct io_event *event;
};

static void aio_close(struct engine *engine)
{
	if (engine->context)
		syscall(SYS_io_destroy, engine->context);
	free(engine->cb);
	free(engine->list);
	free(engine->event);
	free(engine);
}

static struct ring *known_ring(aio_context_t context)
{
	struct ring *ring = (struct ring *)(uintptr_t)context;

	return ring->magic == RING_MAGIC && ring->compat_features == RING_COMPAT &&
			       !ring->incompat_features && ring->header_length == sizeof(*ring)
		       ? ring
		       : NULL;
}

static int aio_open(struct engine **to, const struct engine_setup *setup, struct err *e)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int ret;

	if (!engine)
		return err_set(e, -ENOMEM, "libaio: no memory");
	engine->cb = calloc(setup->depth, sizeof(*engine->cb));
	engine->list = calloc(setup->depth, sizeof(struct iocb *));
	engine->event = calloc(setup->depth, sizeof(*engine->event));
	if (!engine->cb || !engine->list || !engine->event) {
		aio_close(engine);
		return err_set(e, -ENOMEM, "libaio: no memory for %u I/Os", setup->depth);
	}
	if (syscall(SYS_io_setup, setup->depth, &engine->context)) {
		ret = -errno;
		engine->context = 0;
		aio_close(engine);
		return err_set(e, ret, "libaio: io_setup for %u I/Os: errno %d%s", setup->depth,
			       -ret, ret == -EAGAIN ? ": raise fs.aio-max-nr" : "");
	}
	engine->ring = known_ring(engine->context);
	for (uint32_t i = 0; i < setup->depth; i++) /* the rest differs from one I/O to the next */
		engine->cb[i] = (struct iocb){ .aio_fildes = (uint32_t)setup->fd,
					       .aio_nbytes = setup->io_bytes };
	*to = engine;
	return 0;
}

/* Offers what is pending. The kernel takes a part, or nothing for now, where it is short of
 * requests. */
static int offer(struct engine *engine)
{
	long taken = enter_kernel(SYS_io_submit, (long)engine->context, (long)engine->pending,
				  (long)engine->list, 0, 0);

	if (taken < 0)
		return taken == -EAGAIN || taken == -EINTR ? 0 : (int)taken;
	engine->pending -= (uint32_t)taken;
	for (uint32_t i = 0; i < engine->pending; i++)
		engine->list[i] = engine->list[(uint32_t)taken + i];
	return 0;
}

static int aio_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct iocb *cb = &engine->cb[io[i]->index];

		cb->aio_data = (uint64_t)(uintptr_t)io[i];
		cb->aio_lio_opcode = io[i]->write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
		cb->aio_buf = (uint64_t)(uintptr_t)io[i]->data;
		cb->aio_offset = (int64_t)io[i]->offset_bytes;
		engine->list[engine->pending++] = cb;
	}
	return offer(engine);
}

static void take(struct io **done, const struct io_event *event)
{
	*done = (struct io *)(uintptr_t)event->data;
	(*done)->result = (int32_t)event->res;
}

static uint32_t take_from_ring(struct engine *engine, struct io **done, uint32_t max)
{
	struct ring *ring = engine->ring;
	unsigned int head = ring->head, tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
	uint32_t n = 0;

	while (head != tail && n < max) {
		take(&done[n++], &ring->event[head]);
		head = head + 1 < ring->nr ? head + 1 : 0;
	}
	__atomic_store_n(&ring->head, head, __ATOMIC_RELEASE);
	return n;
}

static int wait_for(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		    uint64_t timeout_ns)
{
	struct timespec timeout = { .tv_sec = (time_t)(timeout_ns / CLOCK_NS_PER_S),
				    .tv_nsec = (long)(timeout_ns % CLOCK_NS_PER_S) };
	long n = syscall(SYS_io_getevents, engine->context, (long)min, (long)max, engine->event,
			 &timeout);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (long i = 0; i < n; i++)
		take(&done[i], &engine->event[i]);
	return (int)n;
}

static int aio_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		    uint64_t timeout_ns)
{
	uint32_t n = engine->ring ? take_from_ring(engine, done, max) : 0;
	int ret = engine->pending ? offer(engine) : 0;

	if (ret || (n >= min && engine->ring))
		return ret ? ret : (int)n;
	ret = wait_for(engine, done + n, min - n, max - n, timeout_ns);
	return ret < 0 ? ret : (int)n + ret;
}

static const char *aio_words(const struct engine *engine)
{
	return engine->ring ? "io_submit; completions read from the ring"
			    : "io_submit and io_getevents";
}

const struct engine_ops engine_libaio = {
	.name = "libaio",
	.id = WORKLOAD_LIBAIO,
	.depth_max = 4096,
	.open = aio_open,
	.submit = aio_submit,
	.reap = aio_reap,
	.words = aio_words,
	.close = aio_close,
};
