// SPDX-License-Identifier: MIT
/*
 * How many I/Os the kernel really has in flight where more are asked for: the device's own queue,
 * or the controller's, may hold fewer, and the rest waits in this machine, which a measured depth
 * does not tell. All are handed over at once; right behind, the kernel says how many it has given
 * to the driver (/sys/block/NODE/inflight). What has completed by then is missing, so the greatest
 * number counts, and a limit is one that comes up again and again.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/file.h"
#include "lib/tsc.h"

#define ASKED	    64
#define LOOKS	    60
#define BLOCK_BYTES (16u << 10)
#define FULL	    0.9 /* of what was asked: reached */
#define AGAIN	    2	/* one in so many looks stands at a limit that is one */
#define LOOKS_MIN   10

void conclude_queue(struct detection *to, const uint32_t *in_flight, uint32_t n, uint32_t asked)
{
	uint32_t most = 0, times = 0;

	for (uint32_t i = 0; i < n; i++)
		most = in_flight[i] > most ? in_flight[i] : most;
	for (uint32_t i = 0; i < n; i++)
		times += in_flight[i] == most;
	/* One alone in flight now and then is also what a fast device leaves of many. */
	if (most == 1 && times < n)
		times = 0;
	detection_size(to, most, "ios");
	if (most >= FULL * asked)
		detection_say(to, DETECTION_CLEAR, NAN,
			      "%u of %u I/Os asked for were in flight at once", most, asked);
	else if (n >= LOOKS_MIN && most && times * AGAIN >= n)
		detection_say(
			to, DETECTION_FOUND, NAN,
			"%u of %u I/Os asked for were in flight at once, never more, in %u of "
			"%u looks: the queue ends there, and the rest waits in this machine",
			most, asked, times, n);
	else
		detection_say(to, DETECTION_UNDECIDED, NAN,
			      "at most %u of %u I/Os asked for were seen in flight, in %u of %u "
			      "looks: they may have completed before",
			      most, asked, times, n);
}

/* Reads and writes together. Returns 0 or -EBADMSG. */
static int read_in_flight(const char *node, uint32_t *n)
{
	char path[DISK_TEXT_BYTES + 32], text[64];
	unsigned int reads, writes;

	snprintf(path, sizeof(path), "sys/block/%s/inflight", node);
	if (file_read_text(text, sizeof(text), "/", path) <= 0 ||
	    sscanf(text, "%u %u", &reads, &writes) != 2)
		return -EBADMSG;
	*n = reads + writes;
	return 0;
}

/* Hands all over, looks, and waits for them. */
static int look(struct pulse *p, struct places *places, const char *node, uint32_t *in_flight)
{
	struct io *batch[ASKED];
	uint32_t left = ASKED;
	int ret, n;

	for (uint32_t i = 0; i < ASKED; i++) {
		batch[i] = &p->io[i];
		batch[i]->offset_bytes = places_next(places);
	}
	ret = p->ops->submit(p->engine, batch, ASKED);
	if (!ret)
		ret = read_in_flight(node, in_flight);
	for (; left && !ret; left -= (uint32_t)n) {
		n = p->ops->reap(p->engine, p->done, 1, left, UINT64_C(10000000000));
		if (n <= 0)
			return n ? n : -ETIMEDOUT;
		for (int i = 0; i < n; i++)
			if (p->done[i]->result != BLOCK_BYTES)
				ret = p->done[i]->result < 0 ? p->done[i]->result : -EIO;
	}
	return ret;
}

int detect_queue(struct detecting *d, struct err *e)
{
	uint32_t in_flight[LOOKS], n = 0;
	struct places places;
	struct pulse p = { 0 };
	int ret;

	if (!d->node) {
		detection_say(d->to, DETECTION_SKIPPED, NAN,
			      "a file: its disk's queue is not its own");
		return 0;
	}
	ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, ASKED, BLOCK_BYTES, d->seed, e);
	while (n < LOOKS && !ret && tsc_now_ns() < d->until_ns) {
		ret = look(&p, &places, d->node, &in_flight[n]);
		n += !ret;
	}
	pulse_close(&p);
	places_free(&places);
	if (!ret)
		conclude_queue(d->to, in_flight, n, ASKED);
	return ret;
}
