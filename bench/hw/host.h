/* SPDX-License-Identifier: MIT */
/* Reads what machine this is. Opens files below a given root only; where the root is the real one
 * asks CPUID, and VMware's port in VMware's machines (hw/host_backdoor.h). */
#ifndef TARE_HW_HOST_H
#define TARE_HW_HOST_H

#include <stdbool.h>

#include "model/host.h"

/* One row for each enum host_fact: the key in the result, the label in reports, whether it is a
 * number. */
struct host_fact_row {
	const char *key;   /* "cpu_model" */
	const char *label; /* "CPU" */
	bool number;
};

extern const struct host_fact_row host_fact_rows[HOST_FACTS_N];

/* Fills every fact or says why it is unknown. `root` is "/" or a captured tree (then neither CPUID
 * nor a port is asked). Never fails. */
void host_probe(struct host *host, const char *root);

/* Reads the clock sources again: in its first seconds a kernel still measures the TSC, calls it
 * "tsc-early", and may yet take another. */
void host_probe_clocks(struct host *host, const char *root);

#endif
