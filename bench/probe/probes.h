/* SPDX-License-Identifier: MIT */
/* The table of probes, and what each gets. One probe is one file and one row. */
#ifndef TARE_PROBE_PROBES_H
#define TARE_PROBE_PROBES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/probe.h"
#include "probe/meter.h"

#define PROBING_CPUS_MAX 512

/* What a probe works with. It adds its figures to `to`, and ends at until_ns. */
struct probing {
	struct probe *to;
	uint64_t until_ns; /* tsc_now_ns() */
	bool appliance;
	uint32_t cpu[PROBING_CPUS_MAX]; /* that it may run on */
	uint32_t cpus_n;		/* 1 at least */
};

struct probe_row {
	const char *name;
	void (*run)(struct probing *p);
	uint32_t budget_ms;
	const char *about;
};

extern const struct probe_row probe_rows[PROBES_MAX];

/* probe_run() of other rows: n of them, PROBES_MAX at most. */
struct probe_site;
void probe_run_rows(struct probe_list *to, const struct probe_row *row, uint32_t n,
		    const struct probe_site *site);

void probe_tsc(struct probing *p);
void probe_clock(struct probing *p);
void probe_syscall(struct probing *p);
void probe_exit(struct probing *p);
void probe_port(struct probing *p);
void probe_wake(struct probing *p);
void probe_timer(struct probing *p);
void probe_noise(struct probing *p);
void probe_pages(struct probing *p);
void probe_memory(struct probing *p);
void probe_speed(struct probing *p);
void probe_engine(struct probing *p);

/* --- what they share --- */

/* Keeps the calling thread on one CPU. */
void probing_pin(uint32_t cpu);

/* Where the next of `n` equal parts ends, `i` of which are over: an equal share of the time that is
 * left.
 */
uint64_t probing_part_ns(const struct probing *p, uint32_t i, uint32_t n);

/* Measures `op` until until_ns, or 20,000 samples, and adds the figure. Returns its p50; 0 where
 * there is none. */
double probing_measure(struct probing *p, const char *name, meter_op *op, void *context,
		       uint32_t batch, uint64_t until_ns);

/* MHz of a CPU that does one addition a cycle, by dependent additions that take about 1 ms. */
double probe_chain_mhz(void);

/* Name of the probe, and of its figures, of the CPU's speed. */
#define PROBE_SPEED	   "speed"
#define PROBE_SPEED_PHASES "phases_mhz"
#define PROBE_SPEED_AT_END "after_run_mhz"

#endif
