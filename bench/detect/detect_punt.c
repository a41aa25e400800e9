// SPDX-License-Identifier: MIT
/*
 * Whether io_uring must hand reads to threads of the kernel, because the device takes none that may
 * not wait (NOWAIT) or its queue is full: its figures are then those of the threads. Counted while
 * the ring is open; a count is no matter of chance. Workloads go deeper, and count theirs.
 */
#include <math.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/str.h"
#include "result/result.h"
#include "run/crew.h"

#define BLOCK_BYTES 4096u
#define DEPTH	    16
#define READS	    256

void conclude_punt(struct detection *to, uint32_t reads, uint32_t depth, uint32_t threads)
{
	detection_size(to, threads, "threads");
	if (threads)
		detection_say(
			to, DETECTION_FOUND, 100,
			"io_uring handed %u reads at depth %u to %u threads of the kernel: the "
			"device takes none that may not wait, or its queue is full; "
			"ioengine=libaio measures it without them",
			reads, depth, threads);
	else
		detection_say(to, DETECTION_CLEAR, 100,
			      "io_uring carried %u reads at depth %u by itself", reads, depth);
}

static int read_some(struct detecting *d, struct pulse *p)
{
	static struct shot shot[READS];
	struct places places;
	uint32_t n = READS;
	int ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);

	for (uint32_t i = 0; i < READS && !ret; i++)
		shot[i].offset_bytes = places_next(&places);
	if (!ret)
		ret = pulse_fire(p, shot, &n, d->until_ns);
	if (!ret)
		conclude_punt(d->to, n, DEPTH, crew_io_workers());
	places_free(&places);
	return ret;
}

int detect_punt(struct detecting *d, struct err *e)
{
	struct err refused = ERR_INIT;
	struct pulse p;
	int ret = 0;

	(void)e;
	if (pulse_open(&p, d->fd, WORKLOAD_IO_URING, DEPTH, BLOCK_BYTES, d->seed, &refused))
		detection_say(d->to, DETECTION_SKIPPED, NAN, "%.200s", refused.text);
	else
		ret = read_some(d, &p);
	pulse_close(&p);
	return ret;
}

void judge_punt(struct detection *to, const struct result *result)
{
	const struct result_workload *most = NULL;
	char before[DETECTION_EVIDENCE_BYTES];

	for (uint32_t i = 0; i < result->workloads_n; i++) {
		const struct result_workload *w = &result->workload[i];

		/* Larger ones may have to be split, which threads do, too. */
		if (w->work.bs_bytes <= BLOCK_BYTES &&
		    w->io_workers > (most ? most->io_workers : 0))
			most = w;
	}
	if (!most || to->verdict == DETECTION_FOUND)
		return;
	str_copy(before, sizeof(before), to->evidence);
	detection_size(to, most->io_workers, "threads");
	detection_say(to, DETECTION_FOUND, 100,
		      "%.40s, at depth %u with %u jobs: io_uring handed I/Os to %u threads of the "
		      "kernel: the queue holds no more; ioengine=libaio measures it without them; "
		      "%s",
		      most->work.name, most->work.iodepth, most->work.numjobs, most->io_workers,
		      before);
}
