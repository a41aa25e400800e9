/* SPDX-License-Identifier: MIT */
/*
 * What machine this is: a list of named facts. A fact that could not be read says why, and stays in
 * the list, so that a comparison can tell "differs" from "not known".
 */
#ifndef TARE_MODEL_HOST_H
#define TARE_MODEL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_VALUE_BYTES 2048 /* as the kernel command line has on x86 */

/* In the order of the table in hw/host.c, which gives each its key and its label. */
enum host_fact {
	HOST_HYPERVISOR,	  /* "none", "KVM", "VMware", ... by CPUID and DMI */
	HOST_HYPERVISOR_CPUID,	  /* signature of leaf 0x40000000 */
	HOST_HYPERVISOR_BACKDOOR, /* what VMware's port says of itself */
	HOST_MACHINE,		  /* DMI vendor and product */
	HOST_BOARD,
	HOST_BIOS,	  /* vendor, version, date */
	HOST_FIRMWARE,	  /* "BIOS", "UEFI" */
	HOST_SECURE_BOOT, /* "on", "off" */
	HOST_CPU_MODEL,
	HOST_CPU_MICROCODE,
	HOST_CPUS,	   /* number */
	HOST_CPU_TOPOLOGY, /* "1 socket, 4 cores, 8 threads" */
	HOST_CPU_MHZ,	   /* number */
	HOST_CPU_FREQUENCY_DRIVER,
	HOST_CPU_GOVERNOR,
	HOST_NUMA_NODES,   /* number */
	HOST_MEMORY_BYTES, /* number */
	HOST_KERNEL,	   /* release and version; "..., tainted 512" where it complained */
	HOST_KERNEL_COMMAND_LINE,
	HOST_CLOCKSOURCE,
	HOST_CLOCKSOURCES, /* the alternatives */
	HOST_TSC,	   /* "constant_tsc nonstop_tsc", of the CPU flags, or "none" */
	HOST_MITIGATIONS,  /* "name: state; ..." of those that say more than "Not affected" */
	HOST_NETWORK,	   /* "eth0: virtio_net, eth1: e1000e", or "none" */
	HOST_FACTS_N,
};

struct host_value {
	char text[HOST_VALUE_BYTES]; /* "" where unknown */
	uint64_t number;	     /* valid where the fact is a number */
	char unknown[128];	     /* why; "" where known */
};

struct host {
	struct host_value fact[HOST_FACTS_N];
};

#endif
