// SPDX-License-Identifier: MIT
/* Passes over a region, and what ends them. */
#include "run/amount.h"

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t up(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

/* Saturates. */
static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

uint64_t amount_blocks(const struct workload *w, uint64_t size_bytes, uint64_t room_bytes)
{
	if (workload_is_random(w))
		return size_bytes / w->bs_bytes;
	return least(up(size_bytes, w->bs_bytes), room_bytes / w->bs_bytes);
}

/* I/Os of one pass. Where no block runs out it is bytes that end it: random blocks that may repeat,
 * and the two directions of readwrite, each of which has its own place in the region. */
static uint64_t pass_ios(const struct workload *w, uint64_t size_bytes, uint64_t room_bytes)
{
	bool both = w->rw == WORKLOAD_READWRITE && w->rwmixread_pct && w->rwmixread_pct < 100;

	if (both || (workload_is_random(w) && w->norandommap))
		return up(most(size_bytes, w->io_size_bytes), w->bs_bytes);
	return amount_blocks(w, size_bytes, room_bytes);
}

uint64_t amount_ios(const struct workload *w, uint64_t size_bytes, uint64_t room_bytes)
{
	uint64_t limit = w->io_size_bytes ? w->io_size_bytes : size_bytes, bs = w->bs_bytes;
	uint64_t pass = pass_ios(w, size_bytes, room_bytes), end, n;

	if (w->time_based)
		return UINT64_MAX;
	end = up(times(limit, w->loops), bs);
	if (w->number_ios)
		end = least(end, times(w->number_ios, w->loops));
	n = least(times(pass, w->loops), end);
	/* Passes until less than a block is missing; n is below `end`, so n x bs is below it too.
	 */
	if (w->io_size_bytes && pass && n < end && limit >= bs && n * bs <= limit - bs)
		n = least(n + times(pass, up(limit - bs + 1 - n * bs, times(pass, bs))), end);
	return n;
}
