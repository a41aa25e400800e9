// SPDX-License-Identifier: MIT
/* Keeps a train of I/Os in flight, and stamps each. */
#include "detect/pulse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/clock.h"
#include "lib/tsc.h"
#include "run/stamp.h"

#define REPEAT_BYTES 4096
#define WAIT_NS	     (CLOCK_NS_PER_S / 4)
#define HANG_NS	     (UINT64_C(10) * CLOCK_NS_PER_S)

static int make_room(struct pulse *p)
{
	p->pool = mmap(NULL, (size_t)p->depth * p->io_bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p->pool == MAP_FAILED)
		p->pool = NULL;
	p->repeat = malloc(REPEAT_BYTES);
	p->io = calloc(p->depth, sizeof(*p->io));
	p->idle = calloc(p->depth, sizeof(struct io *));
	p->done = calloc(p->depth, sizeof(struct io *));
	p->shot = calloc(p->depth, sizeof(struct shot *));
	if (!p->pool || !p->repeat || !p->io || !p->idle || !p->done || !p->shot)
		return -ENOMEM;
	rng_fill(&p->rng, p->repeat, REPEAT_BYTES);
	for (uint32_t i = 0; i < p->depth; i++) {
		p->io[i] = (struct io){ .index = i,
					.data = p->pool + (size_t)i * p->io_bytes,
					.len_bytes = p->io_bytes };
		p->idle[i] = &p->io[i];
	}
	return 0;
}

int pulse_open(struct pulse *p, int fd, enum workload_engine engine, uint32_t depth,
	       uint32_t io_bytes, uint64_t seed, struct err *e)
{
	struct engine_setup setup = {
		.fd = fd, .depth = depth, .batch = depth, .io_bytes = io_bytes
	};

	*p = (struct pulse){
		.ops = engine_find(engine), .depth = depth, .io_bytes = io_bytes, .seed = seed
	};
	rng_seed(&p->rng, seed);
	if (make_room(p))
		return err_set(e, -ENOMEM, "no memory for %u I/Os", depth);
	setup.pool = p->pool;
	setup.pool_bytes = (size_t)depth * io_bytes;
	return p->ops->open(&p->engine, &setup, e);
}

void pulse_close(struct pulse *p)
{
	if (p->engine)
		p->ops->close(p->engine);
	if (p->pool)
		munmap(p->pool, (size_t)p->depth * p->io_bytes);
	free(p->repeat);
	free(p->io);
	free(p->idle);
	free(p->done);
	free(p->shot);
	*p = (struct pulse){ 0 };
}

void pulse_let_write(struct pulse *p, uint64_t from_bytes, uint64_t bytes)
{
	p->write_from = from_bytes;
	p->write_bytes = bytes;
}

bool pulse_may_write(const struct pulse *p, uint64_t offset_bytes, uint64_t bytes)
{
	return offset_bytes >= p->write_from && bytes <= p->write_bytes &&
	       offset_bytes - p->write_from <= p->write_bytes - bytes;
}

/* Every write is stamped but zeros and repeats, which must stay what they are. */
static void make_data(struct pulse *p, struct io *io, enum pulse_data data)
{
	if (data == PULSE_ZERO) {
		memset(io->data, 0, io->len_bytes);
		return;
	}
	for (uint32_t at = 0; data == PULSE_REPEAT && at < io->len_bytes; at += REPEAT_BYTES)
		memcpy((uint8_t *)io->data + at, p->repeat, REPEAT_BYTES);
	if (data == PULSE_REPEAT)
		return;
	rng_fill(&p->rng, io->data, io->len_bytes);
	stamp_write(io->data, io->len_bytes, io->offset_bytes, p->sequence++, p->seed);
}

static bool is_blank(const uint8_t *data, uint32_t len)
{
	return (!data[0] || data[0] == 0xff) && !memcmp(data, data + 1, len - 1);
}

/* Submits the next of the shots, as many as there is room for. Returns how many, or -errno. */
static int submit(struct pulse *p, struct shot *shot, uint32_t left, uint32_t idle)
{
	uint32_t n = left < idle ? left : idle;
	struct io **batch = p->idle + idle - n;
	uint64_t now_ns;
	int ret;

	if (p->ops->synchronous && n)
		n = 1;
	for (uint32_t i = 0; i < n; i++) {
		if (shot[i].write && !pulse_may_write(p, shot[i].offset_bytes, p->io_bytes))
			return -EPERM;
		batch[i]->offset_bytes = shot[i].offset_bytes;
		batch[i]->write = shot[i].write;
		if (shot[i].write)
			make_data(p, batch[i], shot[i].data);
		p->shot[batch[i]->index] = &shot[i];
	}
	now_ns = tsc_now_ns();
	for (uint32_t i = 0; i < n; i++)
		shot[i].begin_ns = now_ns;
	ret = n ? p->ops->submit(p->engine, batch, n) : 0;
	return ret ? ret : (int)n;
}

/* Takes what has completed. Returns how many, or -errno. */
static int reap(struct pulse *p, uint32_t idle)
{
	uint64_t begin_ns = tsc_now_ns(), now_ns;
	int n;

	do {
		n = p->ops->reap(p->engine, p->done, 1, p->depth - idle, WAIT_NS);
		now_ns = tsc_now_ns();
	} while (!n && now_ns - begin_ns < HANG_NS);
	for (int i = 0; i < n; i++) {
		struct io *io = p->done[i];
		struct shot *shot = p->shot[io->index];

		shot->end_ns = now_ns;
		if (io->result != (int32_t)io->len_bytes)
			return io->result < 0 ? io->result : -EIO;
		p->idle[idle + (uint32_t)i] = io;
	}
	return n ? n : -ETIMEDOUT;
}

int pulse_fire(struct pulse *p, struct shot *shot, uint32_t *n, uint64_t until_ns)
{
	uint32_t begun = 0, idle = p->depth, all = *n;
	int ret;

	*n = 0;
	while (begun < all || idle < p->depth) {
		if (until_ns && tsc_now_ns() >= until_ns)
			all = begun;
		ret = submit(p, shot + begun, all - begun, idle);
		if (ret < 0)
			return ret;
		begun += (uint32_t)ret;
		idle -= (uint32_t)ret;
		ret = idle < p->depth ? reap(p, idle) : 0;
		if (ret < 0)
			return ret;
		idle += (uint32_t)ret;
		*n += (uint32_t)ret;
	}
	return 0;
}

int pulse_one(struct pulse *p, struct shot *shot, double *ns)
{
	struct io *io = p->idle[0];
	uint32_t n = 1;
	int ret = pulse_fire(p, shot, &n, 0);

	if (ret)
		return ret;
	*ns = (double)(shot->end_ns - shot->begin_ns);
	shot->blank = !shot->write && is_blank(io->data, io->len_bytes);
	return 0;
}
