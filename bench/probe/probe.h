/* SPDX-License-Identifier: MIT */
/*
 * Measures what the platform costs. Each probe runs in a process of its own, so that what it does
 * to itself (affinity, port access, memory) ends with it, and one that hangs is ended; one that
 * hangs in the kernel is left behind.
 *
 * Nothing on the machine is changed but in the appliance, where a null_blk device is made, set up
 * like a disk, read and taken away again (it stays where its probe was cut off), and a RAM disk is
 * made.
 */
#ifndef TARE_PROBE_PROBE_H
#define TARE_PROBE_PROBE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/probe.h"

struct probe_site {
	bool appliance;
	const volatile sig_atomic_t
		*stop; /* not 0: the one that runs is cut off, no other begins */
	void (*begins)(void *context, const char *name, uint32_t budget_ms); /* or NULL */
	void *context;
};

/* All shares of time together, ms. */
uint32_t probe_budget_ms(void);

/* Runs all probes of the registry, after tsc_choose(). Never fails: what could not be done says so.
 */
void probe_run(struct probe_list *to, const struct probe_site *site);

/* Takes the CPU's speed once more, after whatever else ran, as a figure of the probe "speed". */
void probe_speed_again(struct probe_list *list);

#endif
