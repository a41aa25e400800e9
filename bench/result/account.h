/* SPDX-License-Identifier: MIT */
/*
 * Where the time of an I/O went, from a result of any age. Every part is measured apart from the
 * whole; docs/measuring.md says of each how, and what it may be off by.
 */
#ifndef TARE_RESULT_ACCOUNT_H
#define TARE_RESULT_ACCOUNT_H

#include "model/account.h"
#include "model/result.h"

/*
 * Of workload `i`. Nothing is known of one that completed nothing, nor of an open loop, whose time
 * per I/O was given. Figures of the whole machine are told of a workload that nothing of ours ran
 * beside, and that lasted for longer than they may be off by.
 */
struct account account_of(const struct result *result, uint32_t i);

/* Share of their time that the threads of workload `i` had nothing to do but wait, 0 to 1; NAN: not
 * told. Interrupts that other CPUs served look like less of it. */
double account_waiting_share(const struct result *result, uint32_t i);

/*
 * Of null_blk, as the probe `engine` read it: one at a time, or 64 in flight in batches of 16. It
 * answers inside of the call that submits: there is no waiting, and one at a time the thread's CPU
 * time is the whole. Stolen time is not told apart and counts as none.
 */
struct account account_null(const struct result *result, bool batches);

/* The one of the two whose calls workload `i` makes: 4 KiB of a disk by io_uring as it is set up
 * there. None where it makes others. */
struct account account_null_like(const struct result *result, uint32_t i);

/* Median of a probe's figure; NAN: not there, or not possible on that machine. `spread` (or NULL)
 * gets the distance of its quarters. */
double account_probe(const struct probe_list *probes, const char *probe, const char *figure,
		     double *spread);

#endif
