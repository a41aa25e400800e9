// SPDX-License-Identifier: MIT
/* The table of facts about the machine. Reads only. */
#include "hw/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hw/host_readers.h"

const struct host_fact_row host_fact_rows[HOST_FACTS_N] = {
	[HOST_HYPERVISOR] = { "hypervisor", "Hypervisor", false },
	[HOST_HYPERVISOR_CPUID] = { "hypervisor_cpuid", "Hypervisor CPUID", false },
	[HOST_HYPERVISOR_BACKDOOR] = { "hypervisor_backdoor", "Hypervisor backdoor", false },
	[HOST_MACHINE] = { "machine", "Machine", false },
	[HOST_BOARD] = { "board", "Board", false },
	[HOST_BIOS] = { "bios", "BIOS", false },
	[HOST_FIRMWARE] = { "firmware", "Firmware", false },
	[HOST_SECURE_BOOT] = { "secure_boot", "Secure Boot", false },
	[HOST_CPU_MODEL] = { "cpu_model", "CPU", false },
	[HOST_CPU_MICROCODE] = { "cpu_microcode", "Microcode", false },
	[HOST_CPUS] = { "cpus", "CPUs", true },
	[HOST_CPU_TOPOLOGY] = { "cpu_topology", "CPU topology", false },
	[HOST_CPU_MHZ] = { "cpu_mhz", "CPU MHz", true },
	[HOST_CPU_FREQUENCY_DRIVER] = { "cpu_frequency_driver", "Frequency driver", false },
	[HOST_CPU_GOVERNOR] = { "cpu_governor", "Governor", false },
	[HOST_NUMA_NODES] = { "numa_nodes", "NUMA nodes", true },
	[HOST_MEMORY_BYTES] = { "memory_bytes", "Memory", true },
	[HOST_KERNEL] = { "kernel", "Kernel", false },
	[HOST_KERNEL_COMMAND_LINE] = { "kernel_command_line", "Kernel command line", false },
	[HOST_CLOCKSOURCE] = { "clocksource", "Clock source", false },
	[HOST_CLOCKSOURCES] = { "clocksources", "Clock sources", false },
	[HOST_TSC] = { "tsc", "TSC", false },
	[HOST_MITIGATIONS] = { "mitigations", "Mitigations", false },
	[HOST_NETWORK] = { "network", "Network", false },
};

static host_reader *const readers[HOST_FACTS_N] = {
	[HOST_HYPERVISOR] = host_virt_hypervisor,
	[HOST_HYPERVISOR_CPUID] = host_virt_cpuid,
	[HOST_HYPERVISOR_BACKDOOR] = host_virt_backdoor,
	[HOST_MACHINE] = host_dmi_machine,
	[HOST_BOARD] = host_dmi_board,
	[HOST_BIOS] = host_dmi_bios,
	[HOST_FIRMWARE] = host_dmi_firmware,
	[HOST_SECURE_BOOT] = host_dmi_secure_boot,
	[HOST_CPU_MODEL] = host_cpu_model,
	[HOST_CPU_MICROCODE] = host_cpu_microcode,
	[HOST_CPUS] = host_cpu_count,
	[HOST_CPU_TOPOLOGY] = host_cpu_topology,
	[HOST_CPU_MHZ] = host_cpu_mhz,
	[HOST_CPU_FREQUENCY_DRIVER] = host_cpu_frequency_driver,
	[HOST_CPU_GOVERNOR] = host_cpu_governor,
	[HOST_NUMA_NODES] = host_cpu_numa_nodes,
	[HOST_MEMORY_BYTES] = host_kernel_memory,
	[HOST_KERNEL] = host_kernel_release,
	[HOST_KERNEL_COMMAND_LINE] = host_kernel_command_line,
	[HOST_CLOCKSOURCE] = host_kernel_clocksource,
	[HOST_CLOCKSOURCES] = host_kernel_clocksources,
	[HOST_TSC] = host_cpu_tsc,
	[HOST_MITIGATIONS] = host_cpu_mitigations,
	[HOST_NETWORK] = host_network_drivers,
};

static void probe_fact(struct host *host, enum host_fact fact, const char *root)
{
	struct host_value *value = &host->fact[fact];
	int ret;

	memset(value, 0, sizeof(*value));
	ret = readers[fact](value, root);
	if (!ret) {
		value->unknown[0] = '\0';
		return;
	}
	value->text[0] = '\0';
	value->number = 0;
	if (!value->unknown[0])
		snprintf(value->unknown, sizeof(value->unknown), "%s",
			 ret == -ENODATA  ? "empty or not stated"
			 : ret == -ENOENT ? "not there"
					  : strerror(-ret));
}

void host_probe(struct host *host, const char *root)
{
	for (int i = 0; i < HOST_FACTS_N; i++)
		probe_fact(host, (enum host_fact)i, root);
}

void host_probe_clocks(struct host *host, const char *root)
{
	probe_fact(host, HOST_CLOCKSOURCE, root);
	probe_fact(host, HOST_CLOCKSOURCES, root);
}
