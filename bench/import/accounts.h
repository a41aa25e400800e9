/* SPDX-License-Identifier: MIT */
/* What sources other than tare tell of where the time of an I/O went. */
#ifndef TARE_IMPORT_ACCOUNTS_H
#define TARE_IMPORT_ACCOUNTS_H

#include "model/sample.h"

/*
 * Fills the account of each workload of the runs from `first` on that has none: from rate, jobs,
 * shares of CPU time and submission latency. Whether the rest of a thread's time was spent waiting
 * for a disk they do not tell: it stays unexplained. Of one direction of a mixed workload the rate
 * is not the thread's, and at a given rate its time is not the disk's: these keep none.
 */
void accounts_derive(struct samples *s, uint32_t first);

#endif
