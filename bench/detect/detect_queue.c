// SPDX-License-Identifier: MIT
/*
 * How many I/Os the kernel really has in flight where more are asked for: the device's own queue,
 * or the controller's, may hold fewer, and the rest waits in this machine, which a measured depth
 * does not tell. All are handed over at once; right behind, the kernel says how many it has given
 * to the driver (/sys/block/NODE/inflight). What has completed by then is missing, so the greatest
 * number counts, and a limit is one that comes up again and again.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "detect/conclude.h"
#include "detect/detectors.h"
#include "lib/tsc.h"

#define ASKED	    64
#define LOOKS	    60
#define BLOCK_BYTES (16u << 10)
#define FULL	    0.9 /* of what was asked: reached */
#define AGAIN	    4	/* one in so many looks stands at a limit that is one */
#define LOOKS_MIN   7	/* of one mind, as BY_CHANCE asks */
#define BY_CHANCE   0.01

/* The greatest below `limit`; 0: none. */
static uint32_t greatest(const uint32_t *in_flight, uint32_t n, uint32_t limit)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		if (in_flight[i] < limit && in_flight[i] > most)
			most = in_flight[i];
	return most;
}

/* Where there is no limit, the greatest number is the thin end of a spread: it is not seen much
 * more often than the next one that was seen, be that one less or, where I/Os complete in batches,
 * many (sign test). */
static bool piles_up(uint32_t times, uint32_t below)
{
	return contrast_tail(times + below, times) <= BY_CHANCE;
}

void conclude_queue(struct detection *to, const uint32_t *in_flight, uint32_t n, uint32_t asked)
{
	uint32_t most = greatest(in_flight, n, UINT32_MAX), next = greatest(in_flight, n, most);
	uint32_t times = 0, below = 0;

	for (uint32_t i = 0; i < n; i++) {
		times += in_flight[i] == most;
		below += in_flight[i] == next && next < most;
	}
	/* One alone in flight now and then is also what a fast device leaves of many. */
	if (most == 1 && times < n)
		times = 0;
	detection_size(to, most, "ios");
	if (most >= FULL * asked)
		detection_say(to, DETECTION_CLEAR, NAN,
			      "%u of %u I/Os asked for were in flight at once", most, asked);
	else if (n >= LOOKS_MIN && most && times * AGAIN >= n && piles_up(times, below))
		detection_say(
			to, DETECTION_FOUND, NAN,
			"%u of %u I/Os asked for were in flight at once, never more, in %u of "
			"%u looks: the queue ends there, and the rest waits in this machine",
			most, asked, times, n);
	else
		detection_say(to, DETECTION_UNDECIDED, NAN,
			      "at most %u of %u I/Os asked for were seen in flight, in %u of %u "
			      "looks: %s",
			      most, asked, times, n,
			      n < LOOKS_MIN ? "too few to tell" : "they may have completed before");
}

/* Kept open: the less lies between handing over and looking, the less has completed. Returns a
 * descriptor or -errno. */
static int open_in_flight(const char *node)
{
	char path[DISK_TEXT_BYTES + 32];
	int fd;

	snprintf(path, sizeof(path), "/sys/block/%s/inflight", node);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Reads and writes together. Returns 0 or -EBADMSG. */
static int read_in_flight(int fd, uint32_t *n)
{
	char text[64];
	unsigned int reads, writes;
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	if (sscanf(text, "%u %u", &reads, &writes) != 2)
		return -EBADMSG;
	*n = reads + writes;
	return 0;
}

/* Hands all over, looks, and waits for them. */
static int look(struct pulse *p, struct places *places, int fd, uint32_t *in_flight)
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
		ret = read_in_flight(fd, in_flight);
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
	int ret, fd;

	if (!d->node) {
		detection_say(d->to, DETECTION_SKIPPED, NAN,
			      "a file: its disk's queue is not its own");
		return 0;
	}
	fd = open_in_flight(d->node);
	ret = places_init(&places, d, d->from_bytes, d->bytes, BLOCK_BYTES);
	if (!ret && fd < 0)
		ret = fd;
	if (!ret)
		ret = pulse_open(&p, d->fd, WORKLOAD_LIBAIO, ASKED, BLOCK_BYTES, d->seed, e);
	while (n < LOOKS && !ret && tsc_now_ns() < d->until_ns) {
		ret = look(&p, &places, fd, &in_flight[n]);
		n += !ret;
	}
	pulse_close(&p);
	places_free(&places);
	if (fd >= 0)
		close(fd);
	if (!ret)
		conclude_queue(d->to, in_flight, n, ASKED);
	return ret;
}
