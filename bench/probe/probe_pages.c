// SPDX-License-Identifier: MIT
/*
 * What memory costs before it is used: page faults, and reads that miss the TLB. In a guest a miss
 * walks two page tables, up to 24 reads instead of 4; pages of 2 MiB miss less often and walk less.
 *
 *   fresh_2m_ns  first touch of pages of 2 MiB that this boot may not have used before: the host
 *                may have to find the memory now (thin, ballooned, overcommitted)
 *   fault_2m_ns  the same pages again, given back and faulted in anew: the guest's own cost
 *   fault_4k_ns  likewise in pages of 4 KiB
 *   read_4k_ns, read_2m_ns  a read that waits for the one before, each of another page of 4 KiB, in
 *                random order; what they differ by is translation alone
 *
 * Over 1 GiB, or half of what is available. Error: single faults, less the clock's cost; reads are
 * means of 256.
 */
#include <stdio.h>
#include <string.h>

#include "lib/tsc.h"
#include "probe/probes.h"
#include "probe/region.h"

#define SPAN_BYTES  ((size_t)1 << 30)
#define LEAST_BYTES ((size_t)16 << 20) /* more than most second-level TLBs reach in 4 KiB */
#define SAMPLES	    20000
#define SEED	    7
#define STAGES	    5

static const char *const figures[] = { "fresh_2m_ns", "fault_2m_ns", "read_2m_ns", "fault_4k_ns",
				       "read_4k_ns" };

/* Stages i and, where `reads`, i + 1. */
static void take(struct probing *p, size_t bytes, bool huge, bool reads, uint32_t i)
{
	size_t page = huge ? REGION_HUGE_BYTES : REGION_PAGE_BYTES;
	const char *why = "no memory";
	struct readings s = { 0 };
	struct region r;
	void *chain;

	if (region_map(&r, bytes, huge)) {
		probe_add_all_why(p->to, &figures[i], 1 + reads, why);
		return;
	}
	if (!readings_init(&s, SAMPLES)) {
		region_touch(&r, page, &s, probing_part_ns(p, i, STAGES));
		why = huge && region_huge_share(&r) < REGION_HUGE_MOST ? REGION_NOT_HUGE : NULL;
	}
	if (why) {
		probe_add_all_why(p->to, &figures[i], 1 + reads, why);
		goto out;
	}
	probe_add(p->to, figures[i], &s);
	if (!reads)
		goto out;
	chain = region_chain(&r, REGION_PAGE_BYTES, SEED);
	s.n = 0;
	if (chain)
		region_follow(chain, &s, probing_part_ns(p, i + 1, STAGES));
	probe_add(p->to, figures[i + 1], &s);
	if (!huge)
		probe_add_value(p->to, "span_mib", (double)(r.bytes >> 20));
out:
	readings_free(&s);
	region_unmap(&r);
}

void probe_pages(struct probing *p)
{
	size_t bytes = region_room(SPAN_BYTES, 2);

	if (bytes < LEAST_BYTES) {
		probe_add_all_why(p->to, figures, STAGES,
				  "less than 32 MiB of memory are available");
		return;
	}
	if (bytes < SPAN_BYTES)
		snprintf(p->to->note, sizeof(p->to->note),
			 "over %zu MiB instead of 1 GiB: half of what is available", bytes >> 20);
	probing_pin(p->cpu[0]);
	take(p, bytes, true, false, 0);
	take(p, bytes, true, true, 1);
	take(p, bytes, false, true, 3);
}
