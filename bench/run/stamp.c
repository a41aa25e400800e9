// SPDX-License-Identifier: MIT
/* A wrong stamp in words. */
#include "run/stamp.h"

#include <inttypes.h>
#include <stdio.h>

void stamp_fault_words(char *to, size_t to_bytes, const struct stamp_fault *fault)
{
	const struct stamp *s = &fault->stamp;
	char found[128];

	if (s->magic != STAMP_MAGIC)
		snprintf(found, sizeof(found), "no stamp (first bytes 0x%016" PRIx64 ")", s->magic);
	else
		snprintf(found, sizeof(found),
			 "the stamp of offset %" PRIu64 ", write %" PRIu64 " of seed %" PRIu64,
			 s->offset_bytes, s->sequence, s->seed);
	snprintf(to, to_bytes,
		 "block at offset %" PRIu64 ": expected its own stamp of seed %" PRIu64
		 ", found %s",
		 fault->offset_bytes, fault->seed, found);
}
