// SPDX-License-Identifier: MIT
/*
 * Memory bandwidth and latency of one thread: copying (bytes copied, not moved twice) and reading,
 * a MiB at a time; and a read that waits for the one before, in random order, in pages of 2 MiB so
 * that translation is no part of it.
 *
 * Over 256 MiB (copying from one half to the other; every second line for latency, in 128 MiB of
 * caches), or a quarter of what is available: larger caches hold a part. Error: of some 100 us a
 * MiB, to the clock's step; latency in means of 256.
 */
#include <stdio.h>
#include <string.h>

#include "lib/tsc.h"
#include "probe/probes.h"
#include "probe/region.h"

#define SPAN_BYTES   ((size_t)256 << 20)
#define LEAST_BYTES  ((size_t)8 << 20)
#define CHUNK_BYTES  ((size_t)1 << 20)
#define STRIDE_BYTES 128 /* one line of each pair, of which caches fetch both */
#define SAMPLES	     20000
#define SEED	     11

static const char *const figures[] = { "copy_mib_per_s", "read_mib_per_s", "latency_ns" };

static void copy(struct region *r, size_t at)
{
	memcpy(r->base + r->bytes / 2 + at, r->base + at, CHUNK_BYTES);
	__asm__ volatile("" : : "r"(r->base) : "memory");
}

/* Four sums: one alone would be bound by the addition. */
static void read_all(struct region *r, size_t at)
{
	const uint64_t *from = (const uint64_t *)(const void *)(r->base + at);
	uint64_t sum[4] = { 0 };

	for (size_t i = 0; i < CHUNK_BYTES / sizeof(*from); i += 4)
		for (int k = 0; k < 4; k++)
			sum[k] += from[i + k];
	__asm__ volatile("" : : "r"(sum[0] + sum[1] + sum[2] + sum[3]));
}

/* Several MiB at a time where the clock has not moved on. */
static void take(struct probing *p, const char *name, void (*work)(struct region *, size_t),
		 struct region *r, size_t span_bytes, uint64_t end_ns)
{
	uint64_t before_ns = tsc_now_ns(), now_ns;
	struct readings s;
	size_t at = 0, mib = 0;

	if (readings_init(&s, SAMPLES)) {
		probe_add_why(p->to, name, "no memory");
		return;
	}
	do {
		work(r, at);
		at = at + CHUNK_BYTES < span_bytes ? at + CHUNK_BYTES : 0;
		mib += CHUNK_BYTES >> 20;
		now_ns = tsc_now_ns();
		if (now_ns == before_ns)
			continue;
		readings_add(&s, (double)mib * 1e9 / (double)(now_ns - before_ns));
		before_ns = now_ns;
		mib = 0;
	} while (s.n < s.max && now_ns < end_ns);
	probe_add(p->to, name, &s);
	readings_free(&s);
}

static void take_latency(struct probing *p, struct region *r)
{
	void *chain = NULL;
	struct readings s;

	if (region_huge_share(r) < REGION_HUGE_MOST) {
		probe_add_why(p->to, figures[2], REGION_NOT_HUGE);
		return;
	}
	chain = region_chain(r, STRIDE_BYTES, SEED);
	if (!readings_init(&s, SAMPLES) && chain)
		region_follow(chain, &s, p->until_ns);
	probe_add(p->to, figures[2], &s);
	readings_free(&s);
}

void probe_memory(struct probing *p)
{
	size_t bytes = region_room(SPAN_BYTES, 4);
	struct region r;

	if (bytes < LEAST_BYTES || region_map(&r, bytes, true)) {
		probe_add_all_why(p->to, figures, sizeof(figures) / sizeof(figures[0]),
				  bytes < LEAST_BYTES ? "less than 32 MiB of memory are available"
						      : "no memory");
		return;
	}
	if (bytes < SPAN_BYTES)
		snprintf(p->to->note, sizeof(p->to->note),
			 "over %zu MiB instead of 256: caches may hold a part", bytes >> 20);
	probing_pin(p->cpu[0]);
	region_touch(&r, REGION_PAGE_BYTES, NULL, p->until_ns);
	take(p, figures[0], copy, &r, r.bytes / 2, probing_part_ns(p, 0, 3));
	take(p, figures[1], read_all, &r, r.bytes, probing_part_ns(p, 1, 3));
	take_latency(p, &r);
	region_unmap(&r);
}
