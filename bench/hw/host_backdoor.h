/* SPDX-License-Identifier: MIT */
/*
 * VMware's backdoor: an I/O port that no hardware has, which answers commands of a guest in its
 * registers. It still answers where CPUID and DMI are made to hide the hypervisor. Elsewhere a port
 * number is somebody else's: it is asked only in machines that say that they are VMware's.
 */
#ifndef TARE_HW_HOST_BACKDOOR_H
#define TARE_HW_HOST_BACKDOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "model/host.h"

/* Registers as the port left them. */
struct host_backdoor_answer {
	uint32_t eax, ebx, ecx;
};

/* Asks the port for its version. Returns 0, or -errno where ports may not be used. */
typedef int host_backdoor_port(struct host_backdoor_answer *answer);

/* The real port: needs CAP_SYS_RAWIO, and no kernel lockdown. */
host_backdoor_port host_backdoor_ask;

/*
 * Words the answer of `port`: "version 6, ESX". `vmware`: CPUID or DMI says so; otherwise the port
 * is not touched. Returns 0, or -errno with the reason in value->unknown.
 */
int host_backdoor_read(struct host_value *value, bool vmware, host_backdoor_port *port);

#endif
