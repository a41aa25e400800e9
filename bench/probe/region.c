// SPDX-License-Identifier: MIT
/* Regions and chains. */
#include "probe/region.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "lib/file.h"
#include "lib/rng.h"
#include "lib/tsc.h"

#define LINE_BYTES   64
#define FOLLOW_STEPS 256

size_t region_room(size_t most, size_t part)
{
	char text[4096], *at;
	size_t bytes = 0;

	if (file_read_text(text, sizeof(text), "/", "proc/meminfo") > 0 &&
	    (at = strstr(text, "MemAvailable:")))
		bytes = (size_t)strtoull(at + strlen("MemAvailable:"), NULL, 10) * 1024 / part;
	bytes = bytes < most ? bytes : most;
	return bytes / REGION_HUGE_BYTES * REGION_HUGE_BYTES;
}

int region_map(struct region *r, size_t bytes, bool huge)
{
	uintptr_t at;

	*r = (struct region){ .bytes = bytes, .map_bytes = bytes + REGION_HUGE_BYTES };
	r->map = mmap(NULL, r->map_bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->map == MAP_FAILED)
		return -errno;
	at = ((uintptr_t)r->map + REGION_HUGE_BYTES - 1) / REGION_HUGE_BYTES * REGION_HUGE_BYTES;
	r->base = (char *)r->map + (at - (uintptr_t)r->map);
	madvise(r->map, r->map_bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return 0;
}

void region_unmap(struct region *r)
{
	munmap(r->map, r->map_bytes);
	*r = (struct region){ 0 };
}

static void touch(char *page)
{
	*(volatile char *)page = 1;
}

static long faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) ? 0 : usage.ru_minflt;
}

double region_huge_share(const struct region *r)
{
	size_t pages = r->bytes / REGION_HUGE_BYTES;
	long before = faults();
	double small;

	for (size_t i = 0; i < pages; i++)
		touch(r->base + i * REGION_HUGE_BYTES + REGION_HUGE_BYTES / 2);
	small = (double)(faults() - before);
	return pages && small < (double)pages ? 1 - small / (double)pages : 0;
}

void region_touch(struct region *r, size_t page_bytes, struct readings *s, uint64_t until_ns)
{
	size_t pages = r->bytes / page_bytes, every = s ? pages / s->max + 1 : 64, i;

	for (i = 0; i < pages; i++) {
		uint64_t begin_ns, end_ns;

		if (i % every) {
			touch(r->base + i * page_bytes);
			continue;
		}
		begin_ns = tsc_now_ns();
		touch(r->base + i * page_bytes);
		end_ns = tsc_now_ns();
		if (s)
			readings_add(s, (double)(end_ns - begin_ns) - tsc_state.call_ns);
		if (end_ns > until_ns)
			break;
	}
	r->bytes = i < pages ? i * page_bytes / REGION_HUGE_BYTES * REGION_HUGE_BYTES : r->bytes;
}

/* Sattolo's shuffle: what comes of it is one cycle, so that no short one stays in the cache. */
static void shuffle(uint32_t *next, uint32_t n, struct rng *rng)
{
	for (uint32_t i = 0; i < n; i++)
		next[i] = i;
	for (uint32_t i = n - 1; i > 0; i--) {
		uint32_t k = (uint32_t)rng_below(rng, i), other = next[k];

		next[k] = next[i];
		next[i] = other;
	}
}

static void **place(const struct region *r, size_t stride, uint32_t i, uint64_t seed)
{
	size_t line = (size_t)rng_mix(seed, i) % (stride / LINE_BYTES);

	return (void **)(void *)(r->base + i * stride + line * LINE_BYTES);
}

void *region_chain(struct region *r, size_t stride, uint64_t seed)
{
	uint32_t n = (uint32_t)(r->bytes / stride);
	uint32_t *next = n > 1 ? malloc(n * sizeof(*next)) : NULL;
	struct rng rng;

	if (!next)
		return NULL;
	rng_seed(&rng, seed);
	shuffle(next, n, &rng);
	for (uint32_t i = 0; i < n; i++)
		*place(r, stride, i, seed) = place(r, stride, next[i], seed);
	free(next);
	return place(r, stride, 0, seed);
}

void *region_follow(void *at, struct readings *s, uint64_t until_ns)
{
	uint64_t before_ns = tsc_now_ns(), now_ns;

	do {
		for (int i = 0; i < FOLLOW_STEPS; i++)
			at = *(void *volatile *)at;
		now_ns = tsc_now_ns();
		readings_add(s, ((double)(now_ns - before_ns) - tsc_state.call_ns) / FOLLOW_STEPS);
		before_ns = now_ns;
	} while (s->n < s->max && now_ns < until_ns);
	return at;
}
