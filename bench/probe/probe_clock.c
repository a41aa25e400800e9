// SPDX-License-Identifier: MIT
/*
 * What reading CLOCK_MONOTONIC costs, through the vDSO and by a system call. Equal means that the
 * vDSO makes a system call too (clocksources hpet, acpi_pm, some of Xen's): every program on this
 * machine that reads time pays for it (fio's issues 533 and 630 show up to half of all IOPS).
 *
 * Error: means of 64 and of 8 calls, less an empty batch; to 1/64 and 1/8 of the clock's own step.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe/probes.h"

#define VDSO_BATCH   64
#define KERNEL_BATCH 8
/* A vDSO that does its work is ten times as fast; one that falls back is a little slower than the
 * call itself. */
#define VDSO_SHARE 0.5

static void by_vdso(void *context)
{
	clock_gettime(CLOCK_MONOTONIC, context);
}

static void by_syscall(void *context)
{
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, context);
}

void probe_clock(struct probing *p)
{
	struct timespec ts;
	double call_ns =
		probing_measure(p, "call_ns", by_vdso, &ts, VDSO_BATCH, probing_part_ns(p, 0, 2));
	double syscall_ns =
		probing_measure(p, "syscall_ns", by_syscall, &ts, KERNEL_BATCH, p->until_ns);

	probe_add_value(p->to, "vdso", call_ns < VDSO_SHARE * syscall_ns);
}
