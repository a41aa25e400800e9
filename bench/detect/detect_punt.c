// SPDX-License-Identifier: MIT
/*
 * Whether io_uring must hand reads to threads of the kernel, because the device takes none that may
 * not wait (NOWAIT): its figures are then those of the threads. Counted while the ring is open.
 */
#include <math.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "run/crew.h"

#define BLOCK_BYTES 4096u
#define DEPTH	    16
#define READS	    256

int detect_punt(struct detecting *d, struct err *e)
{
	static struct shot shot[READS];
	struct places places;
	uint32_t n = READS, threads = 0;
	struct pulse p;
	int ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);

	if (ret)
		return ret;
	if (pulse_open(&p, d->fd, WORKLOAD_IO_URING, DEPTH, BLOCK_BYTES, d->seed, e)) {
		detection_say(d->to, DETECTION_SKIPPED, NAN, "%s", e->text);
		*e = ERR_INIT;
	} else {
		for (uint32_t i = 0; i < READS; i++)
			shot[i].offset_bytes = places_next(&places);
		ret = pulse_fire(&p, shot, &n, d->until_ns);
		threads = crew_io_workers();
		if (!ret)
			detection_say(
				d->to, threads ? DETECTION_FOUND : DETECTION_CLEAR, 100,
				threads ? "io_uring handed %u reads at depth %u to %u threads "
					  "of the kernel: the device takes none that may not "
					  "wait; ioengine=libaio measures it without them"
					: "io_uring carried %u reads at depth %u by itself",
				n, DEPTH, threads);
		detection_size(d->to, ret ? NAN : threads, "threads");
	}
	pulse_close(&p);
	places_free(&places);
	return ret;
}
