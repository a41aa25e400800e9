// SPDX-License-Identifier: MIT
/* The table of probes: in the order they run, with the share of time of each. Shares are upper
 * limits, 52 s in all; on a machine that is not emulated half of it is used. */
#include "probe/probes.h"

const struct probe_row probe_rows[PROBES_MAX] = {
	{ "tsc", probe_tsc, 6000, "time stamp counter: rate, other clocks, CPUs" },
	{ "clock", probe_clock, 1000, "reading the clock, by vDSO and system call" },
	{ "syscall", probe_syscall, 1500, "a system call; io_uring NOPs" },
	{ "exit", probe_exit, 1000, "CPUID, which a hypervisor must emulate" },
	{ "port", probe_port, 1500, "port reads, which devices of the host answer" },
	{ "wake", probe_wake, 3000, "waking another CPU" },
	{ "timer", probe_timer, 2500, "how late a timer is" },
	{ "noise", probe_noise, 4500, "time that is taken away from a spinning CPU" },
	{ "pages", probe_pages, 12000, "page faults; reads that miss the TLB" },
	{ "memory", probe_memory, 6000, "memory bandwidth and latency" },
	{ PROBE_SPEED, probe_speed, 1000, "CPU speed, and how it changed" },
	{ "engine", probe_engine, 12000, "an I/O without any storage behind it" },
};
