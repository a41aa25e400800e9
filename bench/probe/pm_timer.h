/* SPDX-License-Identifier: MIT */
/*
 * The ACPI power management timer: a counter of 3,579,545 Hz that is read from a port, and that a
 * hypervisor emulates apart from the time stamp counter (ACPI specification, 4.8.2.1).
 */
#ifndef TARE_PROBE_PM_TIMER_H
#define TARE_PROBE_PM_TIMER_H

#include <stdint.h>

#define PM_TIMER_HZ	   3579545.0
#define PM_TIMER_MASK	   0xffffffu /* all have 24 bits at least: it wraps after 4.7 s */
#define PM_TIMER_WHY_BYTES 64

/*
 * Finds its port in the FADT and gets leave to read it. Reading has no side effect. Returns the
 * port, or 0 with `why` set: no ACPI, not root, no such timer.
 */
uint16_t pm_timer_open(char why[PM_TIMER_WHY_BYTES]);

#endif
