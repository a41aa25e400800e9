// SPDX-License-Identifier: MIT
/*
 * What a system call costs: getppid, which does nothing, so this is entry, exit and the CPU's
 * mitigations; and io_uring's NOP alone and 32 at a time, which is how the engine calls: alone it
 * is one io_uring_enter() that submits and reaps, in a batch a share of one.
 *
 * Error: means of a batch, less an empty one; to 1/8 of the clock's step.
 */
#include <liburing.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/probes.h"

#define CALLS 8
#define NOPS  32

static void get_parent(void *context)
{
	(void)context;
	syscall(SYS_getppid);
}

static void nops(struct io_uring *ring, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		io_uring_prep_nop(io_uring_get_sqe(ring));
	io_uring_submit_and_wait(ring, n);
	io_uring_cq_advance(ring, n);
}

static void nop_alone(void *context)
{
	nops(context, 1);
}

/* The meter's batch is one of these: its mean is of 32. */
static void nop_batch(void *context)
{
	nops(context, NOPS);
}

static void measure_batch(struct probing *p, struct io_uring *ring)
{
	struct probe_figure *f = &p->to->figure[p->to->figures_n];

	probing_measure(p, "nop32_ns", nop_batch, ring, 1, p->until_ns);
	f->p50 /= NOPS;
	f->p99 /= NOPS;
	f->spread /= NOPS;
}

void probe_syscall(struct probing *p)
{
	struct io_uring ring;
	int ret;

	probing_pin(p->cpu[0]);
	probing_measure(p, "getppid_ns", get_parent, NULL, CALLS, probing_part_ns(p, 0, 3));
	ret = io_uring_queue_init(NOPS, &ring, 0);
	if (ret) {
		probe_add_why(p->to, "nop_ns", "io_uring: %s", strerror(-ret));
		probe_add_why(p->to, "nop32_ns", "io_uring: %s", strerror(-ret));
		return;
	}
	probing_measure(p, "nop_ns", nop_alone, &ring, 1, probing_part_ns(p, 1, 3));
	measure_batch(p, &ring);
	io_uring_queue_exit(&ring);
}
