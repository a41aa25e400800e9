// SPDX-License-Identifier: MIT
/* The kernel's counters of a block device. */
#include "run/diskstat.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/file.h"

#define SECTOR_BYTES 512 /* of this file, whatever the device's are */

int diskstat_read(struct diskstat *to, const char *root, const char *node)
{
	char path[256], text[512];
	uint64_t v[11];
	int ret;

	snprintf(path, sizeof(path), "sys/class/block/%s/stat", node);
	ret = file_read_text(text, sizeof(text), root, path);
	if (ret < 0)
		return ret;
	if (sscanf(text,
		   "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9],
		   &v[10]) != 11)
		return -EBADMSG;
	*to = (struct diskstat){ .ios = { v[0], v[4] },
				 .merges = { v[1], v[5] },
				 .bytes = { v[2] * SECTOR_BYTES, v[6] * SECTOR_BYTES },
				 .ticks_ms = { v[3], v[7] },
				 .busy_ms = v[9],
				 .queue_ms = v[10] };
	return 0;
}

struct diskstat diskstat_since(const struct diskstat *later, const struct diskstat *earlier)
{
	struct diskstat since = *later;

	for (int d = 0; d < 2; d++) {
		since.ios[d] -= earlier->ios[d];
		since.merges[d] -= earlier->merges[d];
		since.bytes[d] -= earlier->bytes[d];
		since.ticks_ms[d] -= earlier->ticks_ms[d];
	}
	since.busy_ms -= earlier->busy_ms;
	since.queue_ms -= earlier->queue_ms;
	return since;
}

bool diskstat_follows(const struct diskstat *later, const struct diskstat *earlier)
{
	for (int d = 0; d < 2; d++)
		if (later->ios[d] < earlier->ios[d] || later->merges[d] < earlier->merges[d] ||
		    later->bytes[d] < earlier->bytes[d] ||
		    later->ticks_ms[d] < earlier->ticks_ms[d])
			return false;
	return later->busy_ms >= earlier->busy_ms && later->queue_ms >= earlier->queue_ms;
}

void diskstat_add(struct diskstat *to, const struct diskstat *from)
{
	for (int d = 0; d < 2; d++) {
		to->ios[d] += from->ios[d];
		to->merges[d] += from->merges[d];
		to->bytes[d] += from->bytes[d];
		to->ticks_ms[d] += from->ticks_ms[d];
	}
	to->busy_ms += from->busy_ms;
	to->queue_ms += from->queue_ms;
}
