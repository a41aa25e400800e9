// SPDX-License-Identifier: MIT
/* Linux native AIO by raw system calls (fio's libaio): no library stands between, and musl has
 * none. */
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine/engines.h"
#include "lib/clock.h"

struct engine {
	aio_context_t context;
	int fd;
	uint32_t batch;
	struct iocb *cb;    /* a block for each io, by its index */
	struct iocb **list; /* a batch of pointers, as io_submit wants them */
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

static int aio_open(struct engine **to, const struct engine_setup *setup, struct err *e)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int ret;

	if (!engine)
		return err_set(e, -ENOMEM, "libaio: no memory");
	engine->fd = setup->fd;
	engine->batch = setup->batch;
	engine->cb = calloc(setup->depth, sizeof(*engine->cb));
	engine->list = calloc(setup->batch, sizeof(struct iocb *));
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
	*to = engine;
	return 0;
}

static int aio_submit(struct engine *engine, struct io *const *io, uint32_t n)
{
	long ret;

	if (n > engine->batch)
		n = engine->batch;
	for (uint32_t i = 0; i < n; i++) {
		struct iocb *cb = &engine->cb[io[i]->index];

		*cb = (struct iocb){
			.aio_data = (uint64_t)(uintptr_t)io[i],
			.aio_lio_opcode = io[i]->write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
			.aio_fildes = (uint32_t)engine->fd,
			.aio_buf = (uint64_t)(uintptr_t)io[i]->data,
			.aio_nbytes = io[i]->len_bytes,
			.aio_offset = (int64_t)io[i]->offset_bytes,
		};
		engine->list[i] = cb;
	}
	ret = syscall(SYS_io_submit, engine->context, (long)n, engine->list);
	if (ret < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return (int)ret;
}

static int aio_reap(struct engine *engine, struct io **done, uint32_t min, uint32_t max,
		    uint64_t timeout_ns)
{
	struct timespec timeout = { .tv_sec = (time_t)(timeout_ns / CLOCK_NS_PER_S),
				    .tv_nsec = (long)(timeout_ns % CLOCK_NS_PER_S) };
	long n = syscall(SYS_io_getevents, engine->context, (long)min, (long)max, engine->event,
			 &timeout);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (long i = 0; i < n; i++) {
		done[i] = (struct io *)(uintptr_t)engine->event[i].data;
		done[i]->result = (int32_t)engine->event[i].res;
	}
	return (int)n;
}

static const char *aio_words(const struct engine *engine)
{
	(void)engine;
	return "io_submit and io_getevents";
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
