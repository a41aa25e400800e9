/* SPDX-License-Identifier: MIT */
/* What probes found, of every kind, for tests of JSON and reports. */
#ifndef TARE_TESTS_PROBE_FIXTURE_H
#define TARE_TESTS_PROBE_FIXTURE_H

#include <math.h>

#include "model/probe.h"

static const struct probe_list probe_fixture = {
	.probe = {
		{ .name = "clock", .took_ms = 87, .figures_n = 3,
		  .figure = { { "call_ns", PROBE_SAMPLES, 21.4375, 24.578, 0.15625, "" },
			      { "syscall_ns", PROBE_SAMPLES, 249.125, NAN, 2.5, "" },
			      { "vdso", PROBE_VALUE, 1, NAN, 0, "" } } },
		{ .name = "port", .took_ms = 5, .figures_n = 1, .note = "took 5 ms of 1 ms planned",
		  .figure = { { "elcr_ns", PROBE_IMPOSSIBLE, 0, NAN, 0, "ioperm: needs root" } } },
		{ .name = "tsc", .took_ms = 1060, .figures_n = 2,
		  .figure = { { "pm_ppm", PROBE_SAMPLES, -51.7964, NAN, 0, "" },
			      { "tsc_mhz", PROBE_SAMPLES, 2596123.4, 2596000, 123456, "" } } },
		{ .name = "exit", .took_ms = 0, .figures_n = 0, .note = "ended by signal 4" },
	},
	.n = 4,
};

#endif
